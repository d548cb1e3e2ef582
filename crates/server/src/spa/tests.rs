//! Both sources of the client, and what is served from them.

use super::embedded::Embedded;
use super::{Coding, Folder, Spa};
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

/// `plain`, gzipped.
const PACKED: &[u8] = &[
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x2b, 0xc8, 0x49, 0xcc, 0xcc, 0x03, 0x00, 0xcf, 0x62,
    0x20, 0x19, 0x05, 0x00, 0x00, 0x00,
];
const FILES: super::embedded::Files = &[("a.js.br", b"brotli"), ("a.js.gz", PACKED), ("index.html", b"page")];

fn embedded() -> Spa {
    Spa::Embedded(Embedded::new(FILES))
}

/// A folder that is gone at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("aichat-spa-{}", crate::clock::new_id()));
        fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::File::create(self.0.join(name)).and_then(|mut file| file.write_all(bytes)).expect("a file");
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn read(spa: &Spa, name: &str, codings: &[Coding]) -> (Vec<u8>, Coding) {
    let (file, coding) = spa.find(name, codings).expect("a file");
    (file.bytes.to_vec(), coding)
}

#[test]
fn the_first_coding_that_is_there_is_taken() {
    let spa = embedded();
    assert_eq!(read(&spa, "a.js", &Coding::ALL), (b"brotli".to_vec(), Coding::Brotli));
    assert_eq!(read(&spa, "a.js", &[Coding::Gzip, Coding::Brotli]).1, Coding::Gzip);
    assert_eq!(read(&spa, "index.html", &Coding::ALL), (b"page".to_vec(), Coding::Identity));
    assert!(spa.find("b.js", &Coding::ALL).is_none());
}

#[test]
fn a_reader_without_compression_gets_what_is_kept_compressed_only() {
    assert_eq!(read(&embedded(), "a.js", &[Coding::Identity]), (b"plain".to_vec(), Coding::Identity));
}

#[test]
fn every_form_of_a_file_has_its_own_tag() {
    let spa = embedded();
    let mut tags: Vec<_> =
        Coding::ALL.iter().map(|coding| spa.find("a.js", &[*coding]).expect("a file").0.etag).collect();
    assert!(tags.iter().all(|tag| tag.len() == 18 && tag.starts_with('"') && tag.ends_with('"')), "{tags:?}");
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 3);
}

#[test]
fn a_file_that_was_built_again_is_served_at_once() {
    let scratch = Scratch::new();
    let spa = Spa::Folder(Folder::new(scratch.0.clone()));
    scratch.write("index.html", b"old");
    let (old, _) = spa.find("index.html", &Coding::ALL).expect("a file");
    let (same, _) = spa.find("index.html", &Coding::ALL).expect("a file");
    assert_eq!(old.bytes.as_ptr(), same.bytes.as_ptr(), "it was read twice");
    scratch.write("index.html", b"newer");
    let (new, _) = spa.find("index.html", &Coding::ALL).expect("a file");
    assert_eq!((&old.bytes[..], &new.bytes[..]), (&b"old"[..], &b"newer"[..]));
    assert_ne!(old.etag, new.etag);
    fs::remove_file(scratch.0.join("index.html")).expect("removed");
    assert!(spa.find("index.html", &Coding::ALL).is_none());
}

#[test]
fn a_folder_is_no_file() {
    let scratch = Scratch::new();
    fs::create_dir(scratch.0.join("a.js")).expect("a folder");
    assert!(Spa::Folder(Folder::new(scratch.0.clone())).find("a.js", &Coding::ALL).is_none());
}
