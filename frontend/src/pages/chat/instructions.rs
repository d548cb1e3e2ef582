//! What holds for one chat alone: what the model is told, and how it answers. A dialog, a sheet on phones; also for a chat
//! that begins with the next message.

use crate::api::{self, ApiResult};
use crate::components::ui::{Button, ButtonKind, Dialog, ErrorCard, Skeleton, TextField};
use crate::dom;
use crate::i18n::{chat, common, composer as words, fill, say, t};
use crate::later::{Part, when};
use crate::reactive::{draw, effect, memo};
use crate::state::chats::{Chats, use_chats};
use crate::state::composer::parameters::{FIELDS, Field, parameters};
use crate::state::composer::{Composer, use_composer};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::chat::{NewChat, Session, UpdateSession};
use shared::limits::MAX_INSTRUCTIONS_CHARS;
use shared::models::Parameters;
use shared::{ApiError, SessionId};
use wasm_split_helpers::wasm_split;

/// What is filled in when a message is sent.
const VARIABLES: [&str; 5] = ["{{date}}", "{{time}}", "{{weekday}}", "{{user}}", "{{model}}"];

/// What is set for the chat that somebody chose, or for the new one; fetched then.
#[component]
pub fn InstructionsDialog() -> AnyView {
    let (chats, composer) = (use_chats(), use_composer());
    when(move || is_open(chats, composer), || Box::pin(instructions_part()), ())
}

#[wasm_split(more, fallible)]
fn instructions_part() -> Part<()> {
    Ok(|()| dialog())
}

fn is_open(chats: Chats, composer: Composer) -> bool {
    composer.planning.get() || chats.instructing.with(Option::is_some)
}

fn dialog() -> AnyView {
    let (chats, composer) = (use_chats(), use_composer());
    let open = memo(move || is_open(chats, composer));
    let form = move || match chats.instructing.get_untracked() {
        Some(id) => view! { <Loaded id/> }.into_any(),
        None => {
            let NewChat { instructions, parameters, .. } = composer.fresh.get_untracked();
            view! {
                <p class="field-note">{t(words::TUNE_NEW)}</p>
                <Form id=None before=(instructions.unwrap_or_default(), parameters.unwrap_or_default())/>
            }
            .into_any()
        }
    };
    view! {
        <Dialog open on_close=move || close(chats, composer) title=t(words::TUNE)>{form()}</Dialog>
    }
    .into_any()
}

fn close(chats: Chats, composer: Composer) {
    composer.planning.set(false);
    chats.instructing.set(None);
}

/// The form, once it is known what the chat has: lists do not bring it.
#[component]
fn Loaded(id: SessionId) -> AnyView {
    let chat = RwSignal::new(None::<ApiResult<Session>>);
    spawn_local(async move {
        let answer = api::sessions::read(&id).await;
        // The dialog may be closed by now.
        chat.try_set(Some(answer));
    });
    draw(move || match chat.get() {
        None => view! { <Skeleton/> }.into_any(),
        Some(Err(error)) => view! { <ErrorCard error/> }.into_any(),
        Some(Ok(Session { id, instructions, parameters, .. })) => {
            let before = (instructions.unwrap_or_default(), parameters.unwrap_or_default());
            view! { <Form id=Some(id) before/> }.into_any()
        }
    })
}

/// What was typed into the form.
#[derive(Clone, Copy)]
struct Typed {
    text: RwSignal<String>,
    numbers: [RwSignal<String>; FIELDS.len()],
    before: StoredValue<Parameters>,
}

impl Typed {
    fn of((text, before): (String, Parameters)) -> Self {
        let numbers = FIELDS.each_ref().map(|field| RwSignal::new(field.stored(&before)));
        Self { text: RwSignal::new(text), numbers, before: StoredValue::new(before) }
    }

    fn is_too_long(self) -> bool {
        self.text.with(|text| text.chars().count() > MAX_INSTRUCTIONS_CHARS)
    }

    /// The field that is wrong, as an id on the page.
    fn fault(self) -> Option<String> {
        let wrong = |(field, text): &(&Field, RwSignal<String>)| text.with_untracked(|text| field.parse(text).is_err());
        let number = || FIELDS.iter().zip(self.numbers).find(wrong).map(|(field, _)| field.id());
        if untrack(|| self.is_too_long()) { Some("instructions".to_owned()) } else { number() }
    }

    fn parameters(self) -> Option<Parameters> {
        let typed = self.numbers.map(|text| text.get_untracked());
        self.before.with_value(|before| parameters(before, &typed))
    }
}

