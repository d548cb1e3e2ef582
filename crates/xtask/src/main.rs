//! `cargo xtask`: the commands that a developer and CI use. It only wires; each command is a module.
//!
//! It depends on the standard library alone, so that the first command on a new machine starts within seconds.

mod acceptance;
mod ahead;
mod args;
mod bench;
mod build;
mod cargo;
mod check;
mod deploy;
mod dev;
mod documents;
mod files;
mod phases;
mod place;
mod portable;
mod process;
mod run;
mod setup;
mod spa;
mod test;

use args::{Args, Task};
use std::process::ExitCode;

fn main() -> ExitCode {
    place::own_program();
    let done = Args::parse(std::env::args().skip(1)).and_then(|args| match args.task {
        Task::Help => {
            phases::say(args::HELP);
            Ok(())
        }
        Task::Run => run::run(&args),
        Task::Dev => dev::dev(&args),
        Task::Check => check::check(&args),
        Task::Test => test::test(&args),
        Task::Bench => bench::bench(&args),
        Task::Web => spa::build_for_images(),
        Task::Build => build::build(&args),
        Task::Portable => portable::portable(&args),
        Task::Images => deploy::images(&args),
        Task::Prepare => deploy::prepare(&args),
        Task::Acceptance => acceptance::acceptance(&args),
        Task::Pictures => test::pictures(&args),
        Task::Docs => documents::quote(),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}
