// Answers for the suite about blocks; the fake model repeats them to the letter.

/// Five formulas, one that cannot be set, and what is none.
export const FORMULAS = [
  "Let \\(x^2 + 1\\) and $y_1$ be, 化学式 $\\ce{H2O}$ 也是。It costs $5 and $6.",
  "$$\n\\frac{a}{b}\n$$",
  "1. first \\(\\alpha\\)\n2. broken $\\frac{1}{$",
  "In code: `\\(a\\)`\n\n```text\n$$x$$\n```",
].join("\n\n");

export const TABLE = [
  "Before.",
  '| 名称 | Price | A, b |\n|---|--:|---|\n| **苹果** | 3 | say "hi" |\n| =SUM(A1) | -4 | $x_1$ |',
  "After, with a long line. ".repeat(4),
].join("\n\n");

export const LONG = `\`\`\`rust\n${Array.from({ length: 80 }, (_, line) => `let line_${line} = ${line};`).join("\n")}\n\`\`\``;

export const DIAGRAM = "```mermaid\nflowchart TD\n  A[Start 开始] --> B{Is it?}\n  B -->|yes| C[OK]\n  B -->|no| D[End]\n```";

/// A page that tries what it may not, and works.
export const PAGE = `\`\`\`html
<!doctype html>
<h1 id="x">Hello</h1>
<button onclick="x.textContent = 'Pressed'">Press</button>
<img src="http://evil.test/pixel.png" alt="">
<script>
  const x = document.getElementById("x");
  const tried = (name, act) => { try { act(); x.dataset[name] = "done"; } catch { x.dataset[name] = "none"; } };
  tried("cookie", () => document.cookie);
  tried("storage", () => localStorage.length);
  tried("parent", () => parent.document.title);
  fetch("/api/health").then(() => (x.dataset.fetch = "done"), () => (x.dataset.fetch = "none"));
</script>
\`\`\``;

export const HOSTILE = [
  "```svg\n<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 50\" onload=\"self.pwned = 1\"><script>self.pwned = 1</script><rect width=\"100\" height=\"50\"/><foreignObject><iframe src=\"javascript:parent.pwned=1\"></iframe></foreignObject><image href=\"http://evil.test/x.png\"/></svg>\n```",
  "$\\href{javascript:window.pwned=1}{x}$ and $\\htmlData{a=b}{x_1}$ and $\\includegraphics{http://evil.test/x.png}$",
  "[a](javascript:window.pwned=1) ![b](http://evil.test/y.png) <img src=x onerror=\"window.pwned=1\"> <iframe src=\"/preview/page.html\"></iframe>",
].join("\n\n");

/// Texts that are watched while they are written; `formula` stands beside each.
export const CASES = [
  "A formula \\(a^2\\) and\n\n$$\nb + c\n$$\n\nanother formula.",
  "| a | formula |\n|---|---|\n| 1 | $x_1$ |\n| 2 | end |\n\nDone.",
  `\`\`\`python\n${Array.from({ length: 80 }, (_, line) => `line ${line}`).join("\n")}\n\`\`\`\n\nDone.`,
];
