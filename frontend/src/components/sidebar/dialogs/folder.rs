//! A folder: its name, and what the model is told in its chats.

use crate::components::ui::{Button, ButtonKind, ErrorCard, FieldKind, TextArea, TextField};
use crate::dom;
use crate::i18n::{common, fill, organize, say, t};
use crate::reactive::effect;
use crate::state::chats::use_chats;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::limits::{MAX_FOLDER_CHARS, MAX_INSTRUCTIONS_CHARS};
use shared::organize::UpdateFolder;
use shared::{ApiError, FolderId};

/// What is wrong with a name.
fn fault(name: &str, tried: bool) -> Option<String> {
    if name.chars().count() > MAX_FOLDER_CHARS {
        return Some(fill(organize::FOLDER_LONG, &[("limit", &MAX_FOLDER_CHARS.to_string())]));
    }
    (tried && name.is_empty()).then(|| say(organize::FOLDER_NAMELESS).to_owned())
}

/// Makes a folder, or changes one.
#[component]
pub fn FolderForm(
    /// The folder; a new one where none is named.
    id: Option<FolderId>,
    /// Whether its instructions are what it is about.
    instructions: bool,
) -> AnyView {
    let chats = use_chats();
    let before = id.as_ref().and_then(|id| untrack(|| chats.folders.get(id)));
    let (name, text) = before.map(|folder| (folder.name, folder.instructions)).unwrap_or_default();
    let (name, text) = (RwSignal::new(name), RwSignal::new(text));
    let (busy, tried, refused) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let name_fault = move || fault(name.get().trim(), tried.get());
    let text_fault = move || {
        let is_long = text.with(|text| text.chars().count() > MAX_INSTRUCTIONS_CHARS);
        is_long.then(|| fill(crate::i18n::chat::INSTRUCTIONS_LONG, &[("limit", &MAX_INSTRUCTIONS_CHARS.to_string())]))
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if busy.get_untracked() || untrack(|| name_fault().is_some() || text_fault().is_some()) {
            return;
        }
        busy.set(true);
        let (id, name, text) =
            (id.clone(), name.get_untracked().trim().to_owned(), text.get_untracked().trim().to_owned());
        spawn_local(async move {
            let answer = match &id {
                None => chats.folders.create(name, text).await.map(|id| chats.open_folder(&id)),
                Some(id) => {
                    let change = UpdateFolder { name: Some(name), instructions: Some(text), before: None };
                    chats.folders.update(id, change).await
                }
            };
            // The dialog may be closed by now.
            match answer {
                Ok(()) if busy.try_set(false).is_none() => chats.asking.set(None),
                Ok(()) => {}
                Err(error) => {
                    let _ = busy.try_set(false);
                    let _ = refused.try_set(Some(error));
                }
            }
        });
    };
    let form = NodeRef::<html::Form>::new();
    effect(move || {
        if let Some(form) = form.get().filter(|_| instructions) {
            // The dialog focuses its first field by itself, and this one after that.
            request_animation_frame(move || dom::all(&form, "textarea").first().map_or((), dom::focus));
        }
    });
    view! {
        <form node_ref=form class="form" on:submit=submit>
            <TextField id="folder-name" label=t(organize::FOLDER_NAME) value=name kind=FieldKind::Text error=Signal::derive(name_fault)/>
            <TextArea id="folder-instructions" label=t(organize::FOLDER_INSTRUCTIONS) value=text
                hint=t(organize::FOLDER_INSTRUCTIONS_HINT) error=Signal::derive(text_fault)/>
            {move || refused.get().map(|error| view! { <ErrorCard error/> })}
            <div class="dialog-actions">
                <Button label=t(common::CANCEL) on_press=move || chats.asking.set(None)/>
                <Button label=t(common::SAVE) kind=ButtonKind::Primary busy submit=true/>
            </div>
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn a_name_is_needed_once_somebody_tried_and_never_too_long() {
        assert_eq!(fault("", false), None);
        assert!(fault("", true).is_some());
        assert_eq!(fault("工作", true), None);
        assert!(fault(&"长".repeat(101), false).is_some());
    }
}
