//! trunk, wasm-bindgen and wasm-split, in the versions that belong together, built into `.tools` once.

use crate::files::text;
use crate::phases::say;
use crate::place::{root, tools};
use crate::process::{Outcome, command, read, run};
use std::process::Command;

/// Later versions need a newer compiler than `rust-toolchain.toml` names.
const TRUNK: &str = "0.21.14";

/// The program that takes the client apart. It reads what the macro `wasm_split` of the same version wrote.
const WASM_SPLIT: &str = "0.2.3";

/// All three, side by side: each has a time in which a compiler works on one large crate and the other cores wait.
pub(crate) fn web() -> Outcome<()> {
    std::thread::scope(|scope| {
        let others = [scope.spawn(wasm_bindgen), scope.spawn(wasm_split)];
        let own = trunk();
        let all = others.into_iter().map(|other| other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        all.fold(own, Outcome::and)
    })
}

/// The program that turns the compiled client into what a browser loads. It must match the library to the digit.
fn wasm_bindgen() -> Outcome<()> {
    let version = locked("wasm-bindgen", &text(&root().join("Cargo.lock"))?)
        .ok_or("Cargo.lock names no wasm-bindgen; is it whole?")?;
    if has("wasm-bindgen", &version) {
        return Ok(());
    }
    say(&format!("building wasm-bindgen {version} into .tools, once; this takes two to four minutes"));
    let mut command = install_command();
    command.args(["wasm-bindgen-cli", "--version", &version]);
    // It works for seconds: a compiler that took its time would never get that back.
    command.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1").env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    install(&mut command, "wasm-bindgen", &version)
}

/// The program that builds the client. A debug build works as well and is ready in half the time.
fn trunk() -> Outcome<()> {
    if has("trunk", TRUNK) {
        return Ok(());
    }
    say(&format!("building trunk {TRUNK} into .tools, once; this takes three to five minutes"));
    let mut command = install_command();
    command.args(["--debug", "trunk", "--version", TRUNK, "--no-default-features", "--features", "rustls"]);
    install(command.env("CARGO_PROFILE_DEV_DEBUG", "0"), "trunk", TRUNK)
}

/// The program that makes a part of the client a file of its own. A debug build is fast enough.
fn wasm_split() -> Outcome<()> {
    if has_installed("wasm-split-cli", "wasm_split_cli_support", WASM_SPLIT) {
        return Ok(());
    }
    say(&format!("building wasm-split {WASM_SPLIT} into .tools, once; this takes about a minute"));
    let mut cargo = install_command();
    cargo.args(["--debug", "wasm_split_cli_support", "--version", WASM_SPLIT, "--features", "build-binary"]);
    run(cargo.env("CARGO_PROFILE_DEV_DEBUG", "0"))
}

/// cargo's way to link with zig. It links a program now and then: a debug build is fast enough.
pub(crate) fn zigbuild(version: &str) -> Outcome<()> {
    if has("cargo-zigbuild", version) {
        return Ok(());
    }
    say(&format!("building cargo-zigbuild {version} into .tools, once; this takes about a minute"));
    let mut command = install_command();
    command.args(["--debug", "cargo-zigbuild", "--version", version]);
    install(command.env("CARGO_PROFILE_DEV_DEBUG", "0"), "cargo-zigbuild", version)
}

fn install_command() -> Command {
    let mut cargo = command("cargo");
    cargo.args(["install", "--locked", "--force", "--root"]).arg(tools());
    // An own folder of the caller would be filled with another project's parts.
    cargo.env_remove("CARGO_TARGET_DIR");
    cargo
}

fn install(cargo: &mut Command, program: &str, version: &str) -> Outcome<()> {
    run(cargo)?;
    if has(program, version) {
        Ok(())
    } else {
        Err(format!("{program} {version} was installed but does not start").into())
    }
}

/// Whether the project's own program is there in this version.
fn has(program: &str, version: &str) -> bool {
    let file = tools().join("bin").join(program);
    file.is_file() && read(command(file).arg("--version")).is_ok_and(|line| line.split(' ').nth(1) == Some(version))
}

/// The same for a program that does not say its version: what cargo wrote down when it installed it.
fn has_installed(program: &str, package: &str, version: &str) -> bool {
    let noted = text(&tools().join(".crates.toml")).unwrap_or_default();
    tools().join("bin").join(program).is_file() && noted.contains(&format!("\"{package} {version} "))
}

/// The version of a package in a lock file.
fn locked(package: &str, lock: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.nth(1)?.strip_prefix("version = \"")?;
    Some(version.trim_end_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locked_version_is_found_by_the_whole_name() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.9\"\n";
        assert_eq!(locked("wasm-bindgen", lock).as_deref(), Some("0.2.9"));
        assert_eq!(locked("wasm", lock), None);
    }

    #[test]
    fn the_lock_pins_the_macro_of_the_program_that_takes_the_client_apart() {
        let version = locked("wasm_split_helpers", &text(&root().join("Cargo.lock")).expect("a lock"));
        assert_eq!(version.as_deref(), Some(WASM_SPLIT));
    }

    #[test]
    fn the_lock_and_the_manifest_pin_one_wasm_bindgen() {
        let version = locked("wasm-bindgen", &text(&root().join("Cargo.lock")).expect("a lock")).expect("is locked");
        let manifest = text(&root().join("Cargo.toml")).expect("a manifest");
        let pin = format!("wasm-bindgen = \"={version}\"");
        assert!(manifest.contains(&pin), "Cargo.toml does not say {pin}: the tool and the library would drift apart");
    }
}
