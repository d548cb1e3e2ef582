//! Code blocks that claim to be a file are that file, to the letter.

use super::page::Page;
use crate::files::text;
use crate::place::root;
use crate::process::{Outcome, because};
use std::fs;

pub(super) fn faults(page: &Page) -> Vec<String> {
    let mut found = Vec::new();
    for block in &page.blocks {
        let Some(file) = &block.file else { continue };
        match text(&root().join(file)) {
            Ok(content) if content == page.inside(block) => {}
            Ok(_) => found.push(format!("{}:{}: differs from {file}; run cargo xtask docs", page.name, block.line)),
            Err(failure) => found.push(format!("{}:{}: {failure}", page.name, block.line)),
        }
    }
    found
}

/// Puts the files into the page again, if one of them has changed.
pub(super) fn renew(page: &Page) -> Outcome<()> {
    let renewed = renewed(page, |file| text(&root().join(file)))?;
    if renewed == page.text {
        return Ok(());
    }
    let file = root().join(&page.name);
    fs::write(&file, renewed).map_err(because(format!("cannot write {}", file.display())))
}

fn renewed(page: &Page, read: impl Fn(&str) -> Outcome<String>) -> Outcome<String> {
    let (mut made, mut at) = (String::new(), 0);
    for block in &page.blocks {
        let Some(file) = &block.file else { continue };
        made.push_str(&page.text[at..block.inside.start]);
        made.push_str(&read(file)?);
        at = block.inside.end;
    }
    made.push_str(&page.text[at..]);
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_claims_to_be_a_file_is_renewed() {
        let page = Page::parse(
            "x.md",
            "a\n<!-- file: f -->\n```sh\nold\n```\n```sh\nown\n```\n<!-- file: g -->\n```\n```\nz\n",
        );
        let made = renewed(&page, |file| Ok(format!("new {file}\n"))).expect("reads");
        assert_eq!(
            made,
            "a\n<!-- file: f -->\n```sh\nnew f\n```\n```sh\nown\n```\n<!-- file: g -->\n```\nnew g\n```\nz\n"
        );
    }

    #[test]
    fn a_quote_that_differs_or_whose_file_is_gone_is_a_fault() {
        let page = Page::parse("x.md", "<!-- file: LICENSE -->\n```\nnot it\n```\n<!-- file: gone.yml -->\n```\n```\n");
        let found = faults(&page);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("x.md:2: differs from LICENSE") && found[1].contains("gone.yml"), "{found:?}");
    }
}
