//! Every sentence of the interface, in both languages, and the one language signal that they follow.
//!
//! A table per area (`i18n/*.rs`) is written with [`texts!`](crate::texts); a key without a language does not compile, and a test
//! compares placeholders and spacing. Errors keep their own table in `shared`, which is fetched when it is needed
//! (`sentences.rs`); the few that only a browser can meet (`client.*`) are worded here. Never decides the language: `state/preferences.rs` does.

pub mod announcement;
pub mod audit;
pub mod auth;
pub mod blocks;
pub mod brand;
pub mod budgets;
pub mod chat;
pub mod common;
pub mod compare;
pub mod composer;
pub mod connections;
pub mod factor;
pub mod invitations;
pub mod keys;
pub mod leaving;
pub mod logs;
pub mod messages;
pub mod models;
pub mod oidc;
pub mod organize;
pub mod overview;
pub mod people;
pub mod reading;
pub mod roster;
pub mod search;
pub mod settings;
pub mod shortcuts;
pub mod start;
pub mod traces;
pub mod usage;

use crate::sentences;
use leptos::prelude::{ArcRwSignal, Get, GetUntracked, Set};
use leptos::reactive::graph::Observer;
use shared::ApiError;
use shared::error::Language;
use shared::settings::fields::{Field, Word};

/// One sentence in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// Its key, for tests.
    pub key: &'static str,
    /// English.
    pub en: &'static str,
    /// Chinese, simplified script.
    pub zh: &'static str,
}

impl Text {
    /// The sentence in `language`.
    #[must_use]
    pub fn get(self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::ZhCn => self.zh,
        }
    }
}

/// Words that `shared` keeps, because the documentation tells them, too.
impl Text {
    /// A pair of words.
    #[must_use]
    pub const fn of(key: &'static str, (en, zh): (&'static str, &'static str)) -> Self {
        Self { key, en, zh }
    }

    /// The name of a setting of the system.
    #[must_use]
    pub const fn name(field: &Field) -> Self {
        Self { key: field.key, en: field.en.0, zh: field.zh.0 }
    }

    /// The sentence of a setting of the system.
    #[must_use]
    pub const fn sentence(field: &Field) -> Self {
        Self { key: field.key, en: field.en.1, zh: field.zh.1 }
    }

    /// A word that a setting of the system may be.
    #[must_use]
    pub const fn word(word: &Word) -> Self {
        Self { key: word.value, en: word.en, zh: word.zh }
    }
}

/// Writes a table of texts: `texts! { SAVE: "Save", "保存"; }` makes `const SAVE: Text` and lists it in `ALL`.
#[macro_export]
macro_rules! texts {
    ($($key:ident: $en:literal, $zh:literal;)*) => {
        $(#[doc = $en] pub const $key: $crate::i18n::Text = $crate::i18n::Text { key: stringify!($key), en: $en, zh: $zh };)*

        /// Every text of this table.
        pub const ALL: &[$crate::i18n::Text] = &[$($key,)*];
    };
}

// A tab has one language, so its signal needs no owner: event handlers and spawned tasks speak it too.
thread_local! {
    static LANGUAGE: ArcRwSignal<Language> = ArcRwSignal::new(Language::En);
}

/// The language now; tracked wherever something is there to track it, so handlers and tasks may ask too.
#[must_use]
pub fn language() -> Language {
    if Observer::get().is_some() { LANGUAGE.with(Get::get) } else { language_untracked() }
}

/// The language now; not tracked.
#[must_use]
pub fn language_untracked() -> Language {
    LANGUAGE.with(GetUntracked::get_untracked)
}

/// Changes the language of everything on the screen.
pub fn set_language(language: Language) {
    if language_untracked() != language {
        LANGUAGE.with(|signal| signal.set(language));
    }
}

/// A text for a view: follows the language by itself. `<p>{t(SAVE)}</p>`, `label=t(SAVE)`.
pub fn t(text: Text) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    move || text.get(language())
}

/// A text as it reads now; tracked, for closures that choose between texts.
#[must_use]
pub fn say(text: Text) -> &'static str {
    text.get(language())
}

/// A text with its `{placeholders}` filled in; tracked. `fill(HELLO, &[("name", name.as_str())])`. What depends on a number
/// being one names it: `{count} {count?call|calls}`.
#[must_use]
pub fn fill(text: Text, values: &[(&str, &str)]) -> String {
    fill_template(say(text), values)
}

/// A text for a view: `t!(SAVE)`, or `t!(HELLO, name = user.name)` with values that implement `ToString`.
#[macro_export]
macro_rules! t {
    ($text:expr) => { $crate::i18n::t($text) };
    ($text:expr, $($name:ident = $value:expr),+ $(,)?) => {
        move || $crate::i18n::fill($text, &[$((stringify!($name), &$value.to_string()),)+])
    };
}

fn fill_template(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some((before, tail)) = rest.split_once('{') {
        let Some((name, after)) = tail.split_once('}') else { break };
        out.push_str(before);
        let value = |name: &str| values.iter().find(|(key, _)| *key == name).map_or("…", |(_, value)| *value);
        out.push_str(match name.split_once('?').and_then(|(name, forms)| Some((name, forms.split_once('|')?))) {
            Some((name, (one, _))) if value(name) == "1" => one,
            Some((_, (_, many))) => many,
            None => value(name),
        });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// What happened, in the reader's language; tracked.
#[must_use]
pub fn error_message(error: &ApiError) -> String {
    match client_words(&error.code) {
        Some((message, _)) => say(message).to_owned(),
        None => sentences::of(error, language()).0,
    }
}

/// What to do about it, in the reader's language; tracked.
#[must_use]
pub fn error_hint(error: &ApiError) -> Option<String> {
    match client_words(&error.code) {
        Some((_, hint)) => Some(say(hint).to_owned()),
        None => sentences::of(error, language()).1,
    }
}

fn client_words(code: &str) -> Option<(Text, Text)> {
    match code {
        crate::api::OFFLINE => Some((common::OFFLINE, common::OFFLINE_HINT)),
        crate::api::UNEXPECTED => Some((common::UNEXPECTED, common::UNEXPECTED_HINT)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
