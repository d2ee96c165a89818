/** What a screen reader hears about the results, when they have come to rest. */

import { byId } from "./element.js";

const REST = 900; // ms without a further change
let timer = 0;

/** @param {string} text */
export function announce(text) {
  clearTimeout(timer);
  timer = window.setTimeout(() => {
    const announcer = byId("announcer");
    if (announcer.textContent !== text) announcer.textContent = text;
  }, REST);
}
