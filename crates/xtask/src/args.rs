//! The command line of `cargo xtask`. Knows which words exist and nothing of what they do.

use crate::process::Outcome;

/// What `cargo xtask help` prints.
pub(crate) const HELP: &str = "\
cargo xtask run [-- SERVER ARGUMENTS]   set up, build and start everything on one port
cargo xtask dev [-- SERVER ARGUMENTS]   the same, and again after every change
cargo xtask check                       format, lints, documents, documentation, dependencies
cargo xtask test                        every test: native, PostgreSQL, web client, browser, proxies, deployment files
cargo xtask bench [-- ARGUMENTS]        speed and memory of the server, beside the fake model itself
cargo xtask bench web                   weight and speed of the pages, and what a person feels
cargo xtask bench search [-- MESSAGES]  speed, size and memory of the full text of a million messages
cargo xtask web                         the web client as the images ship it, into target/spa
cargo xtask build                       the server with the web client inside, one program for this machine
cargo xtask portable [x86_64] [aarch64] [-- CARGO ARGUMENTS]
                                        the server for old systems and for both kinds of machines
cargo xtask images                      both images, put together without an engine, and what they weigh
cargo xtask prepare                     what the tests of the deployment files need, built ahead of them
cargo xtask acceptance                  the rows of docs/acceptance.md, each as pass or fail
cargo xtask pictures                    the pictures of the README, made of the running product
cargo xtask docs                        copies the files that documents quote into them again

--skip NAME   leaves out one phase, as often as given (test: native, frontend, postgres, wasm, browser,
              proxy, deploy, single)
--only NAME   leaves out all others";

/// A command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Prints [`HELP`].
    Help,
    /// Starts the product.
    Run,
    /// Starts the product again after every change.
    Dev,
    /// Everything that reads the source.
    Check,
    /// Everything that runs it.
    Test,
    /// Everything that measures it.
    Bench,
    /// The web client for the images.
    Web,
    /// One program with everything.
    Build,
    /// The server for releases and images.
    Portable,
    /// The images without an engine.
    Images,
    /// The programs of the deployment files, ahead of their tests.
    Prepare,
    /// The table of troubles and their tests.
    Acceptance,
    /// The pictures of the README.
    Pictures,
    /// The documents' quotes.
    Docs,
}

/// A parsed command line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Args {
    /// The command.
    pub(crate) task: Task,
    /// Words behind the command.
    pub(crate) words: Vec<String>,
    /// Phases that were asked to be left out.
    skip: Vec<String>,
    /// The only phases that were asked for; empty means all.
    only: Vec<String>,
    /// What stands behind `--`.
    pub(crate) rest: Vec<String>,
}

impl Args {
    /// Reads the words behind `cargo xtask`.
    pub(crate) fn parse(words: impl IntoIterator<Item = String>) -> Outcome<Self> {
        let mut words = words.into_iter();
        let task = task(words.next().as_deref())?;
        let mut args = Self { task, words: Vec::new(), skip: Vec::new(), only: Vec::new(), rest: Vec::new() };
        while let Some(word) = words.next() {
            match word.as_str() {
                "--" => {
                    args.rest = words.collect();
                    break;
                }
                "--skip" => args.skip.push(words.next().ok_or("--skip needs the name of a phase")?),
                "--only" => args.only.push(words.next().ok_or("--only needs the name of a phase")?),
                _ if word.starts_with('-') => return Err(format!("unknown option {word}\n\n{HELP}").into()),
                _ => args.words.push(word),
            }
        }
        Ok(args)
    }

    /// Whether the phase was asked for.
    pub(crate) fn wants(&self, phase: &str) -> bool {
        let named = |list: &[String]| list.iter().any(|name| name == phase);
        !named(&self.skip) && (self.only.is_empty() || named(&self.only))
    }

    /// Refuses names that are no phase, so that a typing error never leaves out a test in silence.
    pub(crate) fn only_phases(&self, known: &[&str]) -> Outcome<()> {
        match self.skip.iter().chain(&self.only).find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(format!("there is no phase `{name}`; there are: {}", known.join(", ")).into()),
            None => Ok(()),
        }
    }
}

fn task(word: Option<&str>) -> Outcome<Task> {
    Ok(match word {
        None | Some("help" | "--help" | "-h") => Task::Help,
        Some("run") => Task::Run,
        Some("dev") => Task::Dev,
        Some("check") => Task::Check,
        Some("test") => Task::Test,
        Some("bench") => Task::Bench,
        Some("web") => Task::Web,
        Some("build") => Task::Build,
        Some("portable") => Task::Portable,
        Some("images") => Task::Images,
        Some("prepare") => Task::Prepare,
        Some("acceptance") => Task::Acceptance,
        Some("pictures") => Task::Pictures,
        Some("docs") => Task::Docs,
        Some(other) => return Err(format!("unknown command `{other}`\n\n{HELP}").into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Outcome<Args> {
        Args::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn what_stands_behind_two_dashes_belongs_to_the_server() {
        let args = parse("run -- --port 9000 --skip x").expect("parses");
        assert_eq!((args.task, args.rest.join(" ").as_str()), (Task::Run, "--port 9000 --skip x"));
        assert!(args.wants("x"));
    }

    #[test]
    fn a_skipped_phase_is_not_wanted() {
        let args = parse("test --skip browser --skip proxy").expect("parses");
        assert!(args.wants("native") && !args.wants("browser") && !args.wants("proxy"));
    }

    #[test]
    fn only_leaves_out_all_others() {
        let args = parse("test --only postgres").expect("parses");
        assert!(args.wants("postgres") && !args.wants("native"));
    }

    #[test]
    fn a_misspelt_phase_or_command_is_an_error() {
        let args = parse("test --skip brwoser").expect("parses");
        assert!(args.only_phases(&["browser"]).is_err());
        assert!(parse("tset").is_err() && parse("test --ship x").is_err() && parse("test --skip").is_err());
    }
}
