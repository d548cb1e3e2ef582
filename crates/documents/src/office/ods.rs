//! Spreadsheets of LibreOffice and its kin: every sheet as a table under its name. Repetition is believed only as far as
//! a person would look.

use super::sheet::Sheet;
use crate::package::Package;
use crate::work::{Flow, Work};
use crate::xml::{Node, Xml, attribute};
use quick_xml::events::BytesStart;

/// How often a repeated cell with text is written.
const MOST_REPEATED: u32 = 64;

/// Reads a spreadsheet.
pub(crate) fn read(bytes: &[u8], work: &mut Work) -> Flow {
    let mut package = Package::open(bytes, work)?;
    let text = package.part("content.xml", work)?;
    let mut reader = Reader::default();
    let mut xml = Xml::new(&text);
    let mut sheets = 0;
    let end = loop {
        let node = match xml.next(work) {
            Ok(Some(node)) => node,
            Ok(None) => break Ok(()),
            Err(stop) => break Err(stop),
        };
        if matches!(&node, Node::Open(tag) if tag.local_name().as_ref() == "table") {
            sheets += 1;
            work.count_pages(sheets)?;
        }
        if let Err(stop) = reader.take(&node, &mut xml, work) {
            break Err(stop);
        }
    };
    // What was read of the last sheet is worth having also when it is cut.
    reader.sheet.map_or(Ok(()), |sheet| sheet.write(work)).and(end)
}

#[derive(Default)]
struct Reader {
    sheet: Option<Sheet>,
    cell: Option<(String, u32)>,
}

impl Reader {
    fn take(&mut self, node: &Node<'_>, xml: &mut Xml<'_>, work: &mut Work) -> Flow {
        match node {
            Node::Open(tag) => self.open(tag, xml, work),
            Node::Close(tag) => self.close(tag.local_name().as_ref(), work),
            Node::Text(text) => {
                if let Some((cell, _)) = &mut self.cell {
                    cell.push_str(text);
                }
                Ok(())
            }
        }
    }

    fn open(&mut self, tag: &BytesStart<'_>, xml: &mut Xml<'_>, work: &mut Work) -> Flow {
        match (tag.local_name().as_ref(), &mut self.sheet) {
            ("table", _) => self.sheet = Some(Sheet::new(&attribute(tag, "name").unwrap_or_default())),
            ("table-row", Some(sheet)) => sheet.row(work)?,
            ("table-cell" | "covered-table-cell", _) => {
                let repeated = attribute(tag, "number-columns-repeated").and_then(|times| times.parse().ok());
                self.cell = Some((String::new(), repeated.unwrap_or(1)));
            }
            ("annotation", _) => xml.skip(work)?,
            ("p" | "s" | "tab" | "line-break", _) => {
                if let Some((cell, _)) = &mut self.cell {
                    cell.push(' ');
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str, work: &mut Work) -> Flow {
        match name {
            "table-cell" | "covered-table-cell" => self.end_cell(work),
            "table" => self.sheet.take().map_or(Ok(()), |sheet| sheet.write(work)),
            _ => Ok(()),
        }
    }

    fn end_cell(&mut self, work: &Work) -> Flow {
        let (Some((text, repeated)), Some(sheet)) = (self.cell.take(), &mut self.sheet) else { return Ok(()) };
        if text.trim().is_empty() {
            return sheet.cell("", repeated, work);
        }
        let written = repeated.clamp(1, MOST_REPEATED);
        (1..written).try_for_each(|_| sheet.cell(&text, 1, work))?;
        sheet.cell(&text, 1 + repeated.saturating_sub(written), work)
    }
}
