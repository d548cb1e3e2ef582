//! Keeps the linker's notes about what refers to what: `build/split.mjs` takes the program apart by them.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let wasm = std::env::var("TARGET").is_ok_and(|target| target.starts_with("wasm32"));
    if wasm {
        println!("cargo:rustc-link-arg-bins=--emit-relocs");
    }
}
