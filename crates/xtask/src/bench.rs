//! `cargo xtask bench`: release builds, measured. What is measured and how is the affair of `crates/bench`,
//! `frontend/e2e/bench-web.mjs` and `crates/server/examples/bench-search`.

use crate::args::Args;
use crate::cargo::cargo;
use crate::phases::phase;
use crate::place::built;
use crate::process::{Outcome, command, run};
use crate::{setup, spa};

/// Measures the server, or the pages or the search when `web` or `search` stands behind it.
pub(crate) fn bench(args: &Args) -> Outcome<()> {
    match args.words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => server(args),
        ["web"] => web(args),
        ["search"] => search(args),
        _ => Err(format!("bench knows only `web` and `search`, not `{}`", args.words.join(" ")).into()),
    }
}

fn server(args: &Args) -> Outcome<()> {
    let programs = ["build", "--release", "--bin", "aichat", "--bin", "mock-llm", "--bin", "bench"];
    phase("build", || run(&mut cargo(programs)))?;
    let mut bench = command(built("release", "bench"));
    bench.arg("--aichat").arg(built("release", "aichat")).arg("--mock").arg(built("release", "mock-llm"));
    phase("bench", || run(bench.args(&args.rest)))
}

fn web(args: &Args) -> Outcome<()> {
    phase("setup", setup::web)?;
    let folder = phase("web client", || spa::build(spa::Build::Small))?;
    phase("server", || run(&mut cargo(["build", "--release", "--bin", "aichat", "--bin", "mock-llm"])))?;
    let chromium = setup::browser()?;
    let mut node = command("node");
    node.arg("frontend/e2e/bench-web.mjs").args(&args.rest).env("CHROMIUM", chromium).env("SPA_DIR", folder);
    node.env("AICHAT", built("release", "aichat")).env("MOCK_LLM", built("release", "mock-llm"));
    phase("bench web", || run(&mut node))
}

fn search(args: &Args) -> Outcome<()> {
    let mut bench = cargo(["run", "--release", "--package", "server", "--example", "bench-search", "--"]);
    phase("bench search", || run(bench.args(&args.rest)))
}
