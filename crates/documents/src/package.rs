//! The parts of a zipped document. Never trusts a declared size: it is checked before anything is unpacked, and what
//! comes out is counted again.

use crate::error::ExtractError;
use crate::text::decode;
use crate::work::{Flow, Stop, Work, broken};
use memchr::memmem;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// A part of this many bytes that declares to be more than [`MOST_RATIO`] times its compressed size is a bomb: XML
/// shrinks to a fiftieth, a sheet of equal rows to a hundred-and-fiftieth.
const BOMB: u64 = 8 << 20;
const MOST_RATIO: u64 = 400;

/// A zipped document.
pub(crate) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
}

impl<'a> Package<'a> {
    /// Opens an archive, and refuses it for what it declares.
    pub(crate) fn open(bytes: &'a [u8], work: &Work) -> Flow<Self> {
        // Every entry of the directory begins with this mark; counting them costs no memory, reading them does.
        if memmem::find_iter(bytes, b"PK\x01\x02").count() > work.limits.entries {
            return broken("too many entries in the archive");
        }
        let Ok(archive) = ZipArchive::new(Cursor::new(bytes)) else { return broken("no zip archive") };
        Ok(Self { archive })
    }

    /// A part as text, which has to be there.
    pub(crate) fn part(&mut self, name: &str, work: &mut Work) -> Flow<String> {
        match self.optional(name, work)? {
            Some(text) => Ok(text),
            None => broken("a part of the document is missing"),
        }
    }

    /// A part as text, if it is there. Its size counts as held; see [`Work::release`].
    pub(crate) fn optional(&mut self, name: &str, work: &mut Work) -> Flow<Option<String>> {
        let Some(index) = self.archive.index_for_name(name.trim_start_matches('/')) else { return Ok(None) };
        work.look_at_clock()?;
        let room = work.room();
        let limit = work.limits.inflated;
        let too_large = || Stop::Fail(ExtractError::TooLarge(limit));
        if self.archive.by_index_raw(index).is_ok_and(|entry| entry.encrypted()) {
            return Err(ExtractError::Encrypted.into());
        }
        let Ok(mut entry) = self.archive.by_index(index) else { return broken("a part cannot be opened") };
        let bomb = entry.size() > BOMB && entry.size() / entry.compressed_size().max(1) > MOST_RATIO;
        if bomb || entry.size() > room as u64 {
            return Err(too_large());
        }
        let mut bytes = Vec::new();
        // One byte more than there is room for tells a part that lied about its size.
        if entry.by_ref().take(room as u64 + 1).read_to_end(&mut bytes).is_err() {
            return broken("a part of the document cannot be unpacked");
        }
        if bytes.len() > room {
            return Err(too_large());
        }
        // The bytes and the text made of them are there at the same time only when the part is not UTF-8.
        let text = String::from_utf8(bytes).unwrap_or_else(|error| decode(error.as_bytes()).into_owned());
        work.hold(text.len())?;
        Ok(Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)))
    }
}
