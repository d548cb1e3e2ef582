//! The sentences of errors. There are many, and a page that works says none of them: they are here as soon as a part of the
//! program is that says some ([`bring`]), and before a refusal of the server is told ([`fetch`]).

use crate::later::SplitLoaderError;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::ApiError;
use shared::error::Language;
use std::cell::Cell;
use wasm_split_helpers::wasm_split;

/// What happened and what to do, in a language.
type Say = fn(&ApiError, Language) -> (String, Option<String>);

thread_local! {
    // A tab has one table, so it needs no owner. Tests have theirs from the beginning.
    static SAY: ArcRwSignal<Option<Say>> = ArcRwSignal::new(if cfg!(target_arch = "wasm32") { None } else { Some(said) });
    static IS_HERE: Cell<bool> = const { Cell::new(cfg!(not(target_arch = "wasm32"))) };
}

/// An error's two sentences; tracked. Nothing as long as they are on their way.
#[must_use]
pub fn of(error: &ApiError, language: Language) -> (String, Option<String>) {
    match SAY.with(Get::get) {
        Some(say) => say(error, language),
        None => {
            spawn_local(fetch());
            Default::default()
        }
    }
}

/// Called by a part that says errors: with it, the sentences are here.
pub fn bring() {
    if !IS_HERE.replace(true) {
        SAY.with(|say| say.set(Some(said)));
    }
}

/// Fetches the sentences, unless they are here. Where they do not come, the server's own words stand in for them.
pub async fn fetch() {
    if IS_HERE.get() {
        return;
    }
    let fetched = part().await;
    if !IS_HERE.get() {
        IS_HERE.set(fetched.is_ok());
        SAY.with(|say| say.set(Some(fetched.unwrap_or(as_sent))));
    }
}

#[wasm_split(sentences, fallible)]
fn part() -> Result<Say, SplitLoaderError> {
    Ok(said)
}

fn said(error: &ApiError, language: Language) -> (String, Option<String>) {
    (error.message_in(language), error.hint_in(language))
}

/// The words of the server; an error of this page has none.
fn as_sent(error: &ApiError, _: Language) -> (String, Option<String>) {
    let message = if error.message.is_empty() { &error.code } else { &error.message };
    (message.clone(), error.hint.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::ErrorCode;
    use shared::error::Params;

    #[test]
    fn an_error_is_said_in_the_readers_language_and_as_it_was_sent_without_the_table() {
        let sent = ApiError::new(ErrorCode::AuthRequired, Params::new());
        assert_eq!(of(&sent, Language::ZhCn), ("你还没有登录。".to_owned(), Some("请登录后重试。".to_owned())));
        let hint = Some("Sign in and try again.".to_owned());
        assert_eq!(as_sent(&sent, Language::ZhCn), ("You are not signed in.".to_owned(), hint));
        let own = ApiError::bare(ErrorCode::FileEmpty, Params::new());
        assert_eq!(as_sent(&own, Language::En), ("file.empty".to_owned(), None));
        assert_eq!(of(&own, Language::En).0, ErrorCode::FileEmpty.message(Language::En, &Params::new()));
    }
}
