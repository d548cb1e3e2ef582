//! PowerPoint presentations: slides in their order, each with its number and title, then its text, tables and notes.

use super::relations::Relations;
use super::{read_title, text_within};
use crate::output::{Table, one_line};
use crate::package::Package;
use crate::work::{Flow, Work};
use crate::xml::{Node, Xml, attribute, prefixed_attribute};
use quick_xml::events::BytesStart;

/// Reads a presentation.
pub(crate) fn read(bytes: &[u8], work: &mut Work) -> Flow {
    let mut package = Package::open(bytes, work)?;
    read_title(&mut package, work)?;
    let relations = Relations::of("ppt/presentation.xml", &mut package, work)?;
    let slides = slides(&mut package, &relations, work)?;
    work.count_pages(slides.len())?;
    for (at, part) in slides.iter().enumerate() {
        let text = package.part(part, work)?;
        let slide = Slide::read(&text, work)?;
        work.release(text.len());
        slide.write(at + 1, work)?;
        let relations = Relations::of(part, &mut package, work)?;
        if let Some(notes) = relations.of_type("/notesSlide") {
            write_notes(notes, &mut package, work)?;
        }
    }
    Ok(())
}

/// The parts of the slides, in the order they are shown.
fn slides(package: &mut Package<'_>, relations: &Relations, work: &mut Work) -> Flow<Vec<String>> {
    let text = package.part("ppt/presentation.xml", work)?;
    let mut slides = Vec::new();
    let mut xml = Xml::new(&text);
    while let Some(node) = xml.next(work)? {
        let Node::Open(tag) = node else { continue };
        if tag.local_name().as_ref() == "sldId" {
            // The element also has an `id` of its own.
            let id = prefixed_attribute(&tag, "r:id");
            slides.extend(id.and_then(|id| relations.target(&id).map(str::to_owned)));
        }
    }
    work.release(text.len());
    Ok(slides)
}

fn write_notes(part: &str, package: &mut Package<'_>, work: &mut Work) -> Flow {
    let Some(text) = package.optional(part, work)? else { return Ok(()) };
    let notes = Slide::read(&text, work)?;
    work.release(text.len());
    let lines = notes.pieces.iter().filter_map(|piece| match piece {
        Piece::Line { text, kind: Holder::Body, .. } => Some(one_line(text)),
        _ => None,
    });
    for line in lines.filter(|line| !line.is_empty()) {
        work.output.block(&format!("> {line}"))?;
    }
    Ok(())
}

/// What a shape is for.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Holder {
    Title,
    Body,
    /// The number, date or footer, which every slide repeats.
    Furniture,
    #[default]
    Other,
}

enum Piece {
    Line { text: String, level: usize, kind: Holder },
    Table(Table),
}

#[derive(Default)]
struct Slide {
    pieces: Vec<Piece>,
    holder: Holder,
    line: Option<(String, usize)>,
    table: Option<(Table, u32, String)>,
}

impl Slide {
    fn read(text: &str, work: &mut Work) -> Flow<Self> {
        let mut slide = Self::default();
        let mut xml = Xml::new(text);
        while let Some(node) = xml.next(work)? {
            match node {
                Node::Open(tag) => slide.open(&tag, &mut xml, work)?,
                Node::Close(tag) => slide.close(tag.local_name().as_ref(), work)?,
                Node::Text(_) => {}
            }
        }
        Ok(slide)
    }

    fn open(&mut self, tag: &BytesStart<'_>, xml: &mut Xml<'_>, work: &mut Work) -> Flow {
        match tag.local_name().as_ref() {
            "sp" => self.holder = Holder::Other,
            "ph" => self.holder = holder(attribute(tag, "type").as_deref()),
            "p" => self.line = Some((String::new(), 0)),
            "pPr" => self.level(attribute(tag, "lvl")),
            "t" => {
                let text = text_within(xml, work)?;
                self.push(&text);
            }
            "br" => self.push(" "),
            "tbl" => self.table = Some((Table::default(), 0, String::new())),
            "tr" => {
                if let Some((table, column, _)) = &mut self.table {
                    *column = 0;
                    table.row(work.output.left())?;
                }
            }
            "Fallback" => xml.skip(work)?,
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str, work: &Work) -> Flow {
        match name {
            "p" => self.end_line(),
            "tc" => {
                if let Some((table, column, text)) = &mut self.table {
                    table.cell(*column, &std::mem::take(text), work.output.left())?;
                    *column = column.saturating_add(1);
                }
            }
            "tbl" => self.pieces.extend(self.table.take().map(|(table, ..)| Piece::Table(table))),
            "sp" => self.holder = Holder::Other,
            _ => {}
        }
        Ok(())
    }

    fn level(&mut self, level: Option<String>) {
        if let (Some((_, of)), Some(level)) = (&mut self.line, level.and_then(|level| level.parse().ok())) {
            *of = level;
        }
    }

    fn push(&mut self, text: &str) {
        if let Some((line, _)) = &mut self.line {
            line.push_str(text);
        }
    }

    fn end_line(&mut self) {
        let Some((text, level)) = self.line.take() else { return };
        if let Some((.., cell)) = &mut self.table {
            cell.push_str(&text);
            cell.push(' ');
        } else if !text.trim().is_empty() {
            self.pieces.push(Piece::Line { text, level, kind: self.holder });
        }
    }

    fn write(&self, number: usize, work: &mut Work) -> Flow {
        let title = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Line { text, kind: Holder::Title, .. } => Some(one_line(text)),
            _ => None,
        });
        let title = title.collect::<Vec<_>>().join(" ");
        let colon = if title.is_empty() { "" } else { ": " };
        work.output.heading(2, &format!("Slide {number}{colon}{title}"))?;
        for piece in &self.pieces {
            match piece {
                Piece::Line { text, level, kind: Holder::Body } => work.output.item(*level, "-", text)?,
                Piece::Line { text, kind: Holder::Other, .. } => work.output.block(&one_line(text))?,
                Piece::Line { .. } => {}
                Piece::Table(table) => work.output.table(table)?,
            }
        }
        Ok(())
    }
}

/// What a placeholder is for; one without a type is an ordinary body.
fn holder(kind: Option<&str>) -> Holder {
    match kind {
        Some("title" | "ctrTitle") => Holder::Title,
        Some("sldNum" | "dt" | "ftr" | "hdr") => Holder::Furniture,
        Some("subTitle") => Holder::Other,
        _ => Holder::Body,
    }
}
