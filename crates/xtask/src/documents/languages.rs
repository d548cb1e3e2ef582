//! Both languages of a page have the same shape: the same headings, the same code, and a link to each other.

use super::page::{Block, Page};

/// Pages of `docs` that exist in English only: their readers write programs.
const ENGLISH_ONLY: [&str; 4] = ["docs/api.md", "docs/acceptance.md", "docs/habits.md", "docs/tasks.md"];
/// How the name of a Chinese page ends.
const CHINESE: &str = ".zh-CN.md";
/// Lines among which a page names its other language.
const TOP: usize = 3;

pub(super) fn faults(pages: &[Page]) -> Vec<String> {
    pages.iter().flat_map(|page| faults_of(page, pages)).collect()
}

fn faults_of(page: &Page, pages: &[Page]) -> Vec<String> {
    let find = |name: &str| pages.iter().find(|other| other.name == name);
    let name = page.name.as_str();
    if let Some(stem) = name.strip_suffix(CHINESE) {
        let english = find(&format!("{stem}.md"));
        return english.is_none().then(|| format!("{name}: there is no English page")).into_iter().collect();
    }
    let Some(chinese) = find(&format!("{}{CHINESE}", name.trim_end_matches(".md"))) else {
        let wanted = name.starts_with("docs/") && !ENGLISH_ONLY.contains(&name);
        return wanted.then(|| format!("{name}: there is no Chinese page")).into_iter().collect();
    };
    let mut found = differences(page, chinese);
    found.extend([(page, chinese), (chinese, page)].into_iter().filter_map(|(one, other)| unlinked(one, other)));
    found
}

fn differences(english: &Page, chinese: &Page) -> Vec<String> {
    let levels = |page: &Page| page.headings.iter().map(|heading| heading.level).collect::<Vec<_>>();
    let mut found = Vec::new();
    if levels(english) != levels(chinese) {
        found.push(format!("{}: other headings than {}", chinese.name, english.name));
    }
    if english.blocks.len() != chinese.blocks.len() {
        found.push(format!("{}: another number of code blocks than {}", chinese.name, english.name));
    }
    for (one, other) in english.blocks.iter().zip(&chinese.blocks) {
        if essence(english, one) != essence(chinese, other) {
            found.push(format!("{}:{}: other code than {}:{}", chinese.name, other.line, english.name, one.line));
        }
    }
    found
}

/// A block without its comments, which are translated.
fn essence(page: &Page, block: &Block) -> (String, Option<String>, Vec<String>) {
    let code = page.inside(block).lines().map(|line| without_comment(line).trim_end().to_owned());
    (block.language.clone(), block.file.clone(), code.filter(|line| !line.is_empty()).collect())
}

fn without_comment(line: &str) -> &str {
    let comment =
        line.match_indices('#').find(|(at, _)| line[..*at].chars().next_back().is_none_or(char::is_whitespace));
    comment.map_or(line, |(at, _)| &line[..at])
}

/// A page leads to its other language before anything else.
fn unlinked(page: &Page, other: &Page) -> Option<String> {
    let file = other.name.rsplit('/').next().unwrap_or_default();
    let linked = page.text.lines().take(TOP).any(|line| line.ends_with(&format!("]({file})")));
    (!linked).then(|| format!("{}:1: its top does not lead to {file}", page.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(chinese: &str) -> Vec<String> {
        let english = "[中文](x.zh-CN.md)\n# A\n```sh\nrun it   # now\n```\n";
        faults(&[Page::parse("docs/x.md", english), Page::parse("docs/x.zh-CN.md", chinese)])
    }

    #[test]
    fn comments_are_translated_and_code_is_not() {
        assert!(judged("[English](x.md)\n# 甲\n```sh\nrun it # 现在\n```\n").is_empty());
        assert_eq!(
            judged("[English](x.md)\n# 甲\n```sh\nrun that\n```\n"),
            ["docs/x.zh-CN.md:3: other code than docs/x.md:3"]
        );
    }

    #[test]
    fn a_missing_heading_block_link_or_page_is_a_fault() {
        let found = judged("# 甲\n## 乙\n");
        assert_eq!(found.len(), 3, "{found:?}");
        let alone =
            faults(&[Page::parse("docs/y.md", ""), Page::parse("docs/z.zh-CN.md", ""), Page::parse("SECURITY.md", "")]);
        assert_eq!(alone, ["docs/y.md: there is no Chinese page", "docs/z.zh-CN.md: there is no English page"]);
    }
}
