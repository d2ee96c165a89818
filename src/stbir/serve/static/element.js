/** Making elements: text only ever enters the page as text. */

/**
 * An element with properties and children.
 *
 * A name with a dash or one the element does not have becomes an attribute, `on…` a listener, `class` the class.
 * Children that are strings become text nodes, so a file name can never become markup.
 *
 * @param {string} tag
 * @param {Record<string, any>} [properties]
 * @param {...(Node | string | number | null | undefined | false)} children
 * @returns {any}
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name in made && !name.includes("-") && name !== "popoverTarget") /** @type {any} */ (made)[name] = value;
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false).map(asChild));
  return made;
}

/** @param {any} child */
const asChild = (child) => (child instanceof Node ? child : String(child));

/**
 * An icon of icons.svg, invisible to screen readers: the button around it carries the name.
 * @param {string} name
 */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", new URL(`./icons.svg#${name}`, import.meta.url).href);
  svg.append(use);
  return svg;
}

/**
 * The element with an id, which the page has.
 * @param {string} id
 * @returns {any}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element #${id}`);
  return found;
}

/** "2,520" in the reader's own way of writing numbers. @param {number} value */
export const count = (value) => value.toLocaleString();

/** "in_stock" as a person writes it: "In stock". @param {string} field */
export function fieldName(field) {
  const words = field.replace(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A value of the metadata as text. @param {unknown} value */
export function valueText(value) {
  if (value === true) return "Yes";
  if (value === false) return "No";
  return typeof value === "number"
    ? value.toLocaleString(undefined, { maximumFractionDigits: 4, useGrouping: false })
    : String(value);
}
