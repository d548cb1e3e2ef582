//! Calls to the server: the only place that knows URLs and `fetch`.
//!
//! Addresses are relative, so the client works under any origin. Every request proves with a header that it comes from
//! this site. An expired login is refreshed once for all waiting calls, then each is sent once more. Keeps no data.

pub mod audit;
pub mod auth;
pub mod budgets;
pub mod catalog;
pub mod chat;
pub mod connections;
mod fetch;
pub mod files;
pub mod folders;
pub mod invitations;
pub mod keys;
pub mod logs;
pub mod messages;
pub mod models;
pub mod oidc;
pub mod overview;
pub mod people;
mod refresh;
mod rules;
pub mod search;
pub mod second_factor;
pub mod sessions;
pub mod settings;
pub mod stream;
pub mod traces;
pub mod usage;

pub use fetch::{Method, open};
pub use refresh::on_session_end;
pub use rules::{ends_session, offline};

use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::ApiError;

/// Code of a request that did not reach the server.
pub const OFFLINE: &str = "client.offline";
/// Code of an answer that is not the server's, for instance a proxy's web page.
pub const UNEXPECTED: &str = "client.unexpected";

/// What a call gives.
pub type ApiResult<T> = Result<T, ApiError>;

/// Reads `path`.
///
/// # Errors
/// The server's error, or one of the `client.*` codes.
pub async fn get<T: DeserializeOwned>(path: &str) -> ApiResult<T> {
    decode(&call(Method::Get, path, None).await?)
}

/// Sends `body` to `path`. `()` as the body sends none, `()` as the answer expects none.
///
/// # Errors
/// The server's error, or one of the `client.*` codes.
pub async fn post<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> ApiResult<T> {
    decode(&call(Method::Post, path, encode(body)).await?)
}

/// Changes what is at `path`.
///
/// # Errors
/// The server's error, or one of the `client.*` codes.
pub async fn patch<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> ApiResult<T> {
    decode(&call(Method::Patch, path, encode(body)).await?)
}

/// Replaces what is at `path`.
///
/// # Errors
/// The server's error, or one of the `client.*` codes.
pub async fn put<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> ApiResult<T> {
    decode(&call(Method::Put, path, encode(body)).await?)
}

/// Deletes what is at `path`.
///
/// # Errors
/// The server's error, or one of the `client.*` codes.
pub async fn delete<T: DeserializeOwned>(path: &str) -> ApiResult<T> {
    decode(&call(Method::Delete, path, None).await?)
}

/// Deletes what is at `path`, with what has to be said to it.
///
/// # Errors
/// The server's error, or one of the `client.*` codes.
pub async fn delete_with<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> ApiResult<T> {
    decode(&call(Method::Delete, path, encode(body)).await?)
}

/// Percent-encodes a value for a path segment or a query.
#[must_use]
pub fn escape(value: &str) -> String {
    js_sys::encode_uri_component(value).into()
}

/// The address of one page of a list.
fn page(path: &str, after: Option<&str>, limit: u32) -> String {
    let after = after.map(|cursor| format!("&after={}", escape(cursor))).unwrap_or_default();
    format!("{path}?limit={limit}{after}")
}

/// An address with those of its values that are given.
fn with_query<const N: usize>(path: &str, values: [(&str, Option<String>); N]) -> String {
    let given = values.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", escape(&value?))));
    format!("{path}?{}", given.collect::<Vec<_>>().join("&"))
}

async fn call(method: Method, path: &str, body: Option<String>) -> ApiResult<String> {
    let response = open(method, path, body, None).await?;
    fetch::text(&response).await
}

fn encode(body: &impl Serialize) -> Option<String> {
    match serde_json::to_string(body) {
        Ok(text) if text == "null" => None,
        Ok(text) => Some(text),
        // Only a map with keys that are no strings fails, and the shared types have none.
        Err(_) => None,
    }
}

fn decode<T: DeserializeOwned>(text: &str) -> ApiResult<T> {
    let text = if text.is_empty() { "null" } else { text };
    serde_json::from_str(text).map_err(|error| rules::unexpected(200, &error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::{UNEXPECTED, decode, encode};
    use shared::settings::Branding;

    #[test]
    fn nothing_is_sent_for_unit_and_an_empty_answer_is_unit() {
        assert_eq!(encode(&()), None);
        assert_eq!(encode(&Branding { name: "A".into(), ..Branding::default() }).as_deref(), Some(r#"{"name":"A"}"#));
        assert_eq!(decode::<()>(""), Ok(()));
    }

    #[test]
    fn a_page_in_place_of_json_is_an_error_and_not_a_panic() {
        let error = decode::<Branding>("<html>").expect_err("not JSON");
        assert_eq!(error.code, UNEXPECTED);
    }
}
