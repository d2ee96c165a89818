/** The photo that others shall be like, as a part of the query that can be taken out again. */

import { byId, element, icon } from "./element.js";
import { photoPath } from "./api.js";

export class Reference {
  #shown = "";

  /** @param {import("./api.js").Api} api @param {import("./query.js").Query} query */
  constructor(api, query) {
    this.api = api;
    this.query = query;
    this.box = /** @type {HTMLElement} */ (byId("reference"));
    query.addEventListener("change", () => this.show());
  }

  show() {
    const { photo } = this.query;
    if (photo === this.#shown) return;
    this.#shown = photo;
    this.box.hidden = !photo;
    if (!photo) return this.box.replaceChildren();
    const img = element("img", { alt: "", width: 48, height: 48 });
    const name = photo.replace(/^.*\//, "").replace(/\.\w+$/, "");
    const remove = () => {
      this.query.set({ photo: "" });
      byId("words").focus({ preventScroll: true });
    };
    this.box.replaceChildren(
      img,
      element("p", {}, element("span", { class: "dim" }, "More like"), element("b", {}, name)),
      element(
        "button",
        {
          class: "round",
          type: "button",
          "aria-label": `Stop looking for photos like ${name}`,
          title: "Remove",
          onclick: remove,
        },
        icon("close"),
      ),
    );
    this.api.show(img, `${photoPath(photo)}/thumb?size=160`);
  }
}
