//! A code block: its name, wrap, copy, and colours once it is complete.

mod sheet;

use crate::clipboard::Copying;
use crate::components::ui::{Glyph, Icon};
use crate::i18n::{self, chat, t};
use crate::reactive::{effect, memo};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use markdown::{Block, BlockKind};
use sheet::Sheet;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Longer code stays plain: colouring it would block the page.
const MOST_COLOURED: usize = 50 * 1024;
fn code_of(block: &Block) -> (&str, &str) {
    match &block.kind {
        BlockKind::Code { language, source, .. } => (language, source),
        _ => ("", ""),
    }
}

/// A code block.
#[component]
pub fn CodeBlock(
    /// The block, which may still grow.
    block: ArcRwSignal<Block>,
) -> AnyView {
    let source = RwSignal::from(block);
    let language = memo(move || source.with(|block| code_of(block).0.to_owned()));
    let wraps = RwSignal::new(false);
    let coloured = RwSignal::new(None::<String>);
    let done = memo(move || source.with(|block| !block.open));
    // Fetching the colours reaches outward; they arrive later, if at all.
    effect(move || {
        if done.get() {
            colour(source, coloured);
        }
    });
    let wrap = NodeRef::<html::Button>::new();
    let mut sheet = Sheet::default();
    effect(move || {
        let code = wrap.get().and_then(|wrap| wrap.closest("figure").ok()??.query_selector("code").ok()?);
        if let Some(code) = code.filter(|_| coloured.with_untracked(Option::is_none)) {
            source.with(|block| sheet.write(&code, code_of(block).1));
        }
    });
    let body = move || match coloured.get() {
        Some(html) => view! { <code class="hljs" inner_html=html></code> }.into_any(),
        None => view! { <code></code> }.into_any(),
    };
    let copy_source = move || source.with_untracked(|block| code_of(block).1.to_owned());
    view! {
        <figure class="code" class:wrapped=move || wraps.get()>
            <figcaption class="code-head">
                <span class="code-name">{move || name(&language.get())}</span>
                <button
                    node_ref=wrap
                    class="code-button"
                    type="button"
                    aria-label=t(chat::CODE_WRAP)
                    data-tip=t(chat::CODE_WRAP)
                    aria-pressed=move || wraps.get().to_string()
                    on:click=move |_| wraps.update(|wraps| *wraps = !*wraps)
                >
                    <Icon glyph=Glyph::WrapText/>
                </button>
                <CopyCode source=copy_source/>
            </figcaption>
            <pre tabindex="0"><span class="code-body">{body}</span></pre>
        </figure>
    }
    .into_any()
}

#[component]
fn CopyCode(source: impl Fn() -> String + Copy + 'static) -> AnyView {
    let copying = Copying::default();
    let label = move || copying.label(chat::CODE_COPY);
    let glyph = move || if copying.is_done() { Glyph::Check } else { Glyph::Copy };
    view! {
        <button class="code-button" type="button" aria-label=label data-tip=label on:click=move |_| copying.start(source())>
            {move || view! { <Icon glyph=glyph()/> }}
        </button>
        <span class="visually-hidden" role="status">{move || copying.news()}</span>
    }
    .into_any()
}

/// The name to show: as typed, or that it is text.
fn name(language: &str) -> String {
    if language.is_empty() { i18n::say(chat::CODE_PLAIN).to_owned() } else { language.to_owned() }
}

fn colour(source: RwSignal<Block>, coloured: RwSignal<Option<String>>) {
    let (language, code) = source.with_untracked(|block| {
        let (language, code) = code_of(block);
        (language.to_owned(), code.to_owned())
    });
    if language.is_empty() || code.len() > MOST_COLOURED {
        return;
    }
    spawn_local(async move {
        if let Some(html) = highlight(&code, &language).await {
            // The block may have left the screen meanwhile.
            drop(coloured.try_set(Some(html)));
        }
    });
}

/// The code with its colours, from the highlighter that `build/start.js` loads on first use. It escapes what it is given
/// and adds only classes. None for a language that it does not know, or when it could not be loaded.
async fn highlight(code: &str, language: &str) -> Option<String> {
    let window: JsValue = web_sys::window()?.into();
    let bridge = js_sys::Reflect::get(&window, &JsValue::from_str("aichat")).ok()?;
    let function = js_sys::Reflect::get(&bridge, &JsValue::from_str("highlight")).ok()?;
    let function: js_sys::Function = function.dyn_into().ok()?;
    let promise = function.call2(&bridge, &JsValue::from_str(code), &JsValue::from_str(language)).ok()?;
    JsFuture::from(promise.dyn_into::<js_sys::Promise>().ok()?).await.ok()?.as_string()
}
