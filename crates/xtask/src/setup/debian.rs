//! Programs that come from the system's packages: a browser, a font, two proxies. Installed by itself for root on
//! Debian and its relatives; everywhere else the missing piece is named.

use crate::phases::say;
use crate::process::{Outcome, command, find, read, run};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Chromium for the browser suite, or what `CHROMIUM` names.
pub(crate) fn browser() -> Outcome<PathBuf> {
    if let Some(named) = std::env::var_os("CHROMIUM").map(PathBuf::from) {
        let missing = || format!("CHROMIUM names {}, which is no file", named.display()).into();
        return if named.is_file() { Ok(named) } else { Err(missing()) };
    }
    let known = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    if let Some(found) = known.into_iter().find_map(find) {
        return Ok(found);
    }
    install(&["chromium"], "or name a Chrome or Chromium in CHROMIUM, or leave the browser out by --skip browser")?;
    find("chromium").ok_or_else(|| "the package chromium brought no program of that name".into())
}

/// A font with Chinese characters. Without one the tests pass all the same, but the pictures show boxes.
pub(crate) fn cjk_font() {
    if read(command("fc-list").arg(":lang=zh")).is_ok_and(|fonts| !fonts.is_empty()) {
        return;
    }
    if install(&["fonts-noto-cjk"], "").is_err() {
        say("note: no Chinese font here (Debian: fonts-noto-cjk); Chinese in the pictures will be boxes");
    }
}

/// Caddy and nginx for the proxy suite.
pub(crate) fn proxies() -> Outcome<()> {
    let wanted = [("caddy", "caddy"), ("nginx", "nginx-light")];
    let missing: Vec<_> =
        wanted.into_iter().filter(|(program, _)| find(program).is_none()).map(|(_, package)| package).collect();
    if missing.is_empty() { Ok(()) } else { install(&missing, "or leave the proxies out by --skip proxy") }
}

/// Programs of the deployment suite: the sandbox, systemd's own checker, an emulator of ARM with its C library.
pub(crate) fn deploy() -> Outcome<()> {
    let wanted = [
        ("bwrap", "bubblewrap"),
        ("caddy", "caddy"),
        ("readelf", "binutils"),
        ("systemd-analyze", "systemd"),
        ("qemu-aarch64-static", "qemu-user-static"),
    ];
    let missing = wanted.into_iter().filter(|(program, _)| find(program).is_none()).map(|(_, package)| package);
    let library = (!Path::new("/usr/aarch64-linux-gnu/lib/libc.so.6").is_file()).then_some("libc6-arm64-cross");
    let missing: Vec<_> = missing.chain(library).collect();
    if missing.is_empty() { Ok(()) } else { install(&missing, "or leave the deployment files out by --skip deploy") }
}

/// Installs packages, or says which are missing and how to get them.
pub(crate) fn install(packages: &[&str], otherwise: &str) -> Outcome<()> {
    let list = packages.join(" ");
    if find("apt-get").is_none() {
        return Err(format!("missing: {list}. Install it with your system's package manager, {otherwise}").into());
    }
    if read(command("id").arg("-u"))? != "0" {
        return Err(format!("missing: {list}. Run `sudo apt-get install {list}`, {otherwise}").into());
    }
    static UPDATED: OnceLock<bool> = OnceLock::new();
    if !UPDATED.get_or_init(|| run(&mut apt(&["update"])).is_ok()) {
        say("note: apt-get update did not work; trying with the package lists that are here");
    }
    let mut words = vec!["install", "-y", "--no-install-recommends"];
    words.extend(packages);
    run(&mut apt(&words))
}

fn apt(words: &[&str]) -> std::process::Command {
    let mut apt = command("apt-get");
    // Another package manager may be at work on a fresh machine: wait for its lock instead of failing.
    apt.args(["-q", "-o", "DPkg::Lock::Timeout=120"]).args(words).env("DEBIAN_FRONTEND", "noninteractive");
    apt
}
