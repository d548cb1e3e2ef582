//! Lists inside the form of a connection: its keys in the order in which they are tried, and its headers. Secrets go in
//! and never come out: a stored one is an empty field that may be filled anew.

use super::draft::{HeaderDraft, KeyDraft};
use super::fields::Fields;
use crate::components::ui::sentence::with_code;
use crate::components::ui::{Button, ButtonKind, FieldKind, Glyph, IconButton, Menu, MenuItem, Switch, TextField};
use crate::dom;
use crate::i18n::{connections as words, fill, say, t};
use crate::reactive::{draw, list};
use leptos::prelude::*;
use shared::KeyId;
use shared::limits::{MAX_HEADERS, MAX_KEYS};
use std::sync::Arc;

/// A key in its row.
#[derive(Clone)]
pub struct KeyRow {
    number: u32,
    stored: Option<KeyId>,
    label: RwSignal<String>,
    /// The key itself.
    pub secret: RwSignal<String>,
    enabled: RwSignal<bool>,
    models: RwSignal<String>,
    /// Whether the field for its models is shown.
    limited: RwSignal<bool>,
}

impl KeyRow {
    pub(super) fn new(number: u32, key: KeyDraft) -> Self {
        Self {
            number,
            stored: key.id,
            label: RwSignal::new(key.label),
            secret: RwSignal::new(key.secret),
            enabled: RwSignal::new(key.enabled),
            limited: RwSignal::new(!key.models.is_empty()),
            models: RwSignal::new(key.models),
        }
    }

    pub(super) fn draft(&self) -> KeyDraft {
        KeyDraft {
            id: self.stored.clone(),
            label: self.label.get(),
            secret: self.secret.get(),
            enabled: self.enabled.get(),
            models: self.models.get(),
        }
    }

    /// Whether it is a key and nothing else.
    pub(super) fn is_plain(&self) -> bool {
        let draft = self.draft();
        draft == KeyDraft { secret: draft.secret.clone(), ..KeyDraft::default() }
    }

    /// The first one's field has a name that everything can find.
    fn id(&self) -> String {
        if self.number == 0 { "connect-key".to_owned() } else { format!("connect-key-{}", self.number) }
    }
}

/// A header in its row.
#[derive(Clone)]
pub struct HeaderRow {
    number: u32,
    name: RwSignal<String>,
    value: RwSignal<String>,
    stored: bool,
}

impl HeaderRow {
    pub(super) fn new(number: u32, header: HeaderDraft) -> Self {
        Self { number, name: RwSignal::new(header.name), value: RwSignal::new(header.value), stored: header.stored }
    }

    pub(super) fn draft(&self) -> HeaderDraft {
        HeaderDraft { name: self.name.get(), value: self.value.get(), stored: self.stored }
    }

    pub(super) fn id(&self) -> String {
        format!("connect-header-{}", self.number)
    }
}

/// The keys.
#[component]
pub fn Keys(
    /// The form.
    fields: Fields,
    /// How the stored ones have done.
    state: KeyWords,
    /// Whether the address leads to another server than the stored keys belong to.
    #[prop(into)]
    elsewhere: Signal<bool>,
) -> AnyView {
    let numbers = move || fields.keys.with(|keys| keys.iter().map(|key| key.number.to_string()).collect());
    let row = move |number: String| {
        let found =
            fields.keys.with_untracked(|keys| keys.iter().find(|key| key.number.to_string() == number).cloned());
        found.map(|key| view! { <KeyFields fields key state=state.clone()/> }).into_any()
    };
    let hint = move || say(if elsewhere.get() { words::KEY_AGAIN } else { words::KEYS_HINT });
    view! {
        <fieldset class="parts parts-keys">
            <legend class="field-label">{t(words::KEYS)}</legend>
            <p class="field-note">{hint}</p>
            <ul>{list(numbers, row)}</ul>
            <Add label=words::KEY_ADD full=Signal::derive(move || fields.keys.read().len() >= MAX_KEYS) add=move || fields.add_key(KeyDraft::default())/>
        </fieldset>
    }
    .into_any()
}

/// How a stored key has done, in words; tracked.
pub type KeyWords = Arc<dyn Fn(&KeyId) -> Option<String> + Send + Sync>;

