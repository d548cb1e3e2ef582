//! What is done from the text box beside writing: commands, a model for this chat, and the keys that hold all over the
//! chat. A model that is chosen with `@` is the chat's from then on, as if it were chosen at the chip, which names it.

use super::use_composer_focus;
use crate::components::composer::suggest::{Suggest, Taken};
use crate::dom;
use crate::reactive::effect;
use crate::router::{NavigateOptions, navigate};
use crate::shortcuts::use_shortcuts;
use crate::state::chats::{Chats, use_chats};
use crate::state::composer::suggest::{Command, Sign};
use crate::state::composer::{Composer, use_composer};
use crate::state::conversation::{ChatStore, use_chat};
use leptos::ev;
use leptos::prelude::*;
use shared::ModelId;
use shared::chat::NewChat;
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;

/// Does what was chosen while typing, and takes the sign out of the text.
pub(super) fn take(suggest: Suggest, help: RwSignal<bool>, on_model: Callback<ModelId>) -> Callback<(Sign, Taken)> {
    let (store, chats, composer) = (use_chat(), use_chats(), use_composer());
    Callback::new(move |(sign, taken): (Sign, Taken)| {
        let before = composer.text.get_untracked();
        let rest = sign.taken_out(&before);
        composer.typed(rest.clone());
        match taken {
            Taken::Model(model) => on_model.run(model),
            Taken::Emoji(emoji) => write(composer, sign.replaced(&before, &emoji)),
            Taken::Command(Command::New) => start(composer, NewChat::default()),
            Taken::Command(Command::Temporary) => start(composer, NewChat { temporary: true, ..NewChat::default() }),
            Taken::Command(Command::Model) => {
                composer.typed(format!("@{rest}"));
                suggest.look("@", 1);
            }
            Taken::Command(Command::System) => tune(store, chats, composer, None),
            Taken::Command(Command::Parameters) => tune(store, chats, composer, Some("parameter-temperature")),
            Taken::Command(Command::Help) => help.set(true),
        }
    })
}

/// Writes a text, and puts the caret where it was meant: a text that is set has it at its end.
fn write(composer: Composer, (text, caret): (String, u32)) {
    composer.typed(text);
    request_animation_frame(move || {
        let area = dom::query(".composer textarea").and_then(|area| area.dyn_into::<HtmlTextAreaElement>().ok());
        // A box that is gone has no caret.
        let _ = area.map(|area| area.set_selection_range(caret, caret));
    });
}

fn start(composer: Composer, place: NewChat) {
    composer.begin_as(place);
    navigate("/", NavigateOptions::default());
    use_composer_focus();
}

/// Opens what is set for the chat on the screen, or for the new one; `at` takes the focus.
pub(super) fn tune(store: ChatStore, chats: Chats, composer: Composer, at: Option<&'static str>) {
    composer.tune_at.set_value(at);
    match store.session.get_untracked() {
        Some(session) => chats.instructing.set(Some(session)),
        None => composer.planning.set(true),
    }
}

/// Esc stops the answer, wherever the focus is in the chat; a shortcut gives the text the whole page.
pub(super) fn follow_keys(store: ChatStore, tall: RwSignal<bool>) {
    let shortcuts = use_shortcuts();
    shortcuts.act("tall", move || {
        tall.update(|tall| *tall = !*tall);
        use_composer_focus();
    });
    let listener = window_event_listener(ev::keydown, move |event| {
        let is_escape = event.key() == "Escape" && !has_others(&event);
        if !is_escape || event.default_prevented() || dom::is_composing(&event) || !untrack(|| shortcuts.is_on()) {
            return;
        }
        if may_stop() && store.is_busy.get_untracked() && !store.is_stopping.get_untracked() {
            event.prevent_default();
            store.stop();
        }
    });
    on_cleanup(move || listener.remove());
}

/// With Shift, Esc leads to the text box.
fn has_others(event: &web_sys::KeyboardEvent) -> bool {
    event.shift_key() || event.ctrl_key() || event.meta_key() || event.alt_key()
}

/// Whether Esc means the answer: nothing lies above the chat, and nobody writes elsewhere.
fn may_stop() -> bool {
    let Some(focused) = dom::focused().filter(|_| !is_covered()) else { return false };
    let writes_elsewhere =
        focused.matches("input, textarea, select") == Ok(true) && focused.closest(".composer") == Ok(None);
    let is_here = focused.tag_name() == "BODY" || focused.closest("main.chat").is_ok_and(|chat| chat.is_some());
    is_here && !writes_elsewhere
}

fn is_covered() -> bool {
    !dom::find_all("dialog[open], .popover").is_empty()
}

/// When an answer has ended, whoever did nothing else meanwhile can write on.
pub(super) fn focus_after_answers(store: ChatStore, composer: Composer) {
    let mut was_busy = false;
    effect(move || {
        let is_busy = store.is_busy.get();
        let is_nowhere = || dom::focused().is_none_or(|focused| focused.tag_name() == "BODY");
        if std::mem::replace(&mut was_busy, is_busy) && !is_busy && is_nowhere() && !is_covered() {
            composer.focus.notify();
        }
    });
}
