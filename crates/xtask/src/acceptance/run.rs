//! Runs tests by their names and reads what the test runners say of each. Never decides what a row means.

use super::table::Test;
use crate::cargo::cargo;
use crate::files::{below, text};
use crate::place::{built, root};
use crate::process::{Outcome, because, run as run_to_end};
use crate::{deploy, setup, spa};
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// How a test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It ran, and all was well.
    Passed,
    /// It ran, and something was wrong.
    Failed,
    /// No runner said anything of it.
    Missing,
}

/// What all runners said.
#[derive(Debug, Default)]
pub(super) struct Verdicts(BTreeMap<Test, bool>);

impl Verdicts {
    /// How a test ended.
    pub(super) fn of(&self, test: &Test) -> Verdict {
        match self.0.get(test) {
            Some(true) => Verdict::Passed,
            Some(false) => Verdict::Failed,
            None => Verdict::Missing,
        }
    }

    /// Notes a result; a name that several suites have passes only if it passes in all.
    fn note(&mut self, test: Test, passed: bool) {
        let so_far = self.0.entry(test).or_insert(true);
        *so_far &= passed;
    }
}

/// Runs the tests, each suite once with exactly the names that are asked of it.
pub(super) fn run(tests: &[Test]) -> Outcome<Verdicts> {
    let mut suites = BTreeMap::<&str, BTreeSet<&str>>::new();
    for test in tests {
        suites.entry(&test.suite).or_default().insert(&test.name);
    }
    let mut verdicts = Verdicts::default();
    for (suite, names) in suites {
        let names: Vec<_> = names.into_iter().collect();
        let lines = match suite {
            "deploy" | "browser" | "proxy" => node(suite, &names)?,
            _ => native(suite, &names)?,
        };
        for (name, passed) in lines {
            if names.contains(&name.as_str()) {
                verdicts.note(Test { suite: suite.to_owned(), name }, passed);
            }
        }
    }
    Ok(verdicts)
}

/// Tests of a package: `it` is the server's integration suite, every other word is a package.
fn native(suite: &str, names: &[&str]) -> Outcome<Vec<(String, bool)>> {
    let mut test = match suite {
        "it" => cargo(["test", "--package", "server", "--test", "it"]),
        package => cargo(["test", "--package", package]),
    };
    Ok(said(test.args(["--", "--exact"]).args(names))?.lines().filter_map(of_libtest).collect())
}

/// Tests of node's runner, in those files of a suite that have one of the names.
fn node(suite: &str, names: &[&str]) -> Outcome<Vec<(String, bool)>> {
    let folder = if suite == "deploy" { "docker/tests" } else { "frontend/e2e" };
    let mut results = Vec::new();
    let mut ready = false;
    for file in below(&root().join(folder)) {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.ends_with(".test.mjs") || (suite == "proxy") != (name == "proxy.test.mjs" && folder == "frontend/e2e")
        {
            continue;
        }
        let source = text(&file)?;
        let here: Vec<_> = names.iter().filter(|name| source.contains(&source_form(name))).collect();
        if here.is_empty() {
            continue;
        }
        if !ready {
            prepare(suite)?;
            ready = true;
        }
        let mut test = if suite == "deploy" { deploy::runner(&name)? } else { page_runner()? };
        test.args(["--test", "--test-concurrency=1", "--test-reporter=tap"]);
        test.args(here.iter().map(|name| format!("--test-name-pattern=^{}$", pattern(name))));
        results.extend(said(test.arg(&file))?.lines().filter_map(of_tap));
    }
    Ok(results)
}

/// How a name stands in the source of its suite.
fn source_form(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A name as a pattern that means it to the letter.
fn pattern(name: &str) -> String {
    name.chars()
        .flat_map(|letter| (!letter.is_alphanumeric() && letter != ' ').then_some('\\').into_iter().chain([letter]))
        .collect()
}

/// What the suites of the pages and the deployment files need before they start.
fn prepare(suite: &str) -> Outcome<()> {
    run_to_end(&mut cargo(["build", "--lib", "--bins", "--tests"]))?;
    setup::web()?;
    spa::build(spa::Build::Small)?;
    if suite == "proxy" { setup::proxies() } else { Ok(()) }
}

fn page_runner() -> Outcome<Command> {
    let mut node = crate::process::command("node");
    node.env("AICHAT", built("debug", "aichat")).env("MOCK_LLM", built("debug", "mock-llm"));
    node.env("SPA_DIR", spa::Build::Small.folder()).env("CHROMIUM", setup::browser()?);
    Ok(node)
}

/// What a test run says; that some test failed is no failure of ours.
fn said(command: &mut Command) -> Outcome<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(because(format!("{program} does not start")))?;
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    if words.trim().is_empty() && !output.status.success() {
        return Err(
            format!("{program} ended before its tests: {}", String::from_utf8_lossy(&output.stderr).trim()).into()
        );
    }
    Ok(words)
}

/// `test a::b ... ok`
fn of_libtest(line: &str) -> Option<(String, bool)> {
    let (name, end) = line.strip_prefix("test ")?.split_once(" ... ")?;
    match end {
        "ok" => Some((name.to_owned(), true)),
        "FAILED" => Some((name.to_owned(), false)),
        _ => None,
    }
}

/// `ok 1 - name`, at any depth; what was left out by its name is no result.
fn of_tap(line: &str) -> Option<(String, bool)> {
    let line = line.trim_start();
    let (passed, rest) = match line.strip_prefix("not ok ") {
        Some(rest) => (false, rest),
        None => (true, line.strip_prefix("ok ")?),
    };
    let name = rest.split_once(" - ")?.1;
    (!name.contains(" # SKIP")).then(|| (name.replace("\\#", "#"), passed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runners_words_are_read() {
        assert_eq!(of_libtest("test a::b ... ok"), Some(("a::b".into(), true)));
        assert_eq!(of_libtest("test a::b ... FAILED"), Some(("a::b".into(), false)));
        assert_eq!(of_libtest("test a::b ... ignored"), None);
        assert_eq!(of_tap("    not ok 3 - a name - of two parts"), Some(("a name - of two parts".into(), false)));
        assert_eq!(of_tap("ok 1 - x # SKIP test name does not match pattern"), None);
    }

    #[test]
    fn a_name_passes_only_if_it_passes_everywhere() {
        let test = Test { suite: "deploy".into(), name: "x".into() };
        let mut verdicts = Verdicts::default();
        assert_eq!(verdicts.of(&test), Verdict::Missing);
        verdicts.note(test.clone(), false);
        verdicts.note(test.clone(), true);
        assert_eq!(verdicts.of(&test), Verdict::Failed);
    }

    #[test]
    fn a_pattern_means_a_name_to_the_letter() {
        assert_eq!(pattern("a (b) c."), "a \\(b\\) c\\.");
        assert_eq!(source_form("say \"x\""), "\"say \\\"x\\\"\"");
    }
}
