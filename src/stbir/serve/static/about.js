/** The gallery and its model: the name above, how far indexing is, and what the model knows. */

import { byId, count, element } from "./element.js";

const WHILE_INDEXING = 1500; // ms between two looks
const CLIP = "stbir index PHOTOS --model openai/clip-vit-base-patch32";

/** Says "grown" when photos were added or changed, "known" after every look, "problem" where none succeeds. */
export class About extends EventTarget {
  /** @type {any} */
  latest = null;
  #timer = 0;

  /** @param {import("./api.js").Api} api */
  constructor(api) {
    super();
    this.api = api;
  }

  /** Look now, and again for as long as photos are being indexed. */
  async look() {
    clearTimeout(this.#timer);
    try {
      const [before, now] = [this.latest, await this.api.about()];
      this.latest = now;
      this.#show();
      this.dispatchEvent(new Event("known"));
      if (before && (before.generation !== now.generation || before.photos !== now.photos))
        this.dispatchEvent(new Event("grown"));
      if (now.indexing) this.#again();
    } catch (problem) {
      // later on a search says when the service has gone
      if (!this.latest) this.dispatchEvent(new CustomEvent("problem", { detail: problem }));
      if (!this.latest || this.latest.indexing) this.#again();
    }
  }

  /** An answer came from this generation of the gallery: look when it is a new one. @param {number} generation */
  noticed(generation) {
    if (this.latest && !this.latest.indexing && generation !== this.latest.generation) this.look();
  }

  #again() {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.look(), WHILE_INDEXING);
  }

  #show() {
    const { name, photos, source, indexing, model, version, broken } = this.latest;
    // "photos: 500 photos" would say it twice, and a table is known without its ending
    const title = /^(photos|images|pictures)$/i.test(name ?? "") ? "" : (name ?? "").replace(/\.\w+$/, "");
    document.title = title ? `${title} · stbir` : "stbir";
    byId("gallery-name").replaceChildren(
      title && element("b", {}, title),
      element("span", {}, `${count(photos)} ${photos === 1 ? "photo" : "photos"}`),
    );
    const progress = byId("progress");
    progress.hidden = !indexing;
    byId("progress-text").textContent = source
      ? `${count(photos)} of ${count(source)} photos searchable`
      : `${count(photos)} photos searchable so far`;
    const bar = /** @type {HTMLProgressElement} */ (byId("progress-bar"));
    if (source) bar.value = photos / source;
    else bar.removeAttribute("value");
    byId("about").replaceChildren(...aboutModel(model, { version, broken }));
  }
}

/**
 * @param {{name: string, source: string, families: string[] | null, bundled: boolean}} model
 * @param {{version: string, broken: number}} gallery
 */
function aboutModel(model, { version, broken }) {
  const unreadable = broken
    ? element(
        "p",
        {},
        `${count(broken)} ${broken === 1 ? "photo" : "photos"} could not be read; `,
        element("code", {}, "stbir status"),
        " names them.",
      )
    : "";
  const foot = element(
    "p",
    { class: "small" },
    `stbir ${version ?? ""} · ${model.source} · ${model.name.replaceAll("_", " ")}`,
  );
  if (!model.bundled) {
    return [
      element("h2", {}, "About this model"),
      element("p", {}, "Photos, drawings and words are compared by ", element("b", {}, model.source), "."),
      unreadable,
      foot,
    ];
  }
  const families = model.families ?? [];
  return [
    element("h2", {}, "About this model"),
    element(
      "p",
      {},
      "This gallery uses the small model that comes with stbir. It learned from drawn pictures only and knows these things:",
    ),
    element("ul", { class: "families" }, ...families.map((family) => element("li", {}, family))),
    element("p", {}, "For anything else, index your photos once with a real CLIP:"),
    element("pre", { tabIndex: 0 }, element("code", {}, CLIP)),
    unreadable,
    foot,
  ];
}
