// Colours code with highlight.js. The core and each language are separate files, fetched when first needed.
import core from "./core.min.js";

// Every language here is a file beside this one: build/pre.mjs copies them, and a test compares both lists.
export const LANGUAGES = {
  ada: [],
  apache: ["apacheconf", "htaccess"],
  arduino: ["ino"],
  armasm: ["arm"],
  asciidoc: ["adoc"],
  autohotkey: ["ahk"],
  awk: [],
  bash: ["sh", "zsh"],
  basic: [],
  c: ["h"],
  clojure: ["clj", "edn"],
  cmake: [],
  coffeescript: ["coffee"],
  cpp: ["cc", "c++", "hpp", "cxx"],
  crystal: ["cr"],
  csharp: ["cs", "c#"],
  css: [],
  d: [],
  dart: [],
  delphi: ["pascal", "pas"],
  diff: ["patch"],
  django: ["jinja", "jinja2", "j2"],
  dockerfile: ["docker"],
  dos: ["bat", "cmd", "batch"],
  elixir: ["ex", "exs"],
  elm: [],
  erb: [],
  erlang: ["erl"],
  excel: ["xlsx"],
  fortran: ["f90", "f95"],
  fsharp: ["fs", "f#"],
  gherkin: ["feature"],
  glsl: ["hlsl"],
  go: ["golang"],
  gradle: [],
  graphql: ["gql"],
  groovy: [],
  haml: [],
  handlebars: ["hbs", "mustache"],
  haskell: ["hs"],
  http: ["https"],
  ini: ["toml", "conf", "cfg"],
  java: [],
  javascript: ["js", "jsx", "mjs", "cjs", "node"],
  json: ["jsonc", "json5"],
  julia: ["jl"],
  kotlin: ["kt", "kts"],
  latex: ["tex"],
  less: [],
  lisp: ["elisp", "emacs-lisp"],
  llvm: [],
  lua: [],
  makefile: ["make", "mk"],
  markdown: ["md"],
  mathematica: ["wl"],
  matlab: ["octave"],
  nginx: [],
  nim: [],
  nix: [],
  objectivec: ["objc", "objective-c", "mm"],
  ocaml: ["ml"],
  perl: ["pl", "pm"],
  pgsql: ["postgresql", "postgres", "plpgsql"],
  php: [],
  powershell: ["ps1", "pwsh"],
  prolog: [],
  properties: [],
  protobuf: ["proto"],
  puppet: [],
  python: ["py", "python3", "gyp"],
  qml: [],
  r: [],
  reasonml: ["re"],
  ruby: ["rb"],
  rust: ["rs"],
  sas: [],
  scala: [],
  scheme: ["scm", "racket"],
  scss: [],
  shell: ["console"],
  smalltalk: ["st"],
  sml: [],
  sql: ["mysql", "sqlite", "tsql"],
  stata: ["do"],
  stylus: ["styl"],
  swift: [],
  tcl: ["tk"],
  thrift: [],
  twig: [],
  typescript: ["ts", "tsx", "mts"],
  vala: [],
  vbnet: ["vb"],
  vbscript: ["vbs"],
  verilog: ["sv", "systemverilog"],
  vhdl: [],
  vim: ["viml", "vimscript"],
  wasm: ["wat"],
  x86asm: ["asm", "nasm", "assembly"],
  xml: ["html", "svg", "vue", "xhtml"],
  xquery: ["xpath"],
  yaml: ["yml"],
};

const NAMES = new Map(Object.entries(LANGUAGES).flatMap(([name, aliases]) => [name, ...aliases].map((word) => [word, name])));

// Markup and Markdown carry other languages inside; these make their parts coloured too.
const INSIDE = {
  xml: ["javascript", "css"], markdown: ["xml"], php: ["xml"], shell: ["bash"], django: ["xml"], erb: ["xml", "ruby"], handlebars: ["xml"], twig: ["xml"],
  arduino: ["cpp"], http: ["json", "xml"], reasonml: ["ocaml"], glsl: ["c"],
};

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
