//! What the program has to know before it is compiled: its commit, its compiler and, with the feature `embed-spa`, the files of the
//! web client. Reads git and the client's folder, writes one file into `OUT_DIR`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

/// How much of the commit's hash is kept, in characters.
const COMMIT_CHARS: usize = 12;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-env=AICHAT_COMMIT={}", commit(&root));
    println!("cargo::rustc-env=AICHAT_RUSTC={}", compiler());
    if env::var_os("CARGO_FEATURE_EMBED_SPA").is_some()
        && let Err(line) = embed(&root)
    {
        println!("cargo::error={line}");
    }
}

/// The commit as the builder names it; else a release asks git. A build for development stays without one: it would be
/// made anew after every commit, for a name that nobody looks at there.
fn commit(root: &Path) -> String {
    println!("cargo::rerun-if-env-changed=AICHAT_COMMIT");
    let named = env::var("AICHAT_COMMIT").ok().filter(|named| !named.is_empty());
    let release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let commit = named.or_else(|| if release { head(root) } else { None });
    let plain = |commit: String| commit.chars().filter(char::is_ascii_alphanumeric).take(COMMIT_CHARS).collect();
    commit.map_or_else(|| "unknown".to_owned(), plain)
}

/// The version of the compiler, such as `1.95.0`.
fn compiler() -> String {
    let output = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())).arg("--version").output();
    let line = output.ok().and_then(|output| String::from_utf8(output.stdout).ok()).unwrap_or_default();
    line.split_whitespace().nth(1).unwrap_or("unknown").to_owned()
}

/// The commit of the working copy; none without git, or in a folder that is no working copy of its own.
fn head(root: &Path) -> Option<String> {
    if !root.join(".git").exists() {
        return None;
    }
    // HEAD names the branch, and its log grows with every commit.
    for name in ["HEAD", "logs/HEAD"] {
        let file = git(root, &["rev-parse", "--path-format=absolute", "--git-path", name])?;
        if Path::new(&file).exists() {
            println!("cargo::rerun-if-changed={file}");
        }
    }
    git(root, &["rev-parse", "HEAD"])
}

fn git(root: &Path, words: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(root).args(words).output().ok()?;
    let line = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| line.trim().to_owned())
}

/// Writes the table of the client's files: `&[("index.html.br", include_bytes!(…)), …]`.
fn embed(root: &Path) -> Result<(), String> {
    println!("cargo::rerun-if-env-changed=AICHAT_SPA_DIR");
    let named = env::var_os("AICHAT_SPA_DIR").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| root.join("target/spa"));
    println!("cargo::rerun-if-changed={}", folder.display());
    let missing = || {
        format!(
            "{} holds no web client to put into the program: run `cargo xtask web`, or name its folder in AICHAT_SPA_DIR",
            folder.display()
        )
    };
    let folder = folder.canonicalize().ok().filter(|folder| folder.join("index.html").is_file()).ok_or_else(missing)?;
    let failed = |error: io::Error| format!("the web client in {} cannot be read: {error}", folder.display());
    let mut files = Vec::new();
    collect(&folder, "", &mut files).map_err(failed)?;
    let mut table = String::from("&[\n");
    for name in kept(&files) {
        // Writing into a string cannot fail.
        let _ = writeln!(table, "({name:?}, include_bytes!({:?})),", folder.join(name));
    }
    table.push(']');
    let out = env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default().join("spa.rs");
    fs::write(&out, table).map_err(|error| format!("{} cannot be written: {error}", out.display()))
}

fn collect(folder: &Path, prefix: &str, into: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), into)?;
        } else {
            into.push(name);
        }
    }
    into.sort();
    Ok(())
}

/// What has both compressed copies goes in without the plain one: whoever takes neither gets the gzip copy unpacked.
fn kept(files: &[String]) -> impl Iterator<Item = &String> {
    let there = |name: &str, suffix: &str| files.binary_search(&format!("{name}{suffix}")).is_ok();
    files.iter().filter(move |name| !(there(name, ".br") && there(name, ".gz")))
}
