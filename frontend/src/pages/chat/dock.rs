//! The text box of the chat on the screen, with everything it decides about.

use crate::components::composer::{ComposerBox, Stage};
use crate::components::model_picker::ModelChip;
use crate::i18n::{chat, fill};
use crate::reactive::memo;
use crate::state::chats::use_chats;
use crate::state::composer::use_composer;
use crate::state::conversation::use_chat;
use crate::state::load::Load;
use crate::state::models::use_models;
use leptos::prelude::*;
use shared::{ModelId, SessionId};

/// The text box of the chat on the screen.
#[component]
pub fn Dock() -> AnyView {
    let (store, composer, models, chats) = (use_chat(), use_composer(), use_models(), use_chats());
    // Until the chat is known its model is not: another name in between would only move the button.
    let is_known = move |id: &SessionId| chats.load.get() != Load::Waiting || chats.get(id).is_some();
    let chosen = memo(move || {
        let session = store.session.get();
        session.as_ref().is_none_or(is_known).then(|| models.chosen(session.as_ref())).flatten()
    });
    let stage = Signal::derive(move || match (store.is_busy.get(), store.is_stopping.get()) {
        (true, true) => Stage::Stopping,
        (true, false) => Stage::Busy,
        (false, _) => Stage::Ready,
    });
    let obstacle = Signal::derive(move || match (store.is_busy.get(), models.is_empty.get()) {
        (true, _) => Some(chat::STILL_WRITING),
        (_, true) => Some(chat::NO_MODEL),
        _ => None,
    });
    let note = Signal::derive(move || {
        let replaced = store.session.get().is_some_and(|session| models.is_replaced(&session));
        let name = chosen.get().filter(|_| replaced).map(|model| model.name);
        name.map(|name| fill(chat::MODEL_REPLACED, &[("model", &name)]))
    });
    let send = move || store.say(chosen.get_untracked().map(|model| model.id.to_string()));
    let choose = move |model: ModelId| models.choose(store.session.get_untracked(), &model);
    view! {
        <div class="dock">
            <ComposerBox
                text=composer.text
                on_text=move |text| composer.typed(text)
                on_send=send
                on_stop=move || store.stop()
                stage
                obstacle
                note
                focus=composer.focus
            >
                <ModelChip chosen on_choose=choose/>
            </ComposerBox>
        </div>
    }
    .into_any()
}
