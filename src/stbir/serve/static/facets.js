/** Filters out of the metadata: one button per field, its panel made for the kind of field, and chips for what is set. */

import { byId, count, element, fieldName, icon, valueText } from "./element.js";
import { placeBeside } from "./popover.js";

/**
 * @typedef {{kind: "text" | "number" | "truth", values?: {value: string | boolean, count: number}[], min?: number, max?: number, missing?: number}} Facet
 */

const AT_ONCE = 6; // fields beside each other; the others behind a button
const MANY = 8; // values beyond which a field gets a search of its own

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
      this.box.append(element("button", { class: "pill", type: "button", onclick: more }, `${names.length - shown.length} more`));
    }
    this.#mark();
  }

  /** @param {string} field @param {number} place */
  #facet(field, place) {
    const facet = this.#fields[field];
    const make = { text: choices, number: range, truth: either }[facet.kind];
    if (!make) return [];
    const id = `facet-${place}`;
    const panel = element("div", { class: "menu facet", id, popover: "auto", "data-field": field, role: "group", "aria-label": fieldName(field) });
    const button = element("button", { class: "pill", type: "button", popovertarget: id, "data-field": field }, element("span"), icon("down"));
    placeBeside(panel, button);
    // made when opened: a field may have a hundred values, and the query may have changed since
    panel.addEventListener("beforetoggle", (/** @type {ToggleEvent} */ event) => {
      if (event.newState === "open") panel.replaceChildren(element("h2", {}, fieldName(field)), ...make(field, facet, this.query), missing(facet));
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
      if (label) label.textContent = set ? `${fieldName(field)}: ${brief(where[field])}` : fieldName(field);
    }
    this.#chips();
  }

  #chips() {
    const { query } = this;
    /** @type {[string, string, () => void][]} */
    const chips = Object.entries(query.where).flatMap(([field, condition]) =>
      Array.isArray(condition)
        ? condition.map((value) => /** @type {[string, string, () => void]} */ ([field, value, () => query.filter(field, without(condition, value))]))
        : [/** @type {[string, string, () => void]} */ ([field, brief(condition), () => query.filter(field, undefined)])],
    );
    const box = byId("chips");
    box.hidden = !chips.length;
    box.replaceChildren(
      ...chips.map(([field, value, lift]) =>
        element("li", {}, element("button", { class: "chip", type: "button", "aria-label": `Remove the filter ${fieldName(field)}: ${value}`, onclick: lift }, element("span", { class: "dim" }, fieldName(field)), value, icon("close"))),
      ),
      chips.length > 1 ? element("li", {}, element("button", { class: "link", type: "button", onclick: () => query.set({ where: {} }) }, "Clear filters")) : "",
    );
  }
}

/** @typedef {import("./query.js").Query} Query */

/** @param {string} field @param {Facet} facet @param {Query} query */
function choices(field, { values = [] }, query) {
  const chosen = () => /** @type {string[]} */ (Array.isArray(query.where[field]) ? query.where[field] : []);
  const known = values.map(({ value }) => String(value));
  const rows = [...chosen().filter((value) => !known.includes(value)).map((value) => ({ value, count: 0 })), ...values].map(({ value, count: n }) => {
    const text = String(value);
    const box = element("input", {
      type: "checkbox",
      checked: chosen().includes(text),
      onchange: () => query.filter(field, box.checked ? [...chosen(), text] : without(chosen(), text)),
    });
    return element("label", { class: "choice", "data-text": text.toLowerCase() }, box, element("span", {}, text), element("span", { class: "dim" }, count(n)));
  });
  const list = element("div", { class: "choices" }, ...rows);
  if (rows.length <= MANY) return [list];
  const none = element("p", { class: "small", hidden: true }, "No such value");
  const narrow = (/** @type {Event} */ event) => {
    const sought = /** @type {HTMLInputElement} */ (event.target).value.trim().toLowerCase();
    for (const row of rows) row.hidden = !row.dataset.text.includes(sought);
    none.hidden = rows.some((row) => !row.hidden);
  };
  const label = `Search in ${fieldName(field)}`;
  return [element("input", { class: "within", type: "search", placeholder: "Search", "aria-label": label, oninput: narrow }), list, none];
}

/** @param {string} field @param {Facet} facet @param {Query} query */
function range(field, { min, max }, query) {
  const now = /** @type {{min?: number, max?: number}} */ (query.where[field] ?? {});
  const read = (/** @type {HTMLInputElement} */ input) => (input.value.trim() === "" || !Number.isFinite(input.valueAsNumber) ? undefined : input.valueAsNumber);
  const write = () => {
    const [low, high] = [read(from), read(to)];
    const condition = { ...(low !== undefined && { min: low }), ...(high !== undefined && { max: high }) };
    wrong.hidden = low === undefined || high === undefined || low <= high;
    if (wrong.hidden) query.filter(field, Object.keys(condition).length ? condition : undefined, "typing");
  };
  const end = (/** @type {number | undefined} */ value, /** @type {number | undefined} */ bound) =>
    element("input", { type: "number", step: "any", inputMode: "decimal", value: value ?? "", placeholder: bound === undefined ? "" : valueText(bound), oninput: write });
  const [from, to] = [end(now.min, min), end(now.max, max)];
  const wrong = element("p", { class: "small", hidden: true, role: "status" }, "The first number must not be larger than the second.");
  return [element("div", { class: "range" }, element("label", {}, "From", from), element("label", {}, "To", to)), wrong];
}

/** @param {string} field @param {Facet} facet @param {Query} query */
function either(field, { values = [] }, query) {
  const counts = new Map(values.map(({ value, count: n }) => [value, n]));
  const row = (/** @type {boolean | undefined} */ value, /** @type {string} */ name) =>
    element(
      "label",
      { class: "choice" },
      element("input", { type: "radio", name: `truth-${field}`, checked: query.where[field] === value, onchange: () => query.filter(field, value) }),
      element("span", {}, name),
      value !== undefined && element("span", { class: "dim" }, count(counts.get(value) ?? 0)),
    );
  return [element("div", { class: "choices" }, row(undefined, "Any"), row(true, "Yes"), row(false, "No"))];
}

/** @param {Facet} facet */
const missing = ({ missing: n = 0 }) => (n ? element("p", { class: "small" }, `${count(n)} ${n === 1 ? "photo does" : "photos do"} not say`) : "");

/** @param {string[]} list @param {string} value */
function without(list, value) {
  const rest = list.filter((other) => other !== value);
  return rest.length ? rest : undefined;
}

/** A condition in a few characters. @param {import("./query.js").Condition} condition */
function brief(condition) {
  if (Array.isArray(condition)) return condition.length === 1 ? condition[0] : String(condition.length);
  if (typeof condition === "boolean") return valueText(condition);
  const [low, high] = [condition.min, condition.max].map((value) => (value === undefined ? undefined : valueText(value)));
  if (low === undefined) return `up to ${high}`;
  return high === undefined ? `from ${low}` : `${low} to ${high}`;
}
