//! There is one way out: no other package of the workspace may bring an HTTP client of its own.

use std::path::{Path, PathBuf};

const CLIENTS: &[&str] =
    &["reqwest", "hyper", "hyper-util", "ureq", "awc", "isahc", "surf", "curl", "attohttpc", "minreq"];

/// The folders of the workspace's members, this package left out.
fn others() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).expect("the workspace");
    let members = manifest.lines().find_map(|line| line.strip_prefix("members = [")).expect("its members");
    let names = members.trim_end_matches(']').split(',').map(|name| name.trim().trim_matches('"'));
    let expand = |name: &str| match name.strip_suffix("/*") {
        Some(folder) => {
            let entries = std::fs::read_dir(root.join(folder)).expect("a folder").flatten();
            entries.map(|entry| entry.path()).collect()
        }
        None => vec![root.join(name)],
    };
    let is_other = |folder: &PathBuf| !folder.ends_with("egress") && folder.join("Cargo.toml").is_file();
    names.flat_map(expand).filter(is_other).collect()
}

#[test]
fn no_other_package_depends_on_an_http_client() {
    let others = others();
    for known in ["server", "mock-llm", "documents", "migration", "frontend"] {
        assert!(others.iter().any(|folder| folder.ends_with(known)), "{known} is not among {others:?}");
    }
    for folder in others {
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).expect("a manifest");
        let dependencies = manifest.split("\n[dependencies]").nth(1).unwrap_or_default();
        let dependencies = dependencies.split("\n[").next().unwrap_or_default();
        for line in dependencies.lines() {
            let name = line.split([' ', '=', '.']).next().unwrap_or_default();
            assert!(!CLIENTS.contains(&name), "{} depends on {name}: use the egress crate", folder.display());
        }
    }
}