#[component]
fn KeyFields(fields: Fields, key: KeyRow, state: KeyWords) -> AnyView {
    let number = key.number;
    let place = move || fields.keys.with(|keys| keys.iter().position(|key| key.number == number)).unwrap_or_default();
    let name = move || fill(words::KEY_NUMBER, &[("number", &(place() + 1).to_string())]);
    let (enabled, limited, models) = (key.enabled, key.limited, key.models);
    let (id, is_stored, stored) = (key.id(), key.stored.is_some(), key.stored);
    let done = move || {
        stored.as_ref().and_then(|id| state(id)).map(|words| view! { <p class="field-note">{with_code(&words)}</p> })
    };
    view! {
        <li class="part" class:part-off=move || !enabled.get() data-key=number>
            <TextField id=format!("{id}-label") label=t(words::KEY_LABEL) value=key.label placeholder=untrack(name)/>
            <TextField
                id
                kind=FieldKind::Password
                label=t(words::KEY)
                value=key.secret
                placeholder=if is_stored { untrack(|| say(words::STORED)) } else { "" }
            />
            <div class="part-actions">
                <Switch label=t(words::KEY_USE) on=enabled on_toggle=move |on| enabled.set(on)/>
                <KeyMenu fields number limited/>
            </div>
            {move || limited.get().then(|| view! {
                <div class="part-whole">
                    <TextField id=format!("connect-key-models-{number}") label=t(words::KEY_MODELS) hint=t(words::KEY_MODELS_HINT) value=models/>
                </div>
            })}
            {draw(done)}
        </li>
    }
    .into_any()
}

#[component]
fn KeyMenu(fields: Fields, number: u32, limited: RwSignal<bool>) -> AnyView {
    let items = Arc::new(move || {
        let (place, count) =
            fields.keys.with_untracked(|keys| (keys.iter().position(|key| key.number == number), keys.len()));
        let Some(place) = place else { return Vec::new() };
        let swap = move |other: usize| {
            move || {
                fields.keys.update(|keys| keys.swap(place, other));
                // A row that moves in the page loses the focus.
                lead_focus(format!("[data-key='{number}'] [aria-haspopup=menu]"));
            }
        };
        let up = (place > 0).then(|| MenuItem::new(t(words::MOVE_UP), swap(place.saturating_sub(1))));
        let down = (place + 1 < count).then(|| MenuItem::new(t(words::MOVE_DOWN), swap(place + 1)));
        let limit = (!limited.get_untracked()).then(|| MenuItem::new(t(words::KEY_LIMIT), move || limited.set(true)));
        let remove = move || {
            fields.keys.update(|keys| keys.retain(|key| key.number != number));
            lead_focus(".parts-keys > .button".to_owned());
        };
        let remove = MenuItem::new(t(words::REMOVE), remove).glyph(Glyph::Trash).danger();
        [up.map(|item| item.glyph(Glyph::ArrowUp)), down.map(|item| item.glyph(Glyph::ArrowDown)), limit, Some(remove)]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
    });
    view! { <Menu name=t(words::KEY_ACTIONS) items/> }.into_any()
}

/// The headers.
#[component]
pub(super) fn Headers(fields: Fields) -> AnyView {
    let numbers = move || fields.headers.with(|rows| rows.iter().map(|row| row.number.to_string()).collect());
    let row = move |number: String| {
        let found =
            fields.headers.with_untracked(|rows| rows.iter().find(|row| row.number.to_string() == number).cloned());
        found.map(|row| view! { <HeaderFields fields row/> }).into_any()
    };
    view! {
        <fieldset class="parts parts-headers">
            <legend class="field-label">{t(words::HEADERS)}</legend>
            <p class="field-note">{t(words::HEADERS_HINT)}</p>
            <ul>{list(numbers, row)}</ul>
            <Add label=words::HEADER_ADD full=Signal::derive(move || fields.headers.read().len() >= MAX_HEADERS) add=move || fields.add_header(HeaderDraft::default())/>
        </fieldset>
    }
    .into_any()
}

#[component]
fn HeaderFields(fields: Fields, row: HeaderRow) -> AnyView {
    let (number, id, stored) = (row.number, row.id(), row.stored);
    let own = row.clone();
    let error = fields.told(move || own.draft().is_wrong().then_some(words::HEADER_NAMELESS));
    let remove = move || {
        fields.headers.update(|rows| rows.retain(|row| row.number != number));
        lead_focus(".parts-headers > .button".to_owned());
    };
    view! {
        <li class="part">
            <TextField id=id.clone() label=t(words::HEADER_NAME) value=row.name error disabled=stored/>
            <TextField
                id=format!("{id}-value")
                kind=FieldKind::Password
                label=t(words::HEADER_VALUE)
                value=row.value
                placeholder=if stored { untrack(|| say(words::STORED)) } else { "" }
            />
            <div class="part-actions"><IconButton name=t(words::REMOVE) glyph=Glyph::Trash on_press=remove/></div>
        </li>
    }
    .into_any()
}

/// Focuses what this selector finds, once the list is drawn: what had the focus is gone or elsewhere.
fn lead_focus(selector: String) {
    request_animation_frame(move || dom::focus_first(&selector));
}

/// The button below a list.
#[component]
fn Add(label: crate::i18n::Text, full: Signal<bool>, #[prop(into)] add: Callback<()>) -> AnyView {
    view! { <Button label=t(label) kind=ButtonKind::Quiet glyph=Glyph::Plus disabled=full on_press=add/> }.into_any()
}
