//! One request over the browser's `fetch`: header, cookies, JSON, errors, the one retry after a refresh.

use super::rules::{self, Next};
use super::{ApiResult, refresh};
use crate::{sentences, storage};
use shared::ApiError;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, RequestCredentials, RequestInit, Response};

/// The header that proves that a request comes from this site.
pub(super) const PROOF: &str = "X-AIChat-Request";

/// The methods of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, or does something.
    Post,
    /// Changes a part.
    Patch,
    /// Replaces.
    Put,
    /// Deletes.
    Delete,
}

impl Method {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// Sends a request and answers once the server accepted it; the body is still to be read, which makes it the way to open
/// a stream. `signal` aborts it.
///
/// # Errors
/// The server's error, or one of the `client.*` codes.
pub async fn open(
    method: Method,
    path: &str,
    body: Option<String>,
    signal: Option<AbortSignal>,
) -> ApiResult<Response> {
    let mut retried = false;
    loop {
        let response = send(method, path, body.as_deref(), signal.as_ref()).await?;
        if response.ok() {
            return Ok(response);
        }
        recover(path, refusal(&response).await, retried).await?;
        retried = true;
    }
}

/// Makes a refused call worth sending once more, or gives its error back. `retried` is true for the second attempt.
pub(super) async fn recover(path: &str, error: ApiError, retried: bool) -> ApiResult<()> {
    let signed_in = storage::read(storage::SIGNED_IN).is_some();
    match rules::next(path, &error, retried, signed_in) {
        Next::RefreshThenRetry => return refresh::shared().await,
        Next::EndSession => refresh::end_session(&error),
        Next::Report => {}
    }
    // Whoever is told of it can say it.
    sentences::fetch().await;
    Err(error)
}

/// One request, without any retry.
pub(super) async fn send(
    method: Method,
    path: &str,
    body: Option<&str>,
    signal: Option<&AbortSignal>,
) -> ApiResult<Response> {
    let init = request(method, body, signal).map_err(|_| rules::offline())?;
    let window = web_sys::window().ok_or_else(rules::offline)?;
    let answer = JsFuture::from(window.fetch_with_str_and_init(path, &init)).await.map_err(|_| rules::offline())?;
    answer.dyn_into().map_err(|_| rules::offline())
}

fn request(method: Method, body: Option<&str>, signal: Option<&AbortSignal>) -> Result<RequestInit, JsValue> {
    let headers = Headers::new()?;
    headers.set(PROOF, "1")?;
    headers.set("Accept", "application/json, text/event-stream")?;
    let init = RequestInit::new();
    init.set_method(method.as_str());
    init.set_credentials(RequestCredentials::SameOrigin);
    init.set_signal(signal);
    if let Some(body) = body {
        headers.set("Content-Type", "application/json")?;
        init.set_body(&JsValue::from_str(body));
    }
    init.set_headers(&headers);
    Ok(init)
}

/// The whole body as text.
pub(super) async fn text(response: &Response) -> ApiResult<String> {
    let promise = response.text().map_err(|_| rules::offline())?;
    let text = JsFuture::from(promise).await.map_err(|_| rules::offline())?;
    Ok(text.as_string().unwrap_or_default())
}

/// The error that a refused request answered with.
pub(super) async fn refusal(response: &Response) -> ApiError {
    match text(response).await {
        Ok(body) => rules::error_from(response.status(), &body),
        Err(error) => error,
    }
}

/// Sends bytes, or a text, as they are, without any retry.
pub(super) async fn send_bytes(method: Method, path: &str, bytes: &JsValue) -> ApiResult<Response> {
    let init = request(method, None, None).map_err(|_| rules::offline())?;
    init.set_body(bytes);
    let window = web_sys::window().ok_or_else(rules::offline)?;
    let answer = JsFuture::from(window.fetch_with_str_and_init(path, &init)).await.map_err(|_| rules::offline())?;
    let response: Response = answer.dyn_into().map_err(|_| rules::offline())?;
    if response.ok() { Ok(response) } else { Err(refusal(&response).await) }
}
