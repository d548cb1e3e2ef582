//! Starting other programs and saying which one is missing or failed. Never decides what to run.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::ffi::OsStr;
use std::fmt;
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Why a phase ended, as a sentence for the person at the terminal.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Failure {
    fn from(sentence: String) -> Self {
        Self(sentence)
    }
}

impl From<&str> for Failure {
    fn from(sentence: &str) -> Self {
        Self(sentence.to_owned())
    }
}

/// The result of a step.
pub(crate) type Outcome<T> = Result<T, Failure>;

/// Says what was being done when the system refused.
pub(crate) fn because(what: impl fmt::Display) -> impl FnOnce(io::Error) -> Failure {
    move |error| Failure(format!("{what}: {error}"))
}

/// A command whose program is looked up in the project's own tools first.
///
/// What cargo tells the package it runs is kept from its children, so that a build started here and one started by
/// hand are the same build.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    command.current_dir(crate::place::root()).env("PATH", crate::place::search_path());
    command
}

/// Runs a command to its end; its output goes to the terminal.
pub(crate) fn run(command: &mut Command) -> Outcome<()> {
    let status = command.status().map_err(|error| not_started(command, &error))?;
    if status.success() { Ok(()) } else { Err(Failure(format!("{} ended with {status}", line(command)))) }
}

/// Runs a suite of tests to its end; its output goes to the terminal. A failure carries the last lines of it, where suites
/// say what failed: other phases may print a lot after this one, and a kept log may be only an end.
pub(crate) fn run_suite(command: &mut Command) -> Outcome<()> {
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| not_started(command, &error))?;
    let mut last = VecDeque::with_capacity(LAST_LINES);
    let output = BufReader::new(child.stdout.take().ok_or("a suite has no output")?);
    for line in output.split(b'\n') {
        let line = line.map_err(because(format!("{} cannot be read", program(command))))?;
        let line = String::from_utf8_lossy(&line).into_owned();
        crate::phases::say(&line);
        if last.len() == LAST_LINES {
            last.pop_front();
        }
        last.push_back(line);
    }
    let status = child.wait().map_err(because(format!("{} does not end", program(command))))?;
    if status.success() {
        return Ok(());
    }
    let last = Vec::from(last).join("\n");
    Err(Failure(format!("{} ended with {status}, and these last lines:\n{last}", line(command))))
}

/// How many lines of a failed suite are said again.
pub(crate) const LAST_LINES: usize = 100;

/// Runs a command to its end and returns what it wrote.
pub(crate) fn read(command: &mut Command) -> Outcome<String> {
    let output = command.stderr(Stdio::piped()).output().map_err(|error| not_started(command, &error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Failure(format!("{} ended with {}: {words}", line(command), output.status)))
}

/// The file that a program name stands for, if there is one.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = crate::place::search_path();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from))
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

fn not_started(command: &Command, error: &io::Error) -> Failure {
    let program = command.get_program().to_string_lossy();
    match error.kind() {
        io::ErrorKind::NotFound => Failure(format!("{program} is not installed or not on the PATH")),
        _ => Failure(format!("{program} does not start: {error}")),
    }
}

fn program(command: &Command) -> Cow<'_, str> {
    Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy()
}

fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words: Vec<_> = std::iter::once(program).chain(command.get_args()).map(OsStr::to_string_lossy).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_named() {
        let failure = run(&mut command("no-such-program-here")).expect_err("cannot start");
        assert!(failure.to_string().contains("no-such-program-here is not installed"), "{failure}");
    }

    #[test]
    fn a_failed_suite_says_its_last_lines_again() {
        let failure = run_suite(command("sh").args(["-c", "seq 200; exit 1"])).expect_err("fails").to_string();
        assert!(failure.ends_with("\n199\n200") && !failure.contains("\n100\n"), "{failure}");
        run_suite(command("sh").args(["-c", "seq 3"])).expect("ends well");
    }

    #[test]
    fn a_failed_program_is_named_with_its_words() {
        let failure = read(command("sh").args(["-c", "echo broken >&2; exit 3"])).expect_err("fails");
        assert!(failure.to_string().contains("exit status: 3: broken"), "{failure}");
    }
}
