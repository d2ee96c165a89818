/** Filters out of the metadata: one button per field, its panel made for the kind of field, and chips for what is set. */

import { byId, element, fieldName, icon, valueText } from "./element.js";
import { choices, either, missing, range, without } from "./panels.js";
import { placeBeside } from "./popover.js";

/** @typedef {import("./panels.js").Facet} Facet */

const AT_ONCE = 6; // fields beside each other; the others behind a button

export class Facets {
  /** @type {Record<string, Facet>} */
  #fields = {};
  #all = false;

  /** @param {import("./query.js").Query} query */
  constructor(query) {
    this.query = query;
    this.box = /** @type {HTMLElement} */ (byId("facets"));
    query.addEventListener("change", () => this.#mark());
  }

  /** Whether the fields have been told. */
  get known() {
    return Object.keys(this.#fields).length > 0;
  }

  /** @param {Record<string, Facet>} fields */
  show(fields) {
    if (this.box.querySelector(":popover-open")) return; // nothing moves under an open panel
    this.#fields = fields;
    this.#build();
  }

  /** The texts that a field has, most frequent first. @param {string} field @returns {string[]} */
  values(field) {
    const { kind, values = [] } = this.#fields[field] ?? {};
    return kind === "text" ? values.map(({ value }) => String(value)) : [];
  }

  #build() {
    const names = Object.keys(this.#fields);
    const shown = this.#all ? names : names.slice(0, AT_ONCE);
    this.box.replaceChildren(...shown.flatMap((field, place) => this.#facet(field, place)));
    if (shown.length < names.length) {
      const more = () => {
        this.#all = true;
        this.#build();
      };
      this.box.append(
        element("button", { class: "pill", type: "button", onclick: more }, `${names.length - shown.length} more`),
      );
    }
    this.#mark();
  }

  /** @param {string} field @param {number} place */
  #facet(field, place) {
    const facet = this.#fields[field];
    const make = { text: choices, number: range, truth: either }[facet.kind];
    if (!make) return [];
    const id = `facet-${place}`;
    const panel = element("div", {
      class: "menu facet",
      id,
      popover: "auto",
      "data-field": field,
      role: "group",
      "aria-label": fieldName(field),
    });
    const button = element(
      "button",
      { class: "pill", type: "button", popovertarget: id, "data-field": field },
      element("span"),
      icon("down"),
    );
    placeBeside(panel, button);
    // made when opened: a field may have a hundred values, and the query may have changed since
    panel.addEventListener("beforetoggle", (/** @type {ToggleEvent} */ event) => {
      if (event.newState === "open")
        panel.replaceChildren(element("h2", {}, fieldName(field)), ...make(field, facet, this.query), missing(facet));
    });
    return [button, panel];
  }

  #mark() {
    const { where } = this.query;
    for (const button of this.box.querySelectorAll("button[data-field]")) {
      const field = /** @type {HTMLElement} */ (button).dataset.field ?? "";
      const set = where[field] !== undefined;
      button.classList.toggle("set", set);
      const label = button.querySelector("span");
      if (label) label.textContent = fieldName(field);
      button.setAttribute("aria-label", set ? `${fieldName(field)}, set to ${brief(where[field])}` : fieldName(field));
    }
    this.#chips();
  }

  #chips() {
    const { query } = this;
    /** @type {[string, string, () => void][]} */
    const chips = Object.entries(query.where).flatMap(([field, condition]) =>
      Array.isArray(condition)
        ? condition.map(
            (value) =>
              /** @type {[string, string, () => void]} */ ([
                field,
                value,
                () => query.filter(field, without(condition, value)),
              ]),
          )
        : [
            /** @type {[string, string, () => void]} */ ([
              field,
              brief(condition),
              () => query.filter(field, undefined),
            ]),
          ],
    );
    const box = byId("chips");
    box.hidden = !chips.length;
    box.replaceChildren(
      ...chips.map(([field, value, lift]) =>
        element(
          "li",
          {},
          element(
            "button",
            {
              class: "chip",
              type: "button",
              "aria-label": `Remove the filter ${fieldName(field)}: ${value}`,
              onclick: lift,
            },
            element("span", { class: "dim" }, fieldName(field)),
            value,
            icon("close"),
          ),
        ),
      ),
      chips.length > 1
        ? element(
            "li",
            {},
            element(
              "button",
              { class: "link", type: "button", onclick: () => query.set({ where: {} }) },
              "Clear filters",
            ),
          )
        : "",
    );
  }
}

/** A condition in a few characters. @param {import("./query.js").Condition} condition */
function brief(condition) {
  if (Array.isArray(condition)) return condition.length === 1 ? condition[0] : condition.join(", ");
  if (typeof condition === "boolean") return valueText(condition);
  const [low, high] = [condition.min, condition.max].map((value) =>
    value === undefined ? undefined : valueText(value),
  );
  if (low === undefined) return `up to ${high}`;
  return high === undefined ? `from ${low}` : `${low} to ${high}`;
}
