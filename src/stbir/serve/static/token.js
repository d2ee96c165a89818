/** Asking for the token of a gallery that wants one. */

import { byId } from "./element.js";

/** @param {boolean} again whether a token was given already and refused @returns {Promise<string>} */
export function askForToken(again) {
  const dialog = /** @type {HTMLDialogElement} */ (byId("token"));
  const value = /** @type {HTMLInputElement} */ (byId("token-value"));
  if (again) byId("token-help").textContent = "That token was refused. Please check it and try again.";
  value.value = "";
  return new Promise((resolve) => {
    // nothing works without it, so Escape does not close
    dialog.oncancel = (event) => event.preventDefault();
    byId("token-form").onsubmit = (/** @type {SubmitEvent} */ event) => {
      event.preventDefault(); // the page's policy allows no form to be sent anywhere
      dialog.close();
      resolve(value.value.trim());
    };
    if (!dialog.open) dialog.showModal();
    value.focus();
  });
}
