//! Looks through the project's own text for what must not land: unfinished places, paths of somebody's machine, and
//! source files that grew too long. Reads what git knows or would add.

use crate::files::text;
use crate::place::root;
use crate::process::{Outcome, command, read};
use std::path::Path;

/// Longest source file, tests included. A longer one is two modules.
const MOST_LINES: usize = 500;

/// Checks every text file of the project.
pub(crate) fn check() -> Outcome<()> {
    let files = read(command("git").args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"]))?;
    let found: Vec<_> = files.split('\0').filter(|name| !name.is_empty()).flat_map(faults_of).collect();
    if found.is_empty() { Ok(()) } else { Err(format!("not fit to land:\n  {}", found.join("\n  ")).into()) }
}

fn faults_of(name: &str) -> Vec<String> {
    // Pictures are no text, and a file may have been deleted without git having been told yet.
    let Ok(content) = text(&root().join(name)) else { return Vec::new() };
    let mut found: Vec<_> = content
        .lines()
        .enumerate()
        .filter_map(|(at, line)| Some(format!("{name}:{}: {}", at + 1, fault(line)?)))
        .collect();
    let is_source = Path::new(name).extension().is_some_and(|end| end == "rs" || end == "mjs" || end == "css");
    let lines = content.lines().count();
    if is_source && lines > MOST_LINES {
        found.push(format!("{name}: {lines} lines, more than {MOST_LINES}"));
    }
    found
}

/// What is wrong with a line. The words are put together here, so that this file does not find itself.
fn fault(line: &str) -> Option<String> {
    let unfinished = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX:")];
    if let Some(word) = unfinished.into_iter().find(|word| line.contains(word)) {
        return Some(format!("{word} (finish it, or open an issue)"));
    }
    let homes = [concat!("/ho", "me/"), concat!("/Us", "ers/"), concat!("/ro", "ot/"), concat!("/wo", "rk/")];
    let starts =
        |at: usize| !line[..at].ends_with(|letter: char| letter.is_alphanumeric() || "./-_}:".contains(letter));
    let home = homes.into_iter().find(|home| line.match_indices(home).any(|(at, _)| starts(at)));
    home.map(|home| format!("a path of one machine ({home}…)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfinished_places_and_machine_paths_are_found() {
        assert!(fault(concat!("// TO", "DO later")).is_some());
        assert!(fault(concat!("open(\"/ho", "me/me/x\")")).is_some());
        assert!(fault("a plain line with /api/auth/me and src/root/x.rs").is_none());
    }

    #[test]
    fn a_path_of_the_product_is_no_machine_path() {
        assert!(fault(concat!("https://example.org/ho", "me/page")).is_none());
        assert!(fault(concat!("data/wo", "rk/file")).is_none());
    }
}
