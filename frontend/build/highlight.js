// Colours code with highlight.js. The core and each language are separate files, fetched when first needed.
import core from "./core.min.js";

// Every language here is a file beside this one: build/pre.mjs copies them, and a test compares both lists.
export const LANGUAGES = {
  bash: ["sh", "zsh"],
  c: ["h"],
  cpp: ["cc", "c++", "hpp", "cxx"],
  csharp: ["cs", "c#"],
  css: [],
  dart: [],
  diff: ["patch"],
  dockerfile: ["docker"],
  go: ["golang"],
  ini: ["toml"],
  java: [],
  javascript: ["js", "jsx", "mjs", "cjs"],
  json: ["jsonc", "json5"],
  kotlin: ["kt", "kts"],
  lua: [],
  makefile: ["make", "mk"],
  markdown: ["md"],
  nginx: [],
  php: [],
  powershell: ["ps1", "pwsh"],
  python: ["py"],
  r: [],
  ruby: ["rb"],
  rust: ["rs"],
  scss: [],
  shell: ["console"],
  sql: [],
  swift: [],
  typescript: ["ts", "tsx", "mts"],
  xml: ["html", "svg", "vue", "xhtml"],
  yaml: ["yml"],
};

const NAMES = new Map(Object.entries(LANGUAGES).flatMap(([name, aliases]) => [name, ...aliases].map((word) => [word, name])));

// Markup and Markdown carry other languages inside; these make their parts coloured too.
const INSIDE = { xml: ["javascript", "css"], markdown: ["xml"], php: ["xml"], shell: ["bash"] };

const loading = new Map();

function load(name) {
  if (!loading.has(name)) {
    const parts = (INSIDE[name] ?? []).map(load);
    const self = import(`./languages/${name}.min.js`).then((module) => core.registerLanguage(name, module.default));
    loading.set(name, Promise.all([self, ...parts]));
  }
  return loading.get(name);
}

/// HTML of the coloured code (`span`s of classes `hljs-…`, text escaped), or null for a language not known here.
export async function highlight(code, language) {
  const name = NAMES.get(String(language).toLowerCase());
  if (!name) return null;
  await load(name);
  return core.highlight(code, { language: name, ignoreIllegals: true }).value;
}
