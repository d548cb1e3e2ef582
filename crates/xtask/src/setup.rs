//! What the machine must have, installed where that is possible without asking: tools into `.tools`, JavaScript into
//! `node_modules`. Never changes anything that belongs to another project, and names what it cannot install.

mod debian;
mod python;
mod tools;

pub(crate) use debian::{browser, cjk_font, deploy as deploy_packages, install, proxies};

use crate::files::{Stamp, text};
use crate::place::root;
use crate::portable::{Machine, add_target};
use crate::process::{Outcome, command, find, read, run};
use std::path::PathBuf;

/// Everything that building the web client needs.
pub(crate) fn web() -> Outcome<()> {
    wasm_target()?;
    tools::web()?;
    npm()
}

/// Everything that building the portable program needs. The versions are those of the image.
pub(crate) fn portable(machines: &[Machine]) -> Outcome<()> {
    let recipe = text(&root().join("docker/backend.Dockerfile"))?;
    let version = |name| argument(name, &recipe).ok_or_else(|| format!("docker/backend.Dockerfile has no ARG {name}"));
    python::zig(&version("ZIGLANG_VERSION")?)?;
    tools::zigbuild(&version("CARGO_ZIGBUILD_VERSION")?)?;
    machines.iter().try_for_each(|machine| add_target(*machine))
}

/// Everything that the suite of the deployment files needs.
pub(crate) fn deploy() -> Outcome<()> {
    npm()?;
    python::checkers()?;
    python::caddy(&caddy_of_the_image()?)?;
    portable(&Machine::ALL)?;
    debian::deploy()
}

/// The version of Caddy that the frontend's image is made of.
fn caddy_of_the_image() -> Outcome<String> {
    let recipe = "docker/frontend.Dockerfile";
    caddy_of(&text(&root().join(recipe))?).ok_or_else(|| format!("{recipe} has no FROM caddy:VERSION-alpine").into())
}

fn caddy_of(recipe: &str) -> Option<String> {
    let tag = recipe.lines().find_map(|line| line.strip_prefix("FROM caddy:"))?;
    Some(tag.split_once("-alpine")?.0.to_owned())
}

/// The default of an `ARG` in a Dockerfile.
fn argument(name: &str, recipe: &str) -> Option<String> {
    let start = format!("ARG {name}=");
    recipe.lines().find_map(|line| line.strip_prefix(&start)).map(str::to_owned)
}

/// The standard library for WebAssembly.
pub(crate) fn wasm_target() -> Outcome<()> {
    let target = crate::cargo::WASM;
    let library = read(command("rustc").args(["--print", "target-libdir", "--target", target]))?;
    if std::path::Path::new(&library).is_dir() {
        return Ok(());
    }
    if find("rustup").is_none() {
        return Err(format!(
            "the Rust target {target} is missing; install Rust by rustup, or your system's package of it"
        )
        .into());
    }
    run(command("rustup").args(["target", "add", target]))
}

/// node of a usable version.
pub(crate) fn node() -> Outcome<()> {
    const OLDEST: u32 = 20;
    let hint =
        format!("install Node.js {OLDEST} or later with npm (nodejs.org, or your system's packages nodejs and npm)");
    let version = read(command("node").arg("--version")).map_err(|failure| format!("{failure}; {hint}"))?;
    match major(&version) {
        Some(found) if found >= OLDEST => Ok(()),
        _ => Err(format!("node {version} is too old; {hint}").into()),
    }
}

fn major(version: &str) -> Option<u32> {
    version.trim_start_matches('v').split('.').next()?.parse().ok()
}

/// The official Python SDKs of the interfaces below `/v1`, and the interpreter that finds them.
pub(crate) fn python_sdks() -> Outcome<PathBuf> {
    python::sdks()
}

/// The packages of `package-lock.json`, from whatever registry the person's npm uses.
pub(crate) fn npm() -> Outcome<()> {
    node()?;
    let lock = text(&root().join("package-lock.json"))?;
    let stamp = Stamp::new("npm");
    if stamp.is(&lock) && root().join("node_modules").is_dir() {
        return Ok(());
    }
    stamp.remove();
    run(command("npm").args(["ci", "--no-audit", "--no-fund"]))?;
    stamp.write(&lock)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_image_names_the_versions_of_its_tools() {
        assert_eq!(super::argument("A", "FROM x\nARG AB=1\nARG A=2.3\n").as_deref(), Some("2.3"));
        assert_eq!(super::argument("B", "ARG A=2\nARG B\n"), None);
    }

    #[test]
    fn the_image_names_the_version_of_its_caddy() {
        assert_eq!(super::caddy_of("FROM x\nFROM caddy:2.11.7-alpine AS caddy\n").as_deref(), Some("2.11.7"));
        assert_eq!(super::caddy_of("FROM caddy:2\n"), None);
    }

    #[test]
    fn the_major_version_of_node_is_read() {
        assert_eq!(super::major("v20.20.2"), Some(20));
        assert_eq!(super::major("nonsense"), None);
    }
}
