//! The named steps of a command: each prints its name and time at its end. Never decides what a step does.

use crate::process::{Failure, Outcome};
use std::time::Instant;

/// Prints a line for the person at the terminal.
#[expect(clippy::print_stdout, reason = "a command line tool speaks on standard output")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// Runs a step and prints `== name  12.3 s`, whether it worked or not.
pub(crate) fn phase<T>(name: &str, step: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    let start = Instant::now();
    let result = step();
    let end = if result.is_ok() { "" } else { "  FAILED" };
    say(&format!("== {name:<12} {:>6.1} s{end}", start.elapsed().as_secs_f64()));
    result
}

/// Several steps of which each is worth knowing the result of, even when an earlier one failed.
#[derive(Default)]
pub(crate) struct Phases {
    failed: Vec<(&'static str, Failure)>,
    skipped: Vec<&'static str>,
}

impl Phases {
    /// Runs a step if it is wanted; a failure is remembered and the next step may go on.
    pub(crate) fn step(&mut self, name: &'static str, wanted: bool, step: impl FnOnce() -> Outcome<()>) {
        if !wanted {
            self.skipped.push(name);
        } else if let Err(failure) = phase(name, step) {
            eprintln!("error: {failure}");
            self.failed.push((name, failure));
        }
    }

    /// The result of all steps. What failed is said once more: pages of output may stand between it and the end.
    pub(crate) fn end(self) -> Outcome<()> {
        if !self.skipped.is_empty() {
            say(&format!("== skipped: {}", self.skipped.join(", ")));
        }
        if self.failed.is_empty() {
            return Ok(());
        }
        for (name, failure) in &self.failed {
            say(&format!("== {name} failed: {failure}"));
        }
        let names: Vec<_> = self.failed.iter().map(|(name, _)| *name).collect();
        Err(format!("failed: {}", names.join(", ")).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_does_not_hide_the_next_and_is_named_at_the_end() {
        let mut phases = Phases::default();
        let mut ran = false;
        phases.step("first", true, || Err("it broke".into()));
        phases.step("second", true, || {
            ran = true;
            Ok(())
        });
        phases.step("third", false, || panic!("was not wanted"));
        let failure = phases.end().expect_err("one failed").to_string();
        assert!(ran && failure.contains("first") && !failure.contains("second"), "{failure}");
    }
}
