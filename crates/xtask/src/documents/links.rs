//! Links inside the project: the file is there, and so is the heading. Links to other sites are not followed.

use super::page::{Page, without_code};
use crate::place::root;
use std::path::{Component, Path, PathBuf};

pub(super) fn faults(page: &Page, pages: &[Page]) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in &page.prose {
        for target in targets(&without_code(line, "").0) {
            found.extend(fault(page, &target, pages).map(|fault| format!("{}:{number}: {fault}", page.name)));
        }
    }
    found
}

/// Where the links of a line lead.
fn targets(line: &str) -> Vec<String> {
    let inside = line.split("](").skip(1);
    inside.filter_map(|rest| rest.split_once(')').map(|(target, _)| target.to_owned())).collect()
}

fn fault(page: &Page, target: &str, pages: &[Page]) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(anchor)));
    let name = if path.is_empty() { page.name.clone() } else { place(&page.name, path) };
    if !root().join(&name).exists() {
        return Some(format!("`{target}` leads nowhere"));
    }
    let anchor = anchor?;
    let there = pages.iter().find(|other| other.name == name)?;
    let known = there.headings.iter().any(|heading| heading.anchor == anchor);
    (!known).then(|| format!("{name} has no heading `#{anchor}`"))
}

/// A path as it is written in a page, below the workspace.
fn place(page: &str, path: &str) -> String {
    let mut whole = PathBuf::from(page);
    whole.pop();
    for part in Path::new(path).components() {
        match part {
            Component::ParentDir => drop(whole.pop()),
            Component::Normal(name) => whole.push(name),
            _ => {}
        }
    }
    whole.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(line: &str) -> Vec<String> {
        let pages =
            [Page::parse("docs/api.md", &format!("# The API\n{line}\n")), Page::parse("README.md", "# AIChat\n")];
        faults(&pages[0], &pages)
    }

    #[test]
    fn what_exists_is_no_fault() {
        assert!(
            judged("[a](#the-api) ![b](../README.md#aichat) [c](../LICENSE) [d](https://example.com/x) `[e](f)`")
                .is_empty()
        );
    }

    #[test]
    fn a_missing_file_or_heading_is_named() {
        assert_eq!(judged("[a](gone.md)"), ["docs/api.md:2: `gone.md` leads nowhere"]);
        assert_eq!(judged("[a](../README.md#gone)"), ["docs/api.md:2: README.md has no heading `#gone`"]);
        assert_eq!(judged("[a](#gone)"), ["docs/api.md:2: docs/api.md has no heading `#gone`"]);
    }
}
