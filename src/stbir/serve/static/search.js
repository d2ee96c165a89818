/** When to search: after a pause, the newest query only, and its further hits on request. */

/** @typedef {{body: Record<string, any>, file: File | null}} Request */

export const PAUSE = 200; // ms after a stroke or a key
const SLOW = 400; // ms after which waiting is shown

/** Calls its `on…` functions with answers, problems and what it is doing; never with a stale answer. */
export class Searcher {
  /** @type {(answer: any, how: {more: boolean}) => void} */
  onanswer = () => {};
  /** @type {(problem: Error & {status?: number}) => void} */
  onproblem = () => {};
  onblank = () => {};
  /** @type {(busy: boolean) => void} a search is due or under way */
  onbusy = () => {};
  /** @type {(waiting: boolean) => void} so long that it should be shown */
  onslow = () => {};
  #timer = 0;
  #due = 0;
  /** @type {AbortController | null} */
  #running = null;
  /** @type {Request | null} */
  #asked = null;

  /** @param {import("./api.js").Api} api @param {() => Request | null} request what is searched for at the moment */
  constructor(api, request) {
    this.api = api;
    this.request = request;
  }

  /**
   * Search in `wait` ms. A later call starts the wait anew, unless it is `steady`: then the earlier deadline holds, so
   * that a moving slider shows its effect on the way.
   * @param {number} wait
   * @param {boolean} [steady]
   */
  schedule(wait, steady = false) {
    const due = performance.now() + wait;
    if (steady && this.#timer && this.#due <= due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.onbusy(true);
    this.#timer = window.setTimeout(() => {
      this.#timer = 0;
      this.#start();
    }, wait);
    if (this.request() === null) this.#stop(); // nothing that is still under way may appear on an empty page
  }

  /** Fetch the hits after those shown. @param {number} offset */
  async more(offset) {
    if (!this.#asked || this.#running || this.#timer) return;
    const body = { ...this.#asked.body, offset };
    await this.#run({ ...this.#asked, body }, true);
  }

  #start() {
    this.#stop();
    this.#asked = this.request();
    if (this.#asked) this.#run(this.#asked, false);
    else {
      this.onblank();
      this.onbusy(false);
    }
  }

  #stop() {
    this.#running?.abort();
    this.#running = null;
    this.onslow(false);
  }

  /** @param {Request} request @param {boolean} more */
  async #run(request, more) {
    const mine = (this.#running = new AbortController());
    this.onbusy(true);
    const slow = setTimeout(() => this.#running === mine && this.onslow(true), SLOW);
    try {
      const answer = await this.api.search(request.body, request.file, mine.signal);
      if (this.#running === mine) this.onanswer(answer, { more });
    } catch (error) {
      if (this.#running === mine && /** @type {Error} */ (error).name !== "AbortError")
        this.onproblem(/** @type {Error} */ (error));
    } finally {
      clearTimeout(slow);
      if (this.#running === mine) {
        this.#running = null;
        this.onslow(false);
        if (!this.#timer) this.onbusy(false);
      }
    }
  }
}
