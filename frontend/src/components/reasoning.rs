//! A step of an answer beside its text, such as what a model thought: one line while it goes on, one line afterwards, the
//! whole when it is opened.

use crate::components::ui::{Glyph, Icon, WorkingDot};
use crate::i18n::{chat, fill, say, t};
use leptos::prelude::*;

/// Longest phrase beside the dot, in characters.
const PHRASE: usize = 90;

/// The thoughts of a model.
#[component]
pub fn Reasoning(
    /// Whether it is still thinking.
    #[prop(into)]
    thinking: Signal<bool>,
    /// The latest phrase.
    #[prop(into)]
    phrase: Signal<String>,
    /// How long it thought, in milliseconds, once that is known.
    #[prop(into)]
    duration: Signal<Option<u64>>,
    /// The whole of it; made when it is opened.
    children: ChildrenFn,
) -> AnyView {
    let label = move || match duration.get().map(|ms| ms.div_ceil(1000)) {
        _ if thinking.get() => say(chat::THINKING).to_owned(),
        Some(seconds @ 0..60) => fill(chat::THOUGHT_FOR, &[("seconds", &seconds.max(1).to_string())]),
        Some(seconds) => {
            let (minutes, seconds) = ((seconds / 60).to_string(), (seconds % 60).to_string());
            fill(chat::THOUGHT_FOR_MINUTES, &[("minutes", &minutes), ("seconds", &seconds)])
        }
        None => say(chat::THOUGHT).to_owned(),
    };
    view! { <Step works=thinking label=Signal::derive(label) phrase children/> }.into_any()
}

/// A step: one line, and the whole of it when that is opened.
#[component]
pub fn Step(
    /// Whether it goes on.
    #[prop(into)]
    works: Signal<bool>,
    /// What it is.
    label: Signal<String>,
    /// What is worth a glance: where it is, or why it failed.
    #[prop(into)]
    phrase: Signal<String>,
    /// Whether it failed.
    #[prop(optional, into)]
    failed: Signal<bool>,
    /// The whole of it; made when it is opened.
    children: ChildrenFn,
) -> AnyView {
    let open = RwSignal::new(false);
    let children = StoredValue::new(children);
    let latest = move || {
        let shown = (works.get() || failed.get()) && !open.get();
        shown.then(|| view! { <span class="reasoning-phrase">{move || phrase.get()}</span> })
    };
    view! {
        <div class="reasoning" class:failed=move || failed.get()>
            <button
                class="reasoning-line"
                type="button"
                aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {move || works.get().then(|| view! { <WorkingDot/> })}
                <span class="reasoning-label">{move || label.get()}</span>
                {latest}
                <Icon glyph=Glyph::ChevronRight/>
            </button>
            {move || open.get().then(|| view! { <div class="reasoning-body">{children.with_value(|body| body())}</div> })}
        </div>
    }
    .into_any()
}

/// An answer that has not begun: the dot alone, and what it means for those who do not see it.
#[component]
pub fn Expected() -> AnyView {
    view! {
        <div class="expected">
            <WorkingDot/>
            <span class="visually-hidden">{t(chat::WRITING)}</span>
        </div>
    }
    .into_any()
}

/// The phrase to show while a model thinks: the last complete sentence or line, so that it changes at reading speed;
/// before there is one, what there is. Without the marks of Markdown.
#[must_use]
pub fn latest_phrase(thoughts: &str) -> String {
    // The end is all that counts, and thoughts grow long.
    let start = thoughts.floor_char_boundary(thoughts.len().saturating_sub(1000));
    let tail = thoughts[start..].trim_end_matches([' ', '\n', '\r', '\t']);
    let mut phrases = split(tail);
    let running = phrases.pop().unwrap_or_default();
    let complete = ends_sentence(running) || thoughts.ends_with('\n') || phrases.is_empty();
    let chosen = if complete { running } else { phrases.last().copied().unwrap_or(running) };
    shorten(chosen.trim_matches(|c: char| c.is_whitespace() || "#*-_>`".contains(c)))
}

fn ends_sentence(text: &str) -> bool {
    text.ends_with(['.', '!', '?', '…', '。', '！', '？', '；', ':', '：'])
}

/// Sentences and lines, those without a letter left out.
fn split(text: &str) -> Vec<&str> {
    let mut phrases = Vec::new();
    let mut start = 0;
    let mut signs = text.char_indices().peekable();
    while let Some((at, sign)) = signs.next() {
        let next = signs.peek().map(|(_, next)| *next);
        let full_stop = matches!(sign, '.' | '!' | '?') && next.is_none_or(char::is_whitespace);
        if full_stop || matches!(sign, '\n' | '。' | '！' | '？' | '；') {
            phrases.push(&text[start..at + sign.len_utf8()]);
            start = at + sign.len_utf8();
        }
    }
    phrases.push(&text[start..]);
    phrases.retain(|phrase| phrase.chars().any(char::is_alphanumeric));
    phrases
}

fn shorten(phrase: &str) -> String {
    match phrase.char_indices().nth(PHRASE) {
        Some((end, _)) => format!("{}…", phrase[..end].trim_end()),
        None => phrase.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::latest_phrase;

    #[test]
    fn a_sentence_is_shown_when_it_is_complete() {
        assert_eq!(latest_phrase("First I look."), "First I look.");
        assert_eq!(latest_phrase("First I look. Then I comp"), "First I look.");
        assert_eq!(latest_phrase("先看题目。再想"), "先看题目。");
    }

    #[test]
    fn before_the_first_end_the_beginning_is_shown() {
        assert_eq!(latest_phrase("Let me th"), "Let me th");
        assert_eq!(latest_phrase(""), "");
    }

    #[test]
    fn marks_and_empty_lines_are_no_phrase() {
        assert_eq!(latest_phrase("**Plan**\n\n- \n"), "Plan");
        assert_eq!(latest_phrase("Version 4.6 is out"), "Version 4.6 is out");
    }

    #[test]
    fn a_long_phrase_is_cut_between_characters() {
        let phrase = latest_phrase(&"汉".repeat(2000));
        assert_eq!(phrase.chars().count(), 91);
    }
}
