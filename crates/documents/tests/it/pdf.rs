//! PDF documents.

use crate::fixtures::{pdf, pdf_of_pages, stream};
use documents::{ExtractError, Extracted, Kind, Limits, extract};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::io::Write;

fn read(bytes: &[u8]) -> Result<Extracted, ExtractError> {
    extract(Kind::Pdf, bytes, Limits::default())
}

fn text(bytes: &[u8]) -> String {
    read(bytes).expect("has text").text
}

#[test]
fn pages_come_in_order_with_their_numbers() {
    let file =
        pdf_of_pages(&["BT /F1 12 Tf 72 700 Td (First page) Tj ET", "", "BT /F1 12 Tf 72 700 Td (Third) Tj ET"], "");
    let read = read(&file).expect("has text");
    assert_eq!(read.text, "[page 1]\n\nFirst page\n\n[page 3]\n\nThird");
    assert_eq!((read.pages, read.truncated), (Some(3), None));
}

#[test]
fn chinese_is_read_through_the_fonts_own_table_and_normalised() {
    // U+2F42 only looks like 文.
    let file = pdf_of_pages(
        &["BT /F2 12 Tf 72 700 Td <000100020003> Tj 0 -14 Td [<0004> -120 <0005>] TJ ET"],
        "中\u{2f42}，测试",
    );
    assert_eq!(text(&file), "[page 1]\n\n中文，\n测试");
}

#[test]
fn chinese_without_a_table_is_read_by_its_named_encoding() {
    let gbk: String = encoding_rs::GBK.encode("简体中文").0.iter().map(|byte| format!("{byte:02X}")).collect();
    let content = format!("BT /F1 12 Tf 10 10 Td <{gbk}> Tj ET");
    let file = pdf(&[
        "<< /Pages 2 0 R >>".into(),
        "<< /Kids [3 0 R] >>".into(),
        "<< /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".into(),
        stream("", &content),
        "<< /Subtype /Type0 /Encoding /GBK-EUC-H /DescendantFonts [<< /Subtype /CIDFontType0 >>] >>".into(),
    ]);
    assert_eq!(text(&file), "[page 1]\n\n简体中文");
}

#[test]
fn distances_become_blanks_and_lines() {
    let content = "BT /F1 10 Tf 1 0 0 1 50 700 Tm (Two) Tj 1 0 0 1 90 700 Tm (words) Tj 1 0 0 1 50 688 Tm (next line) Tj \
        1 0 0 1 50 640 Tm [(ker) 20 (ned) -600 (apart)] TJ T* ET";
    assert_eq!(text(&pdf_of_pages(&[content], "")), "[page 1]\n\nTwo words\nnext line\n\nkerned apart");
}

#[test]
fn differences_and_glyph_names_are_letters() {
    let file = pdf(&[
        "<< /Pages 2 0 R >>".into(),
        "<< /Kids [3 0 R] >>".into(),
        "<< /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".into(),
        stream("", "BT /F1 12 Tf (\\001\\002 caf\\003) Tj ET"),
        "<< /Subtype /Type1 /Encoding << /Differences [1 /fi /uni4E2D /eacute] >> >>".into(),
    ]);
    assert_eq!(text(&file), "[page 1]\n\nfi中 café");
}

fn packed(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).expect("memory takes it");
    encoder.finish().expect("ends")
}

fn with_stream(file: &mut Vec<u8>, number: u32, dictionary: &str, data: &[u8]) {
    file.extend_from_slice(format!("{number} 0 obj\n<< {dictionary} /Length {} >>\nstream\r\n", data.len()).as_bytes());
    file.extend_from_slice(data);
    file.extend_from_slice(b"\nendstream\nendobj\n");
}

/// A file as newer programs write it: objects in a packed stream, a cross-reference stream with a predictor as trailer.
fn modern(content: &[u8]) -> Vec<u8> {
    let objects = [
        "<< /Pages 2 0 R >>",
        "<< /Kids [3 0 R] >>",
        "<< /Contents 10 0 R /Resources << /Font << /F1 4 0 R >> >> >>",
        "<< /Subtype /TrueType /Encoding /WinAnsiEncoding >>",
        "<< /Title <FEFF62A5544A> >>",
    ];
    let (mut head, mut body) = (String::new(), String::new());
    for (at, object) in objects.iter().enumerate() {
        head.push_str(&format!("{} {} ", at + 1, body.len()));
        body.push_str(object);
        body.push(' ');
    }
    let mut file = b"%PDF-1.5\n".to_vec();
    with_stream(&mut file, 10, "/Filter /FlateDecode", &packed(content));
    let dictionary = format!("/Type /ObjStm /N {} /First {} /Filter [/FlateDecode]", objects.len(), head.len());
    with_stream(&mut file, 11, &dictionary, &packed((head + &body).as_bytes()));
    with_stream(
        &mut file,
        12,
        "/Type /XRef /Root 1 0 R /Info 5 0 R /Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 4 >>",
        &packed(&[2; 40]),
    );
    file
}

#[test]
fn objects_in_packed_streams_are_found_without_any_table() {
    let read = read(&modern(b"BT /F1 9 Tf (endobj 7 0 obj stream \\(x\\)) Tj ET")).expect("has text");
    assert_eq!(read.text, "[page 1]\n\nendobj 7 0 obj stream (x)");
    assert_eq!(read.title.as_deref(), Some("报告"));
}

#[test]
fn the_last_definition_of_an_object_counts() {
    let mut file = pdf_of_pages(&["BT /F1 12 Tf (old) Tj ET"], "");
    with_stream(&mut file, 8, "", b"BT /F1 12 Tf (new) Tj ET");
    assert_eq!(text(&file), "[page 1]\n\nnew");
}

#[test]
fn forms_are_part_of_the_page() {
    let file = pdf(&[
        "<< /Pages 2 0 R >>".into(),
        "<< /Kids [3 0 R] >>".into(),
        "<< /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>".into(),
        stream("", "q /X Do Q BI /W 1 /H 1 ID \u{1}(Tj EI BT (unseen font) Tj ET"),
        stream("/Subtype /Form /Resources << /Font << /F 6 0 R >> >>", "BT /F 8 Tf (in a form) Tj ET"),
        "<< /Subtype /Type1 >>".into(),
    ]);
    assert_eq!(text(&file), "[page 1]\n\nin a form");
}

#[test]
fn a_scan_has_no_text_and_an_encrypted_file_says_so() {
    assert_eq!(read(&pdf_of_pages(&["q 100 0 0 100 0 0 cm /Im1 Do Q"], "")), Err(ExtractError::NoText));
    let file = pdf_of_pages(&["BT /F1 12 Tf (x) Tj ET"], "");
    let encrypted =
        String::from_utf8_lossy(&file).replace("/Root 1 0 R", "/Root 1 0 R /Encrypt << /Filter /Standard /V 2 >>");
    assert_eq!(read(encrypted.as_bytes()), Err(ExtractError::Encrypted));
}
