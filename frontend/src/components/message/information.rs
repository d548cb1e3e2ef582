//! The facts of an answer: model, tokens, times. What the server stored, and marked where it is an estimate.

use crate::components::ui::popover::Point;
use crate::components::ui::{Glyph, IconButton, Popover};
use crate::i18n::{Text, chat, fill, language, t};
use crate::state::conversation::use_chat;
use crate::time;
use leptos::html;
use leptos::prelude::*;
use shared::MessageId;
use shared::chat::Usage;

/// Opens the facts of an answer.
#[component]
pub fn InformationButton(
    /// The answer.
    id: MessageId,
    /// The button itself.
    #[prop(optional)]
    node_ref: NodeRef<html::Button>,
    /// Where the facts stand while the button is not on the screen.
    #[prop(optional)]
    press: StoredValue<Option<Point>>,
) -> AnyView {
    let open = RwSignal::new(false);
    let id = StoredValue::new(id);
    view! {
        <IconButton
            node_ref
            name=t(chat::INFORMATION)
            glyph=Glyph::Info
            popup="dialog"
            expanded=Signal::from(open)
            on_press=move || open.update(|open| *open = !*open)
        />
        <Popover open anchor=node_ref press name=t(chat::INFORMATION) class="facts">
            {move || id.with_value(facts)}
        </Popover>
    }
    .into_any()
}

fn facts(id: &MessageId) -> AnyView {
    let (usage, model, created) = use_chat().read(|chat| {
        let message = chat.message(id);
        let usage = chat.answer(id).and_then(|answer| answer.usage.cloned());
        (usage, message.and_then(|message| message.model.clone()), message.map(|message| message.created_at.clone()))
    });
    let mut rows: Vec<(Text, String)> = model.into_iter().map(|model| (chat::MODEL, model)).collect();
    rows.extend(usage.as_ref().map(lines).unwrap_or_default());
    let written = created.map(|created| time::date_time(&created, language())).filter(|written| !written.is_empty());
    rows.extend(written.map(|written| (chat::WRITTEN_AT, written)));
    let rows = rows.into_iter().map(|(name, value)| view! { <dt>{t(name)}</dt><dd>{value}</dd> });
    view! { <dl>{rows.collect_view()}</dl> }.into_any()
}

/// The lines about what an answer cost; tracked by language.
fn lines(usage: &Usage) -> Vec<(Text, String)> {
    let count = |tokens: u64| {
        let tokens = grouped(tokens);
        if usage.estimated { fill(chat::ESTIMATED, &[("value", &tokens)]) } else { tokens }
    };
    let (prompt, completion) = (grouped(usage.prompt_tokens), grouped(usage.completion_tokens));
    let tokens = fill(chat::TOKENS_VALUE, &[("prompt", &prompt), ("completion", &completion)]);
    let tokens = if usage.estimated { fill(chat::ESTIMATED, &[("value", &tokens)]) } else { tokens };
    let time = |ms: u64| match ms {
        ..1_000 => fill(chat::MILLISECONDS, &[("value", &ms.to_string())]),
        _ => fill(chat::SECONDS, &[("value", &seconds(ms))]),
    };
    let optional = [
        (chat::REASONING_TOKENS, (usage.reasoning_tokens > 0).then(|| count(usage.reasoning_tokens))),
        (chat::CACHED_TOKENS, (usage.cached_tokens > 0).then(|| count(usage.cached_tokens))),
        (chat::FIRST_TOKEN, usage.first_token_ms.map(time)),
        (chat::WHOLE_TIME, usage.total_ms.map(time)),
    ];
    let optional = optional.into_iter().filter_map(|(name, value)| Some((name, value?)));
    [(chat::TOKENS, tokens)].into_iter().chain(optional).collect()
}

/// A number with thin groups of three: `12 345`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + 4);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// Milliseconds as seconds with the places that mean something: `4.1`, `75`.
fn seconds(ms: u64) -> String {
    let tenths = ms.saturating_add(50) / 100;
    if tenths < 100 { format!("{}.{}", tenths / 10, tenths % 10) } else { (tenths / 10).to_string() }
}

#[cfg(test)]
mod tests {
    use super::{grouped, lines, seconds};
    use crate::i18n::chat;
    use shared::chat::Usage;

    #[test]
    fn numbers_are_grouped_and_times_rounded_to_what_means_something() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1\u{202f}000", "1\u{202f}234\u{202f}567"]);
        assert_eq!([4_120, 9_960, 75_400].map(seconds), ["4.1", "10", "75"]);
    }

    #[test]
    fn an_estimate_says_so_and_what_is_unknown_is_left_out() {
        let usage = Usage { prompt_tokens: 10, completion_tokens: 2, estimated: true, ..Usage::default() };
        let lines = lines(&usage);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].0 == chat::TOKENS && (lines[0].1.contains("estimated") || lines[0].1.contains("估算")));
    }
}
