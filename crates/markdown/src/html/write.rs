//! The writer: one event at a time, closing tags on a stack.

use super::{Letters, code, columns, escape, is_break, language, math};
use crate::prepare::marks::{JOIN, Prepared, Span};
use crate::{Options, TextLang, chars, links};
use pulldown_cmark::{Alignment, CodeBlockKind, Event, Tag};

/// Elements nested deeper than this lose their tags and keep their text.
const MAX_DEPTH: usize = 64;

/// Writes the events of one piece.
pub(super) struct Writer<'a> {
    prepared: &'a Prepared<'a>,
    options: Options,
    html: String,
    letters: Letters,
    /// Closing tags of open elements, and whether each is a link.
    open: Vec<(&'static str, bool)>,
    /// The character that was last written as text on this line.
    last: Option<char>,
    /// Where the latest `<li` ends, for its class.
    item: usize,
    /// Alignments of the current table, and the cell that comes next.
    table: (Vec<Alignment>, usize),
    /// Language and text of the code block being read.
    code: Option<(String, String)>,
    /// The picture being read: its address, and where its text begins.
    image: Option<(Option<String>, usize, usize)>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(prepared: &'a Prepared<'a>, options: Options) -> Self {
        let html = String::with_capacity(prepared.text.len() * 5 / 4 + 64);
        let (letters, open, table) = (Letters::default(), Vec::new(), (Vec::new(), 0));
        Self { prepared, options, html, letters, open, last: None, item: 0, table, code: None, image: None }
    }

    pub(super) fn finish(self) -> (String, TextLang) {
        (self.html, self.letters.language())
    }

    /// Writes an event; `next` are those after it.
    pub(super) fn event(&mut self, event: &Event<'_>, next: &[Event<'_>]) {
        match event {
            Event::Start(Tag::Table(alignments)) => {
                self.table = (alignments.clone(), 0);
                let opening = columns::opening(next, alignments.len(), self.prepared);
                self.element(&opening, "</tbody></table></div>");
            }
            Event::Start(tag) => self.start(tag),
            Event::End(_) => self.end(),
            Event::Text(text) => self.text(text),
            Event::Code(text) => self.inline_code(text),
            Event::InlineHtml(tag) if is_break(tag) => self.line_break(),
            Event::Html(text) | Event::InlineHtml(text) => self.text(text),
            Event::SoftBreak => self.soft_break(next),
            Event::HardBreak => self.line_break(),
            Event::Rule => self.html.push_str("<hr>"),
            Event::TaskListMarker(done) => self.task(*done),
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => self.text(text),
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::CodeBlock(kind) => self.begin_code(kind),
            Tag::Link { dest_url, title, .. } => self.begin_link(dest_url, title),
            Tag::Image { dest_url, .. } => self.begin_image(dest_url),
            Tag::List(Some(1)) => self.element("<ol>", "</ol>"),
            Tag::List(Some(first)) => self.element(&format!("<ol start=\"{first}\">"), "</ol>"),
            Tag::Item => {
                self.element("<li>", "</li>");
                self.item = self.html.len().saturating_sub(1);
            }
            Tag::TableHead => {
                self.table.1 = 0;
                self.element("<thead><tr>", "</tr></thead><tbody>");
            }
            Tag::TableRow => {
                self.table.1 = 0;
                self.element("<tr>", "</tr>");
            }
            Tag::TableCell => self.cell(),
            other => {
                let (opening, closing) = simple(other);
                self.element(opening, closing);
            }
        }
    }

    fn element(&mut self, opening: &str, closing: &'static str) {
        let shown = self.open.len() < MAX_DEPTH && self.image.is_none();
        if shown {
            self.html.push_str(opening);
        }
        self.open.push((if shown { closing } else { "" }, false));
        self.last = self.last.filter(|_| is_inline(closing));
    }

    fn end(&mut self) {
        if let Some((closing, _)) = self.open.pop() {
            self.end_code();
            self.end_image();
            self.html.push_str(closing);
            self.last = self.last.filter(|_| is_inline(closing));
        }
    }

    fn cell(&mut self) {
        let head = self.open.last().is_some_and(|(closing, _)| closing.contains("thead"));
        let class = match self.table.0.get(self.table.1) {
            Some(Alignment::Center) => " class=\"ta-c\"",
            Some(Alignment::Right) => " class=\"ta-r\"",
            _ => "",
        };
        self.table.1 += 1;
        let (tag, closing) = if head { ("th", "</th>") } else { ("td", "</td>") };
        self.element(&format!("<{tag}{class}>"), closing);
    }

    fn task(&mut self, done: bool) {
        if self.html[..=self.item].ends_with("<li>") {
            self.html.insert_str(self.item, " class=\"task\"");
        }
        let checked = if done { " checked" } else { "" };
        self.html.push_str(&format!("<input type=\"checkbox\" disabled{checked}> "));
    }

    fn begin_code(&mut self, kind: &CodeBlockKind<'_>) {
        let info = match kind {
            CodeBlockKind::Fenced(info) => self.prepared.restore(info),
            CodeBlockKind::Indented => "".into(),
        };
        self.code = Some((language(&info).to_owned(), String::new()));
        self.open.push(("", false));
    }

    fn end_code(&mut self) {
        if let Some((language, source)) = self.code.take() {
            self.html.push_str(&code(&language, source.strip_suffix('\n').unwrap_or(&source)));
        }
    }

    fn in_link(&self) -> bool {
        self.image.is_some() || self.open.iter().any(|&(_, link)| link)
    }

    fn begin_link(&mut self, destination: &str, title: &str) {
        let destination = self.prepared.restore(destination);
        let mail = destination.contains('@') && !destination.contains([':', '/']);
        let address = if mail { links::safe(&format!("mailto:{destination}")) } else { links::safe(&destination) };
        let address = address.filter(|_| !self.in_link() && self.open.len() < MAX_DEPTH);
        if let Some(address) = &address {
            let title = self.prepared.restore(title).into_owned();
            self.anchor("", address, &title);
        }
        self.open.push((if address.is_some() { "</a>" } else { "" }, address.is_some()));
    }

    /// Writes an opening `<a>`.
    fn anchor(&mut self, class: &str, address: &str, title: &str) {
        self.html.push_str("<a");
        for (name, value) in [("class", class), ("href", address), ("title", title)] {
            if !value.is_empty() {
                self.html.push_str(&format!(" {name}=\""));
                escape(&mut self.html, value);
                self.html.push('"');
            }
        }
        self.html.push_str(" rel=\"noopener noreferrer nofollow\" target=\"_blank\">");
    }

    /// A picture is not loaded: a link to it, or a plain label inside a link or where the address is refused.
    fn begin_image(&mut self, destination: &str) {
        let address = links::safe(&self.prepared.restore(destination)).filter(|a| !a.starts_with("mailto:"));
        let address = address.filter(|_| !self.in_link());
        let nested = self.image.is_some();
        self.open.push(("", false));
        if nested {
            return;
        }
        match &address {
            Some(address) => self.anchor("img", address, ""),
            None => self.html.push_str("<span class=\"img\">"),
        }
        self.image = Some((address, self.html.len(), self.open.len()));
    }

    fn end_image(&mut self) {
        let Some((address, text, _)) = self.image.take_if(|(_, _, depth)| *depth > self.open.len()) else { return };
        if self.html.len() == text {
            escape(&mut self.html, address.as_deref().unwrap_or("…"));
        }
        self.html.push_str(if address.is_some() { "</a>" } else { "</span>" });
    }

    fn text(&mut self, text: &str) {
        let prepared = self.prepared;
        if let Some((_, source)) = &mut self.code {
            return source.push_str(&prepared.restore(text));
        }
        prepared.spans(text, |span| match span {
            Span::Text(text) => {
                self.letters.count(text);
                escape(&mut self.html, text);
                self.last = text.chars().next_back().or(self.last);
            }
            Span::Address(address) => self.address(address),
            Span::Math { raw, .. } if self.image.is_some() => escape(&mut self.html, raw),
            Span::Math { tex, display, open, .. } => {
                math(&mut self.html, "span", &tex, display, open);
                self.last = None;
            }
        });
    }

    fn address(&mut self, address: &str) {
        let whole = address.replace("&amp;", "&");
        let scheme = if whole.as_bytes()[..4].eq_ignore_ascii_case(b"www.") { "http://" } else { "" };
        match links::safe(&format!("{scheme}{whole}")).filter(|_| !self.in_link()) {
            Some(target) => {
                self.anchor("", &target, "");
                escape(&mut self.html, &whole);
                self.html.push_str("</a>");
            }
            None => escape(&mut self.html, &whole),
        }
        self.last = None;
    }

    fn inline_code(&mut self, text: &str) {
        let text = self.prepared.restore(text);
        let (opening, closing) = if self.image.is_some() { ("", "") } else { ("<code>", "</code>") };
        self.html.push_str(opening);
        escape(&mut self.html, &text);
        self.html.push_str(closing);
        self.last = None;
    }

    fn line_break(&mut self) {
        self.html.push_str(if self.image.is_some() { " " } else { "<br>\n" });
        self.last = None;
    }

    /// Beside a wide character a line break stays one: Chinese is not wrapped by hand, and a browser would put a space
    /// there. So it does before raw HTML and definitions, which stand on lines of their own.
    fn soft_break(&mut self, next: &[Event<'_>]) {
        let text = next.iter().find_map(|event| match event {
            Event::Text(text) => text.chars().next(),
            Event::Start(_) | Event::End(_) => None,
            _ => Some(' '),
        });
        let wide = self.last.is_some_and(chars::is_wide) || text.is_some_and(chars::is_wide);
        if self.options.hard_breaks || wide || text == Some(JOIN) {
            self.line_break();
        } else {
            self.html.push('\n');
            self.last = None;
        }
    }
}

/// Tags without anything to say.
fn simple(tag: &Tag<'_>) -> (&'static str, &'static str) {
    match tag {
        Tag::Paragraph | Tag::HtmlBlock => ("<p>", "</p>"),
        Tag::Heading { level, .. } => match *level as usize {
            1 => ("<h1>", "</h1>"),
            2 => ("<h2>", "</h2>"),
            3 => ("<h3>", "</h3>"),
            4 => ("<h4>", "</h4>"),
            5 => ("<h5>", "</h5>"),
            _ => ("<h6>", "</h6>"),
        },
        Tag::BlockQuote(_) => ("<blockquote>", "</blockquote>"),
        Tag::List(_) => ("<ul>", "</ul>"),
        Tag::Emphasis => ("<em>", "</em>"),
        Tag::Strong => ("<strong>", "</strong>"),
        Tag::Strikethrough => ("<del>", "</del>"),
        _ => ("", ""),
    }
}

fn is_inline(closing: &str) -> bool {
    matches!(closing, "</em>" | "</strong>" | "</del>" | "</a>" | "")
}
