//! Web pages. Reads the text that a person would see on the page itself: no scripts, no styles, no navigation. Never
//! builds a tree, so nothing in a page can nest too deeply.

use crate::output::{Table, one_line};
use crate::text::decode_as;
use crate::work::{Flow, Stop, Work};
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use memchr::memmem;
use std::cell::RefCell;

/// How much is given to the tokenizer between two looks at the clock. Little, as the tokenizer compares every attribute of
/// a tag with all before it.
const PIECE: usize = 1 << 10;

/// Stands for `<br>` while text is gathered, as the line feeds of a page's source mean nothing.
const BREAK: char = '\u{2028}';

/// Elements whose content is no part of the text.
const SKIPPED: [&str; 14] = [
    "script", "style", "nav", "template", "svg", "iframe", "object", "noscript", "select", "button", "canvas", "audio",
    "video", "math",
];

/// Elements that begin and end a paragraph.
const BLOCKS: [&str; 28] = [
    "p",
    "div",
    "section",
    "article",
    "main",
    "header",
    "footer",
    "aside",
    "figure",
    "figcaption",
    "blockquote",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "form",
    "fieldset",
    "address",
    "details",
    "summary",
    "body",
    "html",
    "head",
    "caption",
    "hr",
    "center",
    "hgroup",
];

/// Reads a page.
pub(crate) fn read(bytes: &[u8], work: &mut Work) -> Flow {
    let text = decode_as(bytes, charset(bytes));
    let page = Page { state: RefCell::new(State::new(work)), end: RefCell::new(None) };
    let tokenizer = Tokenizer::new(page, TokenizerOpts::default());
    let queue = BufferQueue::default();
    let mut rest: &str = &text;
    while !rest.is_empty() && tokenizer.sink.end.borrow().is_none() {
        let (piece, tail) = rest.split_at(rest.floor_char_boundary(PIECE.min(rest.len())));
        rest = tail;
        queue.push_back(piece.into());
        // The only pauses are after scripts, which are not run, and where a page names its encoding, which is known.
        while !queue.is_empty() {
            let _ = tokenizer.feed(&queue);
        }
        let over = tokenizer.sink.state.borrow().work.look_at_clock().err();
        if over.is_some() {
            tokenizer.sink.end.replace(over);
        }
    }
    tokenizer.end();
    let Page { state, end } = tokenizer.sink;
    // What was gathered is worth having also when it is cut.
    let finished = state.into_inner().finish();
    end.into_inner().map_or(finished, Err)
}

/// The encoding that a page declares for itself near its beginning.
fn charset(bytes: &[u8]) -> Option<&[u8]> {
    let head = &bytes[..bytes.len().min(1024)];
    let after = &head[memmem::find(head, b"charset=")? + b"charset=".len()..];
    let start = after.iter().position(|byte| !matches!(byte, b'"' | b'\'' | b' '))?;
    let label = &after[start..];
    let end = label.iter().position(|byte| !byte.is_ascii_alphanumeric() && !b"-_:".contains(byte))?;
    Some(&label[..end])
}

/// What receives the tokens; the tokenizer gives them through a shared reference.
struct Page<'a> {
    state: RefCell<State<'a>>,
    end: RefCell<Option<Stop>>,
}

impl TokenSink for Page<'_> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        if self.end.borrow().is_some() {
            return TokenSinkResult::Continue;
        }
        let raw = raw_kind(&token);
        if let Err(stop) = self.state.borrow_mut().take(token) {
            self.end.replace(Some(stop));
        }
        raw.map_or(TokenSinkResult::Continue, TokenSinkResult::RawData)
    }
}

/// How the content of an element is to be tokenized, where it is not ordinary.
fn raw_kind(token: &Token) -> Option<RawKind> {
    match token {
        Token::TagToken(tag) if tag.kind == TagKind::StartTag => match &*tag.name {
            "title" | "textarea" => Some(RawKind::Rcdata),
            "style" | "xmp" | "iframe" | "noembed" | "noframes" | "noscript" => Some(RawKind::Rawtext),
            "script" => Some(RawKind::ScriptData),
            _ => None,
        },
        _ => None,
    }
}

/// What the text that comes next belongs to.
enum Place {
    Paragraph,
    Heading(usize),
    Item,
    Title,
}

struct State<'a> {
    work: &'a mut Work,
    /// The skipped element that is open, and how many of its name.
    skipped: Option<(String, usize)>,
    place: Place,
    text: String,
    /// Open lists: the number of the next item, or `None` for bullets.
    lists: Vec<Option<u32>>,
    tables: Vec<(Table, u32, String)>,
    preformatted: bool,
}

impl<'a> State<'a> {
    fn new(work: &'a mut Work) -> Self {
        Self {
            work,
            skipped: None,
            place: Place::Paragraph,
            text: String::new(),
            lists: Vec::new(),
            tables: Vec::new(),
            preformatted: false,
        }
    }

    fn take(&mut self, token: Token) -> Flow {
        self.work.step()?;
        match token {
            Token::CharacterTokens(text) if self.skipped.is_none() => self.characters(&text),
            Token::TagToken(tag) => self.tag(&tag),
            _ => Ok(()),
        }
    }

    fn characters(&mut self, text: &str) -> Flow {
        match self.tables.last_mut() {
            Some((.., cell)) => cell.push_str(text),
            None => self.text.push_str(text),
        }
        // Text that is never flushed would grow past what can be written.
        let waiting = self.text.len() + self.tables.last().map_or(0, |(.., cell)| cell.len());
        if waiting > self.work.output.left().saturating_mul(4) { self.finish_text() } else { Ok(()) }
    }

