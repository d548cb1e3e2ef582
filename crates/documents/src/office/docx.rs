//! Word documents. Headings come from styles, lists from their numbering, text boxes once, footnotes at the end.

use super::numbering::{Numbering, level_of};
use super::{read_title, text_within};
use crate::output::Table;
use crate::package::Package;
use crate::work::{Flow, Work};
use crate::xml::{Node, Xml, attribute};
use quick_xml::events::BytesStart;
use std::collections::HashMap;

/// Most columns that one merged cell stands for.
const MOST_SPAN: u32 = 64;

/// Reads a document.
pub(crate) fn read(bytes: &[u8], work: &mut Work) -> Flow {
    let mut package = Package::open(bytes, work)?;
    read_title(&mut package, work)?;
    let styles = styles(&mut package, work)?;
    let numbering = Numbering::read(&mut package, work)?;
    let mut body = Body { styles, numbering, paragraphs: Vec::new(), tables: Vec::new() };
    let text = package.part("word/document.xml", work)?;
    body.read(&text, work)?;
    work.release(text.len());
    for part in ["word/footnotes.xml", "word/endnotes.xml"] {
        if let Some(text) = package.optional(part, work)? {
            body.read(&text, work)?;
            work.release(text.len());
        }
    }
    Ok(())
}

/// What a style makes of its paragraphs.
#[derive(Clone, Default)]
struct Style {
    heading: Option<usize>,
    list: Option<String>,
}

/// The styles that make headings or list items.
fn styles(package: &mut Package<'_>, work: &mut Work) -> Flow<HashMap<String, Style>> {
    let mut styles: HashMap<String, Style> = HashMap::new();
    let Some(text) = package.optional("word/styles.xml", work)? else { return Ok(styles) };
    let mut id = String::new();
    let mut xml = Xml::new(&text);
    while let Some(node) = xml.next(work)? {
        let Node::Open(tag) = node else { continue };
        let value = attribute(&tag, "val");
        let heading = match tag.local_name().as_ref() {
            "style" => {
                id = attribute(&tag, "styleId").unwrap_or_default();
                None
            }
            "name" => value.as_deref().and_then(level_of_name),
            "outlineLvl" => value.as_deref().and_then(level_of_outline),
            "numId" => {
                styles.entry(id.clone()).or_default().list = value;
                None
            }
            _ => None,
        };
        if let Some(level) = heading {
            styles.entry(id.clone()).or_default().heading.get_or_insert(level);
        }
    }
    work.release(text.len());
    Ok(styles)
}

/// The level of a paragraph in the outline; 9 is ordinary text.
fn level_of_outline(value: &str) -> Option<usize> {
    value.parse::<usize>().ok().filter(|level| *level < 9).map(|level| level + 1)
}

/// The level of the built-in styles, whose names are English in every language of Word.
fn level_of_name(name: &str) -> Option<usize> {
    let name = name.to_ascii_lowercase();
    if name == "title" {
        return Some(1);
    }
    name.strip_prefix("heading ").and_then(|level| level.trim().parse().ok()).filter(|level| (1..=9).contains(level))
}

/// A paragraph while it is read.
#[derive(Default)]
struct Paragraph {
    text: String,
    heading: Option<usize>,
    list: Option<(String, usize)>,
}

/// A table while it is read, with the column of the next cell and the text of the present one.
#[derive(Default)]
struct OpenTable {
    table: Table,
    column: u32,
    span: u32,
    cell: String,
}

struct Body {
    styles: HashMap<String, Style>,
    numbering: Numbering,
    /// More than one while a text box is read, which stands inside a paragraph.
    paragraphs: Vec<Paragraph>,
    tables: Vec<OpenTable>,
}

impl Body {
    fn read(&mut self, text: &str, work: &mut Work) -> Flow {
        let mut xml = Xml::new(text);
        while let Some(node) = xml.next(work)? {
            match node {
                Node::Open(tag) => self.open(&tag, &mut xml, work)?,
                Node::Close(tag) => self.close(tag.local_name().as_ref(), work)?,
                Node::Text(_) => {}
            }
        }
        Ok(())
    }

