//! Which part of a package refers to which. Follows only references within the package.

use crate::package::Package;
use crate::work::{Flow, Work};
use crate::xml::{Node, Xml, attribute};
use std::collections::HashMap;

/// The targets of one part.
#[derive(Default)]
pub(super) struct Relations {
    by_id: HashMap<String, String>,
    by_type: Vec<(String, String)>,
}

impl Relations {
    /// Reads the relations of a part such as `ppt/presentation.xml`.
    pub(super) fn of(part: &str, package: &mut Package<'_>, work: &mut Work) -> Flow<Self> {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let Some(text) = package.optional(&format!("{folder}/_rels/{name}.rels"), work)? else {
            return Ok(Self::default());
        };
        let mut relations = Self::default();
        let mut xml = Xml::new(&text);
        while let Some(node) = xml.next(work)? {
            let Node::Open(tag) = node else { continue };
            let outside = attribute(&tag, "TargetMode").is_some_and(|mode| mode == "External");
            if let (Some(id), Some(target), false) = (attribute(&tag, "Id"), attribute(&tag, "Target"), outside) {
                let target = absolute(folder, &target);
                relations.by_type.push((attribute(&tag, "Type").unwrap_or_default(), target.clone()));
                relations.by_id.insert(id, target);
            }
        }
        work.release(text.len());
        Ok(relations)
    }

    /// The part with an id.
    pub(super) fn target(&self, id: &str) -> Option<&str> {
        self.by_id.get(id).map(String::as_str)
    }

    /// The first part whose kind ends with a word.
    pub(super) fn of_type(&self, end: &str) -> Option<&str> {
        self.by_type.iter().find(|(kind, _)| kind.ends_with(end)).map(|(_, target)| target.as_str())
    }
}

/// A target as the package names it.
fn absolute(folder: &str, target: &str) -> String {
    let mut path: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/').filter(|step| !step.is_empty() && *step != ".") {
        if step == ".." {
            path.pop();
        } else {
            path.push(step);
        }
    }
    path.join("/")
}

#[cfg(test)]
mod tests {
    #[test]
    fn targets_are_found_from_their_folder() {
        assert_eq!(super::absolute("ppt/slides", "../notesSlides/notesSlide1.xml"), "ppt/notesSlides/notesSlide1.xml");
        assert_eq!(super::absolute("xl", "/xl/worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(super::absolute("xl", "../../../x"), "x");
    }
}
