//! Files that mean harm: each gets a sentence, soon, and takes no more memory than it may.

use crate::fixtures::{docx, paragraph, pdf, pdf_of_pages, pptx, stream, xlsx, zipped};
use documents::{Cut, ExtractError, Kind, Limits, extract};
use std::time::Duration;

const SMALL: Limits = Limits {
    bytes: 8 << 20,
    inflated: 4 << 20,
    entries: 100,
    pages: 50,
    characters: 10_000,
    time: Duration::from_secs(10),
};

fn error(kind: Kind, bytes: &[u8]) -> ExtractError {
    extract(kind, bytes, SMALL).expect_err("is refused")
}

#[test]
fn a_zip_bomb_is_refused_for_its_size() {
    let bomb = docx(&paragraph("", &"0".repeat(64 << 20)));
    assert!(bomb.len() < 1 << 20);
    assert_eq!(error(Kind::Docx, &bomb), ExtractError::TooLarge(SMALL.inflated));
}

#[test]
fn a_zip_bomb_that_lies_about_its_size_is_refused_too() {
    let mut bomb = zipped(&[("word/document.xml", &"<a/>".repeat(4 << 20))]);
    let size = (16u32 << 20).to_le_bytes();
    let places: Vec<_> = memchr::memmem::find_iter(&bomb, &size).collect();
    assert!(!places.is_empty());
    places.into_iter().for_each(|at| bomb[at..at + 4].copy_from_slice(&100u32.to_le_bytes()));
    assert!(matches!(error(Kind::Docx, &bomb), ExtractError::TooLarge(_) | ExtractError::Broken(_)));
}

#[test]
fn endless_entries_are_refused() {
    let names: Vec<String> = (0..200).map(|at| format!("word/{at}.xml")).collect();
    let parts: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
    assert!(matches!(error(Kind::Docx, &zipped(&parts)), ExtractError::Broken(_)));
}

#[test]
fn deep_xml_and_entities_are_refused() {
    let deep = "<w:p>".repeat(100_000);
    assert!(matches!(error(Kind::Docx, &docx(&deep)), ExtractError::Broken(_)));
    let entities = "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><w:p><w:t>&b;</w:t></w:p>";
    assert!(matches!(error(Kind::Docx, &zipped(&[("word/document.xml", entities)])), ExtractError::Broken(_)));
}

#[test]
fn a_sheet_with_two_cells_far_apart_takes_two_cells() {
    let rows = r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>"#;
    let read = extract(Kind::Xlsx, &xlsx(rows), SMALL).expect("has text");
    assert_eq!(read.text, "## 销售\n\n| 1 | |\n| --- | --- |\n| | 2 |");
}

#[test]
fn too_many_slides_and_pages_are_refused() {
    assert_eq!(error(Kind::Pptx, &pptx(60)), ExtractError::TooManyPages(50));
    let pages = vec!["BT /F1 9 Tf (x) Tj ET"; 10_000];
    let file = pdf_of_pages(&pages, "");
    assert_eq!(error(Kind::Pdf, &file), ExtractError::TooManyPages(50));
    assert_eq!(extract(Kind::Pdf, &file, Limits::default()), Err(ExtractError::TooManyPages(2_000)));
}

#[test]
fn long_texts_are_cut() {
    let read = extract(Kind::Docx, &docx(&paragraph("", &"字".repeat(50_000))), SMALL).expect("has text");
    assert_eq!((read.characters, read.truncated), (SMALL.characters, Some(Cut::Characters)));
    let line = "x".repeat(2_000_000);
    for kind in [Kind::PlainText, Kind::Html, Kind::Markdown] {
        let read = extract(kind, line.as_bytes(), SMALL).expect("has text");
        assert_eq!((read.characters, read.truncated), (SMALL.characters, Some(Cut::Characters)), "{kind:?}");
    }
}

#[test]
fn a_page_of_open_tags_is_read_to_its_end() {
    for tag in ["<div>", "<table>", "<ul><li>", "<b", "<p a=1 ", "<script>", "&", "<!--"] {
        let page = format!("<p>words</p>{}", tag.repeat(20_000));
        assert!(extract(Kind::Html, page.as_bytes(), SMALL).expect("has text").text.starts_with("words"), "{tag}");
    }
}

