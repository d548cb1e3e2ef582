//! No input panics or goes past a limit: random bytes, and real files with bytes changed, cut, doubled and moved. The
//! seeds are fixed, so a failure comes again.

use crate::fixtures::{docx, paragraph, pdf_of_pages, pptx, xlsx, zipped};
use documents::image::{ImageLimits, prepare};
use documents::{ExtractError, ImageError, ImageFormat, Kind, Limits, extract, recognise};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::time::Duration;

const LIMITS: Limits = Limits {
    bytes: 1 << 20,
    inflated: 1 << 20,
    entries: 50,
    pages: 20,
    characters: 2_000,
    time: Duration::from_secs(30),
};

const PICTURES: ImageLimits = ImageLimits { bytes: 1 << 20, side: 512, pixels: 65_536, longest: 64, thumbnail: 16 };

const KINDS: [Kind; 8] =
    [Kind::Pdf, Kind::Docx, Kind::Xlsx, Kind::Ods, Kind::Pptx, Kind::Html, Kind::Markdown, Kind::PlainText];

/// Letters that parsers care about.
const TELLING: &[u8] = b"<>/[]() 0123456789obj endstreamR&;%\n\"=pTj";

fn check(kind: Kind, bytes: &[u8]) {
    match kind {
        Kind::Image(format) => match prepare(format, bytes, &PICTURES) {
            Ok(picture) => assert!(picture.image.width.max(picture.image.height) <= PICTURES.longest),
            Err(error) => assert!(matches!(error, ImageError::Broken | ImageError::TooLarge { .. }), "{error:?}"),
        },
        kind => match extract(kind, bytes, LIMITS) {
            Ok(read) => assert!(read.characters <= LIMITS.characters && !read.text.contains('\0')),
            Err(error) => assert_ne!(error, ExtractError::Broken("the parser panicked"), "{kind:?}"),
        },
    }
}

/// Changes a file in a few places.
fn mutate(original: &[u8], random: &mut StdRng) -> Vec<u8> {
    let mut bytes = original.to_vec();
    for _ in 0..random.random_range(1..6) {
        let at = random.random_range(0..bytes.len());
        let length = random.random_range(0..64).min(bytes.len() - at);
        match random.random_range(0..6) {
            0 => bytes[at] = random.random(),
            1 => bytes[at] ^= 1 << random.random_range(0..8),
            2 => drop(bytes.drain(at..at + length)),
            3 => {
                let piece = bytes[at..at + length].to_vec();
                let to = random.random_range(0..bytes.len());
                bytes.splice(to..to, piece);
            }
            4 => bytes[at] = *b"0123456789<>[]()/&;\\".get(random.random_range(0..20)).unwrap_or(&b' '),
            _ => bytes.truncate(at.max(1)),
        }
        if bytes.is_empty() {
            return vec![0];
        }
    }
    bytes
}

fn run(name: &str, kind: Kind, original: &[u8], times: u64) {
    for seed in 0..times {
        let bytes = mutate(original, &mut StdRng::seed_from_u64(seed));
        check(kind, &bytes);
        check(recognise(name, None, &bytes), &bytes);
    }
}

#[test]
fn random_bytes_harm_nothing() {
    for seed in 0..600 {
        let mut random = StdRng::seed_from_u64(seed);
        let length = random.random_range(0..600);
        let mut bytes: Vec<u8> = (0..length).map(|_| random.random()).collect();
        if seed % 2 == 0 {
            // They go deeper than arbitrary bytes.
            bytes.iter_mut().for_each(|byte| *byte = TELLING[usize::from(*byte) % TELLING.len()]);
        }
        KINDS.iter().for_each(|kind| check(*kind, &bytes));
        check(recognise("file", None, &bytes), &bytes);
    }
}

#[test]
fn changed_pdfs_harm_nothing() {
    let form = "q 1 0 0 1 5 5 cm BT /F1 12 Tf 72 700 Td [(Some) -300 (words)] TJ /F2 9 Tf <00010002> Tj T* (x) ' ET Q";
    run("a.pdf", Kind::Pdf, &pdf_of_pages(&[form, form], "中文"), 1_500);
}

#[test]
fn changed_office_files_harm_nothing() {
    let body = paragraph(r#"<w:pStyle w:val="1"/>"#, "Heading") + &paragraph("", "中文 words");
    run("a.docx", Kind::Docx, &docx(&body), 500);
    run("a.xlsx", Kind::Xlsx, &xlsx(r#"<row><c r="A1" t="s"><v>1</v></c><c s="1"><v>45000.25</v></c></row>"#), 500);
    run("a.pptx", Kind::Pptx, &pptx(3), 500);
}

#[test]
fn changed_parts_of_office_files_harm_nothing() {
    // A changed archive mostly fails its checksum; here the archive is right and the XML in it is not.
    let document = format!(
        "<w:document><w:body>{}<w:tbl><w:tr><w:tc>{0}</w:tc></w:tr></w:tbl></w:body></w:document>",
        paragraph("", "x")
    );
    let sheet = r#"<office:document><table:table table:name="n"><table:table-row><table:table-cell table:number-columns-repeated="3"><text:p>v</text:p></table:table-cell></table:table-row></table:table></office:document>"#;
    for seed in 0..500 {
        let mut random = StdRng::seed_from_u64(seed);
        let changed =
            |text: &str, random: &mut StdRng| String::from_utf8_lossy(&mutate(text.as_bytes(), random)).into_owned();
        check(Kind::Docx, &zipped(&[("word/document.xml", &changed(&document, &mut random))]));
        check(Kind::Ods, &zipped(&[("content.xml", &changed(sheet, &mut random))]));
    }
}

#[test]
fn changed_pages_and_texts_harm_nothing() {
    let page =
        "<title>t</title><h1>a</h1><table><tr><td>1<td>2</table><ul><li>x<ol><li>y</ol></ul><pre>z</pre>&amp;&#x4e2d;";
    run("a.html", Kind::Html, page.as_bytes(), 800);
    run("a.txt", Kind::PlainText, &encoding_rs::GB18030.encode("中文文本 and words\r\n").0, 300);
}

#[test]
fn changed_pictures_harm_nothing() {
    for (format, original) in crate::images::samples() {
        let kind = Kind::Image(format);
        run("a.png", kind, &original, if format == ImageFormat::Png { 400 } else { 250 });
    }
}
