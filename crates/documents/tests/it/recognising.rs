//! What files are taken for.

use crate::fixtures::{docx, pdf_of_pages, pptx, xlsx, zipped};
use documents::{ImageFormat, Kind, Unsupported, recognise};

#[test]
fn documents_are_known_by_their_content_whatever_they_are_called() {
    let files = [
        (pdf_of_pages(&[""], ""), Kind::Pdf),
        (docx(""), Kind::Docx),
        (xlsx(""), Kind::Xlsx),
        (pptx(1), Kind::Pptx),
        (b"\x89PNG\r\n\x1a\n....".to_vec(), Kind::Image(ImageFormat::Png)),
        (b"RIFF\x10\0\0\0WEBPVP8 ".to_vec(), Kind::Image(ImageFormat::Webp)),
    ];
    for (bytes, kind) in files {
        for name in ["notes.txt", "x", "picture.jpeg", "页面.html"] {
            assert_eq!(recognise(name, Some("text/plain"), &bytes), kind, "{name}");
        }
    }
}

#[test]
fn what_is_not_read_is_refused_with_its_name() {
    let refused = |bytes: &[u8]| match recognise("photo.png", Some("image/png"), bytes) {
        Kind::Unsupported(reason) => reason,
        kind => panic!("{kind:?}"),
    };
    assert_eq!(refused(b"\0\0\0\x18ftypheic\0\0\0\0"), Unsupported::Picture("HEIC"));
    assert_eq!(refused(b"\0\0\0\x18ftypavif\0\0\0\0"), Unsupported::Picture("AVIF"));
    assert_eq!(refused(b"MZ\x90\0\x03\0\0\0"), Unsupported::Executable("EXE"));
    assert_eq!(refused(b"\x7fELF\x02\x01"), Unsupported::Executable("ELF"));
    assert_eq!(refused(&zipped(&[("a.txt", "x")])), Unsupported::Archive("ZIP"));
    assert_eq!(refused(b"\x1f\x8b\x08\0"), Unsupported::Archive("GZIP"));
    assert_eq!(refused(&[1, 0, 2, 0, 0, 3, 255]), Unsupported::Binary);
}

#[test]
fn old_and_protected_office_files_are_told_apart() {
    let ole = |stream: &str| {
        let name: Vec<u8> = stream.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], &name[..]].concat()
    };
    let old = |kind, instead| Kind::Unsupported(Unsupported::OldOffice { kind, instead });
    assert_eq!(recognise("a.doc", None, &ole("WordDocument")), old("DOC", "docx"));
    assert_eq!(recognise("a.xls", None, &ole("Workbook")), old("XLS", "xlsx"));
    let protected = recognise("a.docx", None, &ole("EncryptedPackage"));
    assert_eq!(protected, Kind::Unsupported(Unsupported::Encrypted));
    let error =
        documents::extract(protected, &ole("EncryptedPackage"), documents::Limits::default()).expect_err("closed");
    assert_eq!(error.code().as_str(), "document.encrypted");
}

#[test]
fn texts_are_told_apart_by_name_then_content_then_declared_type() {
    let kinds = [
        ("main.rs", None, "fn main() {}", Kind::Code("rust")),
        ("Dockerfile", None, "FROM x", Kind::Code("dockerfile")),
        ("README.md", Some("text/plain"), "# x", Kind::Markdown),
        ("logo.svg", Some("image/svg+xml"), "<svg/>", Kind::Code("xml")),
        ("saved", None, "  <!DOCTYPE html><p>x", Kind::Html),
        ("page", Some("text/html; charset=utf-8"), "<p>x", Kind::Html),
        ("notes", Some("application/pdf"), "just words", Kind::PlainText),
        ("script", None, "#!/bin/sh\n", Kind::Code("sh")),
        ("", None, "", Kind::PlainText),
    ];
    for (name, declared, text, kind) in kinds {
        assert_eq!(recognise(name, declared, text.as_bytes()), kind, "{name}");
    }
    assert_eq!(recognise("说明.txt", None, &encoding_rs::GBK.encode("这是说明文件，请阅读。").0), Kind::PlainText);
}
