//! `cargo xtask acceptance`: reads `docs/acceptance.md`, runs the tests that its rows name, and prints each row as pass
//! or fail. A row without a test fails, and so does a name that no suite knows.

mod run;
mod table;

use crate::args::Args;
use crate::files::text;
use crate::phases::{phase, say};
use crate::place::root;
use crate::process::Outcome;
use run::Verdict;

/// Runs every row's tests; words behind the command pick rows by their name.
pub(crate) fn acceptance(args: &Args) -> Outcome<()> {
    args.only_phases(&[])?;
    let mut rows = table::rows(&text(&root().join("docs/acceptance.md"))?)?;
    rows.retain(|row| args.words.is_empty() || args.words.contains(&row.name));
    if rows.is_empty() {
        return Err("docs/acceptance.md has no such row".into());
    }
    let tests: Vec<_> = rows.iter().flat_map(|row| row.tests.clone()).collect();
    let verdicts = phase("tests", || run::run(&tests))?;
    let failed = rows.iter().filter(|row| !judge(row, &verdicts)).count();
    if failed == 0 { Ok(()) } else { Err(format!("{failed} of {} rows failed", rows.len()).into()) }
}

/// Prints a row and whether all of its tests passed.
fn judge(row: &table::Row, verdicts: &run::Verdicts) -> bool {
    let missed: Vec<_> = row
        .tests
        .iter()
        .filter_map(|test| match verdicts.of(test) {
            Verdict::Passed => None,
            Verdict::Failed => Some(format!("{test} failed")),
            Verdict::Missing => Some(format!("{test} does not exist")),
        })
        .collect();
    let passed = missed.is_empty() && !row.tests.is_empty();
    let why = if row.tests.is_empty() { "names no test".to_owned() } else { missed.join("; ") };
    say(&format!("{}  {:<6} {}{}", if passed { "pass" } else { "FAIL" }, row.name, row.trouble, after(&why)));
    passed
}

fn after(why: &str) -> String {
    if why.is_empty() { String::new() } else { format!("  ({why})") }
}
