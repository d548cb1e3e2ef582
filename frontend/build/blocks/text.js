// Tables as text: pure but for reading nodes. Cells are copied as they are; a cell that begins with `=` is what the
// author wrote, and a copy that differs from what is seen would be worse than a formula in a spreadsheet.

/// A row of values by RFC 4180: quoted where a comma, a quote or a line break demands it, never changed.
export const csvRow = (values) => values.map((value) => (/[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)).join(",");

/// Rows of values as CSV.
export const csv = (rows) => rows.map((row) => `${csvRow(row)}\r\n`).join("");

/// Rows of Markdown cells, the first of which is the head, as a table; `alignments` are `left`, `center` or `right`.
export function markdownTable([head, ...rows], alignments) {
  const line = (cells) => `| ${cells.map((cell) => cell.replace(/\r?\n/g, "<br>").replace(/(?<!\\)\|/g, "\\|")).join(" | ")} |\n`;
  const dashes = { left: "---", center: ":-:", right: "--:" };
  return line(head) + `|${head.map((_, column) => dashes[alignments[column]] ?? "---").join("|")}|\n` + rows.map(line).join("");
}

const MARKS = { STRONG: "**", EM: "*", DEL: "~~", CODE: "`" };

/// What a node says; with `marks` as Markdown, else as plain text. A formula is its source.
export function textOf(node, marks = false) {
  if (node.nodeType === 3) return node.data;
  if (node.nodeType !== 1) return "";
  const { tex } = node.dataset;
  if (tex !== undefined) return marks ? `$${tex}$` : tex;
  if (node.tagName === "BR") return "\n";
  // The writer puts a line break into the text behind each `<br>`.
  const inside = [...node.childNodes].map((child) => textOf(child, marks)).join("").replace(/\n\n/g, "\n");
  if (!marks) return inside;
  if (node.tagName === "A") return `[${inside}](${node.getAttribute("href")})`;
  const mark = MARKS[node.tagName] ?? "";
  return mark + inside + mark;
}

/// The rows of a table, each cell read by `read`.
export const rowsOf = (table, read) => [...table.rows].map((row) => [...row.cells].map((cell) => read(cell).trim()));

/// Where a selected fragment holds set formulas, puts their sources in their place.
export function sourcesBack(fragment) {
  for (const span of fragment.querySelectorAll(".math[data-tex]")) {
    const mark = span.classList.contains("math-display") ? "$$" : "$";
    span.replaceChildren(mark + span.dataset.tex + mark);
  }
  return fragment;
}
