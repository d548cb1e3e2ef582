//! The scrolled box of the messages, outside of what is drawn: it begins where somebody read last, follows the end only from
//! there, keeps what is read in its place whatever changes around it, and has only the rows drawn that are near.

use super::follow::{self, Follow, Scroll};
use super::sheet::{self, Edges, Slice};
use crate::dom;
use crate::reactive::memo;
use crate::state::conversation::{ChatStore, Conversation, Landing, ReadingPlace, Row, RowKind};
use crate::time::now_ms;
use leptos::html;
use leptos::prelude::*;
use shared::MessageId;
use std::collections::HashMap;
use std::ops::Range;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// What may serve as the mark that stays in place.
const MARKS: &str = ".markdown > *, .turn > *";
/// How far below the upper edge the mark is looked for, in pixels.
const READING_LINE: f32 = 24.0;
/// How much is drawn beyond what is seen, in heights of the box; from which on there is too little or too much of it.
const BEYOND: f64 = 1.5;
const TOO_LITTLE: f64 = 0.7;
const TOO_MUCH: f64 = 4.0;
/// The height to begin with, before the box has one.
const ROOM: f64 = 900.0;
/// How long a message that was looked for stays marked.
const MARKED: Duration = Duration::from_millis(2400);

/// The place in the text that the reader looks at, and how deep in the content it stands: a hand that scrolls does not
/// change that, only what comes and goes above.
#[derive(Clone)]
struct Mark {
    element: Element,
    depth: f64,
}

impl Mark {
    fn new(element: Element, node: &Element) -> Self {
        Self { depth: depth_in(&element, node), element }
    }
}

/// How deep an element stands in what is scrolled. Where the box itself stands counts, too: what is read stays on the screen
/// when a line appears above the box.
fn depth_in(element: &Element, node: &Element) -> f64 {
    element.get_bounding_client_rect().top() + f64::from(node.scroll_top())
}

/// The scrolled box.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    store: ChatStore,
    /// The box.
    pub(super) node: NodeRef<html::Div>,
    /// What stands for the rows above and below those that are drawn.
    pub(super) pads: (NodeRef<html::Div>, NodeRef<html::Div>),
    /// What is drawn.
    pub(super) slice: Memo<Slice>,
    /// Whether the end is far enough for a way there.
    pub(super) far: RwSignal<bool>,
    /// Whether something came at the end that was not seen.
    pub(super) news: RwSignal<bool>,
    edges: RwSignal<Edges>,
    heights: StoredValue<HashMap<String, f64>>,
    /// Width and height of the box.
    size: StoredValue<(f64, f64)>,
    follow: StoredValue<Follow>,
    mark: StoredValue<Option<Mark>, LocalStorage>,
    frame_asked: StoredValue<bool>,
    /// Where the view was when rows were chosen last.
    refitted: StoredValue<f64>,
}

impl Reading {
    pub(super) fn new(store: ChatStore) -> Self {
        let (edges, heights) = (RwSignal::new(Edges::default()), StoredValue::new(HashMap::new()));
        let size = StoredValue::new((ROOM, ROOM));
        let slice = memo(move || {
            store.moved.track();
            store.rows.with(|rows| edges.with(|edges| slice_of(store, rows, edges, heights, size.get_value())))
        });
        Self {
            store,
            node: NodeRef::new(),
            pads: (NodeRef::new(), NodeRef::new()),
            slice,
            far: RwSignal::new(false),
            news: RwSignal::new(false),
            edges,
            heights,
            size,
            follow: StoredValue::new(Follow::default()),
            mark: StoredValue::new_local(None),
            frame_asked: StoredValue::new(false),
            refitted: StoredValue::new(0.0),
        }
    }

    fn scroll(self) -> Option<Scroll> {
        let node = self.node.try_get_untracked()??;
        Some(Scroll {
            top: f64::from(node.scroll_top()),
            content: f64::from(node.scroll_height()),
            window: f64::from(node.client_height()),
        })
    }

    fn is_reading(self) -> bool {
        self.follow.with_value(|follow| follow.is_reading())
    }

    /// Goes to the end of the chat and stays there.
    pub(super) fn to_end(self) {
        // The page may be gone since it was asked for.
        if self.node.try_get_untracked().is_none() || self.store.go_newest() {
            return;
        }
        self.pin();
        if !self.slice.with_untracked(Slice::has_end) {
            // Rows on the way there are not worth drawing.
            self.edges.set(Edges::default());
        }
        self.jump_to_end();
    }

    /// Goes to the beginning of the chat; false when the browser's own way there is right.
    pub(super) fn to_start(self) -> bool {
        self.store.go_oldest()
    }