#[component]
fn Form(id: Option<SessionId>, before: (String, Parameters)) -> AnyView {
    let (chats, composer) = (use_chats(), use_composer());
    let typed = Typed::of(before);
    let (busy, error, tried) = (RwSignal::new(false), RwSignal::new(None::<ApiError>), RwSignal::new(false));
    let id = StoredValue::new(id);
    let save = move || {
        tried.set(true);
        if let Some(fault) = typed.fault() {
            return dom::focus_id(&fault);
        }
        let Some(parameters) = typed.parameters() else { return };
        let text = typed.text.get_untracked().trim().to_owned();
        let Some(id) = id.get_value() else {
            plan(composer, text, parameters);
            return close(chats, composer);
        };
        busy.set(true);
        spawn_local(async move {
            let change =
                UpdateSession { instructions: Some(text), parameters: Some(parameters), ..UpdateSession::default() };
            let refused = api::sessions::update(&id, &change).await.map(|session| chats.changed(session)).err();
            // The dialog may be closed by now.
            let _ = busy.try_set(false);
            if refused.is_none() && chats.instructing.get_untracked().as_ref() == Some(&id) {
                close(chats, composer);
            }
            let _ = error.try_set(refused);
        });
    };
    lead_focus(composer);
    let numbers = FIELDS.iter().zip(typed.numbers).map(|(field, text)| view! { <NumberField field text tried/> });
    view! {
        <Instructions typed/>
        <h3 class="tune-title">{t(words::PARAMETERS)}</h3>
        <p class="field-note">{t(words::PARAMETERS_TEXT)}</p>
        <div class="tune-numbers">{numbers.collect_view()}</div>
        {move || error.get().map(|error| view! { <ErrorCard error/> })}
        <div class="dialog-actions">
            <Button label=t(common::CANCEL) on_press=move || close(chats, composer)/>
            <Button label=t(common::SAVE) kind=ButtonKind::Primary busy on_press=save/>
        </div>
    }
    .into_any()
}

/// Sets it for the chat that begins with the next message.
fn plan(composer: Composer, text: String, parameters: Parameters) {
    composer.plan(NewChat {
        instructions: (!text.is_empty()).then_some(text),
        parameters: (parameters != Parameters::default()).then_some(parameters),
        ..composer.fresh.get_untracked()
    });
}

/// Whoever asked for one field begins there, others with the instructions. Not on phones, where the keyboard would cover
/// the rest.
fn lead_focus(composer: Composer) {
    let at = composer.tune_at.try_update_value(Option::take).flatten();
    let at = at.or_else(|| (!dom::is_phone()).then_some("instructions"));
    effect(move || {
        if let Some(at) = at {
            // By the next frame the dialog is open and has placed its own focus.
            request_animation_frame(move || dom::focus_id(at));
        }
    });
}

#[component]
fn Instructions(typed: Typed) -> AnyView {
    let too_long = move || typed.is_too_long();
    let note = move || {
        let limit = MAX_INSTRUCTIONS_CHARS.to_string();
        if too_long() {
            fill(chat::INSTRUCTIONS_LONG, &[("limit", &limit)])
        } else {
            say(chat::INSTRUCTIONS_HINT).to_owned()
        }
    };
    let text = typed.text;
    view! {
        <div class="field" class:field-wrong=too_long>
            <label class="field-label" for="instructions">{t(chat::INSTRUCTIONS)}</label>
            <div class="field-box">
                <textarea
                    id="instructions"
                    rows="6"
                    aria-describedby="instructions-note"
                    prop:value=text
                    on:input:target=move |event| text.set(event.target().value())
                ></textarea>
            </div>
            <p id="instructions-note" class="field-note" aria-live="polite">{note}</p>
        </div>
        <p class="variables">
            {t(chat::INSTRUCTIONS_VARIABLES)}
            {VARIABLES.map(|name| view! { " " <code>{name}</code> }).collect_view()}
        </p>
    }
    .into_any()
}

/// A number, which may be left to the model.
#[component]
fn NumberField(field: &'static Field, text: RwSignal<String>, tried: RwSignal<bool>) -> AnyView {
    let wrong = Signal::derive(move || {
        let wrong = text.with(|text| field.parse(text).is_err());
        let range = if field.whole { words::RANGE_WHOLE } else { words::RANGE };
        let (low, high) = field.range;
        (wrong && tried.get()).then(|| fill(range, &[("low", &low.to_string()), ("high", &high.to_string())]))
    });
    view! {
        <TextField
            id=field.id()
            label=t(field.label)
            value=text
            placeholder=say(words::AS_MODEL).to_owned()
            error=wrong
            on_leave=move || if !text.with_untracked(String::is_empty) { tried.set(true) }
        />
    }
    .into_any()
}
