//! A message that is being changed in its place. Esc gives up, Ctrl or ⌘ with S saves, with Enter sends.

use crate::components::composer::fit;
use crate::components::ui::{Button, ButtonKind, ErrorCard, Glyph, IconButton};
use crate::dom;
use crate::i18n::{chat, common, fill, messages, say, t};
use crate::later::{Part, later};
use crate::reactive::{draw, effect};
use crate::state::composer::use_composer;
use crate::state::conversation::{ChatStore, Edit, use_chat};
use crate::state::models::use_models;
use crate::state::toasts::use_toasts;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::files::FileInfo;
use shared::limits::MAX_CONTENT_BYTES;
use shared::{ApiError, MessageId};
use wasm_split_helpers::wasm_split;

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Save,
    Send,
    Cancel,
}

/// The editor of a message.
#[derive(Clone, Copy)]
struct Editor {
    store: ChatStore,
    edit: RwSignal<Edit>,
    busy: RwSignal<bool>,
    error: RwSignal<Option<ApiError>>,
}

/// The text of a message in a text area, with what can become of it; fetched when one is changed.
#[component]
pub fn MessageEditor(
    /// The message.
    id: MessageId,
    /// Whether it is the person's, so that it can be sent again.
    is_question: bool,
) -> AnyView {
    later(|| Box::pin(editor_part()), (id, is_question))
}

#[wasm_split(more, fallible)]
fn editor_part() -> Part<(MessageId, bool)> {
    Ok(|(id, is_question)| editor(id, is_question))
}

fn editor(id: MessageId, is_question: bool) -> AnyView {
    let (store, models, toasts, composer) = (use_chat(), use_models(), use_toasts(), use_composer());
    let text = store.read(|chat| chat.text_of(&id)).unwrap_or_default();
    let files = store.read(|chat| chat.said_in(&id)).map(|said| said.files).unwrap_or_default();
    let edited = store.edited(&id);
    let before = StoredValue::new(Edit { message: id, text, files });
    let edit = RwSignal::new(edited.unwrap_or_else(|| before.get_value()));
    let (busy, error) = (RwSignal::new(false), RwSignal::new(None));
    let editor = Editor { store, edit, busy, error };
    let too_long = move || edit.with(|edit| edit.text.len() > MAX_CONTENT_BYTES);
    let is_empty = move || edit.with(|edit| edit.text.trim().is_empty());
    // In its place a message keeps its files.
    let other_files = move || edit.with(|edit| before.with_value(|before| before.files != edit.files));
    let unsaved = Signal::derive(move || too_long() || is_empty() || other_files());
    let unsendable = Signal::derive(move || {
        too_long() || (is_empty() && edit.with(|edit| edit.files.is_empty())) || store.is_busy.get()
    });
    let save = move || {
        if !unsaved.get_untracked() && !busy.get_untracked() {
            spawn_local(editor.save());
        }
    };
    let send = move || {
        if !unsendable.get_untracked() && !busy.get_untracked() {
            let session = store.session.get_untracked();
            let chosen = untrack(|| models.chosen(session.as_ref()));
            let first = chosen.as_ref().map(|model| &model.id);
            let also = untrack(|| models.further(&composer.also.get(), first));
            let also = also.into_iter().map(|model| model.id.to_string()).collect();
            store.send_edit(edit.get_untracked(), chosen.as_ref(), also);
        }
    };
    let cancel = move || {
        let typed = edit.get_untracked();
        store.close_edit(&typed.message);
        if before.with_value(|before| *before != typed) {
            toasts.undo(say(messages::EDIT_DROPPED), move || store.reopen_edit(typed.clone()));
        }
    };
    let keydown = move |event: web_sys::KeyboardEvent| {
        let Some(key) = meaning(&event, is_question) else { return };
        event.prevent_default();
        event.stop_propagation();
        match key {
            Key::Save => save(),
            Key::Send => send(),
            Key::Cancel => cancel(),
        }
    };
    let hint = move || match (too_long(), is_question) {
        (true, _) => say(chat::TOO_LONG),
        (_, true) if store.is_busy.get() => say(chat::STILL_WRITING),
        (_, true) if other_files() => say(messages::SAVE_KEEPS_FILES),
        (_, true) => say(messages::SEND_NEW_HINT),
        _ => say(messages::SAVE_HINT),
    };
    let save_kind = if is_question { ButtonKind::Plain } else { ButtonKind::Primary };
    view! {
        <div class="message-editor">
            {is_question.then(|| view! { <Files editor/> })}
            <Area editor keydown=Callback::new(keydown)/>
            <p class="field-note" aria-live="polite">{hint}</p>
            {move || error.get().map(|error| view! { <ErrorCard error/> })}
            <div class="message-editor-row">
                <Button label=t(common::CANCEL) kind=ButtonKind::Quiet on_press=cancel/>
                <Button label=t(common::SAVE) kind=save_kind busy disabled=unsaved on_press=save/>
                {is_question.then(|| view! {
                    <Button label=t(messages::SEND_NEW) kind=ButtonKind::Primary disabled=unsendable on_press=send/>
                })}
            </div>
        </div>
    }
    .into_any()
}

