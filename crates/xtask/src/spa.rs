//! Building the web client with trunk. Never installs anything: see [`crate::setup::web`].

use crate::files::{Stamp, fingerprint};
use crate::phases::phase;
use crate::place::{root, target};
use crate::process::{Outcome, command, read, run};
use crate::setup;
use std::path::{Path, PathBuf};

/// How the client is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Build {
    /// Soon ready, for `run` and `dev`.
    Quick,
    /// Small, as the images ship it, for tests and measurements.
    Small,
}

impl Build {
    fn name(self) -> &'static str {
        match self {
            Self::Quick => "spa-quick",
            Self::Small => "spa-small",
        }
    }

    /// Where the page and its parts are.
    pub(crate) fn folder(self) -> PathBuf {
        match self {
            Self::Quick => root().join("frontend/dist"),
            Self::Small => target().join("spa"),
        }
    }

    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Quick => &["--cargo-profile", "wasm-dev"],
            Self::Small => &["--release", "--cargo-profile", "wasm-release"],
        }
    }
}

/// Everything that ends up in the page.
pub(crate) const SOURCES: [&str; 11] = [
    "frontend/src",
    "frontend/style",
    "frontend/build",
    "frontend/index.html",
    "frontend/Trunk.toml",
    "frontend/Cargo.toml",
    "crates/shared",
    "crates/markdown",
    "Cargo.toml",
    "Cargo.lock",
    "package-lock.json",
];

/// Builds the client unless nothing changed since, and returns its folder.
pub(crate) fn build(how: Build) -> Outcome<PathBuf> {
    build_as(how, &commit())
}

/// The same, named after this commit. A page for development is named after none, like the server it talks to.
pub(crate) fn build_as(how: Build, commit: &str) -> Outcome<PathBuf> {
    let folder = how.folder();
    let stamp = Stamp::new(how.name());
    let from = fingerprint(SOURCES.map(|path| root().join(path))).to_string();
    if !(stamp.is(&from) && folder.join("index.html").is_file()) {
        stamp.remove();
        trunk(how, &folder)?;
        stamp.write(&from)?;
    }
    if how == Build::Small {
        run(command("node").arg("frontend/build/commit.mjs").arg(&folder).env("AICHAT_COMMIT", commit))?;
    }
    Ok(folder)
}

fn trunk(how: Build, folder: &Path) -> Outcome<()> {
    std::fs::create_dir_all(folder).map_err(crate::process::because(format!("cannot create {}", folder.display())))?;
    let mut trunk = command("trunk");
    trunk
        .current_dir(root().join("frontend"))
        .args(["--skip-version-check", "--log", "warn", "build", "--dist"])
        .arg(folder);
    run(trunk.args(how.words()).env_remove("NO_COLOR").env_remove("RUST_BACKTRACE"))
}

/// The commit that a build is named after: the one that AICHAT_COMMIT names, else the one that is checked out.
pub(crate) fn commit() -> String {
    let named = std::env::var("AICHAT_COMMIT").ok().filter(|named| !named.is_empty());
    let head =
        || if root().join(".git").exists() { read(command("git").args(["rev-parse", "HEAD"])).ok() } else { None };
    named.or_else(head).unwrap_or_else(|| "unknown".to_owned())
}

/// `cargo xtask web`.
pub(crate) fn build_for_images() -> Outcome<()> {
    phase("setup", setup::web)?;
    let folder = phase("web client", || build(Build::Small))?;
    crate::phases::say(&format!("the web client is in {}", folder.display()));
    Ok(())
}
