// Small steps in the document that the parts beside this one share.
import { name } from "./words.js";

/// An element with attributes and children.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/// Outlines of the Lucide set (ISC licence), as `src/components/ui/glyph.rs` has them.
const GLYPHS = {
  copy: "M10 8h10a2 2 0 0 1 2 2v10a2 2 0 0 1 -2 2h-10a2 2 0 0 1 -2 -2v-10a2 2 0 0 1 2 -2zM4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2",
  left: "M15 18l-6-6 6-6",
  right: "M9 18l6-6-6-6",
  plus: "M5 12h14M12 5v14",
  minus: "M5 12h14",
  download: "M12 15V3M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4M7 10l5 5 5-5",
  close: "M18 6 6 18M6 6l12 12",
};

export function icon(glyph) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  for (const [key, value] of Object.entries({ class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" })) svg.setAttribute(key, value);
  path.setAttribute("d", GLYPHS[glyph]);
  svg.append(path);
  return svg;
}

/// A button that shows an icon alone, with a tip.
export function iconButton(glyph, key, press, tag = "button") {
  const button = make(tag, { class: "icon-button", "data-tip": "" }, icon(glyph));
  if (tag === "button") button.type = "button";
  if (press) button.addEventListener("click", press);
  return name(button, key);
}

/// Copies a text; false when the browser allowed neither way. `navigator.clipboard` exists in secure contexts only.
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const focused = document.activeElement;
    const area = make("textarea", { class: "visually-hidden", readonly: "" });
    area.value = text;
    (document.querySelector("dialog[open]") ?? document.body).append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    focused?.focus();
    return copied;
  }
}