    fn open(&mut self, tag: &BytesStart<'_>, xml: &mut Xml<'_>, work: &mut Work) -> Flow {
        match tag.local_name().as_ref() {
            "p" => self.paragraphs.push(Paragraph::default()),
            "t" => {
                let text = text_within(xml, work)?;
                self.write(&text);
            }
            "tab" => self.write("\t"),
            "br" | "cr" => self.write("\n"),
            "noBreakHyphen" => self.write("-"),
            "pStyle" => self.style(attribute(tag, "val")),
            "outlineLvl" => self.outline(attribute(tag, "val").as_deref()),
            "numId" => self.list(attribute(tag, "val")),
            "ilvl" => self.level(attribute(tag, "val")),
            "tbl" => self.tables.push(OpenTable::default()),
            "tr" => self.row(work)?,
            "gridSpan" => self.span(attribute(tag, "val")),
            "footnoteReference" | "endnoteReference" => self.note(attribute(tag, "id")),
            // The same text for older programs, deleted text, and the instructions of fields.
            "Fallback" | "del" | "moveFrom" | "instrText" | "delText" => xml.skip(work)?,
            // Definitions within paragraph properties that would look like those of the paragraph.
            "pPrChange" | "rPr" | "tabs" => xml.skip(work)?,
            "footnote" | "endnote" => self.open_note(tag, xml, work)?,
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str, work: &mut Work) -> Flow {
        match name {
            "p" => self.end_paragraph(work),
            "tc" => self.end_cell(work),
            "tbl" => self.end_table(work),
            _ => Ok(()),
        }
    }

    fn write(&mut self, text: &str) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.text.push_str(text);
        }
    }

    fn style(&mut self, style: Option<String>) {
        let style = style.and_then(|style| self.styles.get(&style)).cloned().unwrap_or_default();
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.heading = paragraph.heading.or(style.heading);
            paragraph.list = style.list.map(|list| (list, 0));
        }
    }

    fn outline(&mut self, level: Option<&str>) {
        let level = level.and_then(level_of_outline);
        if let (Some(paragraph), Some(level)) = (self.paragraphs.last_mut(), level) {
            paragraph.heading = Some(level);
        }
    }

    fn list(&mut self, list: Option<String>) {
        if let (Some(paragraph), Some(list)) = (self.paragraphs.last_mut(), list) {
            let level = paragraph.list.as_ref().map_or(0, |(_, level)| *level);
            // List 0 takes a paragraph out of the list that its style puts it in.
            paragraph.list = (list != "0").then_some((list, level));
        }
    }

    fn level(&mut self, level: Option<String>) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            let list = paragraph.list.take().map(|(list, _)| list).unwrap_or_default();
            paragraph.list = Some((list, level_of(level)));
        }
    }

    fn row(&mut self, work: &Work) -> Flow {
        let Some(open) = self.tables.last_mut() else { return Ok(()) };
        open.column = 0;
        open.table.row(work.output.left())
    }

    fn span(&mut self, span: Option<String>) {
        let span = span.and_then(|span| span.parse().ok()).unwrap_or(1);
        if let Some(open) = self.tables.last_mut() {
            open.span = u32::min(span, MOST_SPAN);
        }
    }

    fn note(&mut self, id: Option<String>) {
        if let Some(id) = id {
            self.write(&format!("[^{id}]"));
        }
    }

    /// The text of a note begins; those that only draw a line have a type.
    fn open_note(&mut self, tag: &BytesStart<'_>, xml: &mut Xml<'_>, work: &mut Work) -> Flow {
        if attribute(tag, "type").is_some_and(|kind| kind != "normal") {
            return xml.skip(work);
        }
        work.output.paragraph()?;
        work.output.push(&format!("[^{}]: ", attribute(tag, "id").unwrap_or_default()))
    }

    fn end_paragraph(&mut self, work: &mut Work) -> Flow {
        let Some(paragraph) = self.paragraphs.pop() else { return Ok(()) };
        if let Some(open) = self.tables.last_mut() {
            open.cell.push_str(&paragraph.text);
            open.cell.push(' ');
            return Ok(());
        }
        match (paragraph.heading, paragraph.list) {
            (Some(level), _) => work.output.heading(level, &paragraph.text),
            (None, Some((list, level))) if !paragraph.text.trim().is_empty() => {
                let mark = self.numbering.mark(&list, level);
                work.output.item(level, &mark, &paragraph.text)
            }
            _ => work.output.block(&paragraph.text),
        }
    }

    fn end_cell(&mut self, work: &Work) -> Flow {
        let Some(open) = self.tables.last_mut() else { return Ok(()) };
        let text = std::mem::take(&mut open.cell);
        open.table.cell(open.column, &text, work.output.left())?;
        open.column = open.column.saturating_add(open.span.max(1));
        open.span = 0;
        Ok(())
    }

    fn end_table(&mut self, work: &mut Work) -> Flow {
        let Some(closed) = self.tables.pop() else { return Ok(()) };
        match self.tables.last_mut() {
            Some(outer) => {
                outer.cell.push_str(&closed.table.flat());
                outer.cell.push(' ');
                Ok(())
            }
            None => work.output.table(&closed.table),
        }
    }
}
