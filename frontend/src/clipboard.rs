//! Copying text. `navigator.clipboard` exists only in secure contexts; on plain `http` a hidden text area does it.

use crate::dom;
use crate::i18n::{Text, common, say};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlDocument, HtmlTextAreaElement};

/// How long a button says what became of its copy.
const CONFIRMED: Duration = Duration::from_secs(2);

/// What a button that copies has to say.
#[derive(Clone, Copy)]
pub struct Copying {
    done: RwSignal<Option<bool>>,
}

impl Default for Copying {
    fn default() -> Self {
        Self { done: RwSignal::new(None) }
    }
}

impl Copying {
    /// Copies a text.
    pub fn start(self, text: String) {
        spawn_local(async move {
            let done = copy(&text).await;
            // The button may be gone by now.
            let _ = self.done.try_set(Some(done));
            set_timeout(move || _ = self.done.try_set(None), CONFIRMED);
        });
    }

    /// Whether a copy has just been made; tracked.
    #[must_use]
    pub fn is_done(self) -> bool {
        self.done.get() == Some(true)
    }

    /// What became of the copy, else what the button does; tracked.
    #[must_use]
    pub fn label(self, idle: Text) -> &'static str {
        self.news().unwrap_or_else(|| say(idle))
    }

    /// What became of the copy, as long as that is news; tracked.
    #[must_use]
    pub fn news(self) -> Option<&'static str> {
        self.done.get().map(|done| say(if done { common::COPIED } else { common::COPY_FAILED }))
    }
}

/// Fetches what copies with formatting, so that it is here when somebody presses: browsers let a page write to the
/// clipboard only within a press.
pub fn prepare_rich() {
    spawn_local(async { _ = rich_module().await });
}

/// Copies the answer that `html` draws, as `text` too; formulas are taken from `shown`, where they are set. False when the
/// browser allowed no way.
pub async fn copy_rich(html: &str, text: &str, shown: Option<&web_sys::Element>) -> bool {
    let call = async {
        let module = rich_module().await?;
        let function = js_sys::Reflect::get(&module, &JsValue::from_str("copyRich")).ok()?;
        let function: js_sys::Function = function.dyn_into().ok()?;
        let shown = shown.map_or(JsValue::NULL, JsValue::from);
        let promise = function.call3(&module, &JsValue::from_str(html), &JsValue::from_str(text), &shown).ok()?;
        JsFuture::from(promise.dyn_into::<js_sys::Promise>().ok()?).await.ok()?.as_bool()
    };
    call.await.unwrap_or(false)
}

/// The script that copies with formatting; `build/start.js` knows its name.
async fn rich_module() -> Option<JsValue> {
    let window: JsValue = web_sys::window()?.into();
    let bridge = js_sys::Reflect::get(&window, &JsValue::from_str("aichat")).ok()?;
    let load: js_sys::Function = js_sys::Reflect::get(&bridge, &JsValue::from_str("rich")).ok()?.dyn_into().ok()?;
    JsFuture::from(load.call0(&bridge).ok()?.dyn_into::<js_sys::Promise>().ok()?).await.ok()
}

/// Copies `text`; false when the browser allowed neither way.
pub async fn copy(text: &str) -> bool {
    if let Some(promise) = modern(text)
        && JsFuture::from(promise).await.is_ok()
    {
        return true;
    }
    fallback(text).is_some_and(|copied| copied)
}

fn modern(text: &str) -> Option<js_sys::Promise> {
    let navigator = web_sys::window()?.navigator();
    // web-sys declares the property as always there; on an insecure origin it is undefined.
    let present = js_sys::Reflect::has(&navigator, &JsValue::from_str("clipboard")).unwrap_or(false);
    let clipboard = present.then(|| navigator.clipboard())?;
    (!clipboard.is_undefined()).then(|| clipboard.write_text(text))
}

fn fallback(text: &str) -> Option<bool> {
    let document = dom::document()?;
    let focused = dom::focused();
    let area: HtmlTextAreaElement = document.create_element("textarea").ok()?.dyn_into().ok()?;
    area.set_value(text);
    area.set_attribute("readonly", "").ok()?;
    area.set_class_name("visually-hidden");
    // Inside a modal dialog everything outside is inert, so the text area has to be inside too.
    let home = document.query_selector("dialog[open]").ok()?.or_else(|| document.body().map(Into::into))?;
    home.append_child(&area).ok()?;
    area.select();
    let copied = document.dyn_ref::<HtmlDocument>()?.exec_command("copy").unwrap_or(false);
    area.remove();
    if let Some(element) = focused {
        dom::focus(&element);
    }
    Some(copied)
}
