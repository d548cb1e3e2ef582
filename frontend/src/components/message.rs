//! The rows of a chat: questions, answers, what was refused.

pub mod actions;
pub mod answer;
pub mod columns;
pub mod day;
pub mod document;
pub mod editor;
pub mod failure;
pub mod figures;
pub mod files;
pub mod information;
mod keys;
pub mod menu;
pub(crate) mod press;
pub mod question;
pub mod quote;
pub mod tool;
pub mod versions;

use crate::components::reasoning::Expected;
use crate::state::conversation::{RowKind, use_chat};
use answer::AnswerRow;
use columns::ColumnsRow;
use failure::RefusedRow;
use leptos::prelude::*;
use question::QuestionRow;

/// One row. What it is stays; what surrounds it may change.
#[component]
pub fn MessageRow(
    /// Its key.
    key: String,
) -> AnyView {
    let chat = use_chat();
    // What a question says before it is stored; an answer's text grows elsewhere.
    let said = chat.read(|chat| chat.question(&key));
    // A row that is about to leave the screen keeps what it was.
    let kind = Memo::new(move |before: Option<&Option<RowKind>>| {
        chat.kinds.with(|kinds| kinds.get(&key).cloned()).or_else(|| before.cloned().flatten())
    });
    match kind.get_untracked() {
        Some(RowKind::Question { .. }) => view! { <QuestionRow said=said.unwrap_or_default() kind/> }.into_any(),
        Some(RowKind::Answer { id, .. }) => view! { <AnswerRow id kind/> }.into_any(),
        Some(RowKind::Columns(_)) => view! { <ColumnsRow kind/> }.into_any(),
        Some(RowKind::Refused(error)) => view! { <RefusedRow error/> }.into_any(),
        Some(RowKind::Expected) => view! { <article class="turn answer"><Expected/></article> }.into_any(),
        None => ().into_any(),
    }
}
