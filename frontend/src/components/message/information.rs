//! The facts of an answer: model, tokens, times, cost. What the server stored, and marked where it is an estimate.

use crate::amounts::{grouped, money};
use crate::components::ui::Popover;
use crate::components::ui::popover::Point;
use crate::i18n::{Text, chat, fill, language, messages, t};
use crate::state::conversation::use_chat;
use crate::state::models::use_models;
use crate::time as moments;
use leptos::html;
use leptos::prelude::*;
use shared::MessageId;
use shared::chat::Usage;

/// The facts of an answer, beside the button that its menu belongs to.
#[component]
pub fn Facts(
    /// The answer.
    id: MessageId,
    /// Whether they are shown.
    open: RwSignal<bool>,
    /// The button.
    anchor: NodeRef<html::Button>,
    /// Where they stand while the button is not on the screen.
    press: StoredValue<Option<Point>>,
) -> AnyView {
    let id = StoredValue::new(id);
    view! {
        <Popover open anchor press name=t(chat::INFORMATION) class="facts">
            {move || id.with_value(facts)}
        </Popover>
    }
    .into_any()
}

fn facts(id: &MessageId) -> AnyView {
    let models = use_models();
    let (usage, model, created, request) = use_chat().read(|chat| {
        let (message, answer) = (chat.message(id), chat.answer(id));
        let request = answer.and_then(|answer| answer.error).map(|error| error.request_id.clone());
        let usage = answer.and_then(|answer| answer.usage.cloned());
        (
            usage,
            message.and_then(|message| message.model.clone()),
            message.map(|message| message.created_at.clone()),
            request,
        )
    });
    let connection = model.as_deref().and_then(|model| models.connection(model));
    let mut rows: Vec<(Text, String)> = model.into_iter().map(|model| (chat::MODEL, model)).collect();
    rows.extend(connection.map(|connection| (messages::CONNECTION, connection)));
    rows.extend(usage.as_ref().map(lines).unwrap_or_default());
    let written = created.map(|created| moments::date_time(&created, language())).filter(|written| !written.is_empty());
    rows.extend(written.map(|written| (chat::WRITTEN_AT, written)));
    rows.extend(request.filter(|request| !request.is_empty()).map(|request| (messages::REQUEST, request)));
    let rows = rows.into_iter().map(|(name, value)| view! { <dt>{t(name)}</dt><dd>{value}</dd> });
    view! { <dl>{rows.collect_view()}</dl> }.into_any()
}

/// The lines about what an answer cost; tracked by language.
fn lines(usage: &Usage) -> Vec<(Text, String)> {
    let count = |tokens: u64| {
        let tokens = grouped(tokens);
        if usage.estimated { marked(&tokens) } else { tokens }
    };
    let (prompt, completion) = (grouped(usage.prompt_tokens), grouped(usage.completion_tokens));
    let tokens = fill(chat::TOKENS_VALUE, &[("prompt", &prompt), ("completion", &completion)]);
    let tokens = if usage.estimated { marked(&tokens) } else { tokens };
    let optional = [
        (chat::REASONING_TOKENS, (usage.reasoning_tokens > 0).then(|| count(usage.reasoning_tokens))),
        (chat::CACHED_TOKENS, (usage.cached_tokens > 0).then(|| count(usage.cached_tokens))),
        (chat::FIRST_TOKEN, usage.first_token_ms.map(time)),
        (chat::WHOLE_TIME, usage.total_ms.map(time)),
        (messages::SPEED, speed(usage).map(|speed| fill(messages::PER_SECOND, &[("count", &speed)]))),
        (messages::COST, usage.cost.map(|cost| if usage.estimated { marked(&money(cost)) } else { money(cost) })),
    ];
    let optional = optional.into_iter().filter_map(|(name, value)| Some((name, value?)));
    [(chat::TOKENS, tokens)].into_iter().chain(optional).collect()
}

/// A value that is an estimate, and says so.
pub(super) fn marked(value: &str) -> String {
    fill(chat::ESTIMATED, &[("value", value)])
}

/// A time with its unit.
pub(super) fn time(ms: u64) -> String {
    match ms {
        ..1_000 => fill(chat::MILLISECONDS, &[("value", &ms.to_string())]),
        _ => fill(chat::SECONDS, &[("value", &seconds(ms))]),
    }
}

/// Tokens of the answer in a second, from the first one on. A moment is too short to tell.
pub(super) fn speed(usage: &Usage) -> Option<String> {
    let ms = usage.total_ms?.checked_sub(usage.first_token_ms?).filter(|ms| *ms >= 50)?;
    let tenths = usage.completion_tokens.saturating_mul(10_000) / ms;
    let words = if tenths < 100 { format!("{}.{}", tenths / 10, tenths % 10) } else { grouped(tenths / 10) };
    (tenths > 0).then_some(words)
}

/// Milliseconds as seconds with the places that mean something: `4.1`, `75`.
fn seconds(ms: u64) -> String {
    let tenths = ms.saturating_add(50) / 100;
    if tenths < 100 { format!("{}.{}", tenths / 10, tenths % 10) } else { (tenths / 10).to_string() }
}

#[cfg(test)]
mod tests {
    use super::{lines, seconds, speed};
    use crate::i18n::chat;
    use shared::chat::Usage;

    #[test]
    fn times_are_rounded_to_what_means_something() {
        assert_eq!([4_120, 9_960, 75_400].map(seconds), ["4.1", "10", "75"]);
    }

    #[test]
    fn the_speed_is_that_of_writing() {
        let of = |completion_tokens, first_token_ms, total_ms| {
            speed(&Usage { completion_tokens, first_token_ms, total_ms: Some(total_ms), ..Usage::default() })
        };
        assert_eq!(of(100, Some(1_000), 3_000).as_deref(), Some("50"));
        assert_eq!(of(9, Some(1_000), 3_000).as_deref(), Some("4.5"));
        assert_eq!([of(9, Some(10), 20), of(9, None, 20), of(0, Some(0), 200)], [None, None, None]);
    }

    #[test]
    fn an_estimate_says_so_and_what_is_unknown_is_left_out() {
        let usage = Usage { prompt_tokens: 10, completion_tokens: 2, estimated: true, ..Usage::default() };
        let lines = lines(&usage);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].0 == chat::TOKENS && (lines[0].1.contains("estimated") || lines[0].1.contains("估算")));
    }
}
