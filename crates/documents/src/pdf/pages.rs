//! The pages of a document in their order. Never visits a node of their tree twice.

use super::file::File;
use super::object::Object;
use crate::work::{Flow, Work, broken};
use std::collections::HashSet;
use std::rc::Rc;

/// What is drawn on a page and with what, as it stands in the file: a thousand pages may share large resources.
pub(super) struct Page {
    pub(super) contents: Object,
    pub(super) resources: Rc<Object>,
}

/// All pages.
pub(super) fn pages(file: &File<'_>, work: &mut Work) -> Flow<Vec<Page>> {
    let catalog = file.catalog(work)?;
    let mut pages = Vec::new();
    let mut visited = HashSet::new();
    let mut waiting = vec![(catalog.get("Pages").clone(), Rc::new(Object::Null))];
    while let Some((node, inherited)) = waiting.pop() {
        work.step()?;
        if let Object::Reference(number) = node
            && !visited.insert(number)
        {
            continue;
        }
        let node = file.resolve(&node, work)?.into_owned();
        let Some(node) = node.dictionary() else { continue };
        let resources = match node.get("Resources") {
            Object::Null => inherited,
            own => Rc::new(own.clone()),
        };
        match file.get(node, "Kids", work)? {
            Object::Array(kids) => waiting.extend(kids.into_iter().rev().map(|kid| (kid, Rc::clone(&resources)))),
            _ => {
                pages.push(Page { contents: node.get("Contents").clone(), resources });
                work.count_pages(pages.len())?;
            }
        }
    }
    if pages.is_empty() { broken("a PDF without pages") } else { Ok(pages) }
}
