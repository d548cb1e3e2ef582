// After trunk: gives the page a strict content security policy to live under (no inline script), makes the files of a
// release smaller, hashes the last unhashed names and writes compressed copies. Works in trunk's staging folder only.
import { createHash } from "node:crypto";
import { readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./commit.mjs";
import { compress } from "./compress.mjs";
import { minified, optimised } from "./shrink.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const staging = process.env.TRUNK_STAGING_DIR;
const release = process.env.TRUNK_PROFILE === "release";
const TEXT = new Set([".js", ".mjs", ".css", ".html", ".svg", ".wasm", ".json"]);

function found(html, pattern, what) {
  const match = html.match(pattern);
  if (!match) throw new Error(`trunk's index.html has no ${what} any more: adapt build/post.mjs`);
  return match[1] ?? match[0];
}

const hashOf = (content) => createHash("sha256").update(content).digest("hex").slice(0, 16);

/// Replaces one of trunk's files by what `change` makes of it, under the hash of that, and returns the new address.
async function changed(address, change) {
  const content = await change(await readFile(join(staging, address)));
  await rm(join(staging, address));
  const name = address.replace(/-[0-9a-f]+(?=\D*$)/, `-${hashOf(content)}`);
  await writeFile(join(staging, name), content);
  return name;
}

/// Writes `content` under a name that carries its hash and returns the address.
async function hashed(name, content) {
  const hash = hashOf(content);
  const extension = extname(name);
  const file = `${name.slice(0, -extension.length)}-${hash}${extension}`;
  await writeFile(join(staging, file), content);
  return `/${file}`;
}

/// A script of this folder with a value in the place of every `__NAME__`; a name missing on either side is an error.
async function script(name, values) {
  const source = await readFile(join(here, name), "utf8");
  const filled = Object.entries(values).reduce((text, [key, value]) => {
    if (!text.includes(`__${key}__`)) throw new Error(`build/${name} does not mention __${key}__`);
    return text.replaceAll(`__${key}__`, value);
  }, source);
  if (/__[A-Z]+__/.test(filled)) throw new Error(`build/${name} has a name that build/post.mjs does not know`);
  return hashed(name, release ? await minified(filled, "js") : filled);
}

/// The folder carries the library's version; our own part of it changes by itself, so it carries its hash.
async function highlighter() {
  const folder = (await readdir(join(staging, "vendor"))).find((name) => name.startsWith("highlight-"));
  return hashed(`vendor/${folder}/highlight.js`, await readFile(join(here, "highlight.js")));
}

/// The words of the door, from the program's own tables: a word that is renamed there breaks the build, not the page.
async function doorTexts() {
  const tables = ["auth", "common"].map((name) => readFile(join(here, "../src/i18n", `${name}.rs`), "utf8"));
  const source = (await Promise.all(tables)).join("\n");
  const names = ["SIGN_IN", "SIGN_IN_TO", "USERNAME", "PASSWORD", "NO_ACCOUNT", "REGISTER", "THEME_SYSTEM", "THEME_LIGHT", "THEME_DARK"];
  const pair = (name) => {
    const row = source.match(new RegExp(`^\\s*${name}: ("[^"]*"), ("[^"]*");`, "m"));
    if (!row) throw new Error(`src/i18n has no plain text ${name}, which build/door.js says`);
    return [JSON.parse(row[1]), JSON.parse(row[2])];
  };
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, pair(name)])));
}

async function page() {
  const file = join(staging, "index.html");
  let html = await readFile(file, "utf8");
  const inline = found(html, /<script type="module"[^>]*>[\s\S]*?<\/script>/, "inline module script");
  let glue = found(inline, /["'](\/[^"']+-[0-9a-f]+\.js)["']/, "glue script");
  let wasm = found(inline, /["'](\/[^"']+-[0-9a-f]+_bg\.wasm)["']/, "wasm file");
  if (release) {
    const source = await readFile(join(dirname(here), "index.html"), "utf8");
    glue = await changed(glue, (script) => minified(script, "js"));
    wasm = await changed(wasm, (program) => optimised(program, source));
  }
  const door = await script("door.js", { TEXTS: await doorTexts() });
  const start = await script("start.js", { DOOR: door, GLUE: glue, WASM: wasm, HIGHLIGHT: await highlighter() });
  const boot = await hashed("boot.js", await readFile(join(here, "boot.js")));
  const icon = await hashed("favicon.svg", await readFile(join(here, "favicon.svg")));
  const head = [
    await build(),
    `<meta name="program" content="${glue}">`,
    `<meta name="program" content="${wasm}">`,
    `<link rel="icon" type="image/svg+xml" href="${icon}">`,
    `<script src="${boot}"></script>`,
    `<link rel="modulepreload" href="${door}">`,
    `<script type="module" src="${start}"></script>`,
  ];
  html = html.replace(inline, "").replace(/<link rel="(modulepreload|preload)"[^>]*>/g, "");
  html = html.replace(/<!--[\s\S]*?-->/, () => head.join("\n  ")).replace(/^\s*\n/gm, "");
  if (/<script(?![^>]*\ssrc=)/.test(html) || /\son\w+=/.test(html)) throw new Error("an inline script is left in index.html");
  await writeFile(file, html);
}

await page();
const files = (await readdir(staging, { recursive: true })).filter((name) => TEXT.has(extname(name)));
const sizes = await Promise.all(files.map(async (name) => (await stat(join(staging, name))).size));
await Promise.all(files.filter((_, index) => sizes[index] > 1024).map((name) => compress(join(staging, name), { release })));
