//! A page of Markdown, taken apart as far as the checks need it: headings, code blocks, and the prose between them.

use crate::files::text;
use crate::place::root;
use crate::process::Outcome;
use std::ops::Range;
use std::path::Path;

/// How a page says that the next code block is a file: `<!-- file: docker/compose.yml -->`.
const QUOTE: &str = "<!-- file: ";

/// A page.
pub(super) struct Page {
    /// Its place below the workspace, with `/`.
    pub(super) name: String,
    /// All of it.
    pub(super) text: String,
    /// Its headings in order.
    pub(super) headings: Vec<Heading>,
    /// Its code blocks in order.
    pub(super) blocks: Vec<Block>,
    /// Its lines outside code blocks, with their numbers from 1.
    pub(super) prose: Vec<(usize, String)>,
}

/// A heading.
pub(super) struct Heading {
    /// 1 for `#`.
    pub(super) level: usize,
    /// What a link to it ends with.
    pub(super) anchor: String,
}

/// A fenced block of code.
pub(super) struct Block {
    /// The line of its first fence, from 1.
    pub(super) line: usize,
    /// The word behind the fence.
    pub(super) language: String,
    /// The file it claims to be.
    pub(super) file: Option<String>,
    /// Where in the page's text the inside stands.
    pub(super) inside: Range<usize>,
}

impl Page {
    /// Reads a page.
    pub(super) fn read(file: &Path) -> Outcome<Self> {
        let name = file.strip_prefix(root()).unwrap_or(file).to_string_lossy().replace('\\', "/");
        Ok(Self::parse(&name, &text(file)?))
    }

    /// Takes a page apart.
    pub(super) fn parse(name: &str, text: &str) -> Self {
        let mut page = Self {
            name: name.to_owned(),
            text: text.to_owned(),
            headings: Vec::new(),
            blocks: Vec::new(),
            prose: Vec::new(),
        };
        page.take_apart();
        page.number_equal_anchors();
        page
    }

    /// The inside of one of its blocks.
    pub(super) fn inside(&self, block: &Block) -> &str {
        &self.text[block.inside.clone()]
    }

    /// Whether it is written for people who run or use AIChat, and not for its developers.
    pub(super) fn is_for_operators(&self) -> bool {
        self.name.starts_with("docs/") || self.name.starts_with("README")
    }

    /// Whether it is the Chinese form of a page.
    pub(super) fn is_chinese(&self) -> bool {
        self.name.ends_with(".zh-CN.md")
    }

    fn take_apart(&mut self) {
        let (mut at, mut open, mut file) = (0, None::<Block>, None);
        for (line, number) in self.text.split_inclusive('\n').zip(1..) {
            let (start, words) = (at, line.trim_end());
            at += line.len();
            match (words.strip_prefix("```"), open.take()) {
                (Some(_), Some(block)) => self.blocks.push(Block { inside: block.inside.start..start, ..block }),
                (None, Some(block)) => open = Some(block),
                (Some(language), None) => {
                    let language = language.to_owned();
                    open = Some(Block { line: number, language, file: file.take(), inside: at..at });
                }
                (None, None) => {
                    file = words.strip_prefix(QUOTE).and_then(|rest| rest.strip_suffix(" -->")).map(str::to_owned);
                    self.headings.extend(heading(words));
                    self.prose.push((number, words.to_owned()));
                }
            }
        }
    }

    /// The second heading with the same words gets `-1`, the third `-2`.
    fn number_equal_anchors(&mut self) {
        for at in (1..self.headings.len()).rev() {
            let same = self.headings[..at].iter().filter(|other| other.anchor == self.headings[at].anchor).count();
            if same > 0 {
                self.headings[at].anchor.push_str(&format!("-{same}"));
            }
        }
    }
}

fn heading(line: &str) -> Option<Heading> {
    let level = line.len() - line.trim_start_matches('#').len();
    let title = line[level..].strip_prefix(' ').filter(|_| level > 0)?;
    let kept = title.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
    Some(Heading { level, anchor: kept.collect::<String>().trim().to_lowercase().replace(' ', "-") })
}

/// A line whose code spans are replaced, and the spans.
pub(super) fn without_code(line: &str, instead: &str) -> (String, Vec<String>) {
    let mut parts = line.split('`');
    let mut outside = parts.next().unwrap_or_default().to_owned();
    let mut spans = Vec::new();
    while let (Some(span), Some(after)) = (parts.next(), parts.next()) {
        spans.push(span.to_owned());
        outside.push_str(instead);
        outside.push_str(after);
    }
    (outside, spans)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_taken_apart() {
        let text =
            "# One: `x`\n\n<!-- file: a/b.yml -->\n```yaml\n# no heading\n```\nText\n## 第一次 打开！\n# One: `x`\n";
        let page = Page::parse("docs/x.md", text);
        let headings: Vec<_> = page.headings.iter().map(|found| (found.level, found.anchor.as_str())).collect();
        assert_eq!(headings, [(1, "one-x"), (2, "第一次-打开"), (1, "one-x-1")]);
        let block = &page.blocks[0];
        assert_eq!((block.line, block.language.as_str(), page.inside(block)), (4, "yaml", "# no heading\n"));
        assert_eq!(block.file.as_deref(), Some("a/b.yml"));
        assert!(page.prose.iter().all(|(_, line)| line != "# no heading"));
    }

    #[test]
    fn code_spans_are_cut_out() {
        let (outside, spans) = without_code("set `A=1` or `B`, not `open", "x");
        assert_eq!((outside.as_str(), spans), ("set x or x, not ", vec!["A=1".to_owned(), "B".to_owned()]));
    }
}
