//! The text box of the chat on the screen, with everything it decides about.

use super::commands;
use super::drop::DropTarget;
use super::thread;
use crate::components::composer::attach::{AttachButton, text_file};
use crate::components::composer::chips::Chips;
use crate::components::composer::effort::MannerTools;
use crate::components::composer::gauge::GaugeRing;
use crate::components::composer::queue::Waiting;
use crate::components::composer::suggest::{Help, Suggest};
use crate::components::composer::{ComposerBox, Stage, Wishes};
use crate::components::model_picker::{Company, ModelChip, PickerButton};
use crate::components::ui::{Dialog, Glyph, IconButton};
use crate::i18n::{chat, composer as words, fill, say, t};
use crate::reactive::{draw, effect, memo};
use crate::state::chats::use_chats;
use crate::state::composer::attachments::Attachments;
use crate::state::composer::{Composer, use_composer};
use crate::state::conversation::{ChatStore, RowKind, use_chat};
use crate::state::load::Load;
use crate::state::models::{shown_name, use_models};
use crate::{back, dom};
use leptos::prelude::*;
use shared::chat::Model;
use shared::{ModelId, SessionId};
use web_sys::File;

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
    let also = memo(move || {
        let first = chosen.with(|model| model.as_ref().map(|model| model.id.clone()));
        first.map(|first| models.further(&composer.also.get(), Some(&first))).unwrap_or_default()
    });
    let company = Company { also, set: Callback::new(move |also| composer.compare_with(also)) };
    let stage = Signal::derive(move || match (store.is_busy.get(), store.is_stopping.get()) {
        (true, true) => Stage::Stopping,
        (true, false) => Stage::Busy,
        (false, _) => Stage::Ready,
    });
    let files = composer.files;
    let obstacle = Signal::derive(move || {
        if models.is_empty.get() {
            return Some(chat::NO_MODEL);
        }
        files.shown.with(Attachments::has_failed).then_some(chat::FILES_FAILED)
    });
    let note = Signal::derive(move || {
        if files.waits.get() {
            return Some(say(chat::FILES_WAIT).to_owned());
        }
        let replaced = store.session.get().is_some_and(|session| models.is_replaced(&session));
        let model = chosen.get().filter(|_| replaced)?;
        Some(fill(chat::MODEL_REPLACED, &[("model", shown_name(&model))]))
    });
    // One that does not see the pictures, of all that are to answer.
    let unseeing = memo(move || {
        let all = || chosen.get().into_iter().chain(also.get());
        let has_picture = files.shown.with(Attachments::has_picture);
        has_picture.then(|| all().find(|model| model.facts.vision == Some(false))).flatten()
    });
    let blind = memo(move || unseeing.with(Option::is_some));
    let empty = Signal::derive(move || {
        composer.text.with(|text| text.trim().is_empty()) && files.shown.with(Attachments::is_empty)
    });
    let choose = move |model: ModelId| models.choose(store.session.get_untracked(), &model);
    let replace = move |model: ModelId| match unseeing.get_untracked().map(|unseeing| unseeing.id) {
        Some(old) if also.with_untracked(|also| also.iter().any(|one| one.id == old)) => {
            let mut further = also.get_untracked().into_iter().map(|one| one.id).collect::<Vec<_>>();
            further.iter_mut().filter(|one| **one == old).for_each(|one| one.clone_from(&model));
            composer.compare_with(further);
        }
        _ => choose(model),
    };
    let (tall, help) = (RwSignal::new(false), RwSignal::new(false));
    let suggest = Suggest::new(models);
    let wishes = Wishes {
        text: Callback::new(move |text| {
            thread::prepare();
            composer.typed(text);
        }),
        send: Callback::new(move |()| {
            let also = also.get_untracked().into_iter().map(|model| model.id.to_string()).collect();
            store.say(chosen.get_untracked(), also);
        }),
        stop: Callback::new(move |()| store.stop()),
        files: Callback::new(move |chosen: Vec<File>| attach(composer, &chosen)),
        long: Callback::new(move |text: String| attach_text(composer, &text)),
        take: commands::take(suggest, help, Callback::new(choose)),
        edit_last: Callback::new(move |()| edit_last(store)),
    };
    commands::follow_keys(store, tall);
    commands::focus_after_answers(store, composer);
    view! {
        <div class="dock" class:tall=move || tall.get()>
            <ComposerBox
                text=composer.text
                wishes
                stage
                obstacle
                blocked=blind
                empty
                note
                tall
                suggest
                focus=composer.focus
                above=view! {
                    <Waiting composer store/>
                    <Chips composer/>
                    <Blind unseeing on_choose=replace/>
                }
                .into_any()
                tools=view! {
                    <AttachButton on_files=wishes.files/>
                    <MannerTools composer chosen/>
                    <TuneButton composer/>
                }
                .into_any()
            >
                <GaugeRing store composer chosen/>
                <ModelChip chosen on_choose=choose company on_done=move || composer.focus.notify()/>
            </ComposerBox>
        </div>
        <TallLayer tall/>
        <DropTarget on_files=wishes.files/>
        <Dialog open=help on_close=move || help.set(false) title=t(words::HELP)><Help/></Dialog>
    }
    .into_any()
}

