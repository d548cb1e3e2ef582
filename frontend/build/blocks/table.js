// The row of buttons below a table. Its room is there from the start (style/blocks.css), so nothing moves.
import { copy, icon, make } from "./node.js";
import { csv, markdownTable, rowsOf, textOf } from "./text.js";
import { name, say } from "./words.js";

const CONFIRMED = 2000;

function alignments(table) {
  const cells = [...(table.rows[0]?.cells ?? [])];
  return cells.map(({ classList }) => (classList.contains("ta-r") ? "right" : classList.contains("ta-c") ? "center" : "left"));
}

const FORMS = [
  ["CSV", "TABLE_CSV", (table) => csv(rowsOf(table, (cell) => textOf(cell)))],
  ["Markdown", "TABLE_MARKDOWN", (table) => markdownTable(rowsOf(table, (cell) => textOf(cell, true)), alignments(table))],
];

/// Adds the buttons to every table in `element` that has none.
export function tables(element) {
  for (const box of element.querySelectorAll(".table-scroll")) {
    if (!box.nextElementSibling?.matches(".table-tools")) box.after(tools(box.querySelector("table")));
  }
}

function tools(table) {
  const news = make("span", { class: "visually-hidden", role: "status" });
  const buttons = FORMS.map(([form, key, write]) => {
    // Drawn by the style sheet, so that it is no part of the text: who selects an answer does not copy its buttons.
    const button = name(make("button", { type: "button", class: "table-tool", "data-tip": "", "data-form": form }, icon("copy")), key);
    button.addEventListener("click", async () => {
      const copied = await copy(write(table));
      news.textContent = say(copied ? "COPIED" : "NOT_COPIED");
      if (copied) button.dataset.form = say("COPIED");
      button.classList.toggle("failed", !copied);
      setTimeout(() => {
        button.dataset.form = form;
        news.textContent = "";
      }, CONFIRMED);
    });
    return button;
  });
  return make("div", { class: "table-tools" }, ...buttons, news);
}
