//! A text as Markdown, painted as it grows. Each block is a node of its own with a signal of its own: a finished block is
//! never touched again, and a token changes the one block that is still open.
//!
//! [`Painter`] is driven from outside, at most once a frame, and evens out bursts by itself; the view only shows its blocks.

pub mod bridge;
pub mod code;
mod pace;
mod runs;

use crate::reactive::{draw, effect, memo};
use code::CodeBlock;
use leptos::html;
use leptos::prelude::*;
use markdown::{Block, BlockKind, Document, Options, TextLang};
use pace::Pace;
use std::ops::Range;

/// How much of a text's end tells it from another one, in bytes.
const TAIL: usize = 64;

/// One block on the screen.
#[derive(Clone)]
pub struct BlockRow {
    key: u64,
    block: ArcRwSignal<Block>,
}

#[derive(Default)]
struct Canvas {
    document: Document,
    pace: Pace,
    rows: Vec<BlockRow>,
    /// Blocks before this one are finished and were shown as such.
    settled: usize,
    finished: bool,
    frame_asked: bool,
}

/// A text on its way to the screen.
#[derive(Clone, Copy)]
pub struct Painter {
    canvas: StoredValue<Canvas, LocalStorage>,
    rows: RwSignal<Vec<BlockRow>>,
    /// Runs of blocks that are not drawn yet.
    waiting: RwSignal<Range<usize>>,
}

/// Where a text comes from: hands it to the reader and says whether it may still grow.
pub trait Source: Fn(&mut dyn FnMut(&str, bool)) + Clone + 'static {}
impl<F: Fn(&mut dyn FnMut(&str, bool)) + Clone + 'static> Source for F {}

impl Painter {
    /// A painter for an empty text.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let canvas = Canvas { document: Document::new(options), ..Canvas::default() };
        Self { canvas: StoredValue::new_local(canvas), rows: RwSignal::new(Vec::new()), waiting: RwSignal::new(0..0) }
    }

    /// Shows the whole text now. What was already there when the reader came is not played again.
    pub fn show(self, source: &impl Source) {
        self.show_text(source, false);
    }

    /// The same, with nothing left to the following frames: somebody comes back to a place in its middle.
    pub fn show_whole(self, source: &impl Source) {
        self.show_text(source, true);
    }

    fn show_text(self, source: &impl Source, whole: bool) {
        let rows = self.canvas.try_update_value(|canvas| {
            source(&mut |text, grows| {
                canvas.pace.skip(text.len());
                canvas.take(text, text.len(), grows);
            });
            canvas.sync().then(|| canvas.rows.clone())
        });
        if let Some(Some(rows)) = rows {
            self.deliver(rows, whole);
        }
    }

    /// Shows as much of the text as is due, and asks for further frames until all of it is shown.
    pub fn paint(self, source: impl Source) {
        let Some((rows, ask)) = self.canvas.try_update_value(|canvas| {
            let mut more = None;
            source(&mut |text, grows| {
                // News may come while a frame is on its way: that one will show them, unless they are the last.
                if !grows || !canvas.frame_asked {
                    more = Some(canvas.advance(text, grows));
                }
            });
            let Some(ask) = more else { return (None, false) };
            canvas.frame_asked |= ask;
            (canvas.sync().then(|| canvas.rows.clone()), ask)
        }) else {
            return;
        };
        if let Some(rows) = rows {
            self.deliver(rows, false);
        }
        if ask {
            request_animation_frame(move || {
                self.canvas.try_update_value(|canvas| canvas.frame_asked = false);
                self.paint(source);
            });
        }
    }
}

impl Canvas {
    /// Shows what is due; true while there is more to come.
    fn advance(&mut self, text: &str, grows: bool) -> bool {
        if self.finished && self.document.text() == text {
            return false;
        }
        // An answer that is continued goes on where it ended.
        self.finished = false;
        let now = crate::time::now_ms();
        if grows {
            self.pace.arrived(text.len(), now);
        } else {
            // What comes after the text is drawn with its end, so its end does not push it.
            self.pace.skip(text.len());
        }
        let due = text.floor_char_boundary(self.pace.due(now));
        self.take(text, due, grows);
        due < text.len()
    }

