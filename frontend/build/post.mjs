// After trunk: gives the page a strict content security policy to live under (no inline script), makes the files of a
// release smaller, hashes the last unhashed names and writes compressed copies. Works in trunk's staging folder only.
import { createHash } from "node:crypto";
import { readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build as bundle } from "esbuild";
import { build } from "./commit.mjs";
import { compress } from "./compress.mjs";
import { minified, optimised, target } from "./shrink.mjs";
import { split } from "./split.mjs";

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

/// Writes `content` under a name that carries its hash, ahead of `_bg`, and returns the address.
async function hashed(name, content) {
  const [, stem, ending] = name.match(/^(.*?)((?:_bg)?\.\w+)$/);
  const file = `${stem}-${hashOf(content)}${ending}`;
  await writeFile(join(staging, file), content);
  return `/${file}`;
}

/// The program with its script, and the parts that are fetched later; answers the addresses of the first two and of all
/// parts by their names; boot.js fetches some early where they are asked for.
async function program() {
  const made = await split({ profile: release ? "wasm-release" : "wasm-dev", root: dirname(here) });
  const smaller = release ? optimised : (module) => module;
  const later = new Map();
  let { script } = made;
  // Side by side: for most of its time the optimiser uses one core.
  const [main, ...parts] = await Promise.all([made.program, ...made.parts.values()].map(smaller));
  for (const [index, name] of [...made.parts.keys()].entries()) {
    const address = await hashed(`${name}.wasm`, parts[index]);
    if (!script.includes(`"./${name}.wasm"`)) throw new Error(`no script fetches ${name}.wasm`);
    script = script.replaceAll(`"./${name}.wasm"`, `".${address}"`);
    later.set(name, address);
  }
  const glue = await hashed("frontend.js", release ? await minified(script, "js") : script);
  return [glue, await hashed("frontend_bg.wasm", main), later];
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

/// The script that starts the program, in one file with what stands on the page before it; `values` as for `script`.
async function starter(values) {
  const used = new Set();
  const value = (_, name) => {
    if (!(name in values)) throw new Error(`build/post.mjs does not know __${name}__`);
    used.add(name);
    return values[name];
  };
  const told = { name: "told", setup: (build) => {
    build.onLoad({ filter: /\.js$/ }, async ({ path }) => ({ contents: (await readFile(path, "utf8")).replace(/__([A-Z]+)__/g, value) }));
    // What is fetched later has an address of its own.
    build.onResolve({ filter: /^\// }, ({ kind, path }) => (kind === "dynamic-import" ? { path, external: true } : null));
  } };
  const options = { entryPoints: [join(here, "start.js")], bundle: true, write: false, format: "esm", target, minify: release, legalComments: "none" };
  const { outputFiles: [{ text }] } = await bundle({ ...options, plugins: [told] });
  const unused = Object.keys(values).filter((name) => !used.has(name));
  if (unused.length > 0) throw new Error(`nothing in build/ mentions ${unused.join(", ")}`);
  return hashed("start.js", text);
}

/// The folder carries the library's version; our own part of it changes by itself, so it carries its hash.
async function highlighter() {
  const folder = (await readdir(join(staging, "vendor"))).find((name) => name.startsWith("highlight-"));
  return hashed(`vendor/${folder}/highlight.js`, await readFile(join(here, "highlight.js")));
}

const folderOf = async (place, name) => (await readdir(join(staging, place))).find((folder) => folder.startsWith(`${name}-`));

/// What a message can do beyond showing itself: the scripts of `blocks/` in one file, with their words and the place of KaTeX.
async function blocks() {
  const katex = JSON.stringify(`/vendor/${await folderOf("vendor", "katex")}`);
  const texts = await tables(["blocks"]);
  const entry = join(here, "blocks/index.js");
  const words = { name: "words", setup: (build) => {
    build.onLoad({ filter: /\.js$/ }, async ({ path }) => ({ contents: filled(await readFile(path, "utf8"), texts) }));
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => ({ contents: await minified(await readFile(path, "utf8"), "css"), loader: "text" }));
  } };
  const options = { entryPoints: [entry], bundle: true, write: false, format: "esm", target, minify: release, legalComments: "none" };
  const { outputFiles: [{ text }] } = await bundle({ ...options, define: { KATEX: katex }, external: ["/vendor/*"], plugins: [words] });
  return hashed("blocks.js", text);
}

/// Puts the table of texts into the script that speaks; a text that some script names and nobody wrote breaks the build.
function filled(source, texts) {
  for (const [, key] of source.matchAll(/(?:say|name|iconButton)\([^"]*"([A-Z_]+)"/g)) {
    if (!texts[key]) throw new Error(`src/i18n/blocks.rs has no text ${key}, which build/blocks says`);
  }
  return source.replace("__TEXTS__", () => JSON.stringify(texts));
}

/// The page of the frame that draws, with the names of its script and of Mermaid.
async function previews() {
  const mermaid = `./${await folderOf("preview", "mermaid")}`;
  const source = (await readFile(join(here, "preview/diagram.js"), "utf8")).replace("__MERMAID__", mermaid);
  const script = await hashed("preview/diagram.js", release ? await minified(source, "js") : source);
  const file = join(staging, "preview/diagram.html");
  await writeFile(file, (await readFile(file, "utf8")).replace("__DIAGRAM__", script));
}

/// Plain texts of these tables of the program, by key: English and Chinese.
async function tables(names) {
  const sources = await Promise.all(names.map((name) => readFile(join(here, "../src/i18n", `${name}.rs`), "utf8")));
  const rows = [...sources.join("\n").matchAll(/^\s*([A-Z_]+): ("[^"]*"), ("[^"]*");/gm)];
  return Object.fromEntries(rows.map(([, key, en, zh]) => [key, [JSON.parse(en), JSON.parse(zh)]]));
}

/// What `names` stand for in `all`, as JSON. What is renamed in the program breaks the build, not the page.
function chosen(all, names, where) {
  const value = (name) => {
    if (!all[name]) throw new Error(`${where} has no ${name}, which the page shows before the program is there`);
    return all[name];
  };
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, value(name)])));
}

/// The words of the door, from the program's own tables.
async function doorTexts() {
  const names = ["SIGN_IN", "SIGN_IN_TO", "USERNAME", "PASSWORD", "NO_ACCOUNT", "REGISTER", "CONTINUE", "OR", "THEME_SYSTEM", "THEME_LIGHT", "THEME_DARK"];
  return chosen(await tables(["auth", "common", "oidc"]), names, "src/i18n");
}

/// The words of the frame, from the program's own tables.
async function frameTexts() {
  const starters = ["EXPLAIN", "WRITE", "CODE"].flatMap((name) => [`STARTER_${name}`, `STARTER_${name}_TEXT`]);
  const names = ["NEW_CHAT", "SEARCH", "MESSAGE", "ASK_ANYTHING", "LOADING", ...starters];
  return chosen(await tables(["common", "search", "chat"]), names, "src/i18n");
}

/// The icons of the frame, from the program's own set.
async function frameGlyphs() {
  const source = await readFile(join(here, "../src/components/ui/glyph.rs"), "utf8");
  const outlines = Object.fromEntries([...source.matchAll(/^ {4}(\w+) "[^"]+"\s+"([^"]+)"/gm)].map(([, name, path]) => [name, path]));
  const names = ["Ellipsis", "PanelLeft", "SquarePen", "Search", "Settings", "Hourglass", "Paperclip", "ArrowUp"];
  return chosen(outlines, names, "glyph.rs");
}

/// The first script with the icon in it. It is not made smaller: that would make it newer than the browsers it speaks to.
function bootScript(source, drawing) {
  const colour = source.match(/green = "(#[0-9A-F]{6})"/)[1];
  if (!source.includes("__ICON__") || !drawing.includes(colour)) throw new Error("build/boot.js and favicon.svg do not fit");
  // A picture that is drawn on a canvas needs a size of its own.
  return source.replace("__ICON__", () => JSON.stringify(drawing.trim().replace("<svg ", '<svg width="64" height="64" ')));
}

async function page() {
  const file = join(staging, "index.html");
  let html = await readFile(file, "utf8");
  const inline = found(html, /<script type="module"[^>]*>[\s\S]*?<\/script>/, "inline module script");
  // trunk's own script and module: see split.mjs.
  const unused = [/["'](\/[^"']+-[0-9a-f]+\.js)["']/, /["'](\/[^"']+-[0-9a-f]+_bg\.wasm)["']/];
  await Promise.all(unused.map((pattern) => rm(join(staging, found(inline, pattern, "script or module")))));
  const [glue, wasm, later] = await program();
  const start = await starter({
    DOOR: await doorTexts(), FRAME: await frameTexts(), GLYPHS: await frameGlyphs(), HIGHLIGHT: await highlighter(), BLOCKS: await blocks(), RICH: await script("rich.js", {}),
    EMOJI: await script("emoji.js", {}),
  });
  const drawing = await readFile(join(here, "favicon.svg"), "utf8");
  const icon = await hashed("favicon.svg", drawing);
  const boot = await hashed("boot.js", bootScript(await readFile(join(here, "boot.js"), "utf8"), drawing));
  const head = [
    await build(),
    ...[glue, wasm].map((address) => `<meta name="program" content="${address}">`),
    ...["settings", "thread"].map((name) => `<meta name="${name}" content="${later.get(`split_${name}`)}">`),
    `<link rel="icon" type="image/svg+xml" href="${icon}">`,
    `<script src="${boot}"></script>`,
    `<script type="module" src="${start}"></script>`,
  ];
  html = html.replace(inline, "").replace(/<link rel="(modulepreload|preload)"[^>]*>/g, "");
  html = html.replace(/<!--[\s\S]*?-->/, () => head.join("\n  ")).replace(/^\s*\n/gm, "");
  if (/<script(?![^>]*\ssrc=)/.test(html) || /\son\w+=/.test(html)) throw new Error("an inline script is left in index.html");
  await writeFile(file, html);
}

await page();
await previews();
const files = (await readdir(staging, { recursive: true })).filter((name) => TEXT.has(extname(name)));
const sizes = await Promise.all(files.map(async (name) => (await stat(join(staging, name))).size));
await Promise.all(files.filter((_, index) => sizes[index] > 1024).map((name) => compress(join(staging, name), { release })));
