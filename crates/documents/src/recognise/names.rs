//! What the name of a text file says about it. Never asked about anything that is not text.

use crate::kind::Kind;

/// Languages by file ending. The names are those that stand after a Markdown fence.
const LANGUAGES: &[(&str, &[&str])] = &[
    ("bash", &["bash", "zsh"]),
    ("bat", &["bat", "cmd"]),
    ("c", &["c", "h"]),
    ("clojure", &["clj", "cljs", "edn"]),
    ("cpp", &["cpp", "cc", "cxx", "hpp", "hh", "hxx"]),
    ("csharp", &["cs"]),
    ("css", &["css", "scss", "sass", "less"]),
    ("csv", &["csv", "tsv"]),
    ("dart", &["dart"]),
    ("diff", &["diff", "patch"]),
    ("elixir", &["ex", "exs"]),
    ("erlang", &["erl", "hrl"]),
    ("go", &["go"]),
    ("graphql", &["graphql", "gql"]),
    ("groovy", &["groovy", "gradle"]),
    ("haskell", &["hs"]),
    ("ini", &["ini", "cfg", "conf", "properties", "env"]),
    ("java", &["java"]),
    ("javascript", &["js", "mjs", "cjs"]),
    ("json", &["json", "jsonl", "ndjson", "json5", "ipynb", "geojson"]),
    ("jsx", &["jsx"]),
    ("julia", &["jl"]),
    ("kotlin", &["kt", "kts"]),
    ("latex", &["tex", "bib", "sty", "cls"]),
    ("lua", &["lua"]),
    ("matlab", &["m"]),
    ("nix", &["nix"]),
    ("objectivec", &["mm"]),
    ("perl", &["pl", "pm"]),
    ("php", &["php"]),
    ("powershell", &["ps1", "psm1"]),
    ("proto", &["proto"]),
    ("python", &["py", "pyi", "pyw"]),
    ("r", &["r"]),
    ("ruby", &["rb"]),
    ("rust", &["rs"]),
    ("scala", &["scala", "sbt"]),
    ("sh", &["sh"]),
    ("sql", &["sql"]),
    ("svelte", &["svelte"]),
    ("swift", &["swift"]),
    ("terraform", &["tf", "hcl"]),
    ("toml", &["toml"]),
    ("tsx", &["tsx"]),
    ("typescript", &["ts", "mts", "cts"]),
    ("verilog", &["v", "sv"]),
    ("vhdl", &["vhd", "vhdl"]),
    ("vue", &["vue"]),
    ("wgsl", &["wgsl", "glsl", "hlsl"]),
    ("xml", &["xml", "svg", "xsd", "xsl", "xslt", "plist"]),
    ("yaml", &["yaml", "yml"]),
    ("zig", &["zig"]),
];

/// Files that have a language and no ending.
const WHOLE_NAMES: &[(&str, &str)] =
    &[("dockerfile", "dockerfile"), ("makefile", "makefile"), ("cmakelists.txt", "cmake"), ("gemfile", "ruby")];

/// What a text with this name is, if its name says.
pub(super) fn kind(name: &str) -> Option<Kind> {
    let whole = name.rsplit(['/', '\\']).next().unwrap_or(name).to_ascii_lowercase();
    if let Some((_, language)) = WHOLE_NAMES.iter().find(|(known, _)| *known == whole) {
        return Some(Kind::Code(language));
    }
    let ending = ending(name);
    match ending.as_str() {
        "html" | "htm" | "xhtml" => Some(Kind::Html),
        "md" | "markdown" | "mdx" | "mkd" => Some(Kind::Markdown),
        "txt" | "text" | "log" | "srt" | "vtt" | "rst" | "adoc" | "org" => Some(Kind::PlainText),
        _ => LANGUAGES
            .iter()
            .find(|(_, endings)| endings.contains(&ending.as_str()))
            .map(|(language, _)| Kind::Code(language)),
    }
}

/// The ending of a name in small letters, without its point.
pub(super) fn ending(name: &str) -> String {
    name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default()
}
