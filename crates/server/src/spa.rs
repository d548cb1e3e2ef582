//! The built web client as files: those of a folder, which may be built again while it is served, or those inside the
//! program (feature `embed-spa`). Knows nothing of requests; `routes/spa.rs` does.

mod embedded;
mod folder;
pub mod name;

use bytes::Bytes;
use embedded::Embedded;
use flate2::read::GzDecoder;
use folder::Folder;
use sha2::{Digest as _, Sha256};
use std::io::Read as _;
use std::path::PathBuf;

/// The files of the client in this program, by name and in order.
#[cfg(feature = "embed-spa")]
const FILES: embedded::Files = include!(concat!(env!("OUT_DIR"), "/spa.rs"));
#[cfg(not(feature = "embed-spa"))]
const FILES: embedded::Files = &[];

/// Whether this program carries the client inside.
pub const IS_EMBEDDED: bool = cfg!(feature = "embed-spa");

/// The form in which a file travels, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// Brotli, in `NAME.br`.
    Brotli,
    /// gzip, in `NAME.gz`.
    Gzip,
    /// As it is.
    Identity,
}

impl Coding {
    /// All of them, best first.
    pub const ALL: [Self; 3] = [Self::Brotli, Self::Gzip, Self::Identity];

    /// Its name in HTTP.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
            Self::Identity => "identity",
        }
    }

    fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
            Self::Identity => "",
        }
    }
}

/// The bytes of a file, and a name for exactly these bytes.
#[derive(Clone, Debug)]
pub struct File {
    /// The bytes.
    pub bytes: Bytes,
    /// A strong entity tag, quotes included.
    pub etag: String,
}

impl File {
    fn new(bytes: Bytes) -> Self {
        let hash = Sha256::digest(&bytes);
        let etag = hash[..8].iter().fold(String::from("\""), |tag, byte| format!("{tag}{byte:02x}")) + "\"";
        Self { bytes, etag }
    }
}

/// Where the client comes from.
pub enum Spa {
    /// From nowhere: only the API is served.
    Missing,
    /// From a folder.
    Folder(Folder),
    /// From inside the program.
    Embedded(Embedded),
}

impl Spa {
    /// The named folder, else what is inside the program, else nothing.
    #[must_use]
    pub fn new(folder: Option<PathBuf>) -> Self {
        match folder {
            Some(folder) => Self::Folder(Folder::new(folder)),
            None if FILES.is_empty() => Self::Missing,
            None => Self::Embedded(Embedded::new(FILES)),
        }
    }

    /// A file in the first of these codings that it is there in; unpacked if it is there in none. May read the disk.
    #[must_use]
    pub fn find(&self, name: &str, codings: &[Coding]) -> Option<(File, Coding)> {
        let found = |coding: Coding| Some((self.file(&format!("{name}{}", coding.suffix()))?, coding));
        let unpacked = || Some((self.unpacked(name)?, Coding::Identity));
        codings.iter().copied().find_map(found).or_else(unpacked)
    }

    fn file(&self, name: &str) -> Option<File> {
        match self {
            Self::Missing => None,
            Self::Folder(folder) => folder.file(name),
            Self::Embedded(embedded) => embedded.file(name),
        }
    }

    /// What is kept compressed only, for a reader that takes no compression.
    fn unpacked(&self, name: &str) -> Option<File> {
        let packed = self.file(&format!("{name}{}", Coding::Gzip.suffix()))?;
        let mut bytes = Vec::new();
        GzDecoder::new(packed.bytes.as_ref()).read_to_end(&mut bytes).ok()?;
        Some(File::new(bytes.into()))
    }
}

#[cfg(test)]
mod tests;
