// What a message can do beyond showing itself: set formulas, copied tables, previews, downloads, pictures seen whole.
// `start.js` fetches this file when the first of it is needed; nobody waits for it who reads text.
import sheet from "./blocks.css";
import { grow } from "./grow.js";
import { formulas } from "./math.js";
import { fileName } from "./names.js";
import { make } from "./node.js";
import { preview } from "./preview.js";
import { tables } from "./table.js";
import { closeView, view } from "./view.js";

/// Adds to a block of text what it can do; `open` says that it is still being written.
function dress(element, open) {
  formulas(element);
  if (!open) tables(element);
}

/// Hands a block of code over as a file.
function download(source, language) {
  const href = URL.createObjectURL(new Blob([source], { type: "text/plain" }));
  make("a", { href, download: fileName(language) }).click();
  // The browser has taken hold of it by the next turn of its loop.
  setTimeout(() => URL.revokeObjectURL(href), 0);
}

// How all of this looks comes along with it.
const style = new CSSStyleSheet();
style.replaceSync(sheet);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, style];

export default { dress, grow, preview, download, view, closeView };
