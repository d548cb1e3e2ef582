//! A document of a message: its name, and the text that a model reads of it when somebody opens it.

use crate::amounts::bytes;
use crate::api::files::{address, text};
use crate::components::ui::{Dialog, ErrorCard, Glyph, Icon, LinkButton, Skeleton};
use crate::i18n::{chat, t};
use crate::reactive::draw;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::files::FileInfo;
use shared::{ApiError, FileId};

/// Most characters that are shown; the file itself has the rest.
const MOST: usize = 200_000;

/// A document.
#[component]
pub fn Document(
    /// The document.
    file: FileInfo,
) -> AnyView {
    let open = RwSignal::new(false);
    let name = StoredValue::new(file.name.clone());
    let id = StoredValue::new(file.id.clone());
    view! {
        <button class="document" type="button" aria-haspopup="dialog" data-tip=t(chat::OPEN_TEXT) on:click=move |_| open.set(true)>
            <Icon glyph=Glyph::FileText/>
            <span class="attached-words">
                <span class="attached-name">{file.name}</span>
                <span class="attached-about">{bytes(file.size)}</span>
            </span>
            <span class="visually-hidden">{t(chat::OPEN_TEXT)}</span>
        </button>
        <Dialog open on_close=move || open.set(false) title=move || name.get_value()>
            <Reading id=id.get_value()/>
        </Dialog>
    }
    .into_any()
}

/// What a model reads.
#[component]
fn Reading(id: FileId) -> AnyView {
    let state = RwSignal::new(None::<Result<String, ApiError>>);
    let original = address(&id);
    let id = StoredValue::new(id);
    let read = move || {
        state.set(None);
        spawn_local(async move {
            let reply = text(&id.get_value()).await;
            // The dialog may be closed by now.
            let _ = state.try_set(Some(reply.map(beginning)));
        });
    };
    read();
    let body = move || match state.get() {
        None => view! { <Skeleton rows=4/> }.into_any(),
        Some(Err(error)) => view! { <ErrorCard error on_retry=read/> }.into_any(),
        Some(Ok(text)) => view! { <pre class="document-text" tabindex="0">{text}</pre> }.into_any(),
    };
    view! {
        <p class="field-note">{t(chat::TEXT_READ)}</p>
        {draw(body)}
        <div class="dialog-actions"><LinkButton label=t(chat::DOWNLOAD) href=original/></div>
    }
    .into_any()
}

fn beginning(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(MOST) {
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{MOST, beginning};

    #[test]
    fn a_book_is_cut_between_characters() {
        assert_eq!(beginning("short".to_owned()), "short");
        assert_eq!(beginning("汉".repeat(MOST + 5)).chars().count(), MOST + 1);
    }
}
