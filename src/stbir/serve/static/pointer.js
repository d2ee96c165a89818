/** Pointers become strokes: mouse, finger and pen, one at a time; a pen locks out palms. */

import { SIDE, round } from "./strokes.js";

/** @typedef {import("./strokes.js").Stroke} Stroke */

const REACH = 10; // how far the eraser reaches, in units of the drawing
const STEP = 0.6; // points nearer than this to the last one say nothing new
const ERASER_BUTTON = 32; // in PointerEvent.buttons: the other end of the pen
const YOUNG_MS = 300; // a stroke this young was the first finger of a gesture when a second one comes
const PALM_MS = 800; // what touch drew within this time before the pen came was the palm

/**
 * Listens on the canvas and writes to the drawing.
 *
 * `live` is the stroke under the pen, `doomed` the strokes the eraser has touched, `aimed` the one below a hovering
 * eraser; `onpaint` is called when any of them changes, `onpen` when the pen takes over.
 */
export class Pointers {
  /** @type {Stroke | null} */
  live = null;
  /** @type {Set<Stroke>} */
  doomed = new Set();
  /** @type {Stroke | undefined} */
  aimed = undefined;
  erasing = false;
  /** While a picture is shown instead of the strokes there is nothing to draw on. */
  closed = false;
  onpaint = () => {};
  onpen = () => {};

  #pen = false;
  /** @type {{id: number, type: string, erases: boolean, start: number, last: [number, number] | null} | null} */
  #active = null;
  /** @type {Set<number>} */
  #touches = new Set();
  #origin = 0;
  /** @type {{stroke: Stroke, end: number} | null} */
  #touched = null;

  /** @param {HTMLCanvasElement} canvas @param {import("./strokes.js").Drawing} drawing */
  constructor(canvas, drawing) {
    this.canvas = canvas;
    this.drawing = drawing;
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    canvas.addEventListener("pointerup", (event) => this.#up(event));
    canvas.addEventListener("pointercancel", (event) => this.#cancel(event));
    canvas.addEventListener("lostpointercapture", (event) => this.#up(event));
    canvas.addEventListener("pointerleave", () => this.#aim(undefined));
    canvas.addEventListener("blur", () => canvas.classList.remove("pointed"));
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    // Safari shows its magnifier after a double tap unless the touch is taken
    canvas.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  }

  /** Whether only a pen draws. */
  get pen() {
    return this.#pen;
  }

  set pen(locked) {
    if (locked === this.#pen) return;
    this.#pen = locked;
    this.onpen();
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.pointerType === "touch") this.#touches.add(event.pointerId);
    if (event.pointerType === "pen") this.#penIsHere(event.timeStamp);
    if (this.closed || (event.pointerType === "mouse" && event.button !== 0)) return;
    if (event.pointerType === "touch" && (this.#pen || this.#isGesture(event))) return;
    if (this.#active) return;
    event.preventDefault();
    this.canvas.classList.add("pointed"); // who draws sees where, and needs no ring around it
    this.canvas.focus({ preventScroll: true });
    try {
      this.canvas.setPointerCapture(event.pointerId);
    } catch {
      // a pointer that has gone already, or that a test made up, cannot be captured
    }
    const erases = this.erasing || (event.buttons & ERASER_BUTTON) !== 0;
    this.#active = { id: event.pointerId, type: event.pointerType, erases, start: event.timeStamp, last: null };
    this.#aim(undefined);
    if (!erases) {
      const last = this.drawing.strokes.at(-1)?.t.at(-1);
      if (last === undefined) this.#origin = event.timeStamp;
      // strokes of an earlier page, whose clock began before this one's
      else if (event.timeStamp - this.#origin < last) this.#origin = event.timeStamp - last - YOUNG_MS;
      this.live = { x: [], y: [], t: [] };
    }
    this.#take(event);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (event.pointerType === "pen") this.#penIsHere(event.timeStamp);
    if (event.pointerId === this.#active?.id) {
      event.preventDefault();
      const all = event.getCoalescedEvents?.() ?? [];
      for (const one of all.length ? all : [event]) this.#take(one);
    } else if (this.erasing && !this.#active && event.pointerType !== "touch" && !this.closed) {
      this.#aim(this.drawing.touched(...this.#where(event), REACH));
    }
  }

  /** @param {PointerEvent} event */
  #up(event) {
    this.#touches.delete(event.pointerId);
    if (event.pointerId !== this.#active?.id) return;
    if (event.type === "pointerup") this.#take(event, true);
    const { type } = this.#active;
    const [stroke, doomed] = [this.live, this.doomed];
    this.#forget();
    if (stroke?.x.length) {
      this.drawing.add(stroke);
      if (type === "touch") this.#touched = { stroke, end: event.timeStamp };
    }
    this.drawing.erase(doomed);
  }

  /** The system took the pointer away: what it drew so far was not meant. @param {PointerEvent} event */
  #cancel(event) {
    this.#touches.delete(event.pointerId);
    if (event.pointerId === this.#active?.id) this.#forget();
  }

  /** A second finger: unless the first one has been drawing for a while, neither of them draws. @param {PointerEvent} event */
  #isGesture(event) {
    if (this.#touches.size < 2) return false;
    if (this.#active?.type === "touch" && event.timeStamp - this.#active.start < YOUNG_MS) this.#forget();
    return true;
  }

  /** @param {number} now */
  #penIsHere(now) {
    if (this.#pen) return;
    if (this.#active?.type === "touch") this.#forget();
    if (this.#touched && now - this.#touched.end < PALM_MS) this.drawing.retract(this.#touched.stroke);
    this.pen = true;
  }

  #forget() {
    this.#active = this.live = null;
    this.doomed = new Set();
    this.onpaint();
  }

  /** @param {PointerEvent} event @param {boolean} [final] */
  #take(event, final = false) {
    const active = this.#active;
    if (!active) return;
    const [x, y] = this.#where(event);
    if (active.erases) this.#sweep(active.last ?? [x, y], [x, y]);
    else if (this.live) {
      const { x: xs, y: ys, t } = this.live;
      const near = xs.length > 0 && Math.hypot(x - xs[xs.length - 1], y - ys[ys.length - 1]) < (final ? 0.01 : STEP);
      if (!near) {
        xs.push(x);
        ys.push(y);
        t.push(Math.max(0, Math.round(event.timeStamp - this.#origin)));
      }
    }
    active.last = [x, y];
    this.onpaint();
  }

  /** Erase what lies on the way, however fast the pointer went. @param {[number, number]} from @param {[number, number]} to */
  #sweep(from, to) {
    const steps = Math.max(1, Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / (REACH / 2)));
    for (let i = 0; i <= steps; i++) {
      const [x, y] = [from[0] + ((to[0] - from[0]) * i) / steps, from[1] + ((to[1] - from[1]) * i) / steps];
      for (let hit; (hit = this.drawing.touched(x, y, REACH, this.doomed));) this.doomed.add(hit);
    }
  }

  /** @param {Stroke | undefined} stroke */
  #aim(stroke) {
    if (stroke === this.aimed) return;
    this.aimed = stroke;
    this.onpaint();
  }

  /** Where an event is on the drawing. @param {PointerEvent} event @returns {[number, number]} */
  #where(event) {
    const box = this.canvas.getBoundingClientRect();
    const clamped = (/** @type {number} */ value) => Math.max(0, Math.min(SIDE, value));
    return [
      round(clamped(((event.clientX - box.left) * SIDE) / box.width)),
      round(clamped(((event.clientY - box.top) * SIDE) / box.height)),
    ];
  }
}