fn attach(composer: Composer, chosen: &[File]) {
    composer.files.add(chosen);
    composer.focus.notify();
}

/// Makes a file of a long text; false where a message takes no more files.
fn attach_text(composer: Composer, text: &str) -> bool {
    let shown = composer.files.shown;
    if !shown.with_untracked(Attachments::has_room) {
        return false;
    }
    let name = shown.with_untracked(|files| files.free_name(say(words::PASTED)));
    let file = text_file(&name, text);
    if let Some(file) = &file {
        attach(composer, std::slice::from_ref(file));
    }
    file.is_some()
}

/// Edits what was said last.
fn edit_last(store: ChatStore) {
    let last = store.rows.with_untracked(|rows| {
        rows.iter().rev().find_map(|row| match &row.kind {
            RowKind::Question { id, .. } => id.clone(),
            _ => None,
        })
    });
    if let Some(last) = last {
        store.edit(last);
    }
}

/// Draws nothing: as long as the text fills the page, what lies below takes no focus, and on phones Back makes it small.
#[component]
fn TallLayer(tall: RwSignal<bool>) -> AnyView {
    effect(move || {
        let tall = tall.get();
        for node in dom::find_all("main.chat > :not(.dock)") {
            // An attribute of a literal name cannot be refused.
            let _ = node.toggle_attribute_with_force("inert", tall);
        }
    });
    draw(move || {
        if tall.get() && dom::is_phone() {
            back::closes(move || tall.set(false));
        }
    })
}

/// Opens what is set for this chat alone.
#[component]
fn TuneButton(composer: Composer) -> AnyView {
    let (store, chats) = (use_chat(), use_chats());
    let set = memo(move || match store.session.get() {
        Some(session) => chats.get(&session).is_some_and(|session| session.has_instructions),
        None => composer.fresh.with(|fresh| fresh.instructions.is_some() || fresh.parameters.is_some()),
    });
    view! {
        <IconButton
            name=t(words::TUNE)
            glyph=Glyph::SlidersHorizontal
            popup="dialog"
            pressed=Signal::from(set)
            on_press=move || commands::tune(store, chats, composer, None)
        />
    }
    .into_any()
}

/// Says that a model that is to answer does not see the pictures, and offers others.
#[component]
fn Blind(unseeing: Memo<Option<Model>>, #[prop(into)] on_choose: Callback<ModelId>) -> AnyView {
    let words = move || {
        unseeing.with(|model| fill(chat::NO_VISION, &[("model", model.as_ref().map(shown_name).unwrap_or_default())]))
    };
    let body = move || {
        unseeing.with(Option::is_some).then(|| {
            view! {
                <div class="composer-note warning" role="alert">
                    <p>{words}</p>
                    <PickerButton label=t(chat::NO_VISION_CHOOSE) on_choose/>
                </div>
            }
        })
    };
    draw(body)
}
