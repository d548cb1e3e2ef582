//! Calls of cargo. All of them select packages the same way, so that nothing is compiled twice.

use crate::place;
use crate::process::{Outcome, command, run};
use std::path::PathBuf;
use std::process::Command;

/// The target of the web client.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// `cargo …` in the workspace. On CI incremental files would only cost time and space.
pub(crate) fn cargo<const N: usize>(words: [&str; N]) -> Command {
    let mut cargo = command("cargo");
    cargo.args(words);
    if std::env::var("CI").is_ok_and(|value| value == "true") {
        cargo.env("CARGO_INCREMENTAL", "0");
    }
    cargo
}

/// Builds the server for development and returns where it is.
///
/// No package is named on purpose: features are then unified over the default members, as in `cargo test`.
pub(crate) fn build_server() -> Outcome<PathBuf> {
    run(&mut cargo(["build", "--bin", "aichat"]))?;
    Ok(place::built("debug", "aichat"))
}
