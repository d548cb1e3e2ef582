//! The written documents: what they link to, name and quote exists, and both languages say the same. Reads text only;
//! whether a sentence is true it cannot know.

mod chinese;
mod languages;
mod links;
mod names;
mod page;
mod quotes;

use crate::acceptance;
use crate::files::below;
use crate::place::root;
use crate::process::Outcome;
use page::Page;

/// Checks every page.
pub(crate) fn check() -> Outcome<()> {
    let pages = pages()?;
    let known = names::Known::read()?;
    let mut found = Vec::new();
    for page in &pages {
        found.extend(links::faults(page, &pages));
        found.extend(quotes::faults(page));
        if page.is_for_operators() {
            found.extend(known.faults(page));
        }
        if page.is_chinese() {
            found.extend(chinese::faults(page));
        }
    }
    found.extend(languages::faults(&pages));
    found.extend(acceptance::faults()?);
    if found.is_empty() { Ok(()) } else { Err(format!("faulty documents:\n  {}", found.join("\n  ")).into()) }
}

/// Copies every file that a page quotes into that page again.
pub(crate) fn quote() -> Outcome<()> {
    pages()?.iter().try_for_each(quotes::renew)
}

/// The pages that people read: those of the project's folder and of `docs`.
fn pages() -> Outcome<Vec<Page>> {
    let files = below(root()).into_iter().filter(|file| file.extension().is_some_and(|end| end == "md"));
    let read = files.filter(|file| file.parent() == Some(root()) || file.starts_with(root().join("docs")));
    read.map(|file| Page::read(&file)).collect()
}