    /// Somebody moves upwards by hand: whatever comes, the view stays.
    pub(super) fn hold(self) {
        if self.scroll().is_some_and(|scroll| scroll.top > 0.0) {
            self.follow.update_value(Follow::hold);
        }
    }

    fn pin(self) {
        self.follow.update_value(|follow| follow.pin(now_ms()));
    }

    fn jump_to_end(self) {
        if let Some(node) = self.node.get_untracked() {
            node.set_scroll_top(node.scroll_height());
        }
    }

    /// Takes note of where the reader is, and sees to what is drawn and fetched there.
    pub(super) fn scrolled(self) {
        let Some(scroll) = self.scroll() else { return };
        if self.follow.try_update_value(|follow| follow.scrolled(scroll, now_ms())) == Some(true) {
            self.jump_to_end();
        }
        let (older, newer) = self.store.read(|chat| (chat.has_older(), chat.has_newer()));
        if newer {
            // The end of what is here is not the end of the chat.
            self.follow.update_value(Follow::hold);
        }
        self.offer_end(scroll);
        // At the end it is the end that is kept, and looking for a mark costs time in every frame.
        if self.is_reading() {
            self.take_mark();
        }
        self.cover();
        if older && follow::is_early(scroll) {
            self.store.want_older();
        }
        if newer && follow::is_late(scroll) {
            self.store.want_newer();
        }
    }

    /// Something has another size: keeps the end at the end, or the reader's place in its place.
    pub(super) fn resized(self) {
        let Some(scroll) = self.scroll() else { return };
        let width = self.node.get_untracked().map_or(ROOM, |node| f64::from(node.client_width()));
        let before = self.size.try_update_value(|size| std::mem::replace(size, (width, scroll.window)));
        if before.is_some_and(|(before, _)| (before - width).abs() > 1.0) {
            self.heights.update_value(HashMap::clear);
        }
        if self.is_reading() && self.follow.with_value(|follow| follow.has_grown(scroll)) {
            self.tell_news();
        }
        self.settle();
    }

    /// After what is drawn has changed: begins where the chat is to begin, or keeps the place.
    pub(super) fn settle(self) {
        let Some(scroll) = self.scroll() else { return };
        if !self.land() {
            if self.follow.try_update_value(|follow| follow.resized(scroll)) == Some(true) {
                self.jump_to_end();
            } else {
                self.keep_mark();
            }
        }
        let Some(scroll) = self.scroll() else { return };
        self.follow.update_value(|follow| follow.placed(scroll));
        self.offer_end(scroll);
        self.cover();
    }

    fn tell_news(self) {
        if self.store.is_busy.get_untracked() && !self.news.get_untracked() {
            self.news.set(true);
        }
    }

    fn offer_end(self, scroll: Scroll) {
        let newer = self.store.read(Conversation::has_newer);
        let far = newer || (follow::is_far(scroll) && self.is_reading());
        if self.far.get_untracked() != far {
            self.far.set(far);
        }
        if !far && self.news.get_untracked() {
            self.news.set(false);
        }
    }
}

// Beginning, and the mark.
impl Reading {
    /// Puts the view where the chat is to begin; false when it has begun.
    fn land(self) -> bool {
        let Some(landing) = self.store.landing() else { return false };
        let slice = self.slice.get_untracked();
        if let (Some(first), Some(last)) = (slice.keys.first(), slice.keys.last()) {
            if self.drawn().is_empty() {
                // What is to be drawn is not yet.
                request_animation_frame(move || self.settle());
                return true;
            }
            self.edges.set(Edges { first: first.clone(), last: last.clone(), open: slice.has_end() });
        }
        self.store.landed();
        self.mark.set_value(None);
        match landing {
            Landing::End => self.stay_at_end(),
            Landing::Start => {
                self.follow.update_value(Follow::hold);
                self.set_top(0.0);
            }
            Landing::At { message, offset, mark } => match self.row_of(&message) {
                Some(row) => self.land_at(&row, offset, mark),
                None => self.stay_at_end(),
            },
        }
        true
    }

    fn stay_at_end(self) {
        self.pin();
        self.jump_to_end();
    }

    fn land_at(self, row: &HtmlElement, offset: f64, mark: bool) {
        self.follow.update_value(Follow::hold);
        self.set_top(
            f64::from(self.node.get_untracked().map_or(0, |node| node.scroll_top())) + self.depth(row) - offset,
        );
        self.mark.set_value(self.node.get_untracked().map(|node| Mark::new(row.clone().into(), &node)));
        if mark {
            show_mark(row);
        }
    }

    fn set_top(self, top: f64) {
        if let Some(node) = self.node.get_untracked() {
            node.set_scroll_top(top.round() as i32);
        }
    }

