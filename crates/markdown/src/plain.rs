//! A message as plain text, for titles, notifications and copying without Markdown.

use crate::document::code_source;
use crate::html;
use crate::prepare::{self, marks::Prepared};
use crate::scan::{Piece, Scanner};
use pulldown_cmark::{Event, Tag, TagEnd};

/// The text without Markdown: blocks apart by a blank line, list items by a line, cells by tabs; code and mathematics
/// as written; of a link or picture its text.
#[must_use]
pub fn to_plain(text: &str) -> String {
    let mut pieces = Vec::new();
    Scanner::default().read(text, true, &mut pieces);
    let mut plain = Plain::default();
    for piece in pieces {
        plain.block();
        match piece {
            Piece::Markdown(range) => plain.markdown(&prepare::prepare(&text[range], false)),
            Piece::Code(code) => plain.out.push_str(&code_source(&text[code.body.clone()], code.indent)),
            Piece::Math(range) => plain.out.push_str(text[range].trim()),
        }
    }
    plain.out.truncate(plain.out.trim_end().len());
    plain.out
}

#[derive(Default)]
struct Plain {
    out: String,
    /// Number of the next item of each open list; none for bullets.
    lists: Vec<Option<u64>>,
    /// Length of the text right after the latest item's marker.
    marker: usize,
    /// The cell of the row that comes next.
    cell: usize,
}

impl Plain {
    fn markdown(&mut self, prepared: &Prepared<'_>) {
        for event in html::parser(prepared) {
            match event {
                Event::Start(tag) => self.start(&tag),
                Event::End(tag) => self.end(tag),
                Event::InlineHtml(tag) if html::is_break(&tag) => self.line(),
                Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                    self.out.push_str(&prepared.restore(&text));
                }
                Event::SoftBreak | Event::HardBreak => self.line(),
                Event::TaskListMarker(done) => self.out.push_str(if done { "[x] " } else { "[ ] " }),
                _ => {}
            }
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::List(first) => {
                if self.lists.is_empty() {
                    self.block();
                } else {
                    self.line();
                }
                self.lists.push(*first);
            }
            Tag::Item => self.item(),
            Tag::TableHead | Tag::TableRow => {
                self.line();
                self.cell = 0;
            }
            Tag::TableCell => {
                self.out.push_str(if self.cell == 0 { "" } else { "\t" });
                self.cell += 1;
            }
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. } => {}
            _ if self.lists.is_empty() => self.block(),
            _ if self.out.len() > self.marker => self.line(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::List(_) => {
                self.lists.pop();
                self.line();
            }
            TagEnd::Item | TagEnd::CodeBlock => self.line(),
            _ => {}
        }
    }

    fn item(&mut self) {
        self.line();
        let depth = self.lists.len().saturating_sub(1).min(8);
        self.out.extend(std::iter::repeat_n("  ", depth));
        match self.lists.last_mut() {
            Some(Some(number)) => {
                self.out.push_str(&format!("{number}. "));
                *number += 1;
            }
            _ => self.out.push_str("- "),
        }
        self.marker = self.out.len();
    }

    fn line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    fn block(&mut self) {
        self.line();
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }
}
