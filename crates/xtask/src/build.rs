//! `cargo xtask build`: one program with the web client inside, for this machine.

use crate::args::Args;
use crate::cargo::cargo;
use crate::phases::{phase, say};
use crate::place::{built, root};
use crate::process::{Outcome, run};
use crate::{setup, spa};

/// Builds the client, then the server around it.
pub(crate) fn build(args: &Args) -> Outcome<()> {
    args.only_phases(&[])?;
    phase("setup", setup::web)?;
    // Asked once: the two halves must name the same commit, whatever is committed meanwhile.
    let commit = spa::commit();
    let folder = phase("web client", || spa::build_as(spa::Build::Small, &commit))?;
    let mut server = cargo(["build", "--release", "--bin", "aichat", "--features", "server/embed-spa"]);
    server.args(&args.rest).env("AICHAT_SPA_DIR", folder).env("AICHAT_COMMIT", commit);
    phase("server", || run(&mut server))?;
    let program = built("release", "aichat");
    say(&format!("everything is in {}", program.strip_prefix(root()).unwrap_or(&program).display()));
    Ok(())
}
