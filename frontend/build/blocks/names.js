// The name that a block of code gets as a file.
const ENDINGS = {
  "": "txt", text: "txt", plaintext: "txt", plain: "txt", bash: "sh", shell: "sh", zsh: "sh", console: "sh", python: "py", python3: "py", javascript: "js", node: "js",
  typescript: "ts", rust: "rs", markdown: "md", csharp: "cs", "c#": "cs", "c++": "cpp", cxx: "cpp", golang: "go", ruby: "rb", kotlin: "kt", yaml: "yml", powershell: "ps1",
  perl: "pl", haskell: "hs", scala: "scala", elixir: "ex", erlang: "erl", clojure: "clj", fsharp: "fs", "f#": "fs", ocaml: "ml", julia: "jl", matlab: "m", objectivec: "m",
  "objective-c": "m", objc: "m", vbnet: "vb", latex: "tex", tex: "tex", graphql: "graphql", protobuf: "proto", fortran: "f90", pascal: "pas", delphi: "pas", verilog: "v",
  vhdl: "vhd", assembly: "asm", x86asm: "asm", batch: "bat", dos: "bat", cmd: "bat", mermaid: "mmd", xhtml: "html", jsonc: "json", plpgsql: "sql", mysql: "sql", postgresql: "sql",
  jinja: "j2", handlebars: "hbs", stylus: "styl", coffeescript: "coffee", crystal: "cr", terraform: "tf", hcl: "hcl", solidity: "sol", viml: "vim", lisp: "lisp", scheme: "scm", racket: "rkt", groovy: "groovy", "objective-c++": "mm",
};
/// Files whose whole name is given.
const WHOLE = { dockerfile: "Dockerfile", docker: "Dockerfile", makefile: "Makefile", make: "Makefile", cmake: "CMakeLists.txt", nginx: "nginx.conf", caddyfile: "Caddyfile" };

/// `code.rs` for `rust`. What is not known here is its own ending if it can be one.
export function fileName(language) {
  const word = language.toLowerCase();
  if (WHOLE[word]) return WHOLE[word];
  const ending = ENDINGS[word] ?? (/^[a-z0-9]{1,10}$/.test(word) ? word : "txt");
  return `code.${ending}`;
}
