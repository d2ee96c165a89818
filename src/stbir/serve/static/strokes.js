/** A drawing as data: strokes on a square of 400 units, with a history. Knows nothing of the screen. */

export const SIDE = 400;
const MOST_STEPS = 500;

/**
 * One line: where the pen was, and when, in milliseconds since the drawing began.
 * @typedef {{x: number[], y: number[], t: number[]}} Stroke
 */

/** Says "change" whenever its strokes are other ones. Strokes are never altered, only replaced. */
export class Drawing extends EventTarget {
  /** @type {readonly Stroke[]} */
  strokes = [];
  /** @type {(readonly Stroke[])[]} */
  #past = [];
  /** @type {(readonly Stroke[])[]} */
  #future = [];

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /** Whether there is nothing that could be searched for: no stroke, or dots on one spot. */
  get blank() {
    const box = bounds(this.strokes);
    return box === null || (box.left === box.right && box.top === box.bottom);
  }

  /** @param {Stroke} stroke */
  add(stroke) {
    this.#become([...this.strokes, stroke]);
  }

  /** Remove strokes in one step. @param {Set<Stroke>} strokes */
  erase(strokes) {
    const kept = this.strokes.filter((stroke) => !strokes.has(stroke));
    if (kept.length < this.strokes.length) this.#become(kept);
  }

  clear() {
    if (this.strokes.length) this.#become([]);
  }

  mirror() {
    if (this.strokes.length)
      this.#become(this.strokes.map((stroke) => ({ ...stroke, x: stroke.x.map((x) => round(SIDE - x)) })));
  }

  /** Put other strokes in place of these; can be undone. @param {readonly Stroke[]} strokes */
  replace(strokes) {
    this.#become([...strokes]);
  }

  /** Take back a stroke that should never have been drawn, such as a palm's: no step back leads to it. @param {Stroke} stroke */
  retract(stroke) {
    if (this.strokes.at(-1) !== stroke || !this.#past.length) return;
    this.strokes = /** @type {readonly Stroke[]} */ (this.#past.pop());
    this.#changed();
  }

  undo() {
    this.#step(this.#past, this.#future);
  }

  redo() {
    this.#step(this.#future, this.#past);
  }

  /**
   * The topmost stroke within `reach` of a point.
   * @param {number} x
   * @param {number} y
   * @param {number} reach
   * @param {Set<Stroke>} [besides] strokes that do not count
   * @returns {Stroke | undefined}
   */
  touched(x, y, reach, besides = new Set()) {
    return this.strokes.findLast((stroke) => !besides.has(stroke) && distance(stroke, x, y) <= reach);
  }

  /** The drawing as the service reads it. */
  toJSON() {
    return { canvas: [SIDE, SIDE], strokes: this.strokes.map(({ x, y, t }) => [x, y, t]) };
  }

  /** @param {readonly Stroke[]} strokes */
  #become(strokes) {
    this.#past.push(this.strokes);
    if (this.#past.length > MOST_STEPS) this.#past.shift();
    this.#future = [];
    this.strokes = strokes;
    this.#changed();
  }

  /** @param {(readonly Stroke[])[]} from @param {(readonly Stroke[])[]} to */
  #step(from, to) {
    const strokes = from.pop();
    if (!strokes) return;
    to.push(this.strokes);
    this.strokes = strokes;
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

/**
 * Strokes out of stroke JSON, fitted into the square; null where it is none.
 * @param {any} value an object with `strokes`, QuickDraw's `drawing`, or a bare list
 * @returns {Stroke[] | null}
 */
export function readStrokes(value) {
  const rows = Array.isArray(value) ? value : (value?.strokes ?? value?.drawing);
  if (!Array.isArray(rows) || !rows.length) return null;
  const strokes = [];
  for (const row of rows) {
    if (!Array.isArray(row) || row.length < 2 || row.length > 3 || !row.every(isNumbers)) return null;
    const [x, y, t] = row;
    if (x.length !== y.length || (t && t.length !== x.length)) return null;
    if (x.length) strokes.push({ x, y, t: t ?? x.map(() => 0) });
  }
  return strokes.length ? fitted(strokes, value?.canvas) : null;
}

/**
 * The box around strokes, or null.
 * @param {readonly Stroke[]} strokes
 */
export function bounds(strokes) {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const { x, y } of strokes) {
    for (let i = 0; i < x.length; i++) {
      box.left = Math.min(box.left, x[i]);
      box.right = Math.max(box.right, x[i]);
      box.top = Math.min(box.top, y[i]);
      box.bottom = Math.max(box.bottom, y[i]);
    }
  }
  return box.left > box.right ? null : box;
}

/** Hundredths of a unit are finer than any line. @param {number} value */
export const round = (value) => Math.round(value * 100) / 100;

/** @param {unknown} list */
const isNumbers = (list) =>
  Array.isArray(list) && list.every((value) => Number.isFinite(value) && Math.abs(value) < 1e9);

/** @param {Stroke[]} strokes @param {any} canvas */
function fitted(strokes, canvas) {
  const box = /** @type {NonNullable<ReturnType<typeof bounds>>} */ (bounds(strokes));
  const sized = isNumbers(canvas) && canvas.length === 2 && canvas[0] > 0 && canvas[1] > 0;
  const inside = sized && box.left >= 0 && box.top >= 0 && box.right <= canvas[0] && box.bottom <= canvas[1];
  const margin = inside ? 0 : SIDE / 10;
  const [left, top, width, height] = inside
    ? [0, 0, canvas[0], canvas[1]]
    : [box.left, box.top, box.right - box.left, box.bottom - box.top];
  const scale = (SIDE - 2 * margin) / (Math.max(width, height) || 1);
  const dx = (SIDE - width * scale) / 2 - left * scale;
  const dy = (SIDE - height * scale) / 2 - top * scale;
  return strokes.map(({ x, y, t }) => ({
    x: x.map((v) => round(v * scale + dx)),
    y: y.map((v) => round(v * scale + dy)),
    t,
  }));
}

/** How far a point is from a stroke. @param {Stroke} stroke @param {number} px @param {number} py */
function distance({ x, y }, px, py) {
  let nearest = Math.hypot(px - x[0], py - y[0]);
  for (let i = 1; i < x.length; i++) {
    const [dx, dy] = [x[i] - x[i - 1], y[i] - y[i - 1]];
    const along = ((px - x[i - 1]) * dx + (py - y[i - 1]) * dy) / (dx * dx + dy * dy || 1);
    const at = Math.max(0, Math.min(1, along));
    nearest = Math.min(nearest, Math.hypot(px - x[i - 1] - at * dx, py - y[i - 1] - at * dy));
  }
  return nearest;
}
