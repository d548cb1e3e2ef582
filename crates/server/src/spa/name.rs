//! What the name of a file says: whether it may be asked for, what is in it, how long it may be kept. What never
//! changes and what is an address inside the client is told as the `Caddyfile` of the other image tells it; a path with
//! tricks in it, which Caddy's file server resolves below its root, is refused here.

use std::path::{Component, Path};

/// The page that every address inside the client leads to.
pub const PAGE: &str = "index.html";

/// The file behind a path: the one it names, or the page if it names none. None for a path with tricks in it.
#[must_use]
pub fn behind(path: &str) -> Option<&str> {
    let name = path.trim_start_matches('/');
    let ending = name.rsplit_once('.').map(|(_, ending)| ending).unwrap_or_default();
    if ending.is_empty() || !ending.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Some(PAGE);
    }
    let plain = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    (plain && !name.contains(['\\', '\0', '%', ':'])).then_some(name)
}

/// Endings of the files that a build names by their content.
const HASHED: &[&str] = &["js", "wasm", "css", "svg"];

/// Whether the name carries a hash of the content (`name-0123456789abcdef….ext`) or its folder a version, so that the
/// file never changes.
#[must_use]
pub fn is_constant(name: &str) -> bool {
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
    let (stem, ending) = file.rsplit_once('.').unwrap_or((file, ""));
    let hash = stem.strip_suffix("_bg").unwrap_or(stem).rsplit_once('-').map(|(_, hash)| hash).unwrap_or_default();
    let is_hash = (8..=16).contains(&hash.len()) && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_hash && HASHED.contains(&ending)
        || ["vendor/", "preview/"]
            .iter()
            .any(|place| folder.strip_prefix(place).is_some_and(|rest| rest.split('/').next().is_some_and(has_version)))
}

/// Whether a folder's name ends in a version, as in `highlight-11.12.0`.
fn has_version(folder: &str) -> bool {
    let version = folder.rsplit_once('-').map(|(_, version)| version).unwrap_or_default();
    !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// The media type of a file.
#[must_use]
pub fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_or_a_version_are_kept_for_ever() {
        for name in [
            "frontend-0123456789abcdef_bg.wasm",
            "frontend-2869546f7c33d92.js",
            "boot-0123456789abcdef.js",
            "vendor/highlight-11.12.0/languages/rust.min.js",
            "vendor/katex-0.16.47/fonts/KaTeX_Main-Regular.woff2",
            "preview/mermaid-11.17.2/mermaid.esm.min.mjs",
            "preview/diagram-0123456789abcdef.js",
        ] {
            assert!(is_constant(name), "{name}");
        }
        for name in [
            "index.html",
            "favicon.svg",
            "boot.js",
            "vendor/highlight/core.js",
            "preview/page.html",
            "deadbeef.js",
            "x-1.2/a.js",
            "a-DEADBEEF.js",
            "a-deadbeef.txt",
        ] {
            assert!(!is_constant(name), "{name}");
        }
    }

    #[test]
    fn an_address_inside_the_client_is_the_page_and_a_file_is_itself() {
        for path in ["/", "/c/01a1fd3d", "/settings/profile", "/c/v1.", "/vendor/highlight-11.12.0/LICENSE", "/c/%00"] {
            assert_eq!(behind(path), Some(PAGE), "{path}");
        }
        assert_eq!(behind("/vendor/x.js"), Some("vendor/x.js"));
    }

    #[test]
    fn paths_stay_below_the_root() {
        for path in ["/../secrets.json", "/a/../../b.js", "/a\\..\\b.js", "/%2e%2e/x.js", "/./x.js/../y.js", "/C:x.js"]
        {
            assert_eq!(behind(path), None, "{path}");
        }
        // Slashes at the beginning lead nowhere else.
        assert_eq!(behind("//etc/passwd.x"), Some("etc/passwd.x"));
    }

    #[test]
    fn types_are_those_that_browsers_insist_on() {
        assert_eq!(media_type("a_bg.wasm"), "application/wasm");
        assert_eq!(media_type("a.mjs"), media_type("a.js"));
        assert_eq!(media_type("app.webmanifest"), "application/manifest+json");
        assert_eq!(media_type("a.woff2"), "font/woff2");
        assert_eq!(media_type("a.svg"), "image/svg+xml");
        assert_eq!(media_type("LICENSE"), "application/octet-stream");
    }
}
