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

await rm(stage, { recursive: true, force: true });
await mkdir(stage, { recursive: true });
await Promise.all([styleSheet(), highlighter()]);
