/** Panels beside the button that opens them; the browser closes them by Escape or a press elsewhere. */

const GAP = 8;

/**
 * Keep a popover beside its button whenever it opens, inside the window. Small screens show it as a sheet (in the CSS).
 * @param {HTMLElement} panel
 * @param {HTMLElement} button
 */
export function placeBeside(panel, button) {
  panel.addEventListener("beforetoggle", (event) => {
    const open = /** @type {ToggleEvent} */ (event).newState === "open";
    button.setAttribute("aria-expanded", String(open));
  });
  panel.addEventListener("toggle", (event) => {
    if (/** @type {ToggleEvent} */ (event).newState === "open") place(panel, button);
  });
  button.setAttribute("aria-expanded", "false");
  addEventListener("resize", () => panel.matches(":popover-open") && place(panel, button));
}

/** @param {HTMLElement} panel @param {HTMLElement} button */
function place(panel, button) {
  const [around, box] = [button.getBoundingClientRect(), panel.getBoundingClientRect()];
  const fits = around.left + box.width <= innerWidth - GAP;
  const left = Math.max(GAP, fits ? around.left : around.right - box.width);
  const below = around.bottom + GAP;
  const above = around.top - GAP - box.height;
  panel.style.left = `${left}px`;
  panel.style.top = `${below + box.height > innerHeight - GAP && above > GAP ? above : below}px`;
}
