//! What a file is: its content decides, its name tells texts apart, and a declared type is asked last.

mod names;
mod signatures;

use crate::kind::{Kind, Unsupported};
use crate::text::{decode, is_text};
use memchr::memmem;

/// How far a PDF's own mark may stand from the beginning.
const PDF_MARK_WITHIN: usize = 1024;

/// What a file is.
///
/// `name` is the file's name with its ending, `declared_type` the media type that the sender gave. Neither is believed
/// where the content says something else: a picture called `notes.txt` is a picture, and a program called `photo.png` is
/// refused.
#[must_use]
pub fn recognise(name: &str, declared_type: Option<&str>, bytes: &[u8]) -> Kind {
    if let Some(kind) = signatures::find(bytes) {
        return kind;
    }
    if memmem::find(&bytes[..bytes.len().min(PDF_MARK_WITHIN)], b"%PDF-").is_some() {
        return Kind::Pdf;
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return zipped(bytes);
    }
    if bytes.starts_with(&signatures::OLE) {
        return ole(name, bytes);
    }
    if !is_text(bytes) {
        return Kind::Unsupported(Unsupported::Binary);
    }
    text(name, declared_type, bytes)
}

/// What a zip archive is, by the parts that each kind of document must have.
fn zipped(bytes: &[u8]) -> Kind {
    let has = |name: &[u8]| memmem::find(bytes, name).is_some();
    let is = |kind: &[u8]| memmem::find(&bytes[..bytes.len().min(256)], kind).is_some();
    // Names of entries stand uncompressed in the archive; those of a document within a document do not.
    match () {
        () if has(b"word/document.xml") => Kind::Docx,
        () if has(b"xl/workbook.xml") => Kind::Xlsx,
        () if has(b"ppt/presentation.xml") => Kind::Pptx,
        () if is(b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet") => Kind::Ods,
        () if has(b"xl/workbook.bin") => Kind::Unsupported(Unsupported::Other("XLSB")),
        () if is(b"mimetypeapplication/vnd.oasis.opendocument") => {
            Kind::Unsupported(Unsupported::Other("OpenDocument"))
        }
        () if is(b"mimetypeapplication/epub+zip") => Kind::Unsupported(Unsupported::Other("EPUB")),
        () if has(b"META-INF/MANIFEST.MF") => Kind::Unsupported(Unsupported::Executable("JAR")),
        () => Kind::Unsupported(Unsupported::Archive("ZIP")),
    }
}

/// What a file in Microsoft's old container is. New documents with a password are in one as well.
fn ole(name: &str, bytes: &[u8]) -> Kind {
    let has = |stream: &str| {
        let name: Vec<u8> = stream.encode_utf16().flat_map(u16::to_le_bytes).collect();
        memmem::find(bytes, &name).is_some()
    };
    let old = |kind, instead| Kind::Unsupported(Unsupported::OldOffice { kind, instead });
    match () {
        () if has("EncryptedPackage") => Kind::Unsupported(Unsupported::Encrypted),
        () if has("WordDocument") => old("DOC", "docx"),
        () if has("PowerPoint Document") => old("PPT", "pptx"),
        () if has("Workbook") || has("Book") => old("XLS", "xlsx"),
        () if names::ending(name) == "msg" => Kind::Unsupported(Unsupported::Other("MSG")),
        () if names::ending(name) == "msi" => Kind::Unsupported(Unsupported::Executable("MSI")),
        () => Kind::Unsupported(Unsupported::Other("OLE")),
    }
}

/// What kind of text it is: by its name, then by how it begins, then by what the sender says.
fn text(name: &str, declared_type: Option<&str>, bytes: &[u8]) -> Kind {
    if let Some(kind) = names::kind(name) {
        return kind;
    }
    let head = decode(&bytes[..bytes.len().min(512)]).trim_start().to_ascii_lowercase();
    if head.starts_with("<!doctype html") || head.starts_with("<html") {
        return Kind::Html;
    }
    if head.starts_with("<?xml") || head.starts_with("<svg") {
        return Kind::Code("xml");
    }
    if head.starts_with("#!") {
        return Kind::Code("sh");
    }
    match declared_type.map(|kind| kind.split(';').next().unwrap_or(kind).trim()) {
        Some("text/html" | "application/xhtml+xml") => Kind::Html,
        Some("text/markdown") => Kind::Markdown,
        Some("application/json") => Kind::Code("json"),
        _ => Kind::PlainText,
    }
}