    /// How far below the upper edge of the box an element begins.
    fn depth(self, element: &Element) -> f64 {
        let edge = self.node.get_untracked().map_or(0.0, |node| node.get_bounding_client_rect().top());
        element.get_bounding_client_rect().top() - edge
    }

    /// The drawn rows with their keys.
    fn drawn(self) -> Vec<(String, HtmlElement)> {
        let (Some(first), Some(last)) = (self.pads.0.get_untracked(), self.pads.1.get_untracked()) else {
            return Vec::new();
        };
        let mut rows = Vec::new();
        let mut next = first.next_element_sibling();
        while let Some(row) = next.filter(|row| !row.is_same_node(Some(&last))) {
            next = row.next_element_sibling();
            rows.extend(row.dyn_into::<HtmlElement>());
        }
        let keys = self.slice.with_untracked(|slice| slice.keys.clone());
        // What is drawn follows what is to be drawn a moment later.
        if keys.len() == rows.len() { keys.into_iter().zip(rows).collect() } else { Vec::new() }
    }

    fn row_of(self, message: &MessageId) -> Option<HtmlElement> {
        let key = self.store.read(|chat| chat.key_at(message))?;
        self.drawn().into_iter().find(|(known, _)| *known == key).map(|(_, row)| row)
    }

    /// Where somebody reads; none at the end.
    pub(super) fn place(self) -> Option<ReadingPlace> {
        if !self.is_reading() {
            return None;
        }
        let edge = self.node.get_untracked()?.get_bounding_client_rect().top() + f64::from(READING_LINE);
        let mut drawn = self.drawn().into_iter();
        let (key, row) = drawn.find(|(_, row)| row.get_bounding_client_rect().bottom() > edge)?;
        Some(ReadingPlace { message: self.store.read(|chat| chat.message_at(&key))?, offset: self.depth(&row) })
    }

    fn take_mark(self) {
        let mark = self.node.get_untracked().and_then(|node| {
            let box_ = node.get_bounding_client_rect();
            let middle = (box_.left() + box_.width() / 2.0) as f32;
            let hit = dom::document()?.element_from_point(middle, box_.top() as f32 + READING_LINE)?;
            let element = hit.closest(MARKS).ok()??;
            Some(Mark::new(element, &node))
        });
        // Between two rows there is nothing to hit; the mark before is still good.
        if mark.is_some() {
            self.mark.set_value(mark);
        }
    }

    fn keep_mark(self) {
        let Some(node) = self.node.get_untracked() else { return };
        let moved = self.mark.try_update_value(|mark| {
            let mark = mark.as_mut().filter(|mark| mark.element.is_connected())?;
            let depth = depth_in(&mark.element, &node);
            let moved = depth - mark.depth;
            if moved.abs() >= 1.0 {
                mark.depth = depth;
            }
            Some(moved)
        });
        match moved.flatten() {
            Some(moved) if moved.abs() >= 1.0 => node.set_scroll_top(node.scroll_top() + moved.round() as i32),
            Some(_) => {}
            None => self.take_mark(),
        }
    }
}

// What is drawn.
impl Reading {
    /// Draws what is seen at once, and what is near when that is painted.
    fn cover(self) {
        let Some(scroll) = self.scroll() else { return };
        let lacks = self.slice.with_untracked(|slice| {
            let above = scroll.top - slice.above;
            let below = scroll.content - slice.below - scroll.top - scroll.window;
            let lack = if slice.before > 0 { above } else { f64::MAX };
            (lack.min(if slice.has_end() { f64::MAX } else { below }), above.max(below))
        });
        match lacks {
            (least, _) if least < 0.0 => self.refit(0.0),
            (least, _) if least < TOO_LITTLE * scroll.window => self.refit_soon(),
            // One row may be higher than all of that: looking again is for when the view has moved on.
            (_, most) if most > TOO_MUCH * scroll.window && self.has_moved_on(scroll) => self.refit_soon(),
            _ => {}
        }
    }

    fn has_moved_on(self, scroll: Scroll) -> bool {
        (self.refitted.get_value() - scroll.top).abs() > scroll.window
    }

    fn refit_soon(self) {
        if self.frame_asked.try_update_value(|asked| std::mem::replace(asked, true)) == Some(false) {
            // What is near may come in the frame after this one: what is seen is painted first.
            let refit = move || {
                if self.frame_asked.try_update_value(|asked| *asked = false).is_some() {
                    self.refit(BEYOND);
                }
            };
            request_animation_frame(move || set_timeout(refit, Duration::ZERO));
        }
    }

