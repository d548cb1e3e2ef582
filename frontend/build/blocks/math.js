// Formulas, set by KaTeX, which is fetched when the first one appears. What it cannot set stays as it was written. MathML
// goes along for screen readers, and copying a selection gives the source.
import { make } from "./node.js";
import { sourcesBack } from "./text.js";

/// Longer sources stay as they are: setting them would hold up the page.
const MOST = 8000;
/// Formulas that are kept set, for a text that is drawn again while it grows.
const KEPT = 300;
const CHEMISTRY = /\\(?:ce|pu)\b/;

const kept = new Map();
let katex;
let chemistry;

async function load() {
  const sheet = make("link", { rel: "stylesheet", href: `${KATEX}/katex.css` });
  const ready = new Promise((resolve, reject) => {
    sheet.onload = resolve;
    sheet.onerror = reject;
  });
  document.head.append(sheet);
  const [module] = await Promise.all([import(`${KATEX}/katex.mjs`), ready]);
  document.addEventListener("copy", onCopy);
  katex = module.default;
}

let loading;
let loadingChemistry;
const once = () => (loading ??= load());
const onceChemistry = () => (loadingChemistry ??= once().then(() => import(`${KATEX}/contrib/mhchem.mjs`)).then(() => (chemistry = true)));

/// Sets the formulas in `element` whose source is complete. At once if everything is there, else as soon as it is.
export function formulas(element) {
  const spans = [...element.querySelectorAll(".math[data-tex]:not(.math-open, .math-set)")];
  if (!spans.length) return;
  const isChemical = spans.some((span) => CHEMISTRY.test(span.dataset.tex));
  if (katex && (chemistry || !isChemical)) return spans.forEach(set);
  (isChemical ? onceChemistry() : once()).then(() => element.isConnected && formulas(element), () => {});
}

function set(span) {
  const { tex } = span.dataset;
  const display = span.classList.contains("math-display");
  const key = `${display} ${tex}`;
  const known = kept.get(key) ?? draw(tex, display);
  span.classList.add("math-set");
  kept.delete(key);
  kept.set(key, known);
  if (kept.size > KEPT) kept.delete(kept.keys().next().value);
  if (known.error) {
    span.classList.add("math-failed");
    span.setAttribute("data-tip", known.error);
  } else {
    span.replaceChildren(known.node.cloneNode(true));
  }
}

function draw(tex, displayMode) {
  if (tex.length > MOST) return { error: "…" };
  const node = document.createElement("span");
  try {
    // No HTML, links or pictures from inside a formula, and no macro without an end.
    katex.render(tex, node, { displayMode, throwOnError: true, strict: "ignore", trust: false, maxExpand: 1000, maxSize: 50 });
    return { node: node.firstElementChild };
  } catch (error) {
    return { error: String(error.message) };
  }
}

function onCopy(event) {
  const selection = getSelection();
  if (event.defaultPrevented || !selection.rangeCount || selection.isCollapsed) return;
  const range = selection.getRangeAt(0).cloneRange();
  const formula = (node) => (node.nodeType === 1 ? node : node.parentElement)?.closest(".math-set");
  const [first, last] = [formula(range.startContainer), formula(range.endContainer)];
  // Part of a formula is none: the whole is copied.
  if (first) range.setStartBefore(first);
  if (last) range.setEndAfter(last);
  const chosen = range.cloneContents();
  if (!chosen.querySelector(".math-set")) return;
  const rich = make("div", {}, chosen.cloneNode(true));
  rich.querySelectorAll(".katex-html").forEach((drawn) => drawn.remove());
  // Only what is laid out knows where its lines end.
  const plain = make("div", { class: "visually-hidden copied" }, sourcesBack(chosen));
  document.body.append(plain);
  event.clipboardData.setData("text/plain", plain.innerText);
  event.clipboardData.setData("text/html", rich.innerHTML);
  plain.remove();
  event.preventDefault();
}
