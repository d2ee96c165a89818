/** The service: requests with the token where one is needed, problems in its own words, patience when it is busy. */

const TOKEN = "stbir.token";
const PATIENCE = 6; // how often a busy service is asked again
const LONGEST_WAIT = 4000;
const UNREACHABLE = "The service does not answer. Is “stbir serve” still running?";

/** What went wrong, in words for the person at the page; `status` 0 means that nobody answered. */
export class Problem extends Error {
  /** @param {number} status @param {string} detail */
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

export class Api {
  #token = read();
  /** @type {Promise<string> | null} */
  #asking = null;
  /** Asks the person for the token. @type {(again: boolean) => Promise<string>} */
  asktoken = () => Promise.reject(new Problem(401, "This gallery asks for a token."));

  /** The state of gallery and model. @param {AbortSignal} [signal] */
  about = (signal) => this.#json("/api/about", { signal });

  /** What there is to filter by. @param {AbortSignal} [signal] */
  facets = (signal) => this.#json("/api/facets", { signal });

  /** What is known about a photo. @param {string} id @param {AbortSignal} [signal] */
  info = (id, signal) => this.#json(`${photoPath(id)}/info`, { signal });

  /**
   * Search; a drawing in a file goes along as it is.
   * @param {Record<string, any>} body
   * @param {File | null} file
   * @param {AbortSignal} signal
   */
  search(body, file, signal) {
    if (!file) {
      const headers = { "Content-Type": "application/json" };
      return this.#json("/api/search", { method: "POST", headers, body: JSON.stringify(body), signal });
    }
    const form = new FormData();
    form.append("query", JSON.stringify(body));
    form.append("sketch", file);
    return this.#json("/api/search", { method: "POST", body: form, signal });
  }

  /**
   * Show a picture of the service. An img cannot send a token, so with one the page fetches the picture itself.
   * @param {HTMLImageElement} img
   * @param {string} path
   */
  async show(img, path) {
    img.dataset.path = path;
    if (!this.#token) {
      img.src = address(path);
      return;
    }
    try {
      const blob = await (await this.#fetch(path, {})).blob();
      if (img.dataset.path !== path) return;
      const url = URL.createObjectURL(blob);
      img.addEventListener("load", () => URL.revokeObjectURL(url), { once: true });
      img.src = url;
    } catch {
      img.dispatchEvent(new Event("error"));
    }
  }

  /** The photo as a file. @param {string} path @returns {Promise<Blob>} */
  async file(path) {
    return (await this.#fetch(`${path}?download=1`, {})).blob();
  }

  /** @param {string} path @param {RequestInit} options */
  async #json(path, options) {
    return (await this.#fetch(path, options)).json();
  }

  /** @param {string} path @param {RequestInit} options @returns {Promise<Response>} */
  async #fetch(path, options) {
    for (let attempt = 0; ; attempt++) {
      const token = this.#token;
      const headers = { ...options.headers, ...(token ? { Authorization: `Bearer ${token}` } : {}) };
      const response = await answered(address(path), { ...options, headers });
      if (response.ok) return response;
      if (response.status === 401) await this.#ask(token);
      else if ((response.status === 429 || response.status === 503) && attempt < PATIENCE) {
        await pause(waitOf(response, attempt), options.signal);
      } else throw await problemOf(response);
    }
  }

  /** Ask once, however many requests were refused. @param {string} refused */
  async #ask(refused) {
    if (this.#token !== refused) return; // another request has asked meanwhile
    this.#asking ??= this.asktoken(refused !== "").finally(() => (this.#asking = null));
    this.#token = await this.#asking;
    try {
      sessionStorage.setItem(TOKEN, this.#token);
    } catch {
      // then a reload asks again
    }
  }
}

/** The path of a photo; an id may contain slashes and anything else a file name can. @param {string} id */
export const photoPath = (id) => `/api/photos/${encodeURIComponent(id)}`;

/** Paths of the service count from the page, so that it may live below a prefix. @param {string} path */
const address = (path) => new URL(path.replace(/^\//, ""), document.baseURI).href;

function read() {
  try {
    return sessionStorage.getItem(TOKEN) ?? "";
  } catch {
    return "";
  }
}

/** @param {string} url @param {RequestInit} options */
async function answered(url, options) {
  try {
    return await fetch(url, options);
  } catch (error) {
    if (/** @type {Error} */ (error).name === "AbortError") throw error;
    throw new Problem(0, UNREACHABLE);
  }
}

/** @param {Response} response */
async function problemOf(response) {
  try {
    const { detail, title } = await response.json();
    return new Problem(response.status, String(detail ?? title));
  } catch {
    return new Problem(
      response.status,
      `The service answered ${response.status} ${response.statusText}.`.replace(" .", "."),
    );
  }
}

/** @param {Response} response @param {number} attempt */
function waitOf(response, attempt) {
  const asked = Number(response.headers.get("Retry-After")) * 1000;
  return Math.min(LONGEST_WAIT, asked > 0 ? asked : 200 * 2 ** attempt) * (0.8 + 0.4 * Math.random());
}

/** @param {number} ms @param {AbortSignal | null} [signal] */
function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new DOMException("no longer wanted", "AbortError"));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve(undefined);
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
