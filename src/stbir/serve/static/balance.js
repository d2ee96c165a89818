/** The slider between sketch and words, and what its place means in words. */

import { byId } from "./element.js";

const HELP = "Draw and write, then shift the balance between the two.";

export class Balance {
  /** @param {import("./query.js").Query} query */
  constructor(query) {
    this.query = query;
    this.slider = /** @type {HTMLInputElement} */ (byId("balance"));
    this.slider.addEventListener("input", () => query.set({ balance: this.slider.valueAsNumber / 100 }, "sliding"));
    this.slider.addEventListener("dblclick", () => query.set({ balance: 0.5 }, "sliding"));
  }

  /** @param {boolean} drawn whether there is a sketch to balance the words with */
  show(drawn) {
    const { balance, hasWords } = this.query;
    const both = drawn && hasWords;
    this.slider.disabled = !both;
    this.slider.value = String(Math.round(balance * 100));
    this.slider.style.setProperty("--at", `${Math.round(balance * 100)}%`);
    const says = meaning(balance);
    this.slider.setAttribute("aria-valuetext", says);
    byId("balance-box").classList.toggle("idle", !both);
    byId("balance-says").textContent = both ? says : "";
    byId("balance-help").hidden = both;
    byId("balance-help").textContent = both
      ? ""
      : drawn
        ? "Add words to shift the balance."
        : hasWords
          ? "Add a sketch to shift the balance."
          : HELP;
  }
}

/** @param {number} balance */
function meaning(balance) {
  if (balance === 0) return "only the sketch";
  if (balance === 1) return "only the words";
  if (balance === 0.5) return "both alike";
  return balance < 0.5 ? "more the sketch" : "more the words";
}
