//! Which paragraphs of a Word document are list items and what stands before them.

use crate::package::Package;
use crate::work::{Flow, Work};
use crate::xml::{Node, Xml, attribute};
use std::collections::HashMap;

/// Levels that Word knows.
const LEVELS: usize = 9;

/// The lists of a document and how far each has counted.
#[derive(Default)]
pub(super) struct Numbering {
    /// Whether a level of a list counts, by the list's number.
    counting: HashMap<String, [bool; LEVELS]>,
    counters: HashMap<String, [u32; LEVELS]>,
}

impl Numbering {
    /// Reads `word/numbering.xml`.
    pub(super) fn read(package: &mut Package<'_>, work: &mut Work) -> Flow<Self> {
        let Some(text) = package.optional("word/numbering.xml", work)? else { return Ok(Self::default()) };
        let mut numbering = Self::default();
        let mut patterns: HashMap<String, [bool; LEVELS]> = HashMap::new();
        let (mut pattern, mut list, mut level) = (String::new(), String::new(), 0);
        let mut xml = Xml::new(&text);
        while let Some(node) = xml.next(work)? {
            let Node::Open(tag) = node else { continue };
            match tag.local_name().as_ref() {
                "abstractNum" => pattern = attribute(&tag, "abstractNumId").unwrap_or_default(),
                "lvl" => level = level_of(attribute(&tag, "ilvl")),
                "numFmt" => {
                    let counts = attribute(&tag, "val").is_some_and(|format| format != "bullet" && format != "none");
                    patterns.entry(pattern.clone()).or_default()[level] = counts;
                }
                "num" => list = attribute(&tag, "numId").unwrap_or_default(),
                "abstractNumId" => {
                    let of = patterns.get(&attribute(&tag, "val").unwrap_or_default());
                    numbering.counting.insert(list.clone(), of.copied().unwrap_or_default());
                }
                _ => {}
            }
        }
        work.release(text.len());
        Ok(numbering)
    }

    /// What stands before the next item of a list.
    pub(super) fn mark(&mut self, list: &str, level: usize) -> String {
        let level = level.min(LEVELS - 1);
        if !self.counting.get(list).is_some_and(|levels| levels[level]) {
            return "-".to_owned();
        }
        let counters = self.counters.entry(list.to_owned()).or_default();
        counters[level] += 1;
        counters[level + 1..].fill(0);
        format!("{}.", counters[level])
    }
}

/// A level as it is written, within those that exist.
pub(super) fn level_of(value: Option<String>) -> usize {
    value.and_then(|value| value.parse::<usize>().ok()).unwrap_or(0).min(LEVELS - 1)
}
