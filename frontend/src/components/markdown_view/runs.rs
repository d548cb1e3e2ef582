//! A long text in runs of blocks. The browser lays out again what surrounds the block that grows: that is its run, not all
//! of the text. And what comes all at once, with a chat that is opened or a tab that is looked at again, is drawn run by
//! run, one in a frame: the end first, which is what somebody sees, then upwards from there.

use super::{BlockRow, BlockView, Painter};
use crate::reactive::memo;
use leptos::prelude::*;
use std::ops::Range;

/// Blocks in a run.
const RUN: usize = 32;
/// Runs that may come in one frame; of more, how many are drawn first.
const AT_ONCE: usize = 3;
const FIRST: usize = 2;

/// How many runs so many blocks are; an empty text is one.
fn count(blocks: usize) -> usize {
    blocks.div_ceil(RUN).max(1)
}

/// The runs that wait for their frame, where so many come to those that were there.
fn waiting(before: usize, now: usize) -> Option<Range<usize>> {
    (now > before + AT_ONCE).then(|| before..now - FIRST)
}

impl Painter {
    /// Shows these blocks. With `whole` all of them at once: somebody comes back to a place in their middle.
    pub(super) fn deliver(self, rows: Vec<BlockRow>, whole: bool) {
        let before = self.rows.with_untracked(Vec::len);
        let idle = self.waiting.with_untracked(Range::is_empty);
        let drawn = if before == 0 { 0 } else { count(before) };
        if let Some(waiting) = waiting(drawn, count(rows.len())).filter(|_| idle && !whole) {
            self.waiting.set(waiting);
            self.draw_on();
        }
        self.rows.set(rows);
    }

    fn draw_on(self) {
        request_animation_frame(move || {
            let Some(waiting) = self.waiting.try_get_untracked() else { return };
            // One at a time: what stands below is not touched by that.
            let rest = waiting.start..waiting.end.saturating_sub(1).max(waiting.start);
            let more = !rest.is_empty();
            self.waiting.set(rest);
            if more {
                self.draw_on();
            }
        });
    }
}

/// The blocks of a painter, run by run. A run that waits has its place already: a list that takes in something before what it
/// has would move all of that, and the browser would lay all of it out again in each frame.
pub(super) fn runs(painter: Painter) -> AnyView {
    let all = memo(move || count(painter.rows.with(Vec::len)));
    view! { <For each=move || 0..all.get() key=|run| *run children=move |run| one(painter, run)/> }.into_any()
}

fn one(painter: Painter, run: usize) -> AnyView {
    let part = move |rows: &Vec<BlockRow>| rows.get(run * RUN..).map(|rows| rows[..rows.len().min(RUN)].to_vec());
    let is_due = memo(move || painter.waiting.with(|waiting| !waiting.contains(&run)));
    let keys = memo(move || {
        painter.rows.with(|rows| part(rows).unwrap_or_default().iter().map(|row| row.key).collect::<Vec<_>>())
    });
    let rows = move || {
        // Only a memo that is read is worked out, and tells of its changes.
        keys.with(|_| ());
        if is_due.get() { painter.rows.with_untracked(part).unwrap_or_default() } else { Vec::new() }
    };
    view! {
        <div class="markdown run">
            <For each=rows key=|row| row.key children=|row| view! { <BlockView row/> }/>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::{count, waiting};

    #[test]
    fn what_comes_block_by_block_is_drawn_at_once_and_a_flood_is_not() {
        assert_eq!((count(0), count(32), count(33)), (1, 1, 2));
        assert_eq!(waiting(0, 3), None);
        assert_eq!(waiting(10, 11), None);
        assert_eq!(waiting(0, 60), Some(0..58));
        assert_eq!(waiting(20, 60), Some(20..58), "what was there stays");
    }
}
