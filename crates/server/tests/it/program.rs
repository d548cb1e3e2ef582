//! The real program with an environment of a test's own, and all that it says.

use crate::support::PATIENCE;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

/// A fresh folder that is removed at the end.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    /// An empty one.
    pub(crate) fn new() -> Self {
        let path = std::env::temp_dir().join(format!("aichat-program-{}", server::clock::new_id()));
        std::fs::create_dir_all(&path).expect("a temporary directory");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// `aichat` with these words in this folder, and with nothing but these variables.
pub(crate) fn command(folder: &Path, words: &[&str], env: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aichat"));
    command.args(words).env_clear().envs(env.iter().copied()).current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs it to its end.
pub(crate) fn run(folder: &Folder, words: &[&str], env: &[(&str, &str)]) -> Output {
    command(&folder.0, words, env).output().expect("the program runs")
}

/// Runs it, expects it to refuse, and returns its exit code and its one line, which is all it says.
pub(crate) fn refusal(folder: &Folder, words: &[&str], env: &[(&str, &str)]) -> (i32, String) {
    let output = run(folder, words, env);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
    let (out, line) = (text(&output.stdout), text(&output.stderr));
    assert!(out.is_empty() && line.ends_with('\n') && line.trim_end().lines().count() == 1, "{out}{line}");
    (output.status.code().expect("it was not killed"), line.trim_end().to_owned())
}

/// A running server.
pub(crate) struct Program {
    child: Child,
    lines: Receiver<String>,
    /// The lines that were read so far.
    pub(crate) seen: Vec<String>,
}

impl Program {
    /// Starts it on a free port, in this folder.
    pub(crate) fn start(folder: &Folder, env: &[(&str, &str)]) -> Self {
        Self::with(folder, &["--port", "0"], env)
    }

    /// Starts it with these words, in this folder.
    pub(crate) fn with(folder: &Folder, words: &[&str], env: &[(&str, &str)]) -> Self {
        let mut child = command(&folder.0, words, env).spawn().expect("the program starts");
        let (tell, lines) = channel();
        let out = BufReader::new(child.stdout.take().expect("its output"));
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
        Self { child, lines, seen: Vec::new() }
    }

    /// Reads until a line holds this text, and returns that line.
    pub(crate) fn line_with(&mut self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left).unwrap_or_else(|_| panic!("{text} is not in {:?}", self.seen));
            self.seen.push(line.clone());
            if line.contains(text) {
                return line;
            }
        }
    }

    /// The base URL of the banner for people.
    pub(crate) fn url(&mut self) -> String {
        let line = self.line_with("  address ");
        line.split_whitespace().next_back().expect("a URL").to_owned()
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
