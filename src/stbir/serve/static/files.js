/** Drawings that are pasted or dropped anywhere on the page. */

import { byId } from "./element.js";

/** @param {(file: File) => void} open */
export function receive(open) {
  const { classList } = byId("sheet");
  addEventListener("paste", (event) => {
    const file = event.clipboardData?.files[0];
    const strokes = file || typing(event.target) ? null : asFile(event.clipboardData?.getData("text/plain") ?? "");
    if (!file && !strokes) return; // text pasted into a field stays text
    event.preventDefault();
    open(/** @type {File} */ (file ?? strokes));
  });
  addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    classList.add("dropping");
  });
  addEventListener("dragleave", (event) => event.relatedTarget === null && classList.remove("dropping"));
  addEventListener("drop", (event) => {
    classList.remove("dropping");
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    event.preventDefault();
    open(file);
  });
}

/** @param {EventTarget | null} target */
const typing = (target) => target instanceof HTMLElement && target.closest("input, textarea") !== null;

/** Stroke JSON or SVG that was copied as text. @param {string} text */
function asFile(text) {
  const start = text.trimStart()[0];
  if (start === "{" || start === "[") return new File([text], "pasted.json", { type: "application/json" });
  return /^\s*<(\?xml|svg|!)/i.test(text) ? new File([text], "pasted.svg", { type: "image/svg+xml" }) : null;
}
