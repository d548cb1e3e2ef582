//! Excel workbooks: every sheet that is not hidden, as a table under its name, with the values that the formulas had when
//! the file was saved.

use super::relations::Relations;
use super::sheet::Sheet;
use super::styles::Styles;
use super::{read_title, text_within};
use crate::error::ExtractError;
use crate::package::Package;
use crate::work::{Flow, Work};
use crate::xml::{Node, Xml, attribute, prefixed_attribute};
use quick_xml::events::BytesStart;

/// Most shared texts; each costs memory even when it is empty.
const MOST_TEXTS: usize = 2_000_000;

/// Reads a workbook.
pub(crate) fn read(bytes: &[u8], work: &mut Work) -> Flow {
    let mut package = Package::open(bytes, work)?;
    read_title(&mut package, work)?;
    let relations = Relations::of("xl/workbook.xml", &mut package, work)?;
    let mut styles = Styles::read(&mut package, work)?;
    let sheets = sheets(&mut package, &mut styles, work)?;
    work.count_pages(sheets.len())?;
    let texts = match relations.of_type("/sharedStrings") {
        Some(part) => shared_texts(part, &mut package, work)?,
        None => Vec::new(),
    };
    for (name, id) in sheets {
        // A chart sheet has no part with cells.
        let Some(part) = relations.target(&id) else { continue };
        let Some(text) = package.optional(part, work)? else { continue };
        let mut reader = SheetReader { sheet: Sheet::new(&name), texts: &texts, styles: &styles };
        let end = reader.read(&text, work);
        work.release(text.len());
        // What was read of a sheet is worth having also when it is cut.
        reader.sheet.write(work)?;
        end?;
    }
    Ok(())
}

/// Names and relation ids of the sheets that can be seen.
fn sheets(package: &mut Package<'_>, styles: &mut Styles, work: &mut Work) -> Flow<Vec<(String, String)>> {
    let text = package.part("xl/workbook.xml", work)?;
    let mut sheets = Vec::new();
    let mut xml = Xml::new(&text);
    while let Some(node) = xml.next(work)? {
        let Node::Open(tag) = node else { continue };
        match tag.local_name().as_ref() {
            "workbookPr" => {
                styles.from_1904 = attribute(&tag, "date1904").is_some_and(|value| value == "1" || value == "true");
            }
            "sheet" => {
                let visible = attribute(&tag, "state").is_none_or(|state| state == "visible");
                let id = prefixed_attribute(&tag, "r:id").or_else(|| attribute(&tag, "id"));
                sheets.extend(id.filter(|_| visible).map(|id| (attribute(&tag, "name").unwrap_or_default(), id)));
            }
            _ => {}
        }
    }
    work.release(text.len());
    Ok(sheets)
}

/// The texts that cells refer to by number, without the reading aids of Japanese.
fn shared_texts(part: &str, package: &mut Package<'_>, work: &mut Work) -> Flow<Vec<String>> {
    let Some(text) = package.optional(part, work)? else { return Ok(Vec::new()) };
    let mut texts = Vec::new();
    let mut xml = Xml::new(&text);
    while let Some(node) = xml.next(work)? {
        let Node::Open(tag) = node else { continue };
        match tag.local_name().as_ref() {
            "si" if texts.len() == MOST_TEXTS => return Err(ExtractError::TooLarge(work.limits.inflated).into()),
            "si" => texts.push(String::new()),
            "t" => {
                let piece = text_within(&mut xml, work)?;
                texts.iter_mut().next_back().into_iter().for_each(|text| text.push_str(&piece));
            }
            "rPh" => xml.skip(work)?,
            _ => {}
        }
    }
    Ok(texts)
}

struct SheetReader<'a> {
    sheet: Sheet,
    texts: &'a [String],
    styles: &'a Styles,
}

impl SheetReader<'_> {
    fn read(&mut self, text: &str, work: &mut Work) -> Flow {
        let mut xml = Xml::new(text);
        while let Some(node) = xml.next(work)? {
            let Node::Open(tag) = node else { continue };
            match tag.local_name().as_ref() {
                "row" => self.sheet.row(work)?,
                "c" => self.cell(&tag, &mut xml, work)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn cell(&mut self, tag: &BytesStart<'_>, xml: &mut Xml<'_>, work: &mut Work) -> Flow {
        self.sheet.place(attribute(tag, "r").as_deref());
        let kind = attribute(tag, "t").unwrap_or_default();
        let mut value = String::new();
        while let Some(node) = xml.next(work)? {
            match node {
                Node::Open(inner) => match inner.local_name().as_ref() {
                    "v" | "t" => value.push_str(&text_within(xml, work)?),
                    "is" | "r" => {}
                    _ => xml.skip(work)?,
                },
                Node::Close(end) if end.local_name().as_ref() == "c" => break,
                Node::Close(_) | Node::Text(_) => {}
            }
        }
        let value = self.value(&kind, value, attribute(tag, "s").as_deref());
        self.sheet.cell(&value, 1, work)
    }

    fn value(&self, kind: &str, value: String, style: Option<&str>) -> String {
        match kind {
            "s" => value.trim().parse::<usize>().ok().and_then(|at| self.texts.get(at)).cloned().unwrap_or_default(),
            "b" => if value.trim() == "1" { "TRUE" } else { "FALSE" }.to_owned(),
            "" | "n" if !value.is_empty() => self.styles.show(value.trim(), style),
            _ => value,
        }
    }
}
