/** The drawing area: paper, pointers, tools, and a picture of a drawing in place of strokes. */

import { Paper, pictureOf } from "./canvas.js";
import { byId, element, icon } from "./element.js";
import { placeBeside } from "./popover.js";
import { Pointers } from "./pointer.js";
import { Drawing, readStrokes } from "./strokes.js";

const DRAWING = "stbir.drawing";
const PEN = "stbir.pen";
const MAC = /Mac|iPhone|iPad/.test(navigator.platform);
const CTRL = MAC ? "⌘" : "Ctrl+";

/** Says "change" when the query it stands for is another one, and "problem" (detail: text) when a file is of no use. */
export class Sketchpad extends EventTarget {
  drawing = new Drawing();
  /** @type {File | null} */
  file = null;
  /** How many bytes the service takes. */
  most = Infinity;
  /** @type {Record<string, HTMLButtonElement>} */
  #buttons = {};
  #url = "";

  constructor() {
    super();
    this.canvas = /** @type {HTMLCanvasElement} */ (byId("canvas"));
    this.pointers = new Pointers(this.canvas, this.drawing);
    this.paper = new Paper(this.canvas, () => ({
      strokes: this.drawing.strokes,
      live: this.pointers.live,
      faded: (stroke) => this.pointers.doomed.has(stroke) || stroke === this.pointers.aimed,
    }));
    this.pointers.onpaint = () => {
      this.paper.paint();
      this.#showHint();
    };
    this.pointers.onpen = () => this.#penChanged();
    this.drawing.addEventListener("change", () => this.#drawingChanged());
    this.#makeTools();
    byId("upload-remove").addEventListener("click", () => this.removeFile());
    byId("pen-release").addEventListener("click", () => (this.pointers.pen = false));
    byId("save-picture").addEventListener("click", () => this.#savePicture());
    byId("save-strokes").addEventListener("click", () => this.#saveStrokes());
    this.#restore();
    this.#show();
  }

  /** Whether there is nothing to search for here. */
  get blank() {
    return !this.file && this.drawing.blank;
  }

  /** Put a drawing from a file in place: strokes as strokes that can be drawn on, a picture as it is. @param {File} file */
  async open(file) {
    if (file.size > this.most) {
      const [has, may] = [file.size, this.most].map((bytes) => (bytes / 1e6).toFixed(1));
      return this.#refuse(`${file.name} has ${has} MB, and a drawing may have ${may} MB: make it smaller.`);
    }
    if (/json$/i.test(file.name) || file.type.includes("json")) {
      const strokes = readStrokes(await parsed(file));
      if (strokes) {
        this.#drop();
        this.drawing.replace(strokes);
        return;
      }
    } else if (!/^image\//.test(file.type) && !/\.(svg|png|jpe?g|webp)$/i.test(file.name)) {
      return this.#refuse(`${file.name} is no drawing: open a PNG, JPEG, WebP or SVG picture, or stroke JSON.`);
    }
    this.#drop();
    this.file = file;
    this.#url = URL.createObjectURL(file);
    byId("upload-picture").src = this.#url;
    byId("upload-name").textContent = file.name;
    this.#show();
    this.dispatchEvent(new Event("change"));
  }

  removeFile() {
    if (!this.file) return;
    this.#drop();
    this.#show();
    this.canvas.focus({ preventScroll: true });
    this.dispatchEvent(new Event("change"));
  }

  chooseFile() {
    byId("file").click();
  }

  /** @param {boolean} [on] */
  erase(on = !this.pointers.erasing) {
    this.pointers.erasing = on;
    this.pointers.aimed = undefined;
    this.#show();
    this.paper.paint();
  }

  clear() {
    if (this.file) this.removeFile();
    else this.drawing.clear();
  }

  #makeTools() {
    const draw = this.drawing;
    /** @type {[string, string, string, () => void][]} */
    const tools = [
      ["undo", "Undo", `${CTRL}Z`, () => draw.undo()],
      ["redo", "Redo", MAC ? "⇧⌘Z" : "Ctrl+Shift+Z", () => draw.redo()],
      ["erase", "Erase strokes", "E", () => this.erase()],
      ["mirror", "Mirror", "M", () => draw.mirror()],
      ["clear", "Clear", "Shift+X", () => this.clear()],
      ["open", "Open a drawing", "O", () => this.chooseFile()],
      ["save", "Save the drawing", "", () => {}],
    ];
    for (const [name, label, key, act] of tools) {
      const title = key ? `${label} (${key})` : label;
      const button = element(
        "button",
        { type: "button", class: "tool", id: `tool-${name}`, "aria-label": label, title, onclick: act },
        icon(name),
      );
      this.#buttons[name] = button;
      byId("tools").append(button);
    }
    this.#buttons.erase.setAttribute("aria-pressed", "false");
    this.#buttons.save.setAttribute("popovertarget", "save-menu");
    placeBeside(byId("save-menu"), this.#buttons.save);
    byId("file").addEventListener("change", (/** @type {Event} */ event) => {
      const input = /** @type {HTMLInputElement} */ (event.target);
      if (input.files?.[0]) this.open(input.files[0]);
      input.value = ""; // the same file may be chosen again
    });
  }

  #drawingChanged() {
    this.pointers.aimed = undefined;
    this.paper.paint();
    this.#show();
    try {
      sessionStorage.setItem(DRAWING, JSON.stringify(this.drawing));
    } catch {
      // a full or forbidden storage only means that a reload starts empty
    }
    this.dispatchEvent(new Event("change"));
  }

  #restore() {
    try {
      const strokes = readStrokes(JSON.parse(sessionStorage.getItem(DRAWING) ?? "null"));
      if (strokes) this.drawing.strokes = strokes;
      this.pointers.pen = sessionStorage.getItem(PEN) === "yes";
    } catch {
      // nothing to restore
    }
  }

  #penChanged() {
    byId("pen-note").hidden = !this.pointers.pen;
    try {
      sessionStorage.setItem(PEN, this.pointers.pen ? "yes" : "no");
    } catch {
      // only a reload would have needed it
    }
  }

