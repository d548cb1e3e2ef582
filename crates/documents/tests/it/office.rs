//! Word, Excel, OpenDocument and PowerPoint.

use crate::fixtures::{docx, paragraph, pptx, xlsx, zipped};
use documents::{Extracted, Kind, Limits, extract};

fn read(kind: Kind, bytes: &[u8]) -> Extracted {
    extract(kind, bytes, Limits::default()).expect("has text")
}

#[test]
fn word_gives_headings_lists_tables_and_notes() {
    let cell = |text: &str| format!("<w:tc>{}</w:tc>", paragraph("", text));
    let list = |id: u32| format!(r#"<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{id}"/></w:numPr>"#);
    let body = [
        paragraph(r#"<w:pStyle w:val="1"/>"#, "第一章"),
        paragraph("", "Plain &amp; 中文 text"),
        paragraph(&list(1), "one"),
        paragraph(r#"<w:pStyle w:val="Listed"/>"#, "two"),
        paragraph(&list(2), "bullet"),
        paragraph(r#"<w:pStyle w:val="Sub"/>"#, "Section"),
        format!("<w:tbl><w:tr>{}{}</w:tr><w:tr>{}{}</w:tr></w:tbl>", cell("甲"), cell("乙"), cell("a|b"), cell("2")),
        "<w:p><w:del><w:r><w:t>gone</w:t></w:r></w:del><w:ins><w:r><w:t>kept</w:t></w:r></w:ins></w:p>".to_owned(),
    ];
    let read = read(Kind::Docx, &docx(&body.concat()));
    let expected = "# 第一章\n\nPlain & 中文 text\n\n1. one\n2. two\n- bullet\n\n## Section\n\n\
        | 甲 | 乙 |\n| --- | --- |\n| a\\|b | 2 |\n\nkept";
    assert_eq!(read.text, expected);
    assert_eq!(read.title.as_deref(), Some("年度 报告"));
    assert_eq!((read.pages, read.characters), (None, expected.chars().count()));
}

#[test]
fn a_text_box_is_read_once_and_a_table_in_a_cell_is_text() {
    let text_box = format!(
        "<w:p><mc:AlternateContent><mc:Choice><w:txbxContent>{0}</w:txbxContent></mc:Choice>\
         <mc:Fallback><w:txbxContent>{0}</w:txbxContent></mc:Fallback></mc:AlternateContent><w:r><w:t>outer</w:t></w:r></w:p>",
        paragraph("", "boxed")
    );
    let inner = format!("<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>", paragraph("", "inner"));
    let nested = format!("<w:tbl><w:tr><w:tc>{inner}{}</w:tc></w:tr></w:tbl>", paragraph("", "cell"));
    assert_eq!(read(Kind::Docx, &docx(&(text_box + &nested))).text, "boxed\n\nouter\n\n| inner cell |\n| --- |");
}

#[test]
fn excel_gives_visible_sheets_with_dates_and_values() {
    let rows = r#"<row><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>
        <row><c r="A2" s="1"><v>45000</v></c><c r="C2"><f>A1+1</f><v>0.30000000000000004</v></c></row>
        <row><c r="A3" s="2"><v>45000.5</v></c><c r="C3" s="3"><v>0.125</v></c></row>
        <row><c r="A4" t="b"><v>1</v></c><c r="XFD4" t="inlineStr"><is><t>far</t></is></c></row>"#;
    let read = read(Kind::Xlsx, &xlsx(rows));
    let expected = "## 销售\n\n| 日期 | 金额 | |\n| --- | --- | --- |\n| 2023-03-15 | 0.3 | |\n\
        | 2023-03-15 12:00:00 | 12.5% | |\n| TRUE | | far |";
    assert_eq!(read.text, expected);
    assert_eq!(read.pages, Some(1));
}

#[test]
fn open_document_sheets_believe_repetition_only_so_far() {
    let content = r#"<office:document-content><office:body><office:spreadsheet><table:table table:name="表一">
        <table:table-row><table:table-cell><text:p>项</text:p></table:table-cell>
        <table:table-cell table:number-columns-repeated="2"><text:p>x</text:p></table:table-cell>
        <table:table-cell table:number-columns-repeated="1000000000"/></table:table-row>
        <table:table-row table:number-rows-repeated="1048576"><table:table-cell/></table:table-row>
        </table:table></office:spreadsheet></office:body></office:document-content>"#;
    let mimetype = "application/vnd.oasis.opendocument.spreadsheet";
    let read = read(Kind::Ods, &zipped(&[("mimetype", mimetype), ("content.xml", content)]));
    assert_eq!(read.text, "## 表一\n\n| 项 | x | x |\n| --- | --- | --- |");
}

#[test]
fn slides_come_in_the_order_they_are_shown_with_notes() {
    let read = read(Kind::Pptx, &pptx(2));
    let table = "| 甲 | 乙 |\n| --- | --- |";
    let expected =
        format!("## Slide 1: 标题1\n\n- point\n\n{table}\n\n## Slide 2: 标题0\n\n- point\n\n{table}\n\n> 讲稿 here");
    assert_eq!(read.text, expected);
    assert_eq!(read.pages, Some(2));
}
