//! Calls about files. A file is sent by `XMLHttpRequest`, because `fetch` cannot say how far it is.

use super::fetch::{self, recover};
use super::stream::Abort;
use super::{ApiResult, decode, escape, rules};
use js_sys::Promise;
use shared::FileId;
use shared::files::FileInfo;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, ProgressEvent, XmlHttpRequest};

/// Where the bytes of a file are.
#[must_use]
pub fn address(id: &FileId) -> String {
    format!("/api/files/{id}")
}

/// The text that a model reads of a document.
pub async fn text(id: &FileId) -> ApiResult<String> {
    super::call(fetch::Method::Get, &format!("/api/files/{id}/text"), None).await
}

/// The bytes of a file, which are text.
///
/// # Errors
/// The server's error, or one of the `client.*` codes.
pub async fn bytes_as_text(id: &FileId) -> ApiResult<String> {
    super::call(fetch::Method::Get, &address(id), None).await
}

/// Whether a file is still there: its bytes are not read.
///
/// # Errors
/// The server's error, or one of the `client.*` codes.
pub async fn look_for(id: &FileId) -> ApiResult<()> {
    let abort = Abort::new();
    let found = fetch::open(fetch::Method::Get, &address(id), None, abort.signal()).await;
    abort.abort();
    found.map(drop)
}

/// The text of a file of this device.
///
/// # Errors
/// `client.unexpected` when the device has it no more.
pub async fn read(file: &File) -> ApiResult<String> {
    let text = JsFuture::from(file.text()).await;
    text.ok().and_then(|text| text.as_string()).ok_or_else(|| rules::unexpected(0, "the file cannot be read any more"))
}

/// A file on its way. Ends it with [`Upload::abort`]; dropping it does not.
#[derive(Clone, Default)]
pub struct Upload(Rc<RefCell<Option<XmlHttpRequest>>>);

impl Upload {
    /// Sends a file and says how far it is, in percent.
    ///
    /// # Errors
    /// The server's error, or one of the `client.*` codes.
    pub async fn send(&self, file: &File, progress: impl Fn(u8) + 'static) -> ApiResult<FileInfo> {
        let path = format!("/api/files?name={}", escape(&file.name()));
        let progress: Rc<dyn Fn(u8)> = Rc::new(progress);
        let mut retried = false;
        loop {
            let (status, body) = self.once(&path, file, progress.clone()).await.map_err(|_| rules::offline())?;
            match status {
                0 => return Err(rules::offline()),
                200..300 => return decode(&body),
                _ => recover("/api/files", rules::error_from(status, &body), retried).await?,
            }
            retried = true;
        }
    }

    /// Ends it now.
    pub fn abort(&self) {
        if let Some(request) = self.0.take() {
            // One that has ended already has nothing to end.
            let _ = request.abort();
        }
    }

    async fn once(&self, path: &str, file: &File, progress: Rc<dyn Fn(u8)>) -> Result<(u16, String), JsValue> {
        let request = XmlHttpRequest::new()?;
        request.open(fetch::Method::Post.as_str(), path)?;
        request.set_request_header(fetch::PROOF, "1")?;
        let told = Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| progress(percent(&event)));
        request.upload()?.set_onprogress(Some(told.as_ref().unchecked_ref()));
        let ended = Promise::new(&mut |resolve, _| request.set_onloadend(Some(&resolve)));
        self.0.replace(Some(request.clone()));
        request.send_with_opt_blob(Some(file))?;
        JsFuture::from(ended).await?;
        Ok((request.status()?, request.response_text()?.unwrap_or_default()))
    }
}

fn percent(event: &ProgressEvent) -> u8 {
    let share = if event.total() > 0.0 { event.loaded() / event.total() } else { 0.0 };
    (share * 100.0).clamp(0.0, 100.0) as u8
}
