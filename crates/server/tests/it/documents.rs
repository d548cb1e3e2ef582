//! The commands that the documents show are commands of this program: each is given to its own command line.

use clap::Parser as _;
use clap::error::ErrorKind;
use server::cli::Cli;
use std::path::{Path, PathBuf};

/// Words that a command may stand behind on a line: nothing, a container's name, the user of `sudo`, another command.
const BEFORE: [&str; 4] = ["", "backend", "aichat", "&&"];
/// Words that end a command.
const BEHIND: [&str; 5] = ["|", "&&", ">", "#", ";"];

fn pages() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let files = |folder: PathBuf| std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
    let pages = files(root.clone()).chain(files(root.join("docs")));
    let pages = pages.filter(|file| file.extension().is_some_and(|end| end == "md"));
    pages.map(|file| (file.clone(), std::fs::read_to_string(&file).expect("a page"))).collect()
}

/// The lines of code blocks, and the spans between backticks, which need not be whole commands.
fn code(page: &str) -> Vec<(&str, bool)> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in page.lines() {
        if line.starts_with("```") {
            inside = !inside;
        } else if inside {
            found.push((line, true));
        } else {
            found.extend(line.split('`').skip(1).step_by(2).map(|span| (span, false)));
        }
    }
    found
}

/// The arguments of this program on a line, if it is started there.
fn arguments(line: &str) -> Option<Vec<&str>> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_program = |word: &str| ["aichat", "./aichat", "/usr/bin/aichat"].contains(&word);
    let starts = |at: usize| {
        let before = at.checked_sub(1).map_or("", |before| words[before]);
        is_program(words[at]) && (BEFORE.contains(&before) || before.contains('='))
    };
    let start = (0..words.len()).find(|&at| starts(at))?;
    Some(words[start + 1..].iter().copied().take_while(|word| !BEHIND.contains(word)).collect())
}

/// What the command line says against the arguments.
fn fault(arguments: &[&str], is_whole: bool) -> Option<String> {
    let error = Cli::try_parse_from(["aichat"].iter().chain(arguments)).err()?;
    let only_begun = matches!(error.kind(), ErrorKind::MissingRequiredArgument | ErrorKind::MissingSubcommand);
    let is_answer = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    (!is_answer && (!only_begun || is_whole)).then(|| error.to_string())
}

#[test]
fn every_command_of_the_documents_is_understood() {
    let mut tried = 0;
    for (file, page) in pages() {
        for (line, is_whole) in code(&page) {
            let Some(arguments) = arguments(line) else { continue };
            tried += 1;
            assert_eq!(fault(&arguments, is_whole), None, "{}: {line}", file.display());
        }
    }
    assert!(tried > 20, "only {tried} commands were found");
}

#[test]
fn a_command_that_does_not_exist_is_found_in_a_document() {
    let faults = |text: &str| -> Vec<bool> {
        let lines = code(text).into_iter();
        lines.filter_map(|(line, whole)| Some(fault(&arguments(line)?, whole).is_some())).collect()
    };
    assert_eq!(faults("```sh\ndocker compose exec backend aichat doctor --ulr x\n```\n"), [true]);
    assert_eq!(faults("`aichat admin promote` `aichat admin create` `systemctl status aichat`"), [true, false]);
    assert_eq!(faults("```sh\naichat admin create\nPORT=1 ./aichat --help | less\n```\n"), [true, false]);
}
