//! What an answer took, as one discreet line beside its actions: tokens written, time, cost, speed. Whoever does not want
//! it switches it off for their device.

use super::information::{marked, speed, time};
use crate::amounts::{grouped, money};
use crate::i18n::{chat, fill, messages};
use crate::reactive::{draw, memo};
use crate::state::conversation::use_chat;
use crate::storage;
use leptos::prelude::*;
use shared::MessageId;
use shared::chat::Usage;

/// Present when somebody does not want the line.
const HIDDEN: &str = "aichat.figures-hidden";

/// Whether the line is wanted on this device.
#[must_use]
pub fn are_wanted() -> bool {
    storage::read(HIDDEN).is_none()
}

/// Wants the line, or not.
pub fn want(wanted: bool) {
    if wanted {
        storage::remove(HIDDEN);
    } else {
        storage::write(HIDDEN, "1");
    }
}

/// The line; nothing while nothing is known.
#[component]
pub fn Figures(
    /// The answer.
    id: MessageId,
) -> AnyView {
    if !are_wanted() {
        return ().into_any();
    }
    let store = use_chat();
    let usage = memo(move || store.follow(&id, |chat| chat.answer(&id).and_then(|answer| answer.usage.cloned())));
    let body = move || {
        usage.get().map(|usage| {
            let parts = parts(&usage);
            let whole = parts.join(" · ");
            let shown = parts.into_iter().enumerate().map(|(index, part)| {
                let part = if index == 0 { part } else { format!(" · {part}") };
                view! { <span>{part}</span> }
            });
            view! { <span class="answer-figures" data-tip=whole>{shown.collect_view()}</span> }
        })
    };
    draw(body)
}

/// The parts of the line, what matters most first; tracked by language.
fn parts(usage: &Usage) -> Vec<String> {
    let tokens = fill(chat::FILE_TOKENS, &[("count", &grouped(usage.completion_tokens))]);
    let mark = |value: String| if usage.estimated { marked(&value) } else { value };
    let parts = [
        Some(mark(tokens)),
        usage.total_ms.map(time),
        usage.cost.map(|cost| mark(money(cost))),
        speed(usage).map(|speed| fill(messages::PER_SECOND, &[("count", &speed)])),
    ];
    parts.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::parts;
    use shared::chat::{Cost, Usage};
    use shared::models::Currency;

    #[test]
    fn the_line_has_what_is_known_and_says_what_is_an_estimate() {
        let usage = Usage {
            prompt_tokens: 10,
            completion_tokens: 100,
            first_token_ms: Some(1_000),
            total_ms: Some(3_000),
            cost: Some(Cost { currency: Currency::Usd, nano: 2_345 }),
            ..Usage::default()
        };
        let line = parts(&usage);
        assert_eq!(line.len(), 4);
        assert!(line[0].contains("100") && line[1].contains("3.0") && line[3].contains("50"), "{line:?}");
        assert_eq!(line[2], "$0.0000023");
        let guessed = parts(&Usage { completion_tokens: 2, estimated: true, ..Usage::default() });
        assert_eq!(guessed.len(), 1);
        assert_ne!(guessed, parts(&Usage { completion_tokens: 2, ..Usage::default() }));
    }
}
