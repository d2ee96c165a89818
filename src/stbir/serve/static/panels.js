/** What is inside a filter: values to tick, a range, or yes and no. */

import { count, element, fieldName, valueText } from "./element.js";

/**
 * A field as the service describes it: texts and truth values with their counts, numbers with their ends.
 * @typedef {{
 *   kind: "text" | "number" | "truth",
 *   values?: {value: string | boolean, count: number}[],
 *   min?: number,
 *   max?: number,
 *   missing?: number,
 * }} Facet
 */

const MANY = 8; // values beyond which a field gets a search of its own

/** @typedef {import("./query.js").Query} Query */

/** @param {string} field @param {Facet} facet @param {Query} query */
export function choices(field, { values = [] }, query) {
  const chosen = () => /** @type {string[]} */ (Array.isArray(query.where[field]) ? query.where[field] : []);
  const known = values.map(({ value }) => String(value));
  const rows = [
    ...chosen()
      .filter((value) => !known.includes(value))
      .map((value) => ({ value, count: 0 })),
    ...values,
  ].map(({ value, count: n }) => {
    const text = String(value);
    const box = element("input", {
      type: "checkbox",
      checked: chosen().includes(text),
      onchange: () => query.filter(field, box.checked ? [...chosen(), text] : without(chosen(), text)),
    });
    return element(
      "label",
      { class: "choice", "data-text": text.toLowerCase() },
      box,
      element("span", {}, text),
      element("span", { class: "dim" }, count(n)),
    );
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
  return [
    element("input", { class: "within", type: "search", placeholder: "Search", "aria-label": label, oninput: narrow }),
    list,
    none,
  ];
}

/** @param {string} field @param {Facet} facet @param {Query} query */
export function range(field, { min, max }, query) {
  const now = /** @type {{min?: number, max?: number}} */ (query.where[field] ?? {});
  const read = (/** @type {HTMLInputElement} */ input) =>
    input.value.trim() === "" || !Number.isFinite(input.valueAsNumber) ? undefined : input.valueAsNumber;
  const write = () => {
    const [low, high] = [read(from), read(to)];
    const condition = { ...(low !== undefined && { min: low }), ...(high !== undefined && { max: high }) };
    wrong.hidden = low === undefined || high === undefined || low <= high;
    if (wrong.hidden) query.filter(field, Object.keys(condition).length ? condition : undefined, "typing");
  };
  const end = (/** @type {number | undefined} */ value, /** @type {number | undefined} */ bound) =>
    element("input", {
      type: "number",
      step: "any",
      inputMode: "decimal",
      value: value ?? "",
      placeholder: bound === undefined ? "" : valueText(bound),
      oninput: write,
    });
  const [from, to] = [end(now.min, min), end(now.max, max)];
  const wrong = element(
    "p",
    { class: "small", hidden: true, role: "status" },
    "The first number must not be larger than the second.",
  );
  return [
    element("div", { class: "range" }, element("label", {}, "From", from), element("label", {}, "To", to)),
    wrong,
  ];
}

/** @param {string} field @param {Facet} facet @param {Query} query */
export function either(field, { values = [] }, query) {
  const counts = new Map(values.map(({ value, count: n }) => [value, n]));
  const row = (/** @type {boolean | undefined} */ value, /** @type {string} */ name) =>
    element(
      "label",
      { class: "choice" },
      element("input", {
        type: "radio",
        name: `truth-${field}`,
        checked: query.where[field] === value,
        onchange: () => query.filter(field, value),
      }),
      element("span", {}, name),
      value !== undefined && element("span", { class: "dim" }, count(counts.get(value) ?? 0)),
    );
  return [element("div", { class: "choices" }, row(undefined, "Any"), row(true, "Yes"), row(false, "No"))];
}

/** @param {Facet} facet */
export const missing = ({ missing: n = 0 }) =>
  n ? element("p", { class: "small" }, `${count(n)} ${n === 1 ? "photo does" : "photos do"} not say`) : "";

/** @param {string[]} list @param {string} value */
export function without(list, value) {
  const rest = list.filter((other) => other !== value);
  return rest.length ? rest : undefined;
}
