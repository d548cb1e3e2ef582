//! When a message was written: the hour beside its actions, and the day above the first message of a day.

use crate::i18n::{chat, language, messages, say};
use crate::reactive::{draw, memo};
use crate::state::conversation::{RowKind, use_chat};
use crate::time::{self, Age};
use leptos::prelude::*;
use shared::MessageId;

/// The day, if the message above is of another one. The first message of a chat is of its own day, which is said unless
/// it is today.
#[component]
pub fn Day(
    /// The message.
    id: MessageId,
    /// What surrounds it.
    kind: Memo<Option<RowKind>>,
) -> AnyView {
    let store = use_chat();
    let day = memo(move || {
        kind.track();
        // Older messages may come above it.
        store.rows.track();
        let (written, above) = store.follow(&id, |chat| chat.written(&id))?;
        let begins = match above {
            Some(above) => !time::is_same_day(&written, &above),
            None => !store.has_older() && age_of(&written).is_some_and(|age| age != Age::Today),
        };
        begins.then_some(written)
    });
    draw(move || day.get().map(|day| view! { <p class="day">{move || name(&day)}</p> }))
}

fn age_of(written: &str) -> Option<Age> {
    time::parse(written).map(|then| time::age(then, time::now_ms()))
}

fn name(written: &str) -> String {
    match age_of(written) {
        Some(Age::Today) => say(chat::TODAY).to_owned(),
        Some(Age::Yesterday) => say(chat::YESTERDAY).to_owned(),
        _ => time::day(written, language()),
    }
}

/// The hour, and whether the message was changed since.
#[component]
pub fn Written(
    /// The message.
    id: MessageId,
) -> AnyView {
    let store = use_chat();
    let at = memo(move || {
        let written = store.follow(&id, |chat| chat.written(&id)).map(|(written, _)| written).unwrap_or_default();
        (written, store.read(|chat| chat.is_edited(&id)))
    });
    let body = move || {
        let (written, is_edited) = at.get();
        let hour = time::clock(&written, language());
        let whole = time::date_time(&written, language());
        let edited = is_edited.then(|| view! { <span class="edited">{say(messages::EDITED)}</span> });
        (!hour.is_empty())
            .then(|| view! { {edited}<time class="written" datetime=written data-tip=whole>{hour}</time> })
    };
    draw(body)
}
