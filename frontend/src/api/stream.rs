//! Reading an answer's body as it arrives. `EventSource` will not do: it cannot refresh a login, it hides the reason of a
//! failure, and it decides by itself when to come back.

mod wire;

pub use wire::event;

use super::{ApiResult, Method, open};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, ReadableStreamDefaultReader, Response};

/// Ends a stream. Keeps no connection open by itself.
#[derive(Clone, Debug, Default)]
pub struct Abort(Option<AbortController>);

impl Abort {
    /// A new one, for one stream.
    #[must_use]
    pub fn new() -> Self {
        Self(AbortController::new().ok())
    }

    /// What a request is told that it may be ended by this.
    pub(super) fn signal(&self) -> Option<AbortSignal> {
        self.0.as_ref().map(AbortController::signal)
    }

    /// Ends the stream now.
    pub fn abort(&self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

/// Opens the event stream of the signed-in person.
///
/// # Errors
/// The server's error, or one of the `client.*` codes.
pub async fn events(abort: &Abort) -> ApiResult<Response> {
    open(Method::Get, "/api/events", None, abort.signal()).await
}

/// Hands the body to `sink` in the pieces in which it arrives; returns when it ends, breaks, is aborted, or `sink` says no.
pub async fn read(response: &Response, mut sink: impl FnMut(&[u8]) -> bool) {
    let Some(body) = response.body() else { return };
    let Ok(reader) = body.get_reader().dyn_into::<ReadableStreamDefaultReader>() else { return };
    while let Some(bytes) = next(&reader).await {
        if !sink(&bytes) {
            break;
        }
    }
}

async fn next(reader: &ReadableStreamDefaultReader) -> Option<Vec<u8>> {
    let piece = JsFuture::from(reader.read()).await.ok()?;
    let field = |name: &str| js_sys::Reflect::get(&piece, &JsValue::from_str(name)).ok();
    if field("done")?.is_truthy() {
        return None;
    }
    Some(field("value")?.dyn_into::<js_sys::Uint8Array>().ok()?.to_vec())
}