  /** @param {string} why */
  #refuse(why) {
    this.dispatchEvent(new CustomEvent("problem", { detail: why }));
  }

  #drop() {
    URL.revokeObjectURL(this.#url);
    this.file = null;
  }

  #show() {
    const { drawing, file } = this;
    const count = drawing.strokes.length;
    const busy = file !== null;
    this.pointers.closed = busy;
    byId("upload").hidden = !busy;
    byId("sheet").classList.toggle("erasing", this.pointers.erasing && !busy);
    this.canvas.setAttribute(
      "aria-label",
      busy
        ? `The drawing ${file.name}`
        : count
          ? `Drawing of ${count} ${count === 1 ? "stroke" : "strokes"}`
          : "Empty drawing area",
    );
    this.#buttons.undo.disabled = busy || !drawing.canUndo;
    this.#buttons.redo.disabled = busy || !drawing.canRedo;
    this.#buttons.erase.disabled = this.#buttons.mirror.disabled = this.#buttons.save.disabled = busy || !count;
    this.#buttons.clear.disabled = !busy && !count;
    if (this.pointers.erasing && (busy || !count)) this.pointers.erasing = false;
    this.#buttons.erase.setAttribute("aria-pressed", String(this.pointers.erasing));
    byId("sheet").classList.toggle("erasing", this.pointers.erasing);
    this.#showHint();
  }

  #showHint() {
    byId("hint").hidden = this.file !== null || this.drawing.strokes.length > 0 || this.pointers.live !== null;
  }

  async #savePicture() {
    const blob = await pictureOf(this.drawing.strokes, 800);
    if (blob) download(blob, "drawing.png");
    byId("save-menu").hidePopover();
  }

  #saveStrokes() {
    download(new Blob([JSON.stringify(this.drawing)], { type: "application/json" }), "drawing.json");
    byId("save-menu").hidePopover();
  }
}

/** @param {Blob} blob @param {string} name */
export function download(blob, name) {
  const href = URL.createObjectURL(blob);
  element("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}

/** The first line of ndjson, or all of JSON. @param {File} file */
async function parsed(file) {
  const text = (await file.text()).trim();
  for (const part of [text, text.split("\n", 1)[0]]) {
    try {
      return JSON.parse(part);
    } catch {
      // the service says better what is wrong with the file
    }
  }
  return null;
}