    fn take(&mut self, text: &str, due: usize, grows: bool) {
        // While it grows, the end tells that it is still the same text: comparing all of it in every frame is what a
        // long answer would spend its frames on. The whole is compared once, when it is complete.
        let known = self.document.text().len();
        match text.get(known..due) {
            Some(more) if grows && same_end(self.document.text(), &text[..known]) => self.document.append(more),
            _ => self.document.set(&text[..due]),
        }
        if !grows && due == text.len() {
            self.document.finish();
            self.finished = true;
        }
    }

    /// Brings the rows up to date; true when there is another set of them.
    fn sync(&mut self) -> bool {
        let blocks = self.document.blocks();
        let mut changed = self.rows.len() > blocks.len();
        self.rows.truncate(blocks.len());
        let last_settled = self.settled.checked_sub(1);
        if last_settled.is_some_and(|at| !same_key(&self.rows, blocks, at)) {
            self.settled = 0;
        }
        for (index, block) in blocks.iter().enumerate().skip(self.settled) {
            match self.rows.get(index) {
                Some(row) if row.key == block.key => row.block.maybe_update(|shown| shown.follow(block)),
                _ => {
                    self.rows.truncate(index);
                    self.rows.push(BlockRow { key: block.key, block: ArcRwSignal::new(block.clone()) });
                    changed = true;
                }
            }
        }
        self.settled =
            blocks.iter().skip(self.settled).position(|block| block.open).map_or(blocks.len(), |at| self.settled + at);
        changed
    }
}

/// Whether two texts of one length end alike.
fn same_end(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    a[a.len().saturating_sub(TAIL)..] == b[b.len().saturating_sub(TAIL)..]
}

fn same_key(rows: &[BlockRow], blocks: &[Block], at: usize) -> bool {
    rows.get(at).map(|row| row.key) == blocks.get(at).map(|block| block.key)
}

/// The blocks of a painter.
#[component]
pub fn MarkdownView(
    /// What paints them.
    painter: Painter,
) -> AnyView {
    view! {
        <div class="markdown">{runs::runs(painter)}</div>
    }
    .into_any()
}

#[component]
fn BlockView(row: BlockRow) -> AnyView {
    let block = row.block;
    // A block that begins with one backtick may turn out to be code.
    let is_code = {
        let block = block.clone();
        memo(move || block.with(|block| matches!(block.kind, BlockKind::Code { .. })))
    };
    let body = move || {
        let block = block.clone();
        if is_code.get() { view! { <CodeBlock block/> }.into_any() } else { view! { <TextBlock block/> }.into_any() }
    };
    draw(body)
}

/// A block of text. While it grows it is written anew once a frame; what is added to it then (formulas) is added in the
/// same step, so that nobody sees it without.
#[component]
fn TextBlock(block: ArcRwSignal<Block>) -> AnyView {
    let node = NodeRef::<html::Div>::new();
    let first = block.with_untracked(|block| block.html().into_owned());
    let shown = block.clone();
    let lang = move || shown.with(|block| tag(block.lang));
    let level = {
        let block = block.clone();
        memo(move || block.with(|block| heading(&block.html())))
    };
    let mut is_written = false;
    effect(move || {
        let Some(element) = node.get() else { return };
        block.with(|block| {
            let html = block.html();
            let has_formulas = html.contains("class=\"math");
            // What was finished when it came stands there already.
            let is_due = std::mem::replace(&mut is_written, true) || block.open;
            if is_due && !(has_formulas && bridge::grow(&element, &html)) {
                element.set_inner_html(&html);
            }
            if has_formulas || !block.open && html.contains("class=\"table-scroll") {
                bridge::dress(&element, block.open);
            }
        });
    });
    view! {
        <div
            node_ref=node
            class="block"
            class:title=move || level.get().is_some_and(|level| level <= 4)
            class:chapter=move || level.get().is_some_and(|level| level <= 2)
            lang=lang
            inner_html=first
        ></div>
    }
    .into_any()
}

