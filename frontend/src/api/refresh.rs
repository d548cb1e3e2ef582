//! The login of this tab: refreshed once for all calls that wait for it, and cleared once when it is over.
//!
//! Two tabs may refresh at the same time: the server takes the previous token for 30 seconds more.

use super::fetch::{self, Method};
use super::{ApiResult, rules};
use crate::storage;
use js_sys::Promise;
use shared::ApiError;
use std::cell::RefCell;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

type Listener = Box<dyn Fn(&ApiError)>;

thread_local! {
    /// The refresh that is under way; everybody waits for the same promise.
    static RUNNING: RefCell<Option<Promise>> = const { RefCell::new(None) };
    static LISTENER: RefCell<Option<Listener>> = const { RefCell::new(None) };
}

/// Sets what happens when the login is over: revoked, disabled, or not to be refreshed.
pub fn on_session_end(listener: impl Fn(&ApiError) + 'static) {
    LISTENER.with_borrow_mut(|slot| *slot = Some(Box::new(listener)));
}

/// Refreshes the login, or joins the refresh that is under way.
pub(super) async fn shared() -> ApiResult<()> {
    let promise = RUNNING.with_borrow_mut(|slot| slot.get_or_insert_with(|| future_to_promise(run())).clone());
    match JsFuture::from(promise).await {
        Ok(_) => Ok(()),
        Err(text) => Err(rules::error_from(0, &text.as_string().unwrap_or_default())),
    }
}

/// The one refresh. Its error travels as JSON, because a promise can be shared and a Rust error cannot.
async fn run() -> Result<JsValue, JsValue> {
    let result = refresh().await;
    RUNNING.with_borrow_mut(|slot| *slot = None);
    let Err(error) = result else { return Ok(JsValue::UNDEFINED) };
    if rules::ends_session(&error) {
        end_session(&error);
    }
    Err(JsValue::from_str(&serde_json::to_string(&error).unwrap_or_default()))
}

async fn refresh() -> ApiResult<()> {
    let response = fetch::send(Method::Post, "/api/auth/refresh", Some("{}"), None).await?;
    if response.ok() { Ok(()) } else { Err(fetch::refusal(&response).await) }
}

/// Clears the login once: later calls that fail for the same reason find nobody signed in. Drafts stay.
pub(super) fn end_session(error: &ApiError) {
    if storage::read(storage::SIGNED_IN).is_none() {
        return;
    }
    storage::remove(storage::SIGNED_IN);
    LISTENER.with_borrow(|slot| {
        if let Some(listener) = slot {
            listener(error);
        }
    });
}
