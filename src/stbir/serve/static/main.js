/** The page: its parts, and what one says to another. */

import { About } from "./about.js";
import { announce } from "./announcer.js";
import { Api } from "./api.js";
import { Balance } from "./balance.js";
import { Detail } from "./detail.js";
import { byId, count, element } from "./element.js";
import { Facets } from "./facets.js";
import { receive } from "./files.js";
import { listen } from "./keys.js";
import { still } from "./motion.js";
import { Peek } from "./peek.js";
import { placeBeside } from "./popover.js";
import { PAGE, Query, fromAddress, request, toAddress } from "./query.js";
import { Reference } from "./reference.js";
import { Results } from "./results.js";
import { PAUSE, Searcher } from "./search.js";
import { Sketchpad } from "./sketchpad.js";
import { askForToken } from "./token.js";
import { Welcome } from "./welcome.js";

const STEADY = 60; // ms between two searches while the slider moves
const RECOVERY = 3000; // ms until a service that did not answer is asked again

const api = new Api();
api.asktoken = askForToken;
const query = new Query();
const sketchpad = new Sketchpad();
const searcher = new Searcher(api, () => request(query, sketchpad));
const results = new Results(api);
const facets = new Facets(query);
const balance = new Balance(query);
const about = new About(api);
const peek = new Peek(api);
new Reference(api, query);
const detail = new Detail(api, (id) => results.focus(id));
const welcome = new Welcome(({ strokes, words }) => {
  if (strokes) sketchpad.drawing.replace(strokes);
  query.set({ words });
  byId("results").scrollIntoView({ block: "nearest" });
});
const [words, avoid] = [byId("words"), byId("avoid")];
let recovery = 0;
let lost = false; // nobody has answered yet

words.addEventListener("input", () => query.set({ words: words.value }, "typing"));
avoid.addEventListener("input", () => query.set({ avoid: avoid.value }, "typing"));
for (const field of [words, avoid]) {
  field.addEventListener(
    "keydown",
    (/** @type {KeyboardEvent} */ event) => event.key === "Enter" && searcher.schedule(0),
  );
}
query.addEventListener("change", (event) => {
  const kind = /** @type {CustomEvent} */ (event).detail;
  if (words.value !== query.words) words.value = query.words;
  if (avoid.value !== query.avoid) avoid.value = query.avoid;
  remember(kind);
  changed(kind === "typing" ? PAUSE : kind === "sliding" ? STEADY : 0, kind === "sliding");
});
sketchpad.addEventListener("change", () => changed(PAUSE));
sketchpad.addEventListener("problem", (event) => say(/** @type {CustomEvent} */ (event).detail));
addEventListener("popstate", () => query.set(fromAddress(location.hash), "history"));

searcher.onanswer = (/** @type {any} */ answer, /** @type {{more: boolean}} */ how) => {
  say("");
  welcome.show(false);
  results.show(answer, how);
  peek.show(results.hits, answer.total);
  about.noticed(answer.generation);
  nothing();
  const best = results.hits[0];
  announce(
    best ? `${count(results.hits.length)} of ${count(answer.total)} photos. Best: ${best.title}.` : "No photos.",
  );
};
searcher.onblank = () => {
  say("");
  results.clear();
  peek.show([], 0);
  welcome.show(true);
  announce("");
};
searcher.onproblem = (/** @type {Error & {status?: number}} */ problem) => {
  say(problem.message);
  clearTimeout(recovery);
  if (problem.status === 0) recovery = window.setTimeout(() => searcher.schedule(0), RECOVERY);
};
searcher.onbusy = (/** @type {boolean} */ busy) => byId("results").setAttribute("aria-busy", String(busy));
searcher.onslow = (/** @type {boolean} */ waiting) => byId("results").classList.toggle("waiting", waiting);

results.addEventListener("open", (event) => detail.open(/** @type {CustomEvent} */ (event).detail, results.hits));
for (const source of [results, detail]) {
  source.addEventListener("like", (event) => {
    query.set({ photo: /** @type {CustomEvent} */ (event).detail.id });
    byId("results").scrollIntoView({ block: "start", behavior: still.matches ? "auto" : "smooth" });
  });
}
byId("more").addEventListener("click", () => searcher.more(results.hits.length));

about.addEventListener("known", () => {
  sketchpad.most = about.latest.limits?.body_bytes ?? Infinity;
  if (!facets.known) showFacets();
  kinds();
  if (lost) searcher.schedule(0);
  lost = false;
});
about.addEventListener("problem", (event) => {
  lost = true;
  say(/** @type {CustomEvent} */ (event).detail.message);
});
about.addEventListener("grown", () => {
  showFacets();
  // a search that shows more than its first page stays as it is: nobody wants to lose their place
  if (results.hits.length <= PAGE) searcher.schedule(0, true);
});

// a link would put its target into the address, where the query belongs
for (const skip of document.querySelectorAll("a.skip")) {
  skip.addEventListener("click", (event) => {
    event.preventDefault();
    byId(/** @type {HTMLAnchorElement} */ (skip).hash.slice(1)).focus();
  });
}
receive((file) => sketchpad.open(file));
listen(sketchpad);
placeBeside(byId("about"), byId("about-button"));
query.set(fromAddress(location.hash), "history");
about.look();

/** The query is another one. @param {number} wait @param {boolean} [steady] */
function changed(wait, steady = false) {
  clearTimeout(recovery);
  balance.show(!sketchpad.blank);
  searcher.schedule(wait, steady);
}

/** Keep the address in step; only choices are worth a step back. @param {string} kind */
function remember(kind) {
  if (kind === "history") return;
  const address = `${location.pathname}${location.search}#${toAddress(query)}`.replace(/#$/, "");
  if (address === location.pathname + location.search + location.hash) return;
  if (kind === "choice") history.pushState(null, "", address);
  else history.replaceState(null, "", address);
}

async function showFacets() {
  try {
    facets.show((await api.facets()).fields);
    kinds();
  } catch {
    // a search says what is wrong; without facets there is nothing to filter by
  }
}

/** What the examples may ask for. */
function kinds() {
  if (!about.latest) return;
  const category = facets.values("category");
  welcome.know(category.length ? category : (about.latest.model.families ?? []));
}

/** A calm line above the results. @param {string} text */
function say(text) {
  const message = byId("message");
  message.hidden = !text;
  if (message.textContent !== text) message.textContent = text;
}

/** Nothing passes the filters: say so, and offer the way out. */
function nothing() {
  const clear = element(
    "button",
    { class: "link", type: "button", onclick: () => query.set({ where: {} }) },
    "Clear filters",
  );
  byId("nothing").replaceChildren("No photo passes these filters. ", Object.keys(query.where).length ? clear : "");
}
