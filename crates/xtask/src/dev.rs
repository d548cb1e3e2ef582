//! `cargo xtask dev`: builds again and restarts whenever a source file changes, and outlives every build error.

use crate::args::Args;
use crate::files::fingerprint;
use crate::phases::{phase, say};
use crate::place::root;
use crate::process::{Outcome, because, command, run};
use crate::{cargo, run as start, setup, spa};
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Looking is cheap (a thousand files take a few milliseconds) and works on every file system.
const LOOK_EVERY: Duration = Duration::from_millis(500);
const SERVER_SOURCES: [&str; 4] = ["crates", "migration", "Cargo.toml", "Cargo.lock"];

/// Runs until it is interrupted.
pub(crate) fn dev(args: &Args) -> Outcome<()> {
    args.only_phases(&[])?;
    phase("setup", setup::web)?;
    let mut running: Option<Child> = None;
    let (mut server, mut page, mut served) = (None, None, None);
    loop {
        let seen = (look(&SERVER_SOURCES), look(&spa::SOURCES));
        if page != Some(seen.1) {
            page = Some(seen.1);
            told(phase("web client", || spa::build(spa::Build::Quick)));
        }
        if server != Some(seen.0) {
            server = Some(seen.0);
            let built = told(phase("server", cargo::build_server)).map(|program| (fingerprint([&program]), program));
            // A change in a test or a tool leaves the program as it was, and the people in it undisturbed.
            if let Some((print, program)) = built.filter(|(print, _)| running.is_none() || served != Some(*print)) {
                served = Some(print);
                running.take().map(stop).transpose()?;
                running = Some(start::serve(program, args).spawn().map_err(because("the server does not start"))?);
            }
        }
        if let Some(status) = running.as_mut().and_then(|child| child.try_wait().ok().flatten()) {
            say(&format!("the server ended with {status}; it starts again after the next change"));
            running = None;
        }
        sleep(LOOK_EVERY);
    }
}

fn look(sources: &[&str]) -> u64 {
    fingerprint(sources.iter().map(|path| root().join(path)))
}

fn told<T>(result: Outcome<T>) -> Option<T> {
    result.inspect_err(|failure| eprintln!("error: {failure}; waiting for the next change")).ok()
}

/// Ends a program as an operator would, and by force after five seconds.
fn stop(mut child: Child) -> Outcome<()> {
    // It may have ended by itself in the meantime; then there is nobody to ask.
    let _ = run(command("kill").args(["-TERM", &child.id().to_string()]).stderr(std::process::Stdio::null()));
    let asked = Instant::now();
    while asked.elapsed() < Duration::from_secs(5) {
        if child.try_wait().map_err(because("cannot wait for the server"))?.is_some() {
            return Ok(());
        }
        sleep(Duration::from_millis(20));
    }
    child.kill().and_then(|()| child.wait()).map(drop).map_err(because("cannot end the server"))
}
