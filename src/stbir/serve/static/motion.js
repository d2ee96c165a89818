/** Soft changes of place, unless the reader wants stillness. */

const MOVE = { duration: 260, easing: "cubic-bezier(.2, .7, .2, 1)" };
const APPEAR = { duration: 200, easing: "ease-out" };

export const still = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * Remember where elements are; the function it returns lets them glide from there to where they are then.
 * @param {Iterable<HTMLElement>} elements
 * @returns {(after: Iterable<HTMLElement>) => void}
 */
export function glide(elements) {
  if (still.matches) return () => {};
  /** @type {Map<HTMLElement, DOMRect>} */
  const before = new Map();
  for (const element of elements) before.set(element, element.getBoundingClientRect());
  return (after) => {
    /** @type {[HTMLElement, DOMRect | undefined, DOMRect][]} */
    const places = [...after].map((element) => [element, before.get(element), element.getBoundingClientRect()]);
    for (const [element, from, to] of places) {
      if (!visible(to) && !(from && visible(from))) continue;
      if (!from) element.animate([{ opacity: 0 }, { opacity: 1 }], APPEAR);
      else if (Math.abs(from.left - to.left) + Math.abs(from.top - to.top) > 1) {
        element.animate(
          [{ transform: `translate(${from.left - to.left}px, ${from.top - to.top}px)` }, { transform: "none" }],
          MOVE,
        );
      }
    }
  };
}

/** @param {DOMRect} box */
const visible = (box) => box.bottom > 0 && box.top < innerHeight;