    fn tag(&mut self, tag: &Tag) -> Flow {
        let name: &str = &tag.name;
        let opens = tag.kind == TagKind::StartTag;
        if let Some((skipped, depth)) = &mut self.skipped {
            if skipped == name {
                *depth = if opens { *depth + 1 } else { *depth - 1 };
            }
            if *depth == 0 {
                self.skipped = None;
            }
            return Ok(());
        }
        if opens && SKIPPED.contains(&name) {
            self.skipped = (!tag.self_closing).then(|| (name.to_owned(), 1));
            return Ok(());
        }
        if opens { self.open(name, tag) } else { self.close(name) }
    }

    fn open(&mut self, name: &str, tag: &Tag) -> Flow {
        match name {
            "title" => self.begin(Place::Title),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.begin(Place::Heading(level(name))),
            "li" => self.begin(Place::Item),
            "ul" | "ol" => {
                self.flush()?;
                if self.lists.is_empty() && self.tables.is_empty() {
                    self.work.output.paragraph()?;
                }
                if self.lists.len() < 64 {
                    self.lists.push((name == "ol").then_some(1));
                }
                Ok(())
            }
            "br" => self.characters(&BREAK.to_string()),
            "pre" => {
                self.flush()?;
                self.preformatted = true;
                Ok(())
            }
            "img" => self.picture(tag),
            "table" | "tr" | "td" | "th" => self.open_table(name),
            _ if BLOCKS.contains(&name) => self.block(),
            _ => Ok(()),
        }
    }

    fn close(&mut self, name: &str) -> Flow {
        match name {
            "ul" | "ol" => {
                self.flush()?;
                self.lists.pop();
                Ok(())
            }
            "pre" => {
                self.flush()?;
                self.preformatted = false;
                Ok(())
            }
            "table" => self.close_table(),
            "td" | "th" => self.close_cell(),
            "title" | "li" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.block(),
            _ if BLOCKS.contains(&name) => self.block(),
            _ => Ok(()),
        }
    }

    fn begin(&mut self, place: Place) -> Flow {
        self.block()?;
        if self.tables.is_empty() {
            self.place = place;
        }
        Ok(())
    }

    /// Ends a paragraph; within a table cell it is a blank.
    fn block(&mut self) -> Flow {
        match self.tables.last_mut() {
            Some((.., cell)) => {
                cell.push(' ');
                Ok(())
            }
            None => self.flush(),
        }
    }

    fn picture(&mut self, tag: &Tag) -> Flow {
        let description = tag.attrs.iter().find(|attribute| &*attribute.name.local == "alt");
        match description.map(|attribute| one_line(&attribute.value)).filter(|text| !text.is_empty()) {
            Some(text) => self.characters(&format!("[{text}]")),
            None => Ok(()),
        }
    }

    fn open_table(&mut self, name: &str) -> Flow {
        let limit = self.work.output.left();
        if name == "table" {
            self.block()?;
            // Tables within tables, which lay pages out, are read as text of their cell.
            if self.tables.len() < 16 {
                self.tables.push((Table::default(), 0, String::new()));
            }
            return Ok(());
        }
        // A cell or row may end without a tag of its own.
        self.close_cell()?;
        match self.tables.last_mut() {
            Some((table, column, _)) if name == "tr" => {
                *column = 0;
                table.row(limit)
            }
            _ => Ok(()),
        }
    }

    fn close_cell(&mut self) -> Flow {
        let limit = self.work.output.left();
        let Some((table, column, cell)) = self.tables.last_mut() else { return Ok(()) };
        let text = std::mem::take(cell);
        if !text.trim().is_empty() {
            table.cell(*column, &text, limit)?;
        }
        *column = column.saturating_add(1);
        Ok(())
    }

    fn close_table(&mut self) -> Flow {
        self.close_cell()?;
        let Some((table, ..)) = self.tables.pop() else { return Ok(()) };
        match self.tables.last_mut() {
            Some((.., cell)) => {
                cell.push_str(&table.flat());
                cell.push(' ');
                Ok(())
            }
            None => self.work.output.table(&table),
        }
    }

    /// Writes the text that was gathered as what it is.
    fn flush(&mut self) -> Flow {
        let text = std::mem::take(&mut self.text);
        let place = std::mem::replace(&mut self.place, Place::Paragraph);
        if text.trim().is_empty() {
            return Ok(());
        }
        match place {
            Place::Title => {
                self.work.set_title(&text);
                Ok(())
            }
            Place::Heading(level) => self.work.output.heading(level, &text),
            Place::Item => self.item(&text),
            Place::Paragraph if self.preformatted => {
                let text = text.replace(BREAK, "\n");
                self.work.output.block(&format!("```\n{}\n```", text.trim_matches('\n')))
            }
            Place::Paragraph => self.work.output.block(&lines(&text)),
        }
    }

    fn item(&mut self, text: &str) -> Flow {
        let depth = self.lists.len().saturating_sub(1);
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                let mark = format!("{number}.");
                *number = number.saturating_add(1);
                mark
            }
            _ => "-".to_owned(),
        };
        self.work.output.item(depth, &mark, text)
    }

    fn finish_text(&mut self) -> Flow {
        while !self.tables.is_empty() {
            self.close_table()?;
        }
        self.flush()
    }

    fn finish(mut self) -> Flow {
        self.finish_text()
    }
}

/// The level of a heading element.
fn level(name: &str) -> usize {
    name[1..].parse().unwrap_or(6)
}

/// White space as a browser shows it: a line break only where `<br>` stood.
fn lines(text: &str) -> String {
    text.split(BREAK).map(one_line).collect::<Vec<_>>().join("\n")
}
