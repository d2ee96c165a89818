/** The page before anything is drawn or said: what to do, and a few queries to try. */

import { svgPath } from "./canvas.js";
import { byId, element } from "./element.js";
import { readStrokes } from "./strokes.js";

/** @typedef {import("./strokes.js").Stroke} Stroke */
/** @typedef {{strokes: Stroke[] | null, words: string}} Example */

const WORDS = /** @type {Record<string, string>} */ ({
  chair: "red velvet",
  boot: "black leather with laces",
  mug: "blue and white",
});

export class Welcome {
  /** @type {Record<string, Stroke[]>} */
  #drawings = {};
  /** @type {string[]} */
  #kinds = [];
  #read = false;

  /** @param {(example: Example) => void} choose */
  constructor(choose) {
    this.choose = choose;
    this.box = /** @type {HTMLElement} */ (byId("welcome"));
  }

  /** What can be found here, as far as it is known: families of the model or values of the metadata. @param {string[]} kinds */
  async know(kinds) {
    if (this.#read && kinds.join() === this.#kinds.join()) return;
    this.#kinds = kinds;
    await this.#load();
    this.#build();
  }

  /** @param {boolean} on */
  show(on) {
    this.box.hidden = !on;
  }

  async #load() {
    if (this.#read) return;
    this.#read = true;
    try {
      const response = await fetch(new URL("./examples.json", import.meta.url));
      for (const [name, drawing] of Object.entries(await response.json()))
        this.#drawings[name] = readStrokes(drawing) ?? [];
    } catch {
      // then the examples are of words only
    }
  }

  #build() {
    this.box.replaceChildren(
      element("h2", {}, "Draw what you remember."),
      element(
        "p",
        {},
        "Say what a line cannot show: the colour, the material, a detail. The photos follow every stroke.",
      ),
      element(
        "div",
        { class: "examples", role: "group", "aria-label": "Queries to try" },
        ...this.#examples().map((example) => this.#card(example)),
      ),
    );
  }

  /** @returns {Example[]} */
  #examples() {
    const names = Object.keys(this.#drawings);
    const known = names.filter((name) => this.#kinds.includes(name));
    const [first, second] = known.length ? known : names;
    const other = this.#kinds.find((kind) => kind !== first && kind !== second);
    return [
      first && { strokes: this.#drawings[first], words: known.length ? WORDS[first] : "" },
      known.length && second && { strokes: this.#drawings[second], words: "" },
      (other ?? this.#kinds[0]) && { strokes: null, words: `green ${other ?? this.#kinds[0]}` },
    ].filter((example) => typeof example === "object");
  }

  /** @param {Example} example */
  #card(example) {
    const { strokes, words } = example;
    const says = strokes ? (words ? "A sketch and words" : "A sketch alone") : "Words alone";
    return element(
      "button",
      { class: "example", type: "button", onclick: () => this.choose(example) },
      strokes ? thumbnail(strokes) : element("span", { class: "quote" }, `“${words}”`),
      element("span", { class: "says" }, says),
      strokes && words && element("span", { class: "words" }, words),
    );
  }
}

/** @param {Stroke[]} strokes */
function thumbnail(strokes) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 400 400");
  svg.setAttribute("class", "thumbnail");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", svgPath(strokes));
  svg.append(path);
  return svg;
}
