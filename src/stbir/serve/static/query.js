/** What is searched for, apart from the drawing, and how it is written for the service and in the page's address. */

/**
 * A condition on one field: any of these texts, a range, or a truth value.
 * @typedef {string[] | {min?: number, max?: number} | boolean} Condition
 * @typedef {{words: string, avoid: string, balance: number, photo: string, where: Record<string, Condition>}} Words
 */

export const PAGE = 24; // hits at a time: full rows of 2, 3, 4, 6 and 8
const EVEN = 0.5;

/** Says "change" with what the change was worth in `detail`: "typing", or "choice", which the back button undoes. */
export class Query extends EventTarget {
  words = "";
  avoid = "";
  balance = EVEN; // 0: only the sketch counts, 1: only the words
  photo = "";
  /** @type {Record<string, Condition>} */
  where = {};

  /** @param {Partial<Words>} changes @param {"typing" | "sliding" | "choice" | "history"} [kind] */
  set(changes, kind = "choice") {
    Object.assign(this, changes);
    this.dispatchEvent(new CustomEvent("change", { detail: kind }));
  }

  /**
   * Set or lift the condition on a field.
   * @param {string} field
   * @param {Condition | undefined} condition
   * @param {"typing" | "choice"} [kind]
   */
  filter(field, condition, kind = "choice") {
    const { [field]: _, ...others } = this.where;
    this.set({ where: condition === undefined ? others : { ...others, [field]: condition } }, kind);
  }

  get hasWords() {
    return this.words.trim() !== "";
  }
}

/**
 * What the balance means in weights: at its ends only one side counts, in the middle both count fully.
 * @param {number} balance
 */
export function weightsOf(balance) {
  const sketch = Math.min(1, Math.max(0, 2 * (1 - balance)));
  return { sketch: hundredths(sketch), text: hundredths(Math.min(1, 2 * balance)) };
}

/**
 * The body of a search, or null where there is nothing to search for.
 * @param {Query} query
 * @param {import("./sketchpad.js").Sketchpad} sketchpad
 * @returns {{body: Record<string, any>, file: File | null} | null}
 */
export function request(query, sketchpad) {
  const drawn = !sketchpad.blank;
  if (!drawn && !query.hasWords && !query.photo) return null;
  /** @type {Record<string, any>} */
  const body = { k: PAGE, offset: 0 };
  if (drawn && !sketchpad.file) body.sketches = [sketchpad.drawing.toJSON()];
  if (query.hasWords) body.text = query.words.trim();
  const avoid = query.avoid
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
  if (avoid.length) body.avoid = avoid;
  if (query.photo) body.photo = query.photo;
  if (drawn && query.hasWords) body.weights = weightsOf(query.balance);
  if (Object.keys(query.where).length) body.where = query.where;
  // one modality alone has only one rank to tell
  if (Number(drawn) + Number(query.hasWords) + Number(Boolean(query.photo)) > 1) body.explain = true;
  return { body, file: drawn ? sketchpad.file : null };
}

/**
 * The query as the part of the address behind #; drawings stay out of it.
 * @param {Words} query
 */
export function toAddress({ words, avoid, balance, photo, where }) {
  const parts = new URLSearchParams();
  if (words.trim()) parts.append("words", words.trim());
  if (avoid.trim()) parts.append("without", avoid.trim());
  if (balance !== EVEN) parts.append("balance", String(balance));
  if (photo) parts.append("like", photo);
  for (const [field, condition] of Object.entries(where)) {
    if (Array.isArray(condition)) for (const value of condition) parts.append(`is.${field}`, value);
    else if (typeof condition === "boolean") parts.append(`truth.${field}`, String(condition));
    else {
      if (condition.min !== undefined) parts.append(`min.${field}`, String(condition.min));
      if (condition.max !== undefined) parts.append(`max.${field}`, String(condition.max));
    }
  }
  return parts.toString();
}

/**
 * The query that an address describes; what it does not understand it leaves out.
 * @param {string} hash
 * @returns {Words}
 */
export function fromAddress(hash) {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  const balance = Number(parts.get("balance") ?? EVEN);
  /** @type {Record<string, any>} */
  const where = {};
  for (const [key, value] of parts) {
    const [, kind, field] = /^(is|truth|min|max)\.(.+)$/s.exec(key) ?? [];
    if (kind === "is") where[field] = [...(Array.isArray(where[field]) ? where[field] : []), value];
    else if (kind === "truth") where[field] = value === "true";
    else if (kind && value !== "" && Number.isFinite(Number(value)))
      where[field] = { ...where[field], [kind]: Number(value) };
  }
  return {
    words: parts.get("words") ?? "",
    avoid: parts.get("without") ?? "",
    balance: balance >= 0 && balance <= 1 ? balance : EVEN,
    photo: parts.get("like") ?? "",
    where,
  };
}

/** @param {number} value */
const hundredths = (value) => Math.round(value * 100) / 100;
