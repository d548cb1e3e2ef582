//! The fields of a key, for a new one and for one that is changed.

use super::Made;
use super::limits::{KeyLimits, LimitRows};
use crate::components::ui::{Button, ButtonKind, ErrorCard, Select, TextArea, TextField};
use crate::i18n::{Text, common, keys as words, say, t};
use crate::state::account::use_account;
use crate::state::keys::{Keys, lines, named};
use crate::state::models::use_models;
use crate::state::toasts::{Toasts, use_toasts};
use crate::{dom, t, time};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::text_prop::TextProp;
use shared::budgets::KeyLimit;
use shared::keys::{ApiKey, CreateKey, Scope, UpdateKey};
use shared::limits::MAX_KEY_NAME_CHARS;
use shared::{ApiError, ApiKeyId, ModelId};

/// After how many days a key may end.
const DAYS: [u32; 3] = [30, 90, 365];
/// The value of an end that stays, and of none.
const KEPT: &str = "kept";
const NEVER: &str = "never";

/// What a scope is called.
pub(super) fn scope_name(scope: Scope) -> Text {
    match scope {
        Scope::Chat => words::SCOPE_CHAT,
        Scope::Models => words::SCOPE_MODELS,
        Scope::Admin => words::SCOPE_ADMIN,
    }
}

fn scope_text(scope: Scope) -> Text {
    match scope {
        Scope::Chat => words::SCOPE_CHAT_TEXT,
        Scope::Models => words::SCOPE_MODELS_TEXT,
        Scope::Admin => words::SCOPE_ADMIN_TEXT,
    }
}

/// The end that was chosen: none where it stays as it is.
fn end(chosen: &str) -> Option<Option<String>> {
    match chosen {
        KEPT => None,
        days => Some(days.parse().ok().map(time::in_days)),
    }
}

fn is_name(name: &str) -> bool {
    (1..=MAX_KEY_NAME_CHARS).contains(&name.trim().chars().count())
}

/// The fields and what is wrong with them.
#[derive(Clone, Copy)]
struct Form {
    keys: Keys,
    toasts: Toasts,
    /// The key that is changed; none for a new one.
    id: StoredValue<Option<ApiKeyId>>,
    /// The models it is held to, as they are shown.
    before: StoredValue<Vec<(ModelId, String)>>,
    name: RwSignal<String>,
    scopes: RwSignal<Vec<Scope>>,
    end: RwSignal<String>,
    models: RwSignal<String>,
    addresses: RwSignal<String>,
    limits: KeyLimits,
    pressed: RwSignal<bool>,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<ApiError>>,
}

impl Form {
    fn new(keys: Keys, key: Option<ApiKey>) -> Self {
        let models = use_models();
        let shown = |id: &ModelId| models.get_untracked(id).map_or_else(|| id.to_string(), |model| model.name);
        let before: Vec<(ModelId, String)> =
            key.iter().flat_map(|key| &key.models).map(|id| (id.clone(), shown(id))).collect();
        let text = before.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join("\n");
        let end = if key.is_some() { KEPT } else { NEVER };
        Self {
            keys,
            toasts: use_toasts(),
            id: StoredValue::new(key.as_ref().map(|key| key.id.clone())),
            before: StoredValue::new(before),
            name: RwSignal::new(key.as_ref().map(|key| key.name.clone()).unwrap_or_default()),
            scopes: RwSignal::new(
                key.as_ref().map_or_else(|| vec![Scope::Chat, Scope::Models], |key| key.scopes.clone()),
            ),
            end: RwSignal::new(end.to_owned()),
            models: RwSignal::new(text),
            limits: KeyLimits::of(key.as_ref().map(|key| key.limits.as_slice()).unwrap_or_default()),
            addresses: RwSignal::new(key.map(|key| key.addresses.join("\n")).unwrap_or_default()),
            pressed: RwSignal::new(false),
            busy: RwSignal::new(false),
            refused: RwSignal::new(None),
        }
    }

    fn name_error(self) -> Option<String> {
        let wrong = self.pressed.get() && self.name.with(|name| !is_name(name));
        wrong.then(|| say(words::NAME_RULE).to_owned())
    }

    fn toggle(self, scope: Scope) {
        self.scopes.update(|scopes| {
            let before = scopes.len();
            scopes.retain(|known| *known != scope);
            if scopes.len() == before {
                scopes.push(scope);
            }
        });
    }

    fn wish(self, limits: Vec<KeyLimit>) -> UpdateKey {
        UpdateKey {
            name: Some(self.name.get_untracked().trim().to_owned()),
            scopes: Some(self.scopes.get_untracked()),
            models: Some(self.before.with_value(|before| named(&self.models.read_untracked(), before))),
            addresses: Some(lines(&self.addresses.read_untracked())),
            expires_at: end(&self.end.read_untracked()),
            limits: Some(limits),
        }
    }

