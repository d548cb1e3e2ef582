//! Documents of Office programs: zipped XML. Reads what a person sees, in the order they see it; never formulas, macros,
//! comments or deleted text.

pub(crate) mod docx;
mod numbering;
pub(crate) mod ods;
pub(crate) mod pptx;
mod relations;
mod sheet;
mod styles;
pub(crate) mod xlsx;

use crate::package::Package;
use crate::work::{Flow, Work};
use crate::xml::{Node, Xml};

/// Takes the document's title from its core properties, where it has any.
fn read_title(package: &mut Package<'_>, work: &mut Work) -> Flow {
    let Some(text) = package.optional("docProps/core.xml", work)? else { return Ok(()) };
    let mut xml = Xml::new(&text);
    while let Some(node) = xml.next(work)? {
        if matches!(&node, Node::Open(tag) if tag.local_name().as_ref() == "title") {
            let title = text_within(&mut xml, work)?;
            work.set_title(&title);
        }
    }
    work.release(text.len());
    Ok(())
}

/// All characters up to the end of the element that was just opened, when it holds nothing but characters.
fn text_within(xml: &mut Xml<'_>, work: &mut Work) -> Flow<String> {
    let mut text = String::new();
    loop {
        match xml.next(work)? {
            Some(Node::Text(piece)) => text.push_str(&piece),
            Some(Node::Open(_)) => xml.skip(work)?,
            Some(Node::Close(_)) | None => return Ok(text),
        }
    }
}
