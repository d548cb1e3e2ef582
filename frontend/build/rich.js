// Copies an answer as word processors read it: tables with their lines and formulas as MathML, in inline styles, because
// Word and WPS take no style sheet along. Everything is made in nodes; nothing here is ever shown.

const LINE = "1px solid #8C8C8C";

function styled(element, values) {
  Object.assign(element.style, values);
  return element;
}

function tables(box) {
  for (const table of box.querySelectorAll("table")) {
    table.setAttribute("border", "1");
    styled(table, { borderCollapse: "collapse", border: LINE });
    for (const cell of table.querySelectorAll("th, td")) {
      const textAlign = cell.classList.contains("ta-r") ? "right" : cell.classList.contains("ta-c") ? "center" : "left";
      styled(cell, { border: LINE, padding: "4px 8px", textAlign });
      if (cell.tagName === "TH") styled(cell, { fontWeight: "bold", backgroundColor: "#F2F2F2" });
      cell.removeAttribute("class");
    }
    table.closest(".table-scroll")?.replaceWith(table);
    table.querySelector("colgroup")?.remove();
  }
}

function code(box) {
  const family = "Consolas, Menlo, monospace";
  for (const pre of box.querySelectorAll("pre")) styled(pre, { fontFamily: family, backgroundColor: "#F5F5F5", padding: "8px", whiteSpace: "pre-wrap" });
  for (const inline of box.querySelectorAll("code")) styled(inline, { fontFamily: family });
  for (const quote of box.querySelectorAll("blockquote")) styled(quote, { borderLeft: "3px solid #C8C8C8", paddingLeft: "12px", marginLeft: "0" });
}

/// Formulas as they are set on the screen. Their source goes: Word would show it beside them. One that is not set there
/// stays as it was written.
function formulas(box, shown) {
  const set = new Map();
  for (const place of shown?.querySelectorAll("[data-tex]") ?? []) {
    const math = place.querySelector("math");
    if (math) set.set(place.dataset.tex, math);
  }
  for (const place of box.querySelectorAll("[data-tex]")) {
    const math = set.get(place.dataset.tex)?.cloneNode(true);
    if (!math) continue;
    for (const note of math.querySelectorAll("annotation, annotation-xml")) note.remove();
    for (const meaning of math.querySelectorAll("semantics")) meaning.replaceWith(...meaning.childNodes);
    math.setAttribute("xmlns", "http://www.w3.org/1998/Math/MathML");
    if (place.classList.contains("math-display")) math.setAttribute("display", "block");
    place.replaceWith(math);
  }
}

/// Selects the nodes themselves and copies them as a person would: the only way on plain http.
function bySelection(box, text) {
  const home = document.querySelector("dialog[open]") ?? document.body;
  const focused = document.activeElement;
  styled(box, { position: "fixed", left: "-10000px", top: "0", whiteSpace: "normal", color: "#000000", backgroundColor: "#FFFFFF" });
  const onCopy = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    event.clipboardData.setData("text/html", inner(box));
    event.clipboardData.setData("text/plain", text);
  };
  home.append(box);
  const selection = getSelection();
  selection.selectAllChildren(box);
  document.addEventListener("copy", onCopy, true);
  const copied = document.execCommand("copy");
  document.removeEventListener("copy", onCopy, true);
  selection.removeAllRanges();
  box.remove();
  focused?.focus?.();
  return copied;
}

const inner = (box) => `<meta charset="utf-8">${box.innerHTML}`;

/// Copies; false when the browser allowed neither way.
export async function copyRich(html, text, shown) {
  const box = document.createElement("div");
  box.innerHTML = html;
  tables(box);
  code(box);
  formulas(box, shown);
  if (navigator.clipboard?.write && globalThis.ClipboardItem) {
    const as = (type, content) => [type, new Blob([content], { type })];
    const item = new ClipboardItem(Object.fromEntries([as("text/html", inner(box)), as("text/plain", text)]));
    const written = await navigator.clipboard.write([item]).then(() => true, () => false);
    if (written) return true;
  }
  return bySelection(box, text);
}
