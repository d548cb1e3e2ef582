//! Small real files, made here. Nothing in them comes from anywhere else.

use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A zip archive with these entries.
pub(crate) fn zipped(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).expect("an entry begins");
        writer.write_all(content.as_bytes()).expect("memory takes it");
    }
    writer.finish().expect("the archive ends").into_inner()
}

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A `.rels` part: id, kind and target.
pub(crate) fn relations(of: &[(&str, &str, &str)]) -> String {
    let one = |(id, kind, target): &(&str, &str, &str)| {
        format!(r#"<Relationship Id="{id}" Type="{RELATIONS}/{kind}" Target="{target}"/>"#)
    };
    format!("<Relationships>{}</Relationships>", of.iter().map(one).collect::<String>())
}

/// A Word document with this body.
pub(crate) fn docx(body: &str) -> Vec<u8> {
    let styles = r#"<w:styles><w:style w:styleId="1"><w:name w:val="heading 1"/></w:style>
        <w:style w:styleId="Sub"><w:name w:val="heading 2"/></w:style>
        <w:style w:styleId="Listed"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style></w:styles>"#;
    let numbering = r#"<w:numbering><w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl></w:abstractNum>
        <w:abstractNum w:abstractNumId="8"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>
        <w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num></w:numbering>"#;
    let core = "<cp:coreProperties><dc:title>年度 报告</dc:title></cp:coreProperties>";
    let document = format!("<w:document><w:body>{body}</w:body></w:document>");
    zipped(&[
        ("word/document.xml", &document),
        ("word/styles.xml", styles),
        ("word/numbering.xml", numbering),
        ("docProps/core.xml", core),
    ])
}

/// A paragraph of a Word document; `properties` stands in its `w:pPr`.
pub(crate) fn paragraph(properties: &str, text: &str) -> String {
    format!("<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>")
}

/// A workbook with one sheet of these rows.
pub(crate) fn xlsx(rows: &str) -> Vec<u8> {
    let workbook = r#"<workbook><sheets><sheet name="销售" sheetId="1" r:id="rId1"/>
        <sheet name="secret" sheetId="2" state="hidden" r:id="rId2"/></sheets></workbook>"#;
    let rels = relations(&[
        ("rId1", "worksheet", "worksheets/sheet1.xml"),
        ("rId2", "worksheet", "worksheets/sheet2.xml"),
        ("rId3", "sharedStrings", "sharedStrings.xml"),
    ]);
    let strings = "<sst><si><t>日期</t></si><si><r><t>金</t></r><r><t>额</t></r><rPh><t>skip</t></rPh></si></sst>";
    let styles = r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/></numFmts>
        <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="10"/></cellXfs></styleSheet>"#;
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let hidden =
        "<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>hidden words</t></is></c></row></sheetData></worksheet>";
    zipped(&[
        ("xl/workbook.xml", workbook),
        ("xl/_rels/workbook.xml.rels", &rels),
        ("xl/sharedStrings.xml", strings),
        ("xl/styles.xml", styles),
        ("xl/worksheets/sheet1.xml", &sheet),
        ("xl/worksheets/sheet2.xml", hidden),
    ])
}

/// A presentation with this many slides, the first two in the other order than their names.
pub(crate) fn pptx(slides: usize) -> Vec<u8> {
    let order = |at: usize| if at < 2 && slides > 1 { 1 - at } else { at };
    let ids: String =
        (0..slides).map(|at| format!(r#"<p:sldId id="{}" r:id="rId{}"/>"#, 256 + at, order(at))).collect();
    let presentation = format!("<p:presentation><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>");
    let names: Vec<(String, String)> =
        (0..slides).map(|at| (format!("rId{at}"), format!("slides/slide{at}.xml"))).collect();
    let targets: Vec<_> = names.iter().map(|(id, target)| (id.as_str(), "slide", target.as_str())).collect();
    let mut parts = vec![
        ("ppt/presentation.xml".to_owned(), presentation),
        ("ppt/_rels/presentation.xml.rels".to_owned(), relations(&targets)),
        (
            "ppt/slides/_rels/slide0.xml.rels".to_owned(),
            relations(&[("rId9", "notesSlide", "../notesSlides/notes.xml")]),
        ),
        ("ppt/notesSlides/notes.xml".to_owned(), shape("body", "讲稿 here")),
    ];
    parts.extend((0..slides).map(|at| (format!("ppt/slides/slide{at}.xml"), slide(at))));
    let parts: Vec<_> = parts.iter().map(|(name, content)| (name.as_str(), content.as_str())).collect();
    zipped(&parts)
}

fn slide(number: usize) -> String {
    let table = "<a:tbl><a:tr><a:tc><a:p><a:r><a:t>甲</a:t></a:r></a:p></a:tc><a:tc><a:p><a:r><a:t>乙</a:t></a:r></a:p></a:tc></a:tr></a:tbl>";
    format!(
        "<p:sld>{}{}{}{table}</p:sld>",
        shape("title", &format!("标题{number}")),
        shape("body", "point"),
        shape("sldNum", "7")
    )
}

fn shape(kind: &str, text: &str) -> String {
    format!(
        r#"<p:sp><p:nvPr><p:ph type="{kind}"/></p:nvPr><p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"#
    )
}

/// A PDF of objects, numbered from 1, of which the first is the catalog.
pub(crate) fn pdf(objects: &[String]) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.extend_from_slice(format!("{} 0 obj\n{object}\nendobj\n", at + 1).as_bytes());
    }
    let table = file.len();
    file.extend_from_slice(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).as_bytes());
    for place in places {
        file.extend_from_slice(format!("{place:010} 00000 n \n").as_bytes());
    }
    let size = objects.len() + 1;
    file.extend_from_slice(format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n").as_bytes());
    file
}

/// A stream that is not packed.
pub(crate) fn stream(dictionary: &str, data: &str) -> String {
    format!("<< {dictionary} /Length {} >>\nstream\n{data}\nendstream", data.len())
}

/// A PDF with one page for each content, all with the same Latin font `/F1` and Chinese font `/F2`. In the Chinese font,
/// code n from 1 is the n-th letter of `letters`, by its ToUnicode map.
pub(crate) fn pdf_of_pages(contents: &[&str], letters: &str) -> Vec<u8> {
    let kids: String = (0..contents.len()).map(|at| format!("{} 0 R ", 7 + 2 * at)).collect();
    let map: String = letters
        .chars()
        .enumerate()
        .map(|(at, letter)| {
            let units: String = letter.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("{unit:04X}")).collect();
            format!("<{:04X}> <{units}>\n", at + 1)
        })
        .collect();
    let count = letters.chars().count();
    let map = format!("1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{count} beginbfchar\n{map}endbfchar\n");
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{kids}] /Count {} /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>", contents.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
        "<< /Type /Font /Subtype /Type0 /BaseFont /Song /Encoding /Identity-H /DescendantFonts [5 0 R] /ToUnicode 6 0 R >>".to_owned(),
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Song /DW 1000 >>".to_owned(),
        stream("", &map),
    ];
    for (at, content) in contents.iter().enumerate() {
        objects.push(format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R >>", 8 + 2 * at));
        objects.push(stream("", content));
    }
    pdf(&objects)
}
