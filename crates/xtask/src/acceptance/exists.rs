//! Whether the tests that the table names are in the sources. Reads text only, so that `cargo xtask check` can ask each
//! time; whether they pass is for the run to say.

use super::run::{NODE, fits, scripts, titles};
use super::table::Test;
use crate::files::{below, text};
use crate::place::root;
use crate::process::Outcome;
use std::collections::BTreeMap;
use std::path::Path;

/// The tests of one suite.
enum Suite {
    /// Of node's: the names, each as its constant parts.
    Node(Vec<Vec<String>>),
    /// Of cargo's: each file as the path of its module, such as `config::secrets`, and its text.
    Native(Vec<(String, String)>),
}

/// The sources of the suites that are asked for.
pub(super) struct Sources(BTreeMap<String, Suite>);

impl Sources {
    /// Reads the suites of these tests, each once.
    pub(super) fn read<'a>(tests: impl Iterator<Item = &'a Test>) -> Outcome<Self> {
        let mut suites = BTreeMap::new();
        for Test { suite, .. } in tests {
            if !suites.contains_key(suite) {
                suites.insert(suite.clone(), Suite::read(suite)?);
            }
        }
        Ok(Self(suites))
    }

    /// Whether one of the files has the test.
    pub(super) fn have(&self, test: &Test) -> bool {
        self.0.get(&test.suite).is_some_and(|suite| suite.has(&test.name))
    }
}

impl Suite {
    fn read(name: &str) -> Outcome<Self> {
        if NODE.contains(&name) {
            let texts = scripts(name).into_iter().map(|file| text(&file)).collect::<Outcome<Vec<_>>>()?;
            return Ok(Self::Node(texts.iter().flat_map(|text| titles(text)).collect()));
        }
        let of = |path: &str| root().join("crates").join(path);
        let folders = match name {
            "it" => vec![of("server/tests/it")],
            // Of a package both its own tests and those of its integration suite, whose modules have names of their own.
            package => vec![of(&format!("{package}/src")), of(&format!("{package}/tests/it"))],
        };
        let mut read = Vec::new();
        for folder in &folders {
            let files = below(folder).into_iter().filter(|file| file.extension().is_some_and(|end| end == "rs"));
            for file in files {
                read.push((module(folder, &file), text(&file)?));
            }
        }
        Ok(Self::Native(read))
    }

    fn has(&self, name: &str) -> bool {
        match self {
            Self::Node(names) => names.iter().any(|parts| fits(name, parts)),
            Self::Native(files) => {
                let (path, function) = name.rsplit_once("::").unwrap_or(("", name));
                files.iter().any(|(module, source)| is_within(path, module) && has_test(source, function))
            }
        }
    }
}

/// The path of the module that a file is, none for the top of a package; `x_tests.rs` holds the tests of `x`.
fn module(folder: &Path, file: &Path) -> String {
    let path = file.strip_prefix(folder).unwrap_or(file).with_extension("");
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    let path = parts.join("::");
    match path.strip_suffix("_tests") {
        _ if path == "lib" || path == "main" => String::new(),
        Some(tested) => format!("{tested}::tests"),
        None => path,
    }
}

/// Whether a path is a module's or that of a `mod tests` in its file.
fn is_within(path: &str, module: &str) -> bool {
    let inner = if module.is_empty() { Some(path) } else { path.strip_prefix(module) };
    matches!(inner, Some("" | "tests" | "::tests"))
}

/// Whether a function of that name has the attribute of a test.
fn has_test(source: &str, function: &str) -> bool {
    let head = format!("fn {function}(");
    source.match_indices(&head).any(|(at, _)| {
        let before = source[..at].rsplit_once('\n').map_or("", |(before, _)| before);
        let mut attributes = before.lines().rev().map(str::trim).take_while(|line| line.starts_with(['#', '/']));
        attributes.any(|line| line.starts_with("#[test") || line.starts_with("#[tokio::test"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_found_in_its_module_alone() {
        let source = "#[test]\nfn plain() {}\n\n#[tokio::test]\n#[cfg(unix)]\nasync fn other() {}\n\nfn helper() {}\n";
        let suite = Suite::Native(vec![("a::b".into(), source.into()), (String::new(), "#[test]\nfn top() {}".into())]);
        for name in ["a::b::plain", "a::b::tests::other", "top", "tests::top"] {
            assert!(suite.has(name), "{name}");
        }
        for name in ["a::plain", "plain", "a::b::c::plain", "a::b::helper", "a::b::plai", "a::top"] {
            assert!(!suite.has(name), "{name}");
        }
    }

    #[test]
    fn a_file_is_a_module() {
        let files =
            ["lib.rs", "a.rs", "a/b.rs", "a/b_tests.rs"].map(|file| module(Path::new("x"), &Path::new("x").join(file)));
        assert_eq!(files, ["", "a", "a::b", "a::b::tests"]);
    }

    #[test]
    fn a_name_of_node_is_found_however_it_is_put_together() {
        let suite = Suite::Node(titles("  it(`${file} is whole`, () => {"));
        assert!(suite.has("a.yml is whole") && !suite.has("a.yml is half"));
    }

    #[test]
    fn a_suite_that_is_no_folder_has_nothing() {
        let test = Test { suite: "nowhere".into(), name: "x".into() };
        assert!(!Sources::read([&test].into_iter()).expect("reads").have(&test));
    }
}