    /// Sends what was filled in. A new key is handed to `made`; a changed one closes the form.
    fn send(self, made: Option<Made>, on_close: Callback<()>) {
        self.pressed.set(true);
        self.refused.set(None);
        if self.name.with_untracked(|name| !is_name(name)) {
            return dom::focus_id("key-name");
        }
        if self.scopes.with_untracked(Vec::is_empty) {
            return dom::focus_id("key-scope-chat");
        }
        let limits = match self.limits.wish() {
            Ok(limits) => limits,
            Err(field) => return dom::focus_id(&field),
        };
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        let (wish, id) = (self.wish(limits), self.id.get_value());
        spawn_local(async move {
            let result = match id {
                Some(id) => self.keys.update(&id, &wish).await.map(|()| None),
                None => self.keys.create(&new(wish)).await.map(Some),
            };
            self.busy.try_set(false);
            match result {
                Ok(Some(created)) => {
                    made.and_then(|made| made.try_set(Some((created.key, created.secret))));
                }
                Ok(None) => {
                    on_close.try_run(());
                    self.toasts.confirm(say(words::CHANGED));
                }
                Err(error) => {
                    self.refused.try_set(Some(error));
                }
            }
        });
    }
}

/// The same for a key that is not there yet.
fn new(wish: UpdateKey) -> CreateKey {
    CreateKey {
        name: wish.name.unwrap_or_default(),
        scopes: wish.scopes.unwrap_or_default(),
        models: wish.models.unwrap_or_default(),
        addresses: wish.addresses.unwrap_or_default(),
        expires_at: wish.expires_at.flatten(),
        limits: wish.limits.unwrap_or_default(),
    }
}

/// The form.
#[component]
pub fn KeyForm(
    /// Where it is kept.
    keys: Keys,
    /// The key that is changed; none for a new one.
    #[prop(optional)]
    key: Option<ApiKey>,
    /// Takes in a new key with its secret.
    #[prop(optional)]
    made: Option<Made>,
    /// The wish to close it.
    #[prop(into)]
    on_close: Callback<()>,
) -> AnyView {
    let is_new = key.is_none();
    let form = Form::new(keys, key);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        form.send(made, on_close);
    };
    let action = if is_new { words::MAKE } else { common::SAVE };
    view! {
        <form class="form" novalidate on:submit=submit>
            <TextField
                id="key-name"
                label=t(words::NAME)
                value=form.name
                hint=t(words::NAME_HINT)
                error=Signal::derive(move || form.name_error())
                required=true
            />
            <Scopes form/>
            <End form is_new/>
            <TextArea id="key-models" label=t(words::MODELS) value=form.models hint=t(words::MODELS_HINT) code=true/>
            <TextArea id="key-addresses" label=t(words::ADDRESSES) value=form.addresses hint=t(words::ADDRESSES_HINT) code=true/>
            <LimitRows limits=form.limits pressed=form.pressed/>
            {move || form.refused.get().map(|error| view! { <ErrorCard error/> })}
            <div class="dialog-actions">
                <Button label=t(common::CANCEL) on_press=on_close/>
                <Button label=t(action) kind=ButtonKind::Primary submit=true busy=form.busy/>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn Scopes(form: Form) -> AnyView {
    let is_admin = use_account().is_admin;
    // One that was lost with the role can still be taken away.
    let offered =
        move |scope: &Scope| *scope != Scope::Admin || is_admin.get() || form.scopes.with(|all| all.contains(scope));
    let check = move |scope: Scope| {
        view! {
            <label class="model-row key-scope">
                <input
                    id=format!("key-scope-{}", scope.as_str())
                    type="checkbox"
                    prop:checked=move || form.scopes.with(|scopes| scopes.contains(&scope))
                    on:change=move |_| form.toggle(scope)
                />
                <span>{t(scope_name(scope))}<small>{t(scope_text(scope))}</small></span>
            </label>
        }
    };
    let wrong = move || form.pressed.get() && form.scopes.with(Vec::is_empty);
    view! {
        <fieldset class="model-choice" class:field-wrong=wrong>
            <legend class="field-label">{t(words::SCOPES)}</legend>
            {Scope::ALL.into_iter().filter(|scope| untrack(|| offered(scope))).map(check).collect_view()}
            <p class="field-note" aria-live="polite">{move || wrong().then(|| say(words::SCOPES_RULE))}</p>
        </fieldset>
    }
    .into_any()
}

#[component]
fn End(form: Form, is_new: bool) -> AnyView {
    let kept = (!is_new).then(|| (KEPT.to_owned(), TextProp::from(t(words::END_KEPT))));
    let never = (NEVER.to_owned(), TextProp::from(t(words::END_NEVER)));
    let days = DAYS.map(|days| (days.to_string(), TextProp::from(t!(words::END_DAYS, days = days))));
    let options = kept.into_iter().chain([never]).chain(days).collect();
    view! { <Select id="key-end" label=t(words::END) options value=form.end on_change=move |chosen| form.end.set(chosen)/> }
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::{KEPT, NEVER, end, is_name};

    #[test]
    fn an_end_stays_goes_or_is_counted_from_now() {
        assert_eq!((end(KEPT), end(NEVER)), (None, Some(None)));
    }

    #[test]
    fn names_are_neither_empty_nor_long() {
        assert!(is_name("笔记") && is_name(&"名".repeat(64)));
        assert!(!is_name("  ") && !is_name(&"名".repeat(65)));
    }
}