/// The files that go with a question when it is sent again.
#[component]
fn Files(editor: Editor) -> AnyView {
    let body = move || {
        let files = editor.edit.with(|edit| edit.files.clone());
        let file = |file: FileInfo| {
            let name = file.name.clone();
            let label = move || fill(chat::REMOVE_FILE, &[("name", &name)]);
            let take = move || editor.change(|edit| edit.files.retain(|other| other.id != file.id));
            view! {
                <li class="tag"><span>{file.name.clone()}</span><IconButton name=label glyph=Glyph::X on_press=take/></li>
            }
        };
        (!files.is_empty()).then(|| view! {
            <ul class="message-editor-files" aria-label=t(chat::ATTACHED)>{files.into_iter().map(file).collect_view()}</ul>
        })
    };
    draw(body)
}

#[component]
fn Area(editor: Editor, keydown: Callback<web_sys::KeyboardEvent>) -> AnyView {
    let area = NodeRef::<html::Textarea>::new();
    effect(move || {
        if let Some(area) = area.get() {
            // At once: a phone opens its keyboard only for what a finger has just asked for, and a caret that is moved later
            // would end a selection that was made meanwhile.
            dom::focus(&area);
            let end = area.value().encode_utf16().count() as u32;
            // Fails only for kinds of input that have no selection.
            let _ = area.set_selection_range(end, end);
            // By the next frame it has its place, and with it the width that its lines depend on.
            request_animation_frame(move || fit(&area, false));
        }
    });
    view! {
        <textarea
            node_ref=area
            rows="1"
            aria-label=t(messages::EDIT_TEXT)
            autocomplete="off"
            prop:value=editor.edit.with_untracked(|edit| edit.text.clone())
            on:input:target=move |event| {
                fit(&event.target(), false);
                editor.change(|edit| edit.text = event.target().value());
            }
            on:keydown=move |event| keydown.run(event)
        ></textarea>
    }
    .into_any()
}

impl Editor {
    fn change(self, change: impl FnOnce(&mut Edit)) {
        self.edit.update(change);
        self.edit.with_untracked(|edit| self.store.keep_edit(edit));
    }

    async fn save(self) {
        self.busy.set(true);
        let Edit { message, text, .. } = self.edit.get_untracked();
        let refused = self.store.save_edit(message, text).await.err();
        // The editor is gone once it was saved.
        let _ = self.busy.try_set(false);
        let _ = self.error.try_set(refused);
    }
}

/// What a key means here. A key of an input method means nothing.
fn meaning(event: &web_sys::KeyboardEvent, sends: bool) -> Option<Key> {
    if dom::is_composing(event) {
        return None;
    }
    meaning_of(&event.key(), event.ctrl_key() || event.meta_key(), sends)
}

fn meaning_of(key: &str, command: bool, sends: bool) -> Option<Key> {
    match (key, command) {
        ("Escape", false) => Some(Key::Cancel),
        ("Enter", true) => Some(if sends { Key::Send } else { Key::Save }),
        ("s" | "S", true) => Some(Key::Save),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Key, meaning_of};

    #[test]
    fn keys_save_send_and_give_up() {
        assert_eq!(meaning_of("Escape", false, true), Some(Key::Cancel));
        assert_eq!(meaning_of("Enter", true, true), Some(Key::Send));
        assert_eq!(meaning_of("Enter", true, false), Some(Key::Save), "an answer is not sent");
        assert_eq!(meaning_of("s", true, true), Some(Key::Save));
        assert_eq!([meaning_of("Enter", false, true), meaning_of("s", false, true)], [None, None]);
    }
}
