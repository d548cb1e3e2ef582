//! What administrators may say about a connection. Pure: it checks, cleans and names the rule that is broken.

use super::presets::host_of;
use super::probe::{MAX_MODELS, is_name};
use crate::error::{AppError, AppResult};
use shared::ErrorCode;
use shared::connections::NewConnection;
use shared::limits::{MAX_KEY_BYTES, MAX_NAME_CHARS};
use std::collections::HashSet;
use url::Url;

/// A new connection after checking.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) name: String,
    pub(super) candidates: Vec<String>,
    pub(super) key: Option<String>,
    pub(super) models: Vec<String>,
}

/// Checks a new connection.
pub(super) fn check(new: &NewConnection) -> AppResult<Wanted> {
    let candidates = addresses(&new.base_url)?;
    let name = name(&new.name)?.unwrap_or_else(|| host_of(&candidates[0]));
    Ok(Wanted { name, key: key(new.key.as_deref())?, models: models(&new.models)?, candidates })
}

/// The spellings of a pasted address to try; at least one.
pub(super) fn addresses(pasted: &str) -> AppResult<Vec<String>> {
    let wrong = |reason: String| AppError::new(ErrorCode::ConnectionUrl).with("reason", reason);
    llm::base_url::candidates(pasted).map_err(wrong)
}

/// Whether two base URLs lead to the same scheme, host and port.
pub(super) fn same_origin(one: &str, other: &str) -> bool {
    match (Url::parse(one), Url::parse(other)) {
        (Ok(one), Ok(other)) => one.origin() == other.origin(),
        _ => false,
    }
}

/// A name; none for an empty one.
pub(super) fn name(name: &str) -> AppResult<Option<String>> {
    let name = name.trim();
    if name.chars().count() > MAX_NAME_CHARS || name.chars().any(char::is_control) {
        return Err(AppError::invalid(format!("`name` must be one line of at most {MAX_NAME_CHARS} characters")));
    }
    Ok(Some(name.to_owned()).filter(|name| !name.is_empty()))
}

/// A key without the blanks that pasting leaves; none for an empty one. It goes into a header, so it must fit there.
pub(super) fn key(key: Option<&str>) -> AppResult<Option<String>> {
    let key = key.map(str::trim).unwrap_or_default();
    if key.len() > MAX_KEY_BYTES || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(AppError::new(ErrorCode::ConnectionKeyCharacters).with("max", MAX_KEY_BYTES.to_string()));
    }
    Ok(Some(key.to_owned()).filter(|key| !key.is_empty()))
}

/// Names of models, each once.
pub(super) fn models(names: &[String]) -> AppResult<Vec<String>> {
    let mut seen = HashSet::new();
    let clean: Vec<String> =
        names.iter().map(|name| name.trim().to_owned()).filter(|name| seen.insert(name.clone())).collect();
    if clean.len() > MAX_MODELS || !clean.iter().all(|name| is_name(name)) {
        let rule = format!("`models` must be at most {MAX_MODELS} names of 1 to {MAX_NAME_CHARS} characters");
        return Err(AppError::invalid(rule));
    }
    Ok(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(base_url: &str) -> NewConnection {
        NewConnection { base_url: base_url.to_owned(), ..NewConnection::default() }
    }

    #[test]
    fn blanks_go_and_a_missing_name_is_the_host() {
        let mut wish = new(" https://api.example.com/v1 ");
        wish.key = Some(" sk-1\n".to_owned());
        wish.models = vec![" a".to_owned(), "a ".to_owned(), "b".to_owned()];
        let wanted = check(&wish).expect("a good one");
        assert_eq!((wanted.name.as_str(), wanted.key.as_deref()), ("api.example.com", Some("sk-1")));
        assert_eq!(wanted.models, ["a", "b"]);
        assert_eq!(wanted.candidates[0], "https://api.example.com/v1");
        wish.key = Some("  ".to_owned());
        assert_eq!(check(&wish).expect("a good one").key, None);
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        assert!(same_origin("https://a.example/v1", "https://a.example:443/api/v4"));
        for other in ["http://a.example/v1", "https://b.example/v1", "https://a.example:8443/v1", ""] {
            assert!(!same_origin("https://a.example/v1", other), "{other}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_rule_and_without_the_key() {
        let good = || new("https://api.example.com/v1");
        for (wish, field) in [
            (NewConnection { name: "x".repeat(101), ..good() }, "name"),
            (NewConnection { models: vec![String::new()], ..good() }, "models"),
        ] {
            let error = check(&wish).expect_err(field);
            assert!(error.code == ErrorCode::RequestInvalid && error.params["detail"].contains(field), "{field}");
        }
        for key in ["sk-ca nary", "密钥", &"k".repeat(4097)] {
            let error = check(&NewConnection { key: Some(key.to_owned()), ..good() }).expect_err(key);
            assert!(error.code == ErrorCode::ConnectionKeyCharacters && error.params["max"] == "4096", "{key}");
            assert!(!format!("{error:?}").contains("nary"));
        }
        for url in ["", "ftp://example.com", &format!("https://e.example/{}", "x".repeat(3000))] {
            assert_eq!(check(&new(url)).expect_err(url).code, ErrorCode::ConnectionUrl, "{url}");
        }
    }
}
