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
    "shift+x": () => sketchpad.clear(),
    "/": () => byId("words").focus(),
    escape: () => sketchpad.erase(false),
  };
  /** @type {Record<string, () => void>} */
  const commands = { z: () => drawing.undo(), "shift+z": () => drawing.redo(), y: () => drawing.redo() };
  addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.defaultPrevented || target.closest("input, textarea, select, dialog, [popover]")) return;
    const command = event.ctrlKey || event.metaKey;
    // caps lock makes capital letters without shift
    const key = (event.shiftKey && event.key !== "/" ? "shift+" : "") + event.key.toLowerCase();
    const act = (command ? commands : letters)[key];
    // letters act on the drawing: not while the results or filters have the focus
    if (!act || event.altKey || sketchpad.pointers.live || (!command && key !== "/" && target.closest(".found")))
      return;
    if (command && sketchpad.file) return;
    if (!command && sketchpad.file && ["e", "m"].includes(key)) return;
    if (key !== "escape") event.preventDefault(); // it may have a panel to close as well
    act();
  });
}