/// A page whose forms draw each other: `draws` is the content of each of the two.
fn circular(draws: &str) -> Vec<u8> {
    let form = |content: &str| stream("/Subtype /Form /Resources 7 0 R", content);
    pdf(&[
        "<< /Pages 2 0 R >>".into(),
        "<< /Kids [3 0 R 2 0 R] /Parent 2 0 R >>".into(),
        "<< /Contents 4 0 R /Resources 7 0 R >>".into(),
        stream("", "BT /F1 9 Tf (words) Tj ET /A Do"),
        form(draws),
        form(draws),
        "<< /XObject << /A 5 0 R /B 6 0 R >> /Font << /F1 << /Subtype /Type1 >> >> >>".into(),
    ])
}

#[test]
fn forms_that_draw_themselves_end() {
    let file = circular(&"/A Do /B Do ".repeat(50));
    assert!(extract(Kind::Pdf, &file, SMALL).expect("has text").text.contains("words"));
}

#[test]
fn references_in_circles_lead_nowhere() {
    let file = pdf(&[
        "<< /Pages 2 0 R >>".into(),
        "<< /Kids [3 0 R] /Resources 4 0 R >>".into(),
        "<< /Contents 5 0 R >>".into(),
        "4 0 R".into(),
        "6 0 R".into(),
        "5 0 R".into(),
    ]);
    assert_eq!(error(Kind::Pdf, &file), ExtractError::NoText);
}

#[test]
fn a_pdf_bomb_is_refused_for_its_size() {
    use flate2::{Compression, write::ZlibEncoder};
    use std::io::Write;
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    (0..64).for_each(|_| encoder.write_all(&vec![b' '; 1 << 20]).expect("memory takes it"));
    let packed = encoder.finish().expect("ends");
    let mut file = pdf_of_pages(&["BT /F1 9 Tf (words) Tj ET"], "");
    for dictionary in [
        "8 0 obj << /Filter /FlateDecode >> stream\n",
        "90 0 obj << /Type /ObjStm /N 1 /First 9 /Filter /FlateDecode >> stream\n",
    ] {
        let mut bomb = file.clone();
        bomb.extend_from_slice(dictionary.as_bytes());
        bomb.extend_from_slice(&packed);
        bomb.extend_from_slice(b"\nendstream endobj");
        assert_eq!(error(Kind::Pdf, &bomb), ExtractError::TooLarge(SMALL.inflated));
    }
    file.extend(vec![b'['; 1 << 20]);
    assert!(extract(Kind::Pdf, &file, SMALL).is_ok());
}

#[test]
fn time_that_is_over_keeps_what_was_read() {
    let limits = Limits { time: Duration::ZERO, ..SMALL };
    let text = "line\n".repeat(1_000);
    let read = extract(Kind::PlainText, text.as_bytes(), limits).expect("has text");
    assert_eq!(read.truncated, Some(Cut::Time));
    let file = pdf_of_pages(&["BT /F1 9 Tf (words) Tj ET"], "");
    assert_eq!(extract(Kind::Pdf, &file, limits), Err(ExtractError::TooSlow(1)));
}

#[test]
fn a_file_over_the_limit_is_not_looked_at() {
    let limits = Limits { bytes: 10, ..SMALL };
    assert_eq!(extract(Kind::PlainText, b"eleven bytes", limits), Err(ExtractError::TooLarge(10)));
}

#[test]
fn a_direct_font_that_is_set_again_and_again_is_read_once() {
    let content = "/F1 9 Tf ".repeat(20_000) + "BT (words) Tj ET";
    let file = pdf(&[
        "<< /Pages 2 0 R >>".into(),
        "<< /Kids [3 0 R] >>".into(),
        "<< /Contents 4 0 R /Resources << /Font << /F1 << /Subtype /Type1 /ToUnicode 5 0 R >> >> >> >>".into(),
        stream("", &content),
        stream("", "1 beginbfchar <77> <0057> endbfchar"),
    ]);
    assert_eq!(extract(Kind::Pdf, &file, SMALL).expect("has text").text, "[page 1]\n\nWords");
}

#[test]
fn a_tag_of_endless_attributes_ends_with_its_time() {
    let names: String = (0..400_000).map(|at| format!(" a{at}=1")).collect();
    let page = format!("<p>words</p><p{names}>more");
    let limits = Limits { time: Duration::from_millis(500), ..SMALL };
    let read = extract(Kind::Html, page.as_bytes(), limits).expect("has text");
    assert_eq!((read.text.as_str(), read.truncated), ("words", Some(Cut::Time)));
}
