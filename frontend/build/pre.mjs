// Before trunk: gathers what index.html names into .stage. Reads style/ and node_modules, writes .stage only.
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { minified } from "./shrink.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const stage = join(root, ".stage");

// Tokens first, then what everything uses, then pages in any order.
const FIRST = ["tokens.css", "base.css", "ui.css"];

async function styleSheet() {
  const names = (await readdir(join(root, "style"))).filter((name) => name.endsWith(".css"));
  const order = (name) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  names.sort((a, b) => order(a) - order(b) || a.localeCompare(b));
  const sheets = await Promise.all(names.map((name) => readFile(join(root, "style", name), "utf8")));
  const remote = sheets.findIndex((sheet) => /url\(\s*["']?(https?:)?\/\//.test(sheet) || /@import/.test(sheet));
  if (remote >= 0) throw new Error(`style/${names[remote]}: no @import and no remote url() in a style sheet`);
  await writeFile(join(stage, "app.css"), await minified(sheets.join("\n"), "css"));
}

async function highlighter() {
  const assets = dirname(createRequire(import.meta.url).resolve("@highlightjs/cdn-assets/package.json"));
  const { version } = JSON.parse(await readFile(join(assets, "package.json"), "utf8"));
  const folder = join(stage, "vendor", `highlight-${version}`);
  const own = await readFile(join(here, "highlight.js"), "utf8");
  const names = [...own.matchAll(/^ {2}(\w+): \[/gm)].map((match) => match[1]);
  await mkdir(join(folder, "languages"), { recursive: true });
  await cp(join(assets, "LICENSE"), join(folder, "LICENSE"));
  await cp(join(assets, "es/core.min.js"), join(folder, "core.min.js"));
  for (const name of names) {
    await cp(join(assets, `es/languages/${name}.min.js`), join(folder, "languages", `${name}.min.js`));
  }
}

/// Where an installed package is, and under which folder it goes into the client: one that carries its version.
async function packaged(name) {
  const from = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  const { version } = JSON.parse(await readFile(join(from, "package.json"), "utf8"));
  return { from, folder: `${name}-${version}` };
}

/// Formulas: the program, chemistry apart, and only the fonts that every browser here reads.
async function formulas() {
  const { from, folder } = await packaged("katex");
  const to = join(stage, "vendor", folder);
  await mkdir(join(to, "contrib"), { recursive: true });
  await cp(join(from, "LICENSE"), join(to, "LICENSE"));
  for (const name of ["katex.mjs", "contrib/mhchem.mjs"]) {
    await writeFile(join(to, name), await minified(await readFile(join(from, "dist", name), "utf8"), "js"));
  }
  const sheet = await readFile(join(from, "dist/katex.min.css"), "utf8");
  await writeFile(join(to, "katex.css"), sheet.replace(/,url\([^)]*\.(?:woff|ttf)\) format\("[a-z]+"\)/g, ""));
  await cp(join(from, "dist/fonts"), join(to, "fonts"), { recursive: true, filter: (name) => !/\.(woff|ttf)$/.test(name) });
}

/// Diagrams: only the frame of a preview loads them, so they are beside its pages.
async function diagrams() {
  const { from, folder } = await packaged("mermaid");
  const to = join(stage, "preview", folder);
  await mkdir(to, { recursive: true });
  await cp(join(from, "LICENSE"), join(to, "LICENSE"));
  await cp(join(from, "dist/mermaid.esm.min.mjs"), join(to, "mermaid.esm.min.mjs"));
  await cp(join(from, "dist/chunks/mermaid.esm.min"), join(to, "chunks/mermaid.esm.min"), { recursive: true, filter: (name) => !name.endsWith(".map") });
  for (const page of ["diagram.html", "page.html"]) await cp(join(here, "preview", page), join(stage, "preview", page));
}

await rm(stage, { recursive: true, force: true });
await mkdir(stage, { recursive: true });
await Promise.all([styleSheet(), highlighter(), formulas(), diagrams()]);
