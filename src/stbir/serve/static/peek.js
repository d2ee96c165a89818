/** On a small screen the results are below the drawing: a strip at the foot shows the first of them meanwhile. */

import { byId, count, element } from "./element.js";

const SHOWN = 5;
const ENOUGH = 180; // pixels of the results in sight that make the strip needless

export class Peek {
  #away = true;

  /** @param {import("./api.js").Api} api */
  constructor(api) {
    this.api = api;
    this.strip = /** @type {HTMLElement} */ (byId("peek"));
    this.strip.addEventListener("click", () => byId("results").scrollIntoView({ block: "start" }));
    const seen = new IntersectionObserver(
      ([entry]) => {
        this.#away = !entry.isIntersecting;
        this.#toggle();
      },
      { rootMargin: `0px 0px -${ENOUGH}px` },
    );
    seen.observe(byId("hits"));
  }

  /** @param {import("./results.js").Hit[]} hits @param {number} total */
  show(hits, total) {
    const kept = new Map([...this.strip.querySelectorAll("img")].map((img) => [img.dataset.path, img]));
    const pictures = hits.slice(0, SHOWN).map((hit) => {
      const img = kept.get(hit.thumb) ?? element("img", { alt: "", width: 52, height: 52 });
      if (!kept.has(hit.thumb)) this.api.show(img, hit.thumb);
      return img;
    });
    this.strip.replaceChildren(
      ...pictures,
      element("span", {}, hits.length ? `See ${count(hits.length)} of ${count(total)}` : ""),
    );
    this.#toggle();
  }

  #toggle() {
    this.strip.hidden = !this.#away || !this.strip.querySelector("img");
  }
}
