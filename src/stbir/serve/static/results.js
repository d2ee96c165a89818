/** The photos found: a grid that keeps its pictures from answer to answer and can be walked with the arrow keys. */

import { byId, count, element, icon } from "./element.js";
import { glide } from "./motion.js";

/**
 * One answer as the service gives it.
 * @typedef {{id: string, rank: number, score: number, title: string, category: string | null, thumb: string, photo: string,
 *            ranks: Record<string, number>, metadata: Record<string, unknown>}} Hit
 */

const MOST_TRIES = 4; // to load a picture
const RANKS = { sketch: "sketch", text: "words", photo: "likeness" };

/** Says "open" and "like" with a hit in `detail`. */
export class Results extends EventTarget {
  /** @type {Hit[]} */
  hits = [];
  total = 0;
  /** @type {Map<string, HTMLElement>} */
  #items = new Map();

  /** @param {import("./api.js").Api} api */
  constructor(api) {
    super();
    this.api = api;
    this.list = /** @type {HTMLElement} */ (byId("hits"));
    this.list.addEventListener("keydown", (event) => this.#walk(event));
    this.list.addEventListener("focusin", (event) => this.#hold(itemOf(event.target)));
  }

  /** @param {any} answer @param {{more: boolean}} how */
  show(answer, { more }) {
    const known = new Set(more ? this.hits.map((hit) => hit.id) : []);
    // the gallery may have grown between two pages and moved a photo onto both
    const fresh = answer.hits.filter((/** @type {Hit} */ hit) => !known.has(hit.id));
    this.hits = more ? [...this.hits, ...fresh] : fresh;
    this.total = answer.total;
    this.#arrange();
    byId("count").replaceChildren(
      element("b", {}, `${count(this.hits.length)} of ${count(answer.total)}`),
      element("span", { class: "took" }, ` · ${Math.max(1, Math.round(answer.took_ms.total))} ms`),
    );
    byId("more").hidden = this.hits.length >= answer.total || !fresh.length;
    byId("nothing").hidden = this.hits.length > 0;
    if (more && fresh.length) this.#focus(this.hits.length - fresh.length);
  }

  clear() {
    this.hits = [];
    this.total = 0;
    this.#items.clear();
    this.list.replaceChildren();
    byId("count").replaceChildren();
    byId("more").hidden = byId("nothing").hidden = true;
  }

  /** @param {string} id */
  focus(id) {
    this.#focus(this.hits.findIndex((hit) => hit.id === id));
  }

  #arrange() {
    const focused = this.list.contains(document.activeElement)
      ? /** @type {HTMLElement} */ (document.activeElement)
      : null;
    const settle = glide(this.#items.values());
    /** @type {Map<string, HTMLElement>} */
    const items = new Map();
    for (const hit of this.hits) {
      const item = this.#items.get(hit.id) ?? this.#item(hit);
      describe(item, hit);
      items.set(hit.id, item);
    }
    for (const [id, item] of this.#items) if (!items.has(id)) item.remove();
    this.#items = items;
    [...items.values()].forEach((item, place) => {
      if (this.list.children[place] !== item) this.list.insertBefore(item, this.list.children[place] ?? null);
    });
    settle(items.values());
    const held = [...items.values()].find((item) => item.classList.contains("held"));
    this.#hold(held ?? items.values().next().value ?? null);
    if (focused?.isConnected) focused.focus({ preventScroll: true });
    else if (focused) this.#focus(0);
  }

  /** @param {Hit} hit */
  #item(hit) {
    const img = element("img", { alt: "", width: 320, height: 320, decoding: "async", draggable: false });
    img.addEventListener("load", () => {
      img.classList.add("ready");
      item.classList.remove("missing");
    });
    let tries = 0;
    img.addEventListener("error", () => {
      item.classList.add("missing"); // a busy service may still send it
      if (++tries < MOST_TRIES) setTimeout(() => this.api.show(img, hit.thumb), 1000 * tries);
    });
    const item = element(
      "li",
      { class: "hit", "data-id": hit.id },
      element("button", { class: "open", type: "button", tabIndex: -1, onclick: () => this.#say("open", item) }, img),
      element(
        "div",
        { class: "under" },
        element("p", { class: "title" }),
        element("p", { class: "ranks" }),
        element(
          "button",
          {
            class: "like",
            type: "button",
            tabIndex: -1,
            title: "More like this",
            onclick: () => this.#say("like", item),
          },
          icon("like"),
        ),
      ),
    );
    this.api.show(img, hit.thumb);
    return item;
  }

  /** @param {"open" | "like"} what @param {HTMLElement} item */
  #say(what, item) {
    const hit = this.hits.find(({ id }) => id === item.dataset.id);
    if (hit) this.dispatchEvent(new CustomEvent(what, { detail: hit }));
  }

  /** Only one photo of the grid is a tab stop; the arrow keys move it. @param {HTMLElement | null} item */
  #hold(item) {
    if (!item) return;
    for (const other of this.list.querySelectorAll(".held")) if (other !== item) hold(other, false);
    hold(item, true);
  }

  /** @param {KeyboardEvent} event */
  #walk(event) {
    const items = [...this.#items.values()];
    const place = items.indexOf(/** @type {HTMLElement} */ (itemOf(event.target)));
    if (place < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const first = items[0].offsetTop;
    const columns = Math.max(
      1,
      items.findIndex((item) => item.offsetTop > first + 1),
    );
    const to = {
      ArrowRight: place + 1,
      ArrowLeft: place - 1,
      ArrowDown: place + columns,
      ArrowUp: place - columns,
      Home: 0,
      End: items.length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (to >= 0 && to < items.length) this.#focus(to);
  }

  /** @param {number} place */
  #focus(place) {
    const item = [...this.#items.values()][place];
    /** @type {HTMLElement | null | undefined} */ (item?.querySelector(".open"))?.focus();
  }
}

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
const itemOf = (target) => /** @type {HTMLElement} */ (target).closest(".hit");

/** @param {Element} item @param {boolean} on */
function hold(item, on) {
  item.classList.toggle("held", on);
  for (const button of item.querySelectorAll("button")) button.tabIndex = on ? 0 : -1;
}

/** Write what is new about a photo that may have been there before. @param {HTMLElement} item @param {Hit} hit */
function describe(item, hit) {
  const ranks = rankList(hit);
  const spoken = ranks.map(([name, rank]) => `${name} ${rank}`).join(", ");
  item
    .querySelector(".open")
    ?.setAttribute("aria-label", `${hit.rank}. ${hit.title}${spoken ? ` (rank by ${spoken})` : ""}`);
  item.querySelector(".like")?.setAttribute("aria-label", `More like ${hit.title}`);
  item.querySelector(".title")?.replaceChildren(element("span", { class: "rank" }, hit.rank), hit.title);
  item.querySelector(".ranks")?.replaceChildren(...(ranks.length ? rankChips(ranks) : [hit.category ?? ""]));
}

/**
 * The rank by each side of the query, where there are several and it is not too deep to tell.
 * @param {Hit} hit
 * @returns {[string, number][]}
 */
export function rankList({ ranks }) {
  const known = Object.entries(RANKS).filter(([key]) => ranks?.[key] !== undefined);
  return known.map(([key, name]) => [name, ranks[key]]);
}

/** The side that ranks the photo best stands out: it is why the photo is here. @param {[string, number][]} ranks */
export function rankChips(ranks) {
  const best = Math.min(...ranks.map(([, rank]) => rank));
  return ranks.map(([name, rank]) => element("span", { class: rank === best ? "by best" : "by" }, `${name} ${rank}`));
}
