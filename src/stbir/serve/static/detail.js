/** One photo, large, with everything that is known about it. */

import { byId, element, fieldName, icon, valueText } from "./element.js";
import { photoPath } from "./api.js";
import { rankChips, rankList } from "./results.js";
import { download } from "./sketchpad.js";

/** @typedef {import("./results.js").Hit} Hit */

/** Says "like" with the hit in `detail`. */
export class Detail extends EventTarget {
  /** @type {Hit[]} */
  #hits = [];
  #place = 0;

  /** @param {import("./api.js").Api} api @param {(id: string) => void} closed told which photo was shown last */
  constructor(api, closed) {
    super();
    this.api = api;
    this.dialog = /** @type {HTMLDialogElement} */ (byId("detail"));
    this.dialog.addEventListener("close", () => closed(this.#hit.id));
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    this.dialog.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step && !(event.target instanceof HTMLInputElement)) this.#turn(step);
    });
  }

  get #hit() {
    return this.#hits[this.#place];
  }

  /** @param {Hit} hit @param {Hit[]} hits those to leaf through */
  open(hit, hits) {
    this.#hits = hits;
    this.#place = hits.indexOf(hit);
    this.#show();
    this.dialog.showModal();
    this.#focus("title");
  }

  /** @param {number} step */
  #turn(step) {
    const place = this.#place + step;
    if (place < 0 || place >= this.#hits.length) return;
    const focused = document.activeElement?.getAttribute("data-act") ?? "title";
    this.#place = place;
    this.#show();
    this.#focus(focused);
  }

  /** @param {string} act a part of the dialog; its title, where that part is not or cannot be used */
  #focus(act) {
    const part = this.dialog.querySelector(`[data-act="${act}"]:not(:disabled)`) ?? this.dialog.querySelector("h2");
    /** @type {HTMLElement} */ (part).focus();
  }

  #show() {
    const hit = this.#hit;
    const img = element("img", { alt: `Photo ${hit.title}`, decoding: "async" });
    img.addEventListener("load", () => img.classList.add("ready"));
    const facts = element("dl", { class: "facts" });
    const act = (
      /** @type {string} */ name,
      /** @type {string} */ label,
      /** @type {() => void} */ onclick,
      disabled = false,
    ) =>
      element(
        "button",
        { class: "round", type: "button", "data-act": name, "aria-label": label, title: label, onclick, disabled },
        icon(name),
      );
    const more = () => {
      this.dialog.close();
      this.dispatchEvent(new CustomEvent("like", { detail: hit }));
    };
    const actions = element(
      "div",
      { class: "actions" },
      element(
        "button",
        { class: "primary", type: "button", "data-act": "like", onclick: more },
        icon("like"),
        "More like this",
      ),
      element(
        "button",
        { class: "second", type: "button", "data-act": "save", onclick: () => this.#download(hit) },
        icon("save"),
        "Download",
      ),
    );
    const said = element("p", { class: "small said", role: "status" });
    this.dialog.replaceChildren(
      element("div", { class: "picture" }, img),
      element(
        "div",
        { class: "known" },
        element(
          "div",
          { class: "turn" },
          act("left", "Previous photo", () => this.#turn(-1), this.#place === 0),
          act("right", "Next photo", () => this.#turn(1), this.#place === this.#hits.length - 1),
          act("close", "Close", () => this.dialog.close()),
        ),
        element("h2", { id: "detail-title", tabIndex: -1, "data-act": "title" }, hit.title),
        element(
          "p",
          { class: "ranks" },
          element("span", { class: "by" }, `rank ${hit.rank}`),
          ...rankChips(rankList(hit)),
        ),
        facts,
        actions,
        said,
      ),
    );
    this.#tell(facts, { id: hit.id, category: hit.category, metadata: hit.metadata });
    this.api.show(img, hit.photo);
    this.#complete(hit, facts, actions, said);
  }

  /**
   * Ask for what a hit does not say, such as where the file is.
   * @param {Hit} hit
   * @param {HTMLElement} facts
   * @param {HTMLElement} actions
   * @param {HTMLElement} said
   */
  async #complete(hit, facts, actions, said) {
    try {
      const info = await this.api.info(hit.id);
      if (hit !== this.#hit) return;
      this.#tell(facts, info);
      if (!info.path) return;
      const copy = element(
        "button",
        { class: "second", type: "button", "data-act": "copy", onclick: () => copyText(info.path, said) },
        icon("copy"),
        "Copy path",
      );
      actions.append(copy);
    } catch (problem) {
      said.textContent = /** @type {Error} */ (problem).message;
    }
  }

  /**
   * @param {HTMLElement} facts
   * @param {{id: string, category?: string | null, instance?: string | null, metadata: object, path?: string}} info
   */
  #tell(facts, { id, category, instance, metadata, path }) {
    const { title } = this.#hit;
    const rows = Object.entries({ category, instance, ...metadata, id, path }).filter(
      ([, value]) => value !== null && value !== undefined && value !== "" && value !== title,
    );
    facts.replaceChildren(
      ...rows.map(([field, value]) =>
        element("div", {}, element("dt", {}, fieldName(field)), element("dd", {}, valueText(value))),
      ),
    );
  }

  /** @param {Hit} hit */
  async #download(hit) {
    const name = hit.id.split("/").at(-1) ?? "photo";
    try {
      download(
        await this.api.file(photoPath(hit.id)),
        /\.jpe?g$/i.test(name) ? name : `${name.replace(/\.\w+$/, "")}.jpg`,
      );
    } catch (problem) {
      const said = this.dialog.querySelector(".said");
      if (said) said.textContent = /** @type {Error} */ (problem).message;
    }
  }
}

/** Browsers copy only on secure pages; elsewhere the text is shown, selected. @param {string} text @param {HTMLElement} said */
async function copyText(text, said) {
  try {
    await navigator.clipboard.writeText(text);
    said.textContent = "Copied.";
  } catch {
    const field = element("input", { class: "within", readOnly: true, value: text, "aria-label": "Path of the photo" });
    said.replaceChildren(field);
    field.select();
  }
}
