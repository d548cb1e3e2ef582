//! Long builds beside the tests: another `cargo xtask` at the lowest priority, which takes what the tests leave of the
//! machine and is waited for when its result is needed. What it says is kept until then. Never decides what is built.

use crate::phases::say;
use crate::place::{own_program, target};
use crate::process::{Failure, LAST_LINES, Outcome, because, command, find};
use std::fs::File;
use std::path::PathBuf;
use std::process::Child;

/// A command on its way.
pub(crate) struct Ahead {
    words: String,
    child: Child,
    log: PathBuf,
}

impl Ahead {
    /// Starts `cargo xtask WORDS`.
    pub(crate) fn start(words: &[&str]) -> Outcome<Self> {
        let own = own_program().ok_or("this program does not know its own file")?;
        let mut xtask = match find("nice") {
            Some(nice) => {
                let mut nice = command(nice);
                nice.args(["-n", "19"]).arg(own);
                nice
            }
            None => command(own),
        };
        let words = words.join(" ");
        let log = target().join(format!("ahead-{}.log", words.replace(' ', "-")));
        std::fs::create_dir_all(target()).map_err(because("the build folder cannot be created"))?;
        let cannot = || because(format!("{} cannot be written", log.display()));
        let output = File::create(&log).map_err(cannot())?;
        let errors = output.try_clone().map_err(cannot())?;
        let child = xtask.args(words.split(' ')).stdout(output).stderr(errors).spawn();
        let child = child.map_err(because(format!("`cargo xtask {words}` does not start")))?;
        say(&format!("beside the following: cargo xtask {words}"));
        Ok(Self { words, child, log })
    }

    /// Waits for its end and says how long each of its steps took; of a failure the last lines.
    pub(crate) fn join(mut self) -> Outcome<()> {
        let status = self.child.wait().map_err(because(format!("`cargo xtask {}` does not end", self.words)))?;
        let output = std::fs::read(&self.log).map_err(because(format!("{} cannot be read", self.log.display())))?;
        let output = String::from_utf8_lossy(&output);
        let lines: Vec<_> = output.lines().collect();
        lines.iter().filter(|line| line.starts_with("== ")).for_each(|line| say(&format!("   {line}")));
        if status.success() {
            return Ok(());
        }
        let last = lines[lines.len().saturating_sub(LAST_LINES)..].join("\n");
        Err(Failure::from(format!("`cargo xtask {}` ended with {status}, and these last lines:\n{last}", self.words)))
    }
}
