//! Web pages, Markdown, code and plain text.

use documents::{Cut, Extracted, Kind, Limits, extract};

fn read(kind: Kind, bytes: &[u8]) -> Extracted {
    extract(kind, bytes, Limits::default()).expect("has text")
}

#[test]
fn a_web_page_gives_what_a_person_sees() {
    let page = "<!doctype html><html><head><title>The &lt;title&gt;</title><style>p{}</style></head><body>\
        <nav><ul><li>Home</ul></nav><h1>Head</h1><p>One<br>two &amp;\n  three&nbsp;&hellip;</p>\
        <script>if (a < b) document.write('</p>')</script>\
        <ol><li>first<li>second</ol><ul><li>bullet <b>bold</b></li></ul>\
        <table><tr><th>甲<th>乙<tr><td>1|<td>2</table><pre>  code\n    more</pre><img alt='a picture'>tail</body></html>";
    let read = read(Kind::Html, page.as_bytes());
    let expected = "# Head\n\nOne\ntwo & three …\n\n1. first\n2. second\n\n- bullet bold\n\n\
        | 甲 | 乙 |\n| --- | --- |\n| 1\\| | 2 |\n\n```\n  code\n    more\n```\n\n[a picture]tail";
    assert_eq!(read.text, expected);
    assert_eq!(read.title.as_deref(), Some("The <title>"));
}

#[test]
fn a_page_in_gbk_says_so_itself() {
    let page = "<html><head><meta charset=\"gb2312\"></head><body><p>你好</p></body></html>";
    assert_eq!(read(Kind::Html, &encoding_rs::GBK.encode(page).0).text, "你好");
}

#[test]
fn markdown_and_code_are_left_as_they_are() {
    let markdown = read(Kind::Markdown, "# 标题\r\n\r\n* a\r\n".as_bytes());
    assert_eq!((markdown.text.as_str(), markdown.title.as_deref()), ("# 标题\n\n* a", Some("标题")));
    assert_eq!(read(Kind::Code("rust"), b"fn main() {\n\tx();\n}\n").text, "fn main() {\n\tx();\n}");
}

#[test]
fn every_encoding_of_plain_text_is_read() {
    let text = "第一行：中文文本\n第二行";
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let files = [
        text.as_bytes().to_vec(),
        encoding_rs::GB18030.encode(text).0.into_owned(),
        [&[0xff, 0xfe], &wide[..]].concat(),
    ];
    for file in files {
        assert_eq!(read(Kind::PlainText, &file).text, text);
    }
}

#[test]
fn a_long_text_is_cut_and_says_so() {
    let limits = Limits { characters: 5, ..Limits::default() };
    let read = extract(Kind::PlainText, "一二三四五六".as_bytes(), limits).expect("has text");
    assert_eq!((read.text.as_str(), read.characters, read.truncated), ("一二三四五", 5, Some(Cut::Characters)));
}
