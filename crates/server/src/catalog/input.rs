//! What people may say about a connection. Pure: it checks, cleans and names the rule that is broken.

use super::Scope;
use super::presets::host_of;
use super::probe::{is_name, most_models};
use super::target::{Hidden, addresses, trust_in};
use crate::error::{AppError, AppResult};
use egress::header::{HeaderName, HeaderValue};
use llm::Secret;
use shared::connections::{ConnectionTimeouts, NewConnection, NewKey, Protocol};
use shared::limits::{MAX_HEADERS, MAX_KEY_BYTES, MAX_KEYS, MAX_NAME_CHARS, MAX_PREFIX_CHARS, MAX_URL_BYTES};
use shared::{ErrorCode, KeyId};
use std::collections::{BTreeMap, HashSet};
use std::ops::RangeInclusive;
use url::Url;

/// Headers that belong to the connection itself, or that would break a stream.
const RESERVED: &[&str] = &[
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];
/// What a time to wait may be, in seconds.
const SECONDS: RangeInclusive<u32> = 5..=3_600;

/// A connection after checking.
#[derive(Clone)]
pub(super) struct Wanted {
    pub(super) name: String,
    pub(super) protocol: Protocol,
    pub(super) candidates: Vec<String>,
    pub(super) keys: Vec<WantedKey>,
    pub(super) hidden: Hidden,
    pub(super) prefix: String,
    pub(super) timeouts: ConnectionTimeouts,
    /// The names that somebody typed.
    pub(super) models: Vec<String>,
    /// The names that somebody chose from the provider's list.
    pub(super) shown: Option<Vec<String>>,
}

/// A key after checking.
#[derive(Clone)]
pub(super) struct WantedKey {
    /// The stored key that it is, or goes on to be.
    pub(super) id: Option<KeyId>,
    pub(super) label: String,
    /// The key itself; none keeps the stored one.
    pub(super) secret: Option<Secret>,
    pub(super) enabled: bool,
    pub(super) models: Vec<String>,
}

/// Checks a new connection.
pub(super) fn check(new: &NewConnection, scope: &Scope) -> AppResult<Wanted> {
    let candidates = addresses(new.protocol, &new.base_url)?;
    let keys = match (&new.key, new.keys.as_slice()) {
        (Some(_), [_, ..]) => return Err(both_kinds_of_keys()),
        (key, []) => single_key(key.as_deref())?,
        (None, several) => keys(several)?,
    };
    if keys.iter().any(|key| key.id.is_some()) {
        return Err(AppError::invalid("`id` names a stored key, and this connection has none yet"));
    }
    let proxy = new.proxy.as_deref().map(proxy).transpose()?.flatten();
    refuse_own_proxy(proxy.as_ref(), scope)?;
    Ok(Wanted {
        name: name(&new.name)?.unwrap_or_else(|| host_of(&candidates[0])),
        protocol: new.protocol,
        keys,
        hidden: Hidden { headers: headers(&new.headers)?, proxy },
        prefix: prefix(&new.prefix)?,
        timeouts: timeouts(new.timeouts)?,
        models: models_of("models", &new.models, scope)?,
        shown: new.shown.as_deref().map(|names| models_of("shown", names, scope)).transpose()?,
        candidates,
    })
}

/// The complaint about two ways to say the same.
pub(super) fn both_kinds_of_keys() -> AppError {
    AppError::invalid("give `key` or `keys`, not both")
}

/// A proxy leads wherever it likes, so people's own connections have none of their own.
pub(super) fn refuse_own_proxy(proxy: Option<&String>, scope: &Scope) -> AppResult<()> {
    match (proxy, scope) {
        (Some(_), Scope::Own(_)) => Err(AppError::invalid("`proxy` is for administrators")),
        _ => Ok(()),
    }
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
    line("name", name, MAX_NAME_CHARS)
}

fn line(field: &str, text: &str, most: usize) -> AppResult<Option<String>> {
    let text = text.trim();
    if text.chars().count() > most || text.chars().any(char::is_control) {
        return Err(AppError::invalid(format!("`{field}` must be one line of at most {most} characters")));
    }
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}

/// A prefix of names.
pub(super) fn prefix(prefix: &str) -> AppResult<String> {
    Ok(line("prefix", prefix, MAX_PREFIX_CHARS)?.unwrap_or_default())
}

/// Times to wait.
pub(super) fn timeouts(timeouts: ConnectionTimeouts) -> AppResult<ConnectionTimeouts> {
    let given = [timeouts.first_token_seconds, timeouts.idle_seconds];
    if given.into_iter().flatten().all(|seconds| SECONDS.contains(&seconds)) {
        return Ok(timeouts);
    }
    let (least, most) = (SECONDS.start(), SECONDS.end());
    Err(AppError::invalid(format!("`timeouts` must be from {least} to {most} seconds")))
}

/// A key without the blanks that pasting leaves; none for an empty one. It goes into a header, so it must fit there.
fn secret(key: &str) -> AppResult<Option<Secret>> {
    let key = key.trim();
    if key.len() > MAX_KEY_BYTES || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(AppError::new(ErrorCode::ConnectionKeyCharacters).with("max", MAX_KEY_BYTES.to_string()));
    }
    Ok(Some(key).filter(|key| !key.is_empty()).map(Secret::new))
}