/// The level of the heading that a block is.
fn heading(html: &str) -> Option<u8> {
    let level = html.strip_prefix("<h")?.bytes().next()?.checked_sub(b'0')?;
    (1..=6).contains(&level).then_some(level)
}

/// The language to declare for a block.
fn tag(lang: TextLang) -> &'static str {
    match lang {
        TextLang::Han => "zh-Hans",
        TextLang::Latin => "en",
    }
}

#[cfg(test)]
mod tests {
    use super::{Canvas, Painter, heading};
    use leptos::prelude::*;
    use markdown::Options;

    const TEXT: &str = "One **bold** line.\n\n```rust\nfn main() {}\n```\n\n- a\n- b\n\n最后一段。";

    fn shown(painter: Painter) -> Vec<String> {
        painter.rows.with_untracked(|rows| {
            rows.iter().map(|row| row.block.with_untracked(|block| block.html().into_owned())).collect()
        })
    }

    #[test]
    fn a_text_shown_in_pieces_ends_as_the_whole() {
        let owner = Owner::new();
        owner.set();
        let whole: Vec<String> = markdown::render(TEXT).iter().map(|block| block.html().into_owned()).collect();
        let painter = Painter::new(Options::default());
        for (end, _) in TEXT.char_indices().chain([(TEXT.len(), ' ')]) {
            painter.show(&move |read: &mut dyn FnMut(&str, bool)| read(&TEXT[..end], true));
        }
        painter.show(&|read: &mut dyn FnMut(&str, bool)| read(TEXT, false));
        assert_eq!(shown(painter), whole);
    }

    #[test]
    fn a_text_that_was_replaced_is_shown_as_it_is_in_the_end() {
        let owner = Owner::new();
        owner.set();
        let painter = Painter::new(Options::default());
        let (heard, stored) = (format!("a{TEXT}"), format!("b{TEXT} More."));
        painter.show(&move |read: &mut dyn FnMut(&str, bool)| read(&heard, true));
        let whole: Vec<String> = markdown::render(&stored).iter().map(|block| block.html().into_owned()).collect();
        painter.show(&move |read: &mut dyn FnMut(&str, bool)| read(&stored, false));
        assert_eq!(shown(painter), whole);
    }

    #[test]
    fn a_finished_block_is_never_touched_again() {
        let owner = Owner::new();
        owner.set();
        let painter = Painter::new(Options::default());
        painter.show(&|read: &mut dyn FnMut(&str, bool)| read("One.\n\nTwo.\n\nThr", true));
        let first = painter.rows.with_untracked(|rows| rows[0].block.clone());
        let touched = Memo::new({
            let first = first.clone();
            move |before: Option<&u32>| {
                first.track();
                before.map_or(0, |count| count + 1)
            }
        });
        assert_eq!(touched.get_untracked(), 0);
        painter.show(&|read: &mut dyn FnMut(&str, bool)| read("One.\n\nTwo.\n\nThree, and four.\n\nFive.", false));
        assert_eq!(touched.get_untracked(), 0);
        assert_eq!(shown(painter).len(), 4);
    }

    #[test]
    fn a_heading_is_told_by_its_level() {
        assert_eq!(heading("<h2>Of maps</h2>"), Some(2));
        assert_eq!(["<hr>", "<p>h1</p>", "", "<h"].map(heading), [None; 4]);
    }

    #[test]
    fn a_list_of_rows_changes_only_when_a_block_comes() {
        let owner = Owner::new();
        owner.set();
        let mut canvas = Canvas::default();
        canvas.document.set("Hel");
        assert!(canvas.sync());
        canvas.document.set("Hello");
        assert!(!canvas.sync());
        canvas.document.set("Hello\n\nthere");
        assert!(canvas.sync());
    }
}
