//! There is one way out: no other package of the running product may bring an HTTP client of its own.

use std::path::Path;

const CLIENTS: &[&str] =
    &["reqwest", "hyper", "hyper-util", "ureq", "awc", "isahc", "surf", "curl", "attohttpc", "minreq"];

#[test]
fn no_other_package_of_the_product_depends_on_an_http_client() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for package in ["crates/llm", "crates/markdown", "crates/server", "crates/shared", "migration"] {
        let manifest = std::fs::read_to_string(root.join(package).join("Cargo.toml")).expect(package);
        let dependencies = manifest.split("\n[dependencies]").nth(1).unwrap_or_default();
        let dependencies = dependencies.split("\n[").next().unwrap_or_default();
        for line in dependencies.lines() {
            let name = line.split([' ', '=', '.']).next().unwrap_or_default();
            assert!(!CLIENTS.contains(&name), "{package} depends on {name}: use the egress crate");
        }
    }
}
