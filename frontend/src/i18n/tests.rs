//! The tables are complete: both languages, the same placeholders, the spacing and punctuation of the interface guide.

use super::{
    ApiError, Language, Text, announcement, audit, auth, blocks, brand, budgets, chat, common, compare, composer,
    connections, error_message, factor, fill_template, invitations, keys, leaving, messages, models, oidc, organize,
    overview, people, reading, roster, search, set_language, settings, shortcuts, traces, usage,
};
use std::collections::BTreeSet;

fn all() -> impl Iterator<Item = Text> {
    [
        common::ALL,
        announcement::ALL,
        audit::ALL,
        auth::ALL,
        blocks::ALL,
        brand::ALL,
        budgets::ALL,
        chat::ALL,
        compare::ALL,
        composer::ALL,
        settings::ALL,
        connections::ALL,
        invitations::ALL,
        factor::ALL,
        keys::ALL,
        leaving::ALL,
        messages::ALL,
        models::ALL,
        oidc::ALL,
        organize::ALL,
        overview::ALL,
        people::ALL,
        reading::ALL,
        roster::ALL,
        search::ALL,
        shortcuts::ALL,
        traces::ALL,
        usage::ALL,
    ]
    .concat()
    .into_iter()
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    let names = text.split('{').skip(1).filter_map(|tail| tail.split_once('}').map(|(name, _)| name));
    names.map(|name| name.split_once('?').map_or(name, |(name, _)| name)).collect()
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// Pairs of neighbours in a text, placeholders left out because their values bring their own script.
fn neighbours(text: &str) -> impl Iterator<Item = (char, char)> {
    text.chars().zip(text.chars().skip(1))
}

#[test]
fn every_text_has_both_languages() {
    for text in all() {
        assert!(!text.en.trim().is_empty() && !text.zh.trim().is_empty(), "{}", text.key);
    }
}

#[test]
fn both_languages_take_the_same_values() {
    for text in all() {
        assert_eq!(placeholders(text.en), placeholders(text.zh), "{}", text.key);
    }
}

#[test]
fn chinese_has_one_space_between_han_and_latin_or_digits() {
    for text in all() {
        for (a, b) in neighbours(text.zh) {
            let touching = (is_han(a) && b.is_ascii_alphanumeric()) || (a.is_ascii_alphanumeric() && is_han(b));
            assert!(!touching, "{}: `{a}{b}` in {}", text.key, text.zh);
        }
    }
}

#[test]
fn chinese_uses_full_width_punctuation() {
    for text in all() {
        for (a, b) in neighbours(text.zh) {
            assert!(!(is_han(a) && ",.;:!?()".contains(b)), "{}: `{a}{b}` in {}", text.key, text.zh);
        }
    }
}

#[test]
fn nothing_is_shouted_and_nobody_is_addressed_formally() {
    for text in all() {
        assert!(!text.en.contains('!') && !text.zh.contains('！') && !text.zh.contains('您'), "{}", text.key);
    }
}

#[test]
fn values_are_filled_in_and_missing_ones_do_not_break_the_sentence() {
    assert_eq!(fill_template("Hello, {name}.", &[("name", "Ada")]), "Hello, Ada.");
    assert_eq!(fill_template("Hello, {name}.", &[]), "Hello, ….");
    assert_eq!(fill_template("A lone { stays", &[]), "A lone { stays");
}

#[test]
fn one_is_said_differently_from_many() {
    let calls = |count| fill_template("{count} {count?call|calls}", &[("count", count)]);
    assert_eq!(["0", "1", "11"].map(calls), ["0 calls", "1 call", "11 calls"]);
}

#[test]
fn errors_of_the_browser_are_worded_here_and_the_rest_in_the_shared_table() {
    let offline = ApiError { code: crate::api::OFFLINE.into(), ..ApiError::default() };
    let refused = ApiError { code: "auth.password".into(), ..ApiError::default() };
    set_language(Language::En);
    assert_eq!(error_message(&offline), common::OFFLINE.en);
    set_language(Language::ZhCn);
    assert_eq!(error_message(&offline), common::OFFLINE.zh);
    assert_eq!(error_message(&refused), "当前密码不正确。");
}
