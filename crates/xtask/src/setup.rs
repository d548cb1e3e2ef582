//! What the machine must have, installed where that is possible without asking: tools into `.tools`, JavaScript into
//! `node_modules`. Never changes anything that belongs to another project, and names what it cannot install.

mod debian;
mod tools;

pub(crate) use debian::{browser, cjk_font, install, proxies};

use crate::files::{Stamp, text};
use crate::place::root;
use crate::process::{Outcome, command, find, read, run};

/// Everything that building the web client needs.
pub(crate) fn web() -> Outcome<()> {
    wasm_target()?;
    tools::wasm_bindgen()?;
    tools::trunk()?;
    npm()
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
    fn the_major_version_of_node_is_read() {
        assert_eq!(super::major("v20.20.2"), Some(20));
        assert_eq!(super::major("nonsense"), None);
    }
}
