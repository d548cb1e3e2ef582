//! `cargo xtask portable`: the server as releases and images carry it, for x86-64 and ARM, runnable on systems as old
//! as CentOS 7. zig links it against glibc 2.17 wherever it is built; the versions of the tools are those of
//! `docker/backend.Dockerfile`, so that image and release are one recipe.

use crate::args::Args;
use crate::phases::{phase, say};
use crate::place::{root, target, tools};
use crate::process::{Failure, Outcome, command, run};
use crate::{cargo, setup, spa};
use std::path::PathBuf;

/// The oldest C library that the program runs on.
const GLIBC: &str = "2.17";

/// A machine that the program is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Machine {
    /// Intel and AMD.
    Amd64,
    /// ARM, 64 bits.
    Arm64,
}

impl Machine {
    /// Both, in the order in which they are built.
    pub(crate) const ALL: [Self; 2] = [Self::Amd64, Self::Arm64];

    /// The machine this runs on.
    pub(crate) fn own() -> Outcome<Self> {
        let own = std::env::consts::ARCH;
        Self::ALL
            .into_iter()
            .find(|machine| machine.name() == own)
            .ok_or_else(|| Failure::from(format!("AIChat is built for x86_64 and aarch64; this machine is {own}")))
    }

    fn named(word: &str) -> Outcome<Self> {
        let found = Self::ALL.into_iter().find(|machine| machine.name() == word);
        found.ok_or_else(|| format!("`{word}` is no machine; there are: x86_64, aarch64").into())
    }

    fn name(self) -> &'static str {
        match self {
            Self::Amd64 => "x86_64",
            Self::Arm64 => "aarch64",
        }
    }

    fn triple(self) -> String {
        format!("{}-unknown-linux-gnu", self.name())
    }
}

/// How much time goes into making the program small and fast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// For tests that only look whether it starts.
    Debug,
    /// What ships.
    Release,
}

/// Builds the program for one machine, named after a commit; `more` is passed on to cargo. Returns where it is.
pub(crate) fn build(machine: Machine, profile: Profile, commit: &str, more: &[String]) -> Outcome<PathBuf> {
    let triple = machine.triple();
    let mut zigbuild = cargo::cargo(["zigbuild", "--locked", "--package", "server", "--bin", "aichat"]);
    zigbuild.arg("--target").arg(format!("{triple}.{GLIBC}")).args(more);
    zigbuild.env("AICHAT_COMMIT", commit).env("AICHAT_SPA_DIR", spa::Build::Small.folder());
    // Not the python of the machine: zig comes with the one in `.tools`.
    zigbuild.env("CARGO_ZIGBUILD_PYTHON_PATH", tools().join("venv/bin/python3"));
    let folder = match profile {
        Profile::Debug => "debug",
        Profile::Release => {
            zigbuild.arg("--release");
            "release"
        }
    };
    run(&mut zigbuild)?;
    Ok(target().join(triple).join(folder).join("aichat"))
}

/// `cargo xtask portable [MACHINE...] [-- CARGO ARGUMENTS]`.
pub(crate) fn portable(args: &Args) -> Outcome<()> {
    args.only_phases(&[])?;
    let named = args.words.iter().map(|word| Machine::named(word)).collect::<Outcome<Vec<_>>>()?;
    let machines = if named.is_empty() { vec![Machine::own()?] } else { named };
    phase("setup", || setup::portable(&machines))?;
    let commit = spa::commit();
    for machine in machines {
        let program = phase(machine.name(), || build(machine, Profile::Release, &commit, &args.rest))?;
        say(&format!("for {}: {}", machine.name(), program.strip_prefix(root()).unwrap_or(&program).display()));
    }
    Ok(())
}

/// The standard library for a machine.
pub(crate) fn add_target(machine: Machine) -> Outcome<()> {
    let triple = machine.triple();
    let library = crate::process::read(command("rustc").args(["--print", "target-libdir", "--target", &triple]))?;
    if std::path::Path::new(&library).is_dir() {
        return Ok(());
    }
    run(command("rustup").args(["target", "add", &triple]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::text;

    #[test]
    fn a_machine_has_the_name_that_uname_prints() {
        assert_eq!(Machine::named("aarch64"), Ok(Machine::Arm64));
        assert!(Machine::named("arm64").is_err());
    }

    #[test]
    fn the_image_is_built_by_the_same_words() {
        let recipe = text(&root().join("docker/backend.Dockerfile")).expect("a Dockerfile");
        let words = recipe.replace("\\\n", "").split_whitespace().collect::<Vec<_>>().join(" ");
        let line = format!(
            "cargo zigbuild --release --locked --package server --bin aichat --target \"$machine-unknown-linux-gnu.{GLIBC}\""
        );
        assert!(words.contains(&line), "docker/backend.Dockerfile does not say: {line}");
    }
}