/// The one key of a connection, if it is one.
pub(super) fn single_key(key: Option<&str>) -> AppResult<Vec<WantedKey>> {
    let secret = secret(key.unwrap_or_default())?;
    let key =
        |secret| WantedKey { id: None, label: "1".to_owned(), secret: Some(secret), enabled: true, models: Vec::new() };
    Ok(secret.map(key).into_iter().collect())
}

/// All keys of a connection.
pub(super) fn keys(wanted: &[NewKey]) -> AppResult<Vec<WantedKey>> {
    if wanted.len() > MAX_KEYS {
        return Err(AppError::invalid(format!("`keys` must be at most {MAX_KEYS}")));
    }
    let mut seen = HashSet::new();
    if !wanted.iter().filter_map(|key| key.id.as_ref()).all(|id| seen.insert(id)) {
        return Err(AppError::invalid("`keys` names a stored key twice"));
    }
    (1..).zip(wanted).map(|(number, key)| one_key(number, key)).collect()
}

fn one_key(number: usize, key: &NewKey) -> AppResult<WantedKey> {
    let secret = secret(key.key.as_deref().unwrap_or_default())?;
    if secret.is_none() && key.id.is_none() {
        return Err(AppError::invalid("an entry of `keys` needs `key`, or the `id` of a stored one"));
    }
    Ok(WantedKey {
        id: key.id.clone(),
        label: line("label", &key.label, MAX_NAME_CHARS)?.unwrap_or_else(|| number.to_string()),
        secret,
        enabled: key.enabled.unwrap_or(true),
        models: models(&key.models)?,
    })
}

/// Headers of every request. Their values are kept as secrets, since many are.
pub(super) fn headers(wanted: &BTreeMap<String, String>) -> AppResult<BTreeMap<String, String>> {
    let mut clean = BTreeMap::new();
    for (name, value) in wanted {
        let (name, value) = (header_name(name)?, value.trim());
        let fits = HeaderValue::from_str(value).is_ok() && value.len() <= MAX_KEY_BYTES && !value.is_empty();
        if !fits {
            let rule = format!("must be one line of 1 to {MAX_KEY_BYTES} bytes");
            return Err(AppError::invalid(format!("the value of the header `{name}` {rule}")));
        }
        if clean.insert(name.clone(), value.to_owned()).is_some() {
            return Err(AppError::invalid(format!("the header `{name}` is given twice")));
        }
    }
    if clean.len() > MAX_HEADERS {
        return Err(AppError::invalid(format!("`headers` must be at most {MAX_HEADERS}")));
    }
    Ok(clean)
}

/// The name of a header that every request may carry, in small letters.
pub(super) fn header_name(name: &str) -> AppResult<String> {
    let shown: String = name.chars().filter(|letter| !letter.is_control()).take(MAX_NAME_CHARS).collect();
    let read = HeaderName::from_bytes(name.trim().as_bytes()).ok().filter(|name| name.as_str().len() <= MAX_NAME_CHARS);
    let name = read.ok_or_else(|| AppError::invalid(format!("`{shown}` is not the name of a header")))?;
    let name = name.as_str().to_owned();
    if RESERVED.contains(&name.as_str()) || name.starts_with("proxy-") {
        return Err(AppError::invalid(format!("the header `{name}` belongs to the connection and cannot be set")));
    }
    Ok(name)
}

/// A proxy; none for an empty one.
pub(super) fn proxy(text: &str) -> AppResult<Option<String>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || AppError::invalid("`proxy` must be an address such as http://user:password@10.0.0.2:3128");
    if text.len() > MAX_URL_BYTES || text.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
        return Err(wrong());
    }
    let with_scheme = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let url = Url::parse(&with_scheme).map_err(|_| wrong())?;
    if url.scheme().starts_with("socks") {
        return Err(AppError::invalid("`proxy` speaks SOCKS; give the HTTP port of the proxy instead"));
    }
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(wrong());
    }
    Ok(Some(url.as_str().trim_end_matches('/').to_owned()))
}

/// Names of the models of a key, each once.
fn models(names: &[String]) -> AppResult<Vec<String>> {
    models_of("models", names, &Scope::Everybody)
}

/// Names of models of a connection, each once.
pub(super) fn models_of(field: &str, names: &[String], scope: &Scope) -> AppResult<Vec<String>> {
    let most = most_models(trust_in(scope.owner()));
    let mut seen = HashSet::new();
    let clean: Vec<String> =
        names.iter().map(|name| name.trim().to_owned()).filter(|name| seen.insert(name.clone())).collect();
    if clean.len() > most || !clean.iter().all(|name| is_name(name)) {
        let rule = format!("`{field}` must be at most {most} names of 1 to {MAX_NAME_CHARS} characters");
        return Err(AppError::invalid(rule));
    }
    Ok(clean)
}

#[cfg(test)]
#[path = "input_tests.rs"]
mod tests;
