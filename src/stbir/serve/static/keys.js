/** Keyboard shortcuts; single letters count only where nothing can be typed. */

import { byId } from "./element.js";

/** @param {import("./sketchpad.js").Sketchpad} sketchpad */
export function listen(sketchpad) {
  const { drawing } = sketchpad;
  /** @type {Record<string, () => void>} */
  const letters = {
    e: () => sketchpad.erase(),
    m: () => drawing.mirror(),
    o: () => sketchpad.chooseFile(),
    X: () => sketchpad.clear(),
    "/": () => byId("words").focus(),
    Escape: () => sketchpad.erase(false),
  };
  addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.defaultPrevented || target.closest("input, textarea, select, dialog, [popover]")) return;
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.length === 1 && !event.shiftKey ? event.key.toLowerCase() : event.key;
    const act = command ? { z: () => drawing.undo(), Z: () => drawing.redo(), y: () => drawing.redo() }[key] : letters[key];
    // letters act on the drawing: not while the results or filters have the focus
    if (!act || event.altKey || sketchpad.pointers.live || (!command && key !== "/" && target.closest(".found"))) return;
    if (command && sketchpad.file) return;
    if (!command && sketchpad.file && ["e", "m"].includes(key)) return;
    event.preventDefault();
    act();
  });
}
