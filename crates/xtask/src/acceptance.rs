//! `cargo xtask acceptance`: reads `docs/acceptance.md`, runs the tests that its rows name, and prints each row as pass
//! or fail. A row without a test fails, and so does a name that no suite knows.

mod exists;
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

/// Rows that name no test, and tests that no source has.
pub(crate) fn faults() -> Outcome<Vec<String>> {
    let rows = table::rows(&text(&root().join("docs/acceptance.md"))?)?;
    let sources = exists::Sources::read(rows.iter().flat_map(|row| &row.tests))?;
    let empty = rows.iter().filter(|row| row.tests.is_empty()).map(|row| format!("row {} names no test", row.name));
    let tests = rows.iter().flat_map(|row| row.tests.iter().map(move |test| (row, test)));
    let missing = tests.filter(|(_, test)| !sources.have(test));
    let missing = missing.map(|(row, test)| format!("row {}: there is no test {test}", row.name));
    Ok(empty.chain(missing).map(|fault| format!("docs/acceptance.md: {fault}")).collect())
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
