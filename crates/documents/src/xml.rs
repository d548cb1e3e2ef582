//! XML of Office documents, one node after another. Never builds a tree, never expands an entity of the document's own,
//! and refuses a document type declaration, which no Office program writes.

use crate::work::{Flow, Work, broken};
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesEnd, BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::borrow::Cow;

/// Deepest nesting: Word's own documents stay far below.
const DEEPEST: usize = 256;

/// A node of a document.
pub(crate) enum Node<'a> {
    /// The start of an element; an empty one is followed by its end.
    Open(BytesStart<'a>),
    /// The end of an element.
    Close(BytesEnd<'a>),
    /// Characters between tags.
    Text(Cow<'a, str>),
}

/// A document that is read.
pub(crate) struct Xml<'a> {
    reader: Reader<&'a [u8]>,
    depth: usize,
}

impl<'a> Xml<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, depth: 0 }
    }

    /// The next node; `None` at the end.
    pub(crate) fn next(&mut self, work: &mut Work) -> Flow<Option<Node<'a>>> {
        loop {
            work.step()?;
            let Ok(event) = self.reader.read_event() else { return broken("malformed XML") };
            return Ok(Some(match event {
                Event::Start(tag) => {
                    self.deeper()?;
                    Node::Open(tag)
                }
                Event::End(tag) => {
                    self.depth = self.depth.saturating_sub(1);
                    Node::Close(tag)
                }
                Event::Text(text) => Node::Text(text.xml10_content()),
                Event::CData(text) => Node::Text(text.xml10_content()),
                Event::GeneralRef(reference) => Node::Text(resolve(&reference)?),
                Event::DocType(_) => return broken("a document type declaration"),
                Event::Eof if self.depth > 0 => return broken("XML that ends too early"),
                Event::Eof => return Ok(None),
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => continue,
            }));
        }
    }

    /// Passes over everything up to the end of the element that was just opened.
    pub(crate) fn skip(&mut self, work: &mut Work) -> Flow {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside && self.next(work)?.is_some() {}
        Ok(())
    }

    fn deeper(&mut self) -> Flow {
        self.depth += 1;
        if self.depth > DEEPEST { broken("XML nested too deeply") } else { Ok(()) }
    }
}

/// The value of an attribute, by its name without prefix.
pub(crate) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    // Looking for duplicates takes time that grows with the square of their number.
    let mut attributes = tag.attributes();
    let found = attributes.with_checks(false).flatten().find(|found| found.key.local_name().as_ref() == name)?;
    Some(found.normalized_value(XmlVersion::Implicit1_0).map_or_else(|_| found.value.to_string(), Cow::into_owned))
}

/// The value of an attribute with exactly this prefix and name, where an element has two of one name.
pub(crate) fn prefixed_attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = tag.attributes();
    let found = attributes.with_checks(false).flatten().find(|found| found.key.as_ref() == name)?;
    Some(found.value.to_string())
}

/// The characters behind `&name;` or `&#number;`.
fn resolve(reference: &BytesRef<'_>) -> Flow<Cow<'static, str>> {
    if let Ok(Some(letter)) = reference.resolve_char_ref() {
        return Ok(Cow::Owned(letter.to_string()));
    }
    match resolve_predefined_entity(reference) {
        Some(text) => Ok(Cow::Borrowed(text)),
        None => broken("an entity that XML does not know"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn text_of(xml: &str) -> Flow<String> {
        let mut work = Work::new(Limits::default());
        let mut reader = Xml::new(xml);
        let mut text = String::new();
        while let Some(node) = reader.next(&mut work)? {
            if let Node::Text(piece) = node {
                text.push_str(&piece);
            }
        }
        Ok(text)
    }

    #[test]
    fn predefined_entities_are_resolved_and_others_refused() {
        assert_eq!(text_of("<a>x &amp; y&#x4e2d;<![CDATA[<z>]]></a>").ok().as_deref(), Some("x & y中<z>"));
        assert!(text_of("<a>&bomb;</a>").is_err());
        assert!(text_of("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>").is_err());
    }

    #[test]
    fn nesting_has_an_end() {
        assert!(text_of(&("<a>".repeat(200) + &"</a>".repeat(200))).is_ok());
        assert!(text_of(&("<a>".repeat(100_000) + &"</a>".repeat(100_000))).is_err());
        assert!(text_of("<a><b></b>").is_err());
    }
}
