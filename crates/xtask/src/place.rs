//! Where things are: the workspace, its build folder, its own tools. Never looks inside them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        // cargo names the package's folder when it runs it; started otherwise, the present folder has to be the root. Never
        // a relative path: what is started looks at it from folders of its own.
        let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let named = package.and_then(|folder| folder.ancestors().nth(2).map(Path::to_path_buf));
        named.or_else(|| std::env::current_dir().ok()).unwrap_or_else(|| ".".into())
    })
}

/// The file of this program. Asked first at the start: after a build the system would name one that is no longer there.
pub(crate) fn own_program() -> Option<&'static Path> {
    static OWN: OnceLock<Option<PathBuf>> = OnceLock::new();
    OWN.get_or_init(|| std::env::current_exe().ok()).as_deref()
}

/// cargo's build folder.
pub(crate) fn target() -> PathBuf {
    root().join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// A built program.
pub(crate) fn built(profile: &str, program: &str) -> PathBuf {
    target().join(profile).join(format!("{program}{}", std::env::consts::EXE_SUFFIX))
}

/// Tools and stamps of this project; nothing is installed for the whole machine.
pub(crate) fn tools() -> PathBuf {
    root().join(".tools")
}

/// `PATH` with the project's tools in front.
pub(crate) fn search_path() -> OsString {
    joined(None)
}

/// The same with one more folder, behind everything else.
pub(crate) fn search_path_and(last: &Path) -> OsString {
    joined(Some(last))
}

fn joined(last: Option<&Path>) -> OsString {
    let own = [tools().join("bin"), root().join("node_modules/.bin")];
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let folders = own.into_iter().chain(std::env::split_paths(&rest)).chain(last.map(Path::to_path_buf));
    // Fails only for a folder whose name contains the separator; then the machine's own tools have to do.
    std::env::join_paths(folders).unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_the_same_from_wherever_it_is_looked_at() {
        for place in [root().to_path_buf(), target(), built("debug", "aichat"), tools()] {
            assert!(place.is_absolute(), "{}", place.display());
        }
    }
}
