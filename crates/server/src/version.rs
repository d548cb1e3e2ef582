//! Which build this program is. `build.rs` finds the commit out.

use shared::Build;

/// Version and commit on one line, for `--version`.
pub const LINE: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("AICHAT_COMMIT"), ")");

/// Version and commit.
#[must_use]
pub fn build() -> Build {
    Build { version: env!("CARGO_PKG_VERSION").to_owned(), commit: env!("AICHAT_COMMIT").to_owned() }
}
