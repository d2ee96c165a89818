/** Painting a drawing on a canvas, crisp at any size and density. */

import { SIDE } from "./strokes.js";

/** @typedef {import("./strokes.js").Stroke} Stroke */

export const LINE_WIDTH = 3.4; // units of the drawing; about the width the models learned from

/** Repaints at most once a frame, in the colours of the page. */
export class Paper {
  #pending = false;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {() => {strokes: readonly Stroke[], live: Stroke | null, faded: (stroke: Stroke) => boolean}} content
   */
  constructor(canvas, content) {
    this.canvas = canvas;
    this.content = content;
    new ResizeObserver(() => this.#fit()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.paint());
    this.#watchDensity();
  }

  paint() {
    if (this.#pending) return;
    this.#pending = true;
    requestAnimationFrame(() => {
      this.#pending = false;
      this.#paint();
    });
  }

  /** A canvas keeps nothing when it is resized; the strokes are vectors, so nothing is lost. */
  #fit() {
    const side = Math.max(1, Math.round(this.canvas.clientWidth * devicePixelRatio));
    if (this.canvas.width === side) return;
    this.canvas.width = this.canvas.height = side;
    this.#paint();
  }

  /** Zooming, or another screen. */
  #watchDensity() {
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener(
      "change",
      () => {
        this.#fit();
        this.#watchDensity();
      },
      { once: true },
    );
  }

  #paint() {
    const context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    const ink = getComputedStyle(this.canvas).color;
    const { strokes, live, faded } = this.content();
    const scale = this.canvas.width / SIDE;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, SIDE, SIDE);
    for (const stroke of live ? [...strokes, live] : strokes) {
      context.globalAlpha = faded(stroke) ? 0.18 : 1;
      trace(context, stroke, ink);
    }
    context.globalAlpha = 1;
  }
}

/**
 * A picture of strokes as others draw them: black on white, with the page's margins.
 * @param {readonly Stroke[]} strokes
 * @param {number} side in pixels
 * @returns {Promise<Blob | null>}
 */
export function pictureOf(strokes, side) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = "#fff";
  context.fillRect(0, 0, side, side);
  context.scale(side / SIDE, side / SIDE);
  for (const stroke of strokes) trace(context, stroke, "#000");
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

/**
 * The path of a stroke for an SVG, rounded to whole units.
 * @param {readonly Stroke[]} strokes
 */
export const svgPath = (strokes) =>
  strokes.map(({ x, y }) => "M" + x.map((value, i) => `${Math.round(value)} ${Math.round(y[i])}`).join("L")).join("");

/** @param {CanvasRenderingContext2D} context @param {Stroke} stroke @param {string} ink */
function trace(context, { x, y }, ink) {
  context.strokeStyle = ink;
  context.lineWidth = LINE_WIDTH;
  context.lineCap = context.lineJoin = "round";
  context.beginPath();
  context.moveTo(x[0], y[0]);
  // a line to the same point makes a dot
  for (let i = x.length > 1 ? 1 : 0; i < x.length; i++) context.lineTo(x[i], y[i]);
  context.stroke();
}
