//! `cargo xtask check`: everything that reads the source without running it. Denies every warning.

mod dependencies;
mod words;

use crate::args::Args;
use crate::cargo::{WASM, cargo};
use crate::documents;
use crate::phases::Phases;
use crate::process::{Outcome, run};
use crate::setup;

const PHASES: [&str; 7] = ["words", "dependencies", "documents", "format", "clippy", "clippy wasm", "docs"];

/// Runs every check, cheap ones first, and names all that failed.
pub(crate) fn check(args: &Args) -> Outcome<()> {
    args.only_phases(&PHASES)?;
    let mut phases = Phases::default();
    phases.step("words", args.wants("words"), words::check);
    phases.step("dependencies", args.wants("dependencies"), dependencies::check);
    phases.step("documents", args.wants("documents"), documents::check);
    phases.step("format", args.wants("format"), || run(&mut cargo(["fmt", "--all", "--check"])));
    phases.step("clippy", args.wants("clippy"), || {
        run(&mut cargo(["clippy", "--quiet", "--all-targets", "--", "--deny", "warnings"]))
    });
    phases.step("clippy wasm", args.wants("clippy wasm"), || {
        setup::wasm_target()?;
        let words = [
            "clippy",
            "--quiet",
            "--package",
            "frontend",
            "--target",
            WASM,
            "--all-targets",
            "--",
            "--deny",
            "warnings",
        ];
        run(&mut cargo(words))
    });
    phases.step("docs", args.wants("docs"), docs);
    phases.end()
}

fn docs() -> Outcome<()> {
    setup::wasm_target()?;
    let native = ["doc", "--quiet", "--no-deps", "--document-private-items"];
    run(cargo(native).env("RUSTDOCFLAGS", "--deny warnings"))?;
    let wasm = ["doc", "--quiet", "--no-deps", "--package", "frontend", "--lib", "--target", WASM];
    run(cargo(wasm).env("RUSTDOCFLAGS", "--deny warnings"))
}
