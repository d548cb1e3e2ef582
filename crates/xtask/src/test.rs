//! `cargo xtask test`: sets up and runs every test. One build serves all native suites, one build of the web client
//! serves the browser and the proxies. What takes long to build and is needed late is built beside what comes before.

pub(crate) mod postgres;

use crate::ahead::Ahead;
use crate::args::Args;
use crate::cargo::cargo;
use crate::phases::{Phases, phase};
use crate::place::{built, root};
use crate::process::{Outcome, command, run, run_suite};
use crate::{deploy, setup, spa};
use std::path::Path;
use std::process::Command;

/// Suites that belong to a phase of their own.
const APART: [&str; 2] = ["proxy.test.mjs", "single.test.mjs"];
const PHASES: [&str; 9] = ["native", "frontend", "postgres", "wasm", "sdk", "browser", "proxy", "deploy", "single"];

/// Runs what was asked for and names all that failed.
pub(crate) fn test(args: &Args) -> Outcome<()> {
    args.only_phases(&PHASES)?;
    let wants = |phase| args.wants(phase);
    let pages = wants("browser") || wants("proxy") || wants("deploy") || wants("single");
    let mut phases = Phases::default();
    // First, since packages are installed by one at a time.
    phases.step("packages", pages, || packages(args));
    let mut client = None;
    if wants("wasm") {
        phases.step("client", true, || start(&mut client, "web"));
    }
    if wants("native") || wants("postgres") {
        phases.step("build", true, build_native);
    } else if pages || wants("sdk") {
        phases.step("build", true, build_programs);
    }
    phases.step("native", wants("native"), || run_suite(&mut cargo(["test"])));
    phases.step("postgres", wants("postgres"), on_postgres);
    phases.step("frontend", wants("frontend"), || run_suite(&mut cargo(["test", "--package", "frontend", "--lib"])));
    phases.step("wasm", wants("wasm"), || client.map_or(Ok(()), Ahead::join));
    let mut programs = None;
    if wants("deploy") {
        phases.step("programs", true, || start(&mut programs, "prepare"));
    }
    phases.step("sdk", wants("sdk"), programs_of_others);
    phases.step("browser", wants("browser"), browser);
    phases.step("proxy", wants("proxy"), proxy);
    phases.step("deploy", wants("deploy"), || programs.map_or(Ok(()), Ahead::join).and_then(|()| deploy::test()));
    // Last: it leaves another program in the place of the one that all others use.
    phases.step("single", wants("single"), single);
    phases.end()
}

/// Everything the native suites and the page suites need, in one build with the same features.
fn build_native() -> Outcome<()> {
    run(&mut cargo(["build", "--lib", "--bins", "--tests"]))
}

/// The two programs that the suites of pages and deployment files start, when nothing else is tested.
fn build_programs() -> Outcome<()> {
    run(cargo(["build", "--bin", "aichat", "--bin", "mock-llm"]).args(AS_TESTED))
}

/// A small suite beside a program: cargo takes the features of its libraries together, so these are the same as in
/// [`build_native`], and none of them is compiled again.
const AS_TESTED: [&str; 2] = ["--test", "mock"];

fn start(place: &mut Option<Ahead>, task: &str) -> Outcome<()> {
    *place = Some(Ahead::start(&[task])?);
    Ok(())
}

/// Everything that the system's packages bring.
fn packages(args: &Args) -> Outcome<()> {
    if args.wants("browser") || args.wants("single") {
        setup::browser()?;
        setup::cjk_font();
    }
    if args.wants("proxy") {
        setup::proxies()?;
    }
    if args.wants("deploy") { setup::deploy_packages() } else { Ok(()) }
}

/// The server's suite once more, each test with its own database on a PostgreSQL of our own.
fn on_postgres() -> Outcome<()> {
    let server = postgres::Cluster::start()?;
    run_suite(cargo(["test", "--test", "it"]).env("AICHAT_TEST_DATABASE_URL", server.url()))
}

/// The official SDKs of the interfaces below `/v1`, and the programs of the guide.
fn programs_of_others() -> Outcome<()> {
    setup::npm()?;
    let python = setup::python_sdks()?;
    let suites = ["sdk", "python", "guide"].map(|name| format!("crates/server/tests/programs/{name}.test.mjs"));
    let mut node = on_pages("--test");
    node.args(["--test-reporter=spec", "--test-concurrency=1"]).args(suites).env("PYTHON", python);
    run_suite(&mut node)
}

fn browser() -> Outcome<()> {
    setup::npm()?;
    let chromium = setup::browser()?;
    setup::cjk_font();
    let mut suites: Vec<_> = suites()?.into_iter().filter(|name| !APART.contains(&name.as_str())).collect();
    suites.sort();
    run_suite(node_test(&suites).env("CHROMIUM", chromium))
}

fn proxy() -> Outcome<()> {
    setup::node()?;
    setup::proxies()?;
    run_suite(&mut node_test(&["proxy.test.mjs".to_owned()]))
}

/// The program with the client inside.
fn single() -> Outcome<()> {
    setup::npm()?;
    let chromium = setup::browser()?;
    let mut server = cargo(["build", "--bin", "aichat", "--features", "server/embed-spa"]);
    run(server.args(AS_TESTED).env("AICHAT_SPA_DIR", spa::Build::Small.folder()))?;
    run_suite(node_test(&["single.test.mjs".to_owned()]).env("CHROMIUM", chromium))
}

/// `cargo xtask pictures`.
pub(crate) fn pictures(args: &Args) -> Outcome<()> {
    args.only_phases(&[])?;
    phase("setup", setup::web)?;
    phase("programs", build_programs)?;
    phase("web client", || spa::build(spa::Build::Small))?;
    let chromium = setup::browser()?;
    setup::cjk_font();
    phase("pictures", || run(on_pages("frontend/e2e/pictures.mjs").env("CHROMIUM", chromium)))
}

fn suites() -> Outcome<Vec<String>> {
    let files = crate::files::below(&root().join("frontend/e2e"));
    let names = files.iter().filter_map(|file| file.file_name()?.to_str());
    let suites: Vec<_> = names.filter(|name| name.ends_with(".test.mjs")).map(str::to_owned).collect();
    if suites.is_empty() { Err("frontend/e2e has no suite".into()) } else { Ok(suites) }
}

/// node's own test runner on suites of `frontend/e2e`, told where everything is.
fn node_test(suites: &[String]) -> Command {
    let mut node = on_pages("--test");
    // Half of a suite's time is waiting for a page; by itself node would take one at a time on a machine with two cores.
    node.args(["--test-concurrency=2", "--test-reporter=spec"])
        .args(suites.iter().map(|name| Path::new("frontend/e2e").join(name)));
    node
}

/// node with this first word, told where the programs and the client are.
fn on_pages(first: &str) -> Command {
    let mut node = command("node");
    node.arg(first).env("AICHAT", built("debug", "aichat")).env("MOCK_LLM", built("debug", "mock-llm"));
    node.env("SPA_DIR", spa::Build::Small.folder());
    node
}
