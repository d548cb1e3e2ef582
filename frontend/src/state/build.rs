//! Which build this page is, and whether the server behind it has become another. `build/commit.mjs` writes the page's
//! build into it.

use crate::{dom, storage};
use shared::Build;

/// The commit of the server for which the person has reloaded.
const RELOADED: &str = "aichat.reloaded";

/// The build of this page.
#[must_use]
pub fn of_page() -> Option<Build> {
    Build::parse(&dom::meta("meta[name=build]")?)
}

/// Whether to offer a reload. A page that stayed as it was after one (a cache, or two images of different versions) is
/// not asked about again.
#[must_use]
pub fn is_outdated(page: Option<&Build>, server: &Build, reloaded: Option<&str>) -> bool {
    page.is_some_and(|page| page.differs_from(server)) && reloaded != Some(&server.commit)
}

/// The commit of the server for which the person has reloaded.
#[must_use]
pub fn reloaded() -> Option<String> {
    storage::read(RELOADED)
}

/// Reloads the page because of this server. Drafts are stored when a page is left.
pub fn reload(server: &Build) {
    storage::write(RELOADED, &server.commit);
    if let Some(window) = web_sys::window() {
        // A page that cannot be reloaded is being closed.
        let _ = window.location().reload();
    }
}

#[cfg(test)]
mod tests {
    use super::{Build, is_outdated};

    fn build(text: &str) -> Build {
        Build::parse(text).expect("a version and a commit")
    }

    #[test]
    fn a_page_of_another_build_is_outdated_until_it_was_reloaded() {
        let (page, server) = (build("0.1.0 aaaa"), build("0.1.0 bbbb"));
        assert!(is_outdated(Some(&page), &server, None));
        assert!(is_outdated(Some(&page), &server, Some("cccc")), "that was another update");
        assert!(!is_outdated(Some(&page), &server, Some("bbbb")));
        assert!(!is_outdated(Some(&server), &server, None));
    }

    #[test]
    fn a_page_or_a_server_without_a_commit_is_never_outdated() {
        let (known, unknown) = (build("0.1.0 aaaa"), build("0.2.0 unknown"));
        assert!(!is_outdated(Some(&known), &unknown, None));
        assert!(!is_outdated(Some(&unknown), &known, None));
        assert!(!is_outdated(None, &known, None));
    }
}
