//! Finds dependencies that a manifest names and no source file uses. Reads text only: a name in a string or a comment
//! counts as use, which is the price of needing no build.

use crate::files::{below, text};
use crate::place::root;
use crate::process::Outcome;
use std::collections::BTreeSet;
use std::path::Path;

/// Dependencies that are wanted although no source names them: package, dependency, why.
const EXCEPTIONS: [(&str, &str, &str); 1] =
    [("crates/server", "libsqlite3-sys", "its feature `bundled` brings the one SQLite that everything is tested with")];

/// Checks every package of the workspace, and that the workspace offers nothing that no package takes.
pub(crate) fn check() -> Outcome<()> {
    let mut found = Vec::new();
    let mut taken = BTreeSet::new();
    let manifests =
        below(root()).into_iter().filter(|file| file.ends_with("Cargo.toml") && file.parent() != Some(root()));
    for manifest in manifests {
        let folder = manifest.parent().unwrap_or(root());
        let names = dependencies(&text(&manifest)?, "");
        found.extend(unused(folder, &names)?);
        taken.extend(names);
    }
    let offered = dependencies(&text(&root().join("Cargo.toml"))?, "workspace.");
    found.extend(offered.difference(&taken).map(|name| format!("Cargo.toml: no package takes `{name}`")));
    if found.is_empty() { Ok(()) } else { Err(format!("unused dependencies:\n  {}", found.join("\n  ")).into()) }
}

fn unused(folder: &Path, names: &BTreeSet<String>) -> Outcome<Vec<String>> {
    let package = folder.strip_prefix(root()).unwrap_or(folder).to_string_lossy().into_owned();
    let sources = below(folder).into_iter().filter(|file| file.extension().is_some_and(|end| end == "rs"));
    let sources = sources.map(|file| text(&file)).collect::<Outcome<Vec<_>>>()?;
    let used = |name: &str| sources.iter().any(|source| has_word(source, &name.replace('-', "_")));
    let excepted = |name: &str| EXCEPTIONS.iter().any(|(of, exception, _)| *of == package && *exception == name);
    let idle = names.iter().filter(|name| !used(name) && !excepted(name));
    let mut found: Vec<_> = idle.map(|name| format!("{package}: `{name}`")).collect();
    let stale = EXCEPTIONS.iter().filter(|(of, name, _)| *of == package && (used(name) || !names.contains(*name)));
    found.extend(stale.map(|(_, name, _)| format!("{package}: the exception for `{name}` is not needed any more")));
    Ok(found)
}

/// The names in a manifest's dependency tables whose headings start with `prefix`.
fn dependencies(manifest: &str, prefix: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut inside = false;
    for line in manifest.lines().map(str::trim) {
        if let Some(heading) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let table = heading.strip_prefix(prefix).unwrap_or("");
            let kind = ["dependencies", "dev-dependencies", "build-dependencies"];
            inside = kind.contains(&table);
            names.extend(kind.iter().find_map(|kind| table.strip_prefix(&format!("{kind}."))).map(str::to_owned));
        } else if inside && !line.starts_with('#') {
            let name = line.split(['=', '.', ' ']).next().filter(|_| line.contains('='));
            names.extend(name.map(|name| name.trim_matches('"').to_owned()));
        }
    }
    names
}

fn has_word(source: &str, word: &str) -> bool {
    let part = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    source
        .match_indices(word)
        .any(|(at, _)| !part(source[..at].chars().next_back()) && !part(source[at + word.len()..].chars().next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_dependency_is_read() {
        let manifest = "[package]\nname = \"x\"\n[dependencies]\nserde = { workspace = true }\n# old = \"1\"\nurl.workspace = true\n\
                        [dependencies.web-sys]\nfeatures = [\n    \"A\",\n]\n[dev-dependencies]\ninsta = \"1\"\n[lints]\nworkspace = true\n";
        let names: Vec<_> = dependencies(manifest, "").into_iter().collect();
        assert_eq!(names, ["insta", "serde", "url", "web-sys"]);
        assert!(dependencies(manifest, "workspace.").is_empty());
    }

    #[test]
    fn only_a_whole_word_counts_as_use() {
        assert!(has_word("use url::Url;", "url"));
        assert!(!has_word("let curl = url_of(x);", "url"));
    }

    #[test]
    fn an_unused_dependency_is_reported() {
        let folder = root().join("crates/xtask/src/check");
        let names = BTreeSet::from(["std".to_owned(), ["no", "such", "crate"].join("-")]);
        let found = unused(&folder, &names).expect("reads");
        assert_eq!(found, [format!("crates/xtask/src/check: `{}`", ["no", "such", "crate"].join("-"))]);
    }
}
