//! Runs tests by their names and reads what the test runners say of each. Never decides what a row means.

use super::table::Test;
use crate::cargo::cargo;
use crate::files::{below, text};
use crate::place::{built, root};
use crate::process::{Outcome, because, run as run_to_end};
use crate::{deploy, setup, spa};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The suites that node runs.
pub(super) const NODE: [&str; 3] = ["deploy", "browser", "proxy"];

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
            suite if NODE.contains(&suite) => node(suite, &names)?,
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
    let mut results = Vec::new();
    let mut ready = false;
    for file in scripts(suite) {
        let name = file_name(&file);
        let titles = titles(&text(&file)?);
        let here: Vec<_> = names.iter().filter(|name| titles.iter().any(|parts| fits(name, parts))).collect();
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

/// The files of one of node's suites.
pub(super) fn scripts(suite: &str) -> Vec<PathBuf> {
    let folder = if suite == "deploy" { "docker/tests" } else { "frontend/e2e" };
    let mut files = below(&root().join(folder));
    files.retain(|file| {
        let name = file_name(file);
        name.ends_with(".test.mjs") && (suite == "proxy") == (name == "proxy.test.mjs" && folder == "frontend/e2e")
    });
    files
}

fn file_name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The names of the tests in a source, each as its constant parts: a name may be put together.
pub(super) fn titles(source: &str) -> Vec<Vec<String>> {
    let calls = source.match_indices("it(").filter(|(at, _)| source[..*at].ends_with([' ', '\n']));
    calls.filter_map(|(at, call)| title(&source[at + call.len()..])).collect()
}

fn title(rest: &str) -> Option<Vec<String>> {
    let quote = rest.chars().next().filter(|first| "\"`".contains(*first))?;
    let end = rest[1..].match_indices(quote).find(|(at, _)| !rest[1..=*at].ends_with('\\'))?.0;
    let words = rest[1..=end].replace("\\\"", "\"");
    let mut parts = Vec::new();
    for (index, piece) in words.split("${").enumerate() {
        let constant = if index == 0 { piece } else { piece.split_once('}')?.1 };
        parts.push(constant.to_owned());
    }
    Some(parts)
}

/// Whether a name can be made of these parts, with anything between them.
pub(super) fn fits(name: &str, parts: &[String]) -> bool {
    let [first, between @ .., last] = parts else { return parts == [name] };
    let Some(mut rest) = name.strip_prefix(first.as_str()) else { return false };
    for part in between {
        match rest.find(part.as_str()) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last.as_str())
}

/// A name as a pattern that means it to the letter.
fn pattern(name: &str) -> String {
    name.chars()
        .flat_map(|letter| (!letter.is_alphanumeric() && letter != ' ').then_some('\\').into_iter().chain([letter]))
        .collect()
}

/// What the suites of the pages and the deployment files need before they start.
fn prepare(suite: &str) -> Outcome<()> {
    run_to_end(&mut cargo(["build", "--bin", "aichat", "--bin", "mock-llm"]))?;
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
    }

    #[test]
    fn a_name_is_found_however_it_is_put_together() {
        let found = titles("  it(\"plain\", () => {\n  it(`${file} is ${x.y}, it is`, async\n  await(\"no\")");
        assert_eq!(found, [vec!["plain".to_owned()], ["", " is ", ", it is"].map(str::to_owned).to_vec()]);
        assert!(fits("a.yml is 3, it is", &found[1]) && !fits("a.yml is 3", &found[1]));
        assert!(fits("plain", &found[0]) && !fits("plainer", &found[0]));
    }
}