    /// Draws what is seen and so much beyond it, in heights of the box.
    fn refit(self, beyond: f64) {
        let Some(scroll) = self.scroll() else { return };
        self.measure();
        let size = self.size.get_value();
        self.refitted.set_value(scroll.top);
        let rows = self.store.rows.read_untracked();
        let heights: Vec<f64> = rows.iter().map(|row| height_of(row, self.heights, size.0)).collect();
        let room = (beyond + 0.25) * scroll.window;
        let mut range = sheet::span(&heights, scroll.top - room, scroll.top + scroll.window + room);
        let drawn = self.slice.with_untracked(|slice| slice.before..slice.before + slice.keys.len());
        // What is seen now and what somebody has selected stays.
        let touches = range.start <= drawn.end && drawn.start <= range.end;
        if (beyond == 0.0 && touches) || self.holds_selection() {
            range = range.start.min(drawn.start)..range.end.max(drawn.end).min(rows.len());
        }
        if range == drawn {
            return;
        }
        self.keep_focus(&range, &drawn);
        let edges = rows.get(range.start).zip(rows.get(range.end.saturating_sub(1))).map(|(first, last)| Edges {
            first: first.key.clone(),
            last: last.key.clone(),
            open: range.end == rows.len(),
        });
        drop(rows);
        if let Some(edges) = edges {
            self.edges.set(edges);
        }
    }

    /// Remembers how high the drawn rows are, with the distance to the row above.
    fn measure(self) {
        let Some(pad) = self.pads.0.get_untracked() else { return };
        let mut bottom = pad.get_bounding_client_rect().bottom();
        let drawn = self.drawn();
        self.heights.update_value(|heights| {
            for (key, row) in drawn {
                let end = row.get_bounding_client_rect().bottom();
                heights.insert(key, end - bottom);
                bottom = end;
            }
        });
    }

    fn holds_selection(self) -> bool {
        let selection = web_sys::window().and_then(|window| window.get_selection().ok()?);
        let anchor =
            selection.filter(|selection| !selection.is_collapsed()).and_then(|selection| selection.anchor_node());
        self.node.get_untracked().is_some_and(|node| anchor.is_some_and(|anchor| node.contains(Some(&anchor))))
    }

    /// The focus does not get lost with a row that is not drawn any more: the keys go on scrolling.
    fn keep_focus(self, range: &Range<usize>, drawn: &Range<usize>) {
        let Some(focused) = dom::focused() else { return };
        let rows = self.drawn();
        let mut held = rows.iter().enumerate().filter(|(_, (_, row))| row.contains(Some(&focused)));
        if held.any(|(index, _)| !range.contains(&(drawn.start + index)))
            && let Some(node) = self.node.get_untracked()
        {
            dom::focus(&node);
        }
    }
}

fn height_of(row: &Row, heights: StoredValue<HashMap<String, f64>>, width: f64) -> f64 {
    let known = heights.with_value(|heights| heights.get(&row.key).copied());
    known.unwrap_or_else(|| sheet::estimate(row.size, width))
}

fn slice_of(
    store: ChatStore,
    rows: &[Row],
    edges: &Edges,
    heights: StoredValue<HashMap<String, f64>>,
    (width, room): (f64, f64),
) -> Slice {
    let heights: Vec<f64> = rows.iter().map(|row| height_of(row, heights, width)).collect();
    let range = match store.landing() {
        Some(Landing::At { message, .. }) => {
            let key = store.read(|chat| chat.key_at(&message));
            let index = key.and_then(|key| rows.iter().position(|row| row.key == key));
            index.map(|index| sheet::around(&heights, index, room))
        }
        Some(Landing::Start) => Some(sheet::span(&heights, 0.0, room)),
        Some(Landing::End) => None,
        None => edges.find(rows.iter().map(|row| row.key.as_str())),
    };
    let range = range.unwrap_or_else(|| sheet::ending(&heights, room));
    let above = range.start.checked_sub(1).and_then(|above| rows.get(above));
    Slice {
        keys: rows[range.clone()].iter().map(|row| row.key.clone()).collect(),
        before: range.start,
        all: rows.len(),
        question_above: above.map(|row| matches!(row.kind, RowKind::Question { .. })),
        above: heights[..range.start].iter().sum(),
        below: heights[range.end..].iter().sum(),
    }
}

/// Shows which message was looked for, to eyes for a moment and to a screen reader by the focus.
fn show_mark(row: &HtmlElement) {
    // Both are literals that no element refuses.
    let _ = (row.class_list().add_1("sought"), row.set_attribute("tabindex", "-1"));
    dom::focus_in_place(row);
    let row = row.clone();
    set_timeout(move || drop(row.class_list().remove_1("sought")), MARKED);
}
