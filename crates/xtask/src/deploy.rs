//! The deployment files under test: checkers, both images put together without an engine, the compose files started in
//! sandboxes, the ARM program in an emulator. The suites are in `docker/tests`; this builds what they need and runs them.

use crate::args::Args;
use crate::phases::phase;
use crate::place::{self, built, root};
use crate::portable::{Machine, Profile, build};
use crate::process::{Outcome, command, read, run_suite};
use crate::test::postgres;
use crate::{setup, spa};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Suites that share the machine's network, one after another; `stacks` has one of its own.
const SUITES: [&str; 5] = ["files", "rules", "images", "install", "machines"];

/// The commit of a program that is only tested: named after the real one, it would be built again after each.
const UNNAMED: &str = "unknown";

/// `cargo xtask prepare`: what takes long before the suites can begin.
pub(crate) fn prepare(args: &Args) -> Outcome<()> {
    args.only_phases(&[])?;
    phase("setup", setup::deploy)?;
    sandbox()?;
    phase("programs", || Suites::build().map(drop))
}

/// The phase `deploy` of `cargo xtask test`. The debug programs are built by then.
pub(crate) fn test() -> Outcome<()> {
    setup::deploy()?;
    sandbox()?;
    let suites = Suites::build()?;
    suites.test(&Command::new("node"), &SUITES)?;
    suites.test(&own_network()?, &["stacks"])
}

/// `cargo xtask images`: puts both images together and prints what their layers weigh.
pub(crate) fn images(args: &Args) -> Outcome<()> {
    args.only_phases(&[])?;
    phase("setup", setup::deploy)?;
    let suites = phase("build", Suites::build)?;
    phase("images", || suites.test(&Command::new("node"), &["images"]))
}

/// node for one suite, ready to be told which tests; for `stacks` the images are put together first.
pub(crate) fn runner(suite: &str) -> Outcome<Command> {
    setup::deploy()?;
    sandbox()?;
    let suites = Suites::build()?;
    if suite != "stacks.test.mjs" {
        return Ok(suites.with(&Command::new("node")));
    }
    suites.test(&Command::new("node"), &["images"])?;
    Ok(suites.with(&own_network()?))
}

/// What the suites look at.
struct Suites {
    portable: PathBuf,
    arm64: PathBuf,
    client: PathBuf,
}

impl Suites {
    fn build() -> Outcome<Self> {
        setup::web()?;
        Ok(Self {
            client: spa::build(spa::Build::Small)?,
            portable: build(Machine::own()?, Profile::Release, UNNAMED, &[])?,
            arm64: build(Machine::Arm64, Profile::Debug, UNNAMED, &[])?,
        })
    }

    /// A command that starts node or ends with it, told where everything is.
    fn with(&self, node: &Command) -> Command {
        let mut test = command(node.get_program());
        test.args(node.get_args());
        for (name, value) in node.get_envs() {
            test.env(name, value.unwrap_or_default());
        }
        // Behind everything else: these are for this suite alone, whose Caddy is another than the machine's.
        let tools = place::tools().join("venv/bin");
        test.env("PATH", place::search_path_and(&tools)).env("CADDY", tools.join("caddy"));
        test.env("AICHAT", built("debug", "aichat")).env("MOCK_LLM", built("debug", "mock-llm"));
        test.env("AICHAT_PORTABLE", &self.portable).env("AICHAT_ARM64", &self.arm64).env("SPA_DIR", &self.client);
        test
    }

    /// Runs suites, one after another.
    fn test(&self, node: &Command, names: &[&str]) -> Outcome<()> {
        let mut test = self.with(node);
        test.args(["--test", "--test-concurrency=1", "--test-reporter=spec"]);
        run_suite(test.args(names.iter().map(|name| Path::new("docker/tests").join(format!("{name}.test.mjs")))))
    }
}

/// A sandbox with nothing but a loopback network, in which node starts: the ports of the compose files are free there. A
/// PostgreSQL of this machine is the database of the file that brings one.
fn own_network() -> Outcome<Command> {
    let mut bwrap = Command::new("bwrap");
    bwrap.args(["--unshare-user", "--unshare-net", "--dev-bind", "/", "/", "--die-with-parent", "--chdir"]).arg(root());
    bwrap.args(["--", "node"]).env("AICHAT_OWN_NETWORK", "1").env("POSTGRES", postgres::programs("deploy")?);
    Ok(bwrap)
}

/// Says what is missing where sandboxes are forbidden, before anything is built for them.
fn sandbox() -> Outcome<()> {
    let words = ["--unshare-user", "--unshare-net", "--unshare-pid", "--dev-bind", "/", "/", "--proc", "/proc", "true"];
    read(command("bwrap").args(words)).map(drop).map_err(|failure| {
        format!(
            "{failure}; this machine forbids user namespaces. Allow them (as root: `sysctl -w \
             kernel.apparmor_restrict_unprivileged_userns=0`; a container needs --privileged), or leave the \
             deployment files out by --skip deploy"
        )
        .into()
    })
}
