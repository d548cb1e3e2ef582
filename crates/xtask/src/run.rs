//! `cargo xtask run`: sets up, builds, and becomes the server.

use crate::args::Args;
use crate::phases::phase;
use crate::process::{Failure, Outcome, command};
use crate::{cargo, setup, spa};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

/// Builds what is needed and starts it; returns only when that failed.
pub(crate) fn run(args: &Args) -> Outcome<()> {
    args.only_phases(&["setup", "web"])?;
    if args.wants("setup") {
        phase("setup", setup::web)?;
    }
    if args.wants("web") {
        phase("web client", || spa::build(spa::Build::Quick))?;
    }
    let program = phase("server", cargo::build_server)?;
    // The server takes this process's place: Ctrl-C and its exit status are its own affair.
    Err(Failure::from(format!("the server does not start: {}", serve(program, args).exec())))
}

/// The command that starts the server with the built page, in the folder where the person stands.
pub(crate) fn serve(program: PathBuf, args: &Args) -> Command {
    let mut server = command(program);
    server.arg("serve").arg("--spa").arg(spa::Build::Quick.folder()).args(&args.rest);
    server
}
