//! From a body that came whole to what can be kept of it: drafts with their hashes, and the row to be. Blocking: reading,
//! hashing and counting take a processor for a while, so it is done at a desk.

use super::folder::{Draft, Folder};
use super::read::{self, Reading};
use super::{Folders, disk_error};
use crate::db::files::NewFile;
use crate::error::AppResult;
use documents::image::Encoded;
use sha2::{Digest as _, Sha256};
use shared::files::FileKind;
use shared::tokens::picture_tokens;
use std::fs;

/// What faces are called.
const FACE: &str = "avatar";

/// Bytes on their way to their place.
pub(super) struct Placing {
    pub(super) folder: Folder,
    pub(super) draft: Draft,
    pub(super) hash: String,
}

/// A file that was read, ready to be kept.
pub(super) struct Ready {
    pub(super) new: NewFile,
    pub(super) bytes: Vec<Placing>,
}

/// A file with this name, whose body is in the draft.
pub(super) fn file(folders: &Folders, name: &str, body: Draft) -> AppResult<Ready> {
    match make(folders, name, &body) {
        Ok((mut ready, true)) => {
            let hash = ready.new.hash.clone();
            ready.bytes.push(Placing { folder: folders.documents.clone(), draft: body, hash });
            Ok(ready)
        }
        made => {
            body.discard();
            made.map(|(ready, _)| ready)
        }
    }
}

/// The picture of a person, whose body is in the draft.
pub(super) fn face(folders: &Folders, body: Draft) -> AppResult<Ready> {
    let read = fs::read(body.path()).map_err(disk_error).and_then(|bytes| read::face(&bytes));
    body.discard();
    picture(&folders.pictures, FACE.to_owned(), &read?)
}

/// The logo, whose body is in the draft.
pub(super) fn logo(body: Draft) -> AppResult<Encoded> {
    let read = fs::read(body.path()).map_err(disk_error).and_then(|bytes| read::logo(&bytes));
    body.discard();
    read
}

/// What is kept beside the body, and whether the body itself is.
fn make(folders: &Folders, name: &str, body: &Draft) -> AppResult<(Ready, bool)> {
    let bytes = fs::read(body.path()).map_err(disk_error)?;
    let (media_type, text, characters, cut) = match read::read(name, &bytes)? {
        Reading::Picture { name, file } => return Ok((picture(&folders.pictures, name, &file)?, false)),
        Reading::Document { media_type, text, characters, cut } => (media_type, text, characters, cut),
    };
    let (hash, text_hash) = (hash_of(&bytes), hash_of(text.as_bytes()));
    let mut new = NewFile {
        kind: FileKind::Document,
        name: name.to_owned(),
        media_type,
        size: bytes.len() as u64,
        text_size: 0,
        sides: None,
        characters: Some(characters),
        tokens: read::text_tokens(&text),
        cut,
        hash,
        text_hash: Some(text_hash.clone()),
    };
    let mut placings = Vec::new();
    // Plain text is its own text.
    if text_hash != new.hash {
        new.text_size = text.len() as u64;
        placings.push(written(&folders.documents, text.as_bytes(), text_hash)?);
    }
    Ok((Ready { new, bytes: placings }, true))
}

fn picture(folder: &Folder, name: String, file: &Encoded) -> AppResult<Ready> {
    let hash = hash_of(&file.bytes);
    let new = NewFile {
        kind: FileKind::Image,
        name,
        media_type: file.format.media_type(),
        size: file.bytes.len() as u64,
        text_size: 0,
        sides: Some((file.width, file.height)),
        characters: None,
        tokens: picture_tokens(Some(file.width), Some(file.height)),
        cut: false,
        hash: hash.clone(),
        text_hash: None,
    };
    Ok(Ready { new, bytes: vec![written(folder, &file.bytes, hash)?] })
}

fn written(folder: &Folder, bytes: &[u8], hash: String) -> AppResult<Placing> {
    let draft = folder.write(bytes).map_err(disk_error)?;
    Ok(Placing { folder: folder.clone(), draft, hash })
}

fn hash_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
