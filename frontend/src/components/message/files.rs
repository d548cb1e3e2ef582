//! The files of a message: pictures as they are, documents by name. Every picture knows its size before it is there, so
//! nothing moves when it comes.

use super::document::Document;
use crate::api::files::address;
use crate::components::markdown_view::bridge;
use crate::components::ui::{Glyph, Icon};
use crate::i18n::{chat, fill, t};
use crate::reactive::draw;
use crate::{back, dom, pictures};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::files::{FileInfo, FileKind};
use wasm_bindgen::JsCast;

/// Opens a picture above the page; Back closes it on a phone.
fn open(event: &web_sys::MouseEvent) {
    let is_plain = !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key());
    let link = event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let Some(link) = link.filter(|link| is_plain && link.query_selector("img").is_ok_and(|found| found.is_some()))
    else {
        return;
    };
    event.prevent_default();
    let owner = Owner::new();
    if dom::is_phone() {
        owner.with(|| back::closes(bridge::close_view));
    }
    spawn_local(async move {
        bridge::view(&link).await;
        owner.cleanup();
    });
}

/// The files of a message.
#[component]
pub fn MessageFiles(
    /// The files, in order.
    files: Vec<FileInfo>,
) -> AnyView {
    let (images, documents): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| file.kind == FileKind::Image);
    let single = images.len() == 1;
    let images = (!images.is_empty()).then(|| {
        let images = images.into_iter().map(|file| view! { <Picture file/> });
        view! { <div class="pictures" class:single=single>{images.collect_view()}</div> }
    });
    let documents = (!documents.is_empty()).then(|| {
        let documents = documents.into_iter().map(|file| view! { <Document file/> });
        view! { <div class="documents">{documents.collect_view()}</div> }
    });
    view! { {images}{documents} }.into_any()
}

/// A picture, which opens whole above the page, or in a tab of its own where somebody asks for one. One that is gone leaves
/// its place and a word.
#[component]
fn Picture(file: FileInfo) -> AnyView {
    let own = address(&file.id);
    let source = RwSignal::new(Some(pictures::address(&file.id)));
    let lost = {
        let own = own.clone();
        // What this tab had in memory may be gone while the server still has it.
        move |_| source.update(|source| *source = source.take().filter(|source| *source != own).map(|_| own.clone()))
    };
    let lost = StoredValue::new(lost);
    let name = StoredValue::new(file.name.clone());
    let (width, height) = (file.width, file.height);
    let ratio = width.zip(height).map(|(width, height)| format!("--width:{width}px;--ratio:{width}/{height}"));
    let body = move || match source.get() {
        Some(source) => view! {
            <img
                src=source
                alt=name.get_value()
                width=width.map(|width| width.to_string())
                height=height.map(|height| height.to_string())
                loading="lazy"
                decoding="async"
                on:error=move |event: web_sys::ErrorEvent| lost.with_value(|lost| lost(event))
            />
        }
        .into_any(),
        None => {
            view! { <span class="picture-gone"><Icon glyph=Glyph::Image/>{t(chat::PICTURE_GONE)}</span> }.into_any()
        }
    };
    let label = move || name.with_value(|name| fill(chat::OPEN_PICTURE, &[("name", name)]));
    view! {
        <a class="picture" style=ratio href=own target="_blank" rel="noopener" aria-label=label on:click=move |event| open(&event)>{draw(body)}</a>
    }
    .into_any()
}
