//! Every error a person or program can meet: one table of stable codes with status, retryability and words.
//!
//! The server answers `{code, message, hint?, params?, requestId}`; the client renders from `code` and `params` in its
//! own language and falls back to `message` for a code it does not know yet. `docs/errors.md` is generated from
//! [`ErrorCode::ALL`].

mod asked;
mod code;
mod row;

pub use code::ErrorCode;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Named values that fill the `{placeholders}` of a code's sentences.
pub type Params = BTreeMap<String, String>;

/// The languages of the product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    En,
    /// Chinese, simplified script.
    #[serde(rename = "zh-CN")]
    ZhCn,
}

impl Language {
    /// The BCP 47 tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhCn => "zh-CN",
        }
    }

    /// The language for a BCP 47 tag or an `Accept-Language` entry: Chinese for `zh…`, else English.
    #[must_use]
    pub fn from_tag(tag: &str) -> Self {
        if tag.trim_start().to_ascii_lowercase().starts_with("zh") { Self::ZhCn } else { Self::En }
    }
}

/// An error as it stands on the wire, in an answer's body, in a terminal event and on a stored message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ApiError {
    /// Stable dotted code, see [`ErrorCode`].
    pub code: String,
    /// What happened, one sentence in English.
    pub message: String,
    /// What to do about it, one sentence in English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Values for the sentences; `detail` holds the provider's own words where they are safe to show.
    #[serde(default, skip_serializing_if = "Params::is_empty")]
    pub params: Params,
    /// The request that failed, as it stands in the log.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub request_id: String,
}

impl ApiError {
    /// An error with its English words filled in.
    #[must_use]
    pub fn new(code: ErrorCode, params: Params) -> Self {
        Self {
            code: code.as_str().to_owned(),
            message: code.message(Language::En, &params),
            hint: code.hint(Language::En, &params),
            params,
            request_id: String::new(),
        }
    }

    /// An error without words, for a reader who has the sentences: see [`Self::message_in`].
    #[must_use]
    pub fn bare(code: ErrorCode, params: Params) -> Self {
        Self { code: code.as_str().to_owned(), params, ..Self::default() }
    }

    /// The code, if this build knows it.
    #[must_use]
    pub fn known(&self) -> Option<ErrorCode> {
        ErrorCode::parse(&self.code)
    }

    /// What happened, in the reader's language.
    #[must_use]
    pub fn message_in(&self, language: Language) -> String {
        self.known().map_or_else(|| self.message.clone(), |code| code.message(language, &self.params))
    }

    /// What to do, in the reader's language.
    #[must_use]
    pub fn hint_in(&self, language: Language) -> Option<String> {
        match self.known() {
            Some(code) => code.hint(language, &self.params),
            None => self.hint.clone(),
        }
    }
}

/// Puts `params` into the `{placeholders}` of a sentence; one without a value becomes an ellipsis. What stands in
/// `[square brackets]` is said only where all of its values are known.
#[must_use]
pub fn fill(template: &str, params: &Params) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, tail)) = rest.split_once('[') {
        let Some((optional, after)) = tail.split_once(']') else { break };
        fill_into(&mut out, before, params);
        if placeholders(optional).all(|name| params.contains_key(name)) {
            fill_into(&mut out, optional, params);
        }
        rest = after;
    }
    fill_into(&mut out, rest, params);
    out
}

fn placeholders(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|tail| tail.split_once('}').map(|(name, _)| name))
}

fn fill_into(out: &mut String, template: &str, params: &Params) {
    let mut rest = template;
    while let Some((before, tail)) = rest.split_once('{') {
        let Some((name, after)) = tail.split_once('}') else { break };
        out.push_str(before);
        out.push_str(params.get(name).map_or("…", String::as_str));
        rest = after;
    }
    out.push_str(rest);
}

/// Builds [`Params`] from pairs.
#[must_use]
pub fn params<const N: usize>(pairs: [(&str, String); N]) -> Params {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_filled_in_and_missing_ones_do_not_break_the_sentence() {
        let host = params([("host", "api.example".to_owned())]);
        assert_eq!(ErrorCode::ProviderDns.message(Language::En, &host), "The name `api.example` could not be found.");
        assert_eq!(ErrorCode::ProviderDns.message(Language::ZhCn, &Params::new()), "无法解析域名“…”。");
    }

    #[test]
    fn what_stands_in_brackets_is_said_where_its_value_is_known() {
        let reason = params([("reason", "left [the] {team}".to_owned())]);
        let words = ErrorCode::AuthDisabled.message(Language::En, &reason);
        assert_eq!(words, "Your account is disabled. Reason: left [the] {team}", "a value is no template");
        assert_eq!(ErrorCode::AuthDisabled.message(Language::En, &Params::new()), "Your account is disabled.");
        assert_eq!(ErrorCode::AuthRejected.message(Language::ZhCn, &Params::new()), "你的注册申请未获批准。");
        assert_eq!(fill("a[b", &Params::new()), "a[b");
    }

    #[test]
    fn an_unknown_code_falls_back_to_the_servers_words() {
        let error = ApiError { code: "new.code".into(), message: "New.".into(), ..ApiError::default() };
        assert_eq!(error.message_in(Language::ZhCn), "New.");
    }
}
