//! The fields of a service, for a new one and for one that is changed.

use super::{Services, load};
use crate::components::ui::{Button, ButtonKind, CopyButton, ErrorCard, FieldKind, Select, Switch, TextField};
use crate::i18n::{Text, common, oidc as words, say, t};
use crate::state::toasts::use_toasts;
use crate::{api, dom};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::text_prop::TextProp;
use shared::oidc::{AccountCreation, CALLBACK, CreateProvider, IdentityProvider, UpdateProvider};
use shared::{ApiError, ProviderId};
use std::sync::Arc;

/// The fields.
#[derive(Clone, Copy)]
struct Form {
    name: RwSignal<String>,
    issuer: RwSignal<String>,
    internal: RwSignal<String>,
    client: RwSignal<String>,
    secret: RwSignal<String>,
    scopes: RwSignal<String>,
    creation: RwSignal<String>,
    claim: RwSignal<String>,
    value: RwSignal<String>,
    enabled: RwSignal<bool>,
    pressed: RwSignal<bool>,
    busy: RwSignal<bool>,
    checking: RwSignal<bool>,
    refused: RwSignal<Option<ApiError>>,
}

fn creation_name(creation: AccountCreation) -> Text {
    match creation {
        AccountCreation::Off => words::CREATION_OFF,
        AccountCreation::Pending => words::CREATION_PENDING,
        AccountCreation::Active => words::CREATION_ACTIVE,
    }
}

fn creation(word: &str) -> AccountCreation {
    AccountCreation::ALL.into_iter().find(|creation| creation.as_str() == word).unwrap_or_default()
}

impl Form {
    fn new(service: Option<&IdentityProvider>) -> Self {
        let text = |read: fn(&IdentityProvider) -> String| RwSignal::new(service.map(read).unwrap_or_default());
        let creation = service.map(|service| service.creation).unwrap_or_default();
        Self {
            name: text(|service| service.name.clone()),
            issuer: text(|service| service.issuer.clone()),
            internal: text(|service| service.internal_url.clone().unwrap_or_default()),
            client: text(|service| service.client_id.clone()),
            secret: RwSignal::default(),
            scopes: RwSignal::new(service.map_or_else(|| "openid profile email".to_owned(), |s| s.scopes.join(" "))),
            creation: RwSignal::new(creation.as_str().to_owned()),
            claim: text(|service| service.admin_claim.clone().unwrap_or_default()),
            value: text(|service| service.admin_value.clone().unwrap_or_default()),
            enabled: RwSignal::new(service.is_none_or(|service| service.enabled)),
            pressed: RwSignal::new(false),
            busy: RwSignal::new(false),
            checking: RwSignal::new(false),
            refused: RwSignal::new(None),
        }
    }

    fn missing(self, value: RwSignal<String>) -> Signal<Option<String>> {
        Signal::derive(move || {
            let is_empty = self.pressed.get() && value.with(|value| value.trim().is_empty());
            is_empty.then(|| say(words::FIELD_MISSING).to_owned())
        })
    }

    /// Whether all that is needed is there; else the first empty field is shown.
    fn is_whole(self) -> bool {
        self.pressed.set(true);
        let needed = [("service-name", self.name), ("service-issuer", self.issuer), ("service-client", self.client)];
        let empty = needed.iter().find(|(_, value)| value.with_untracked(|value| value.trim().is_empty()));
        if let Some((id, _)) = empty {
            dom::focus_id(id);
        }
        empty.is_none()
    }

    fn new_wish(self) -> CreateProvider {
        let filled = |value: RwSignal<String>| Some(value.get_untracked()).filter(|value| !value.trim().is_empty());
        CreateProvider {
            name: self.name.get_untracked(),
            issuer: self.issuer.get_untracked(),
            internal_url: filled(self.internal),
            client_id: self.client.get_untracked(),
            client_secret: filled(self.secret),
            scopes: Some(vec![self.scopes.get_untracked()]),
            creation: Some(creation(&self.creation.read_untracked())),
            admin_claim: filled(self.claim),
            admin_value: filled(self.value),
            enabled: Some(self.enabled.get_untracked()),
        }
    }

    fn wish(self) -> UpdateProvider {
        let new = self.new_wish();
        UpdateProvider {
            name: Some(new.name),
            internal_url: Some(self.internal.get_untracked()),
            client_id: Some(new.client_id),
            // An empty field keeps what is stored.
            client_secret: new.client_secret,
            scopes: new.scopes,
            creation: new.creation,
            admin_claim: Some(self.claim.get_untracked()),
            admin_value: Some(self.value.get_untracked()),
            enabled: new.enabled,
        }
    }
}

/// The form.
#[component]
pub fn ProviderForm(
    /// Where it is kept.
    services: Services,
    /// The service that is changed; none for a new one.
    #[prop(optional)]
    service: Option<IdentityProvider>,
    /// The wish to close it.
    #[prop(into)]
    on_close: Callback<()>,
) -> AnyView {
    let toasts = use_toasts();
    let form = Form::new(service.as_ref());
    let has_secret = service.as_ref().is_some_and(|service| service.has_secret);
    let redirect = service.as_ref().map_or_else(here, |service| service.redirect_url.clone());
    let id: StoredValue<Option<ProviderId>> = StoredValue::new(service.map(|service| service.id));
    let is_new = id.with_value(Option::is_none);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if !form.is_whole() || form.busy.get_untracked() {
            return;
        }
        form.busy.set(true);
        form.refused.set(None);
        spawn_local(async move {
            let result = match id.get_value() {
                Some(id) => api::oidc::update(&id, &form.wish()).await,
                None => api::oidc::create(&form.new_wish()).await,
            };
            form.busy.try_set(false);
            match result {
                Ok(_) => {
                    load(services);
                    on_close.try_run(());
                    toasts.confirm(say(words::SAVED));
                }
                Err(error) => drop(form.refused.try_set(Some(error))),
            }
        });
    };
    let check = move || {
        if !form.is_whole() {
            return;
        }
        form.checking.set(true);
        form.refused.set(None);
        spawn_local(async move {
            let answer = api::oidc::check_new(&form.new_wish()).await;
            form.checking.try_set(false);
            match answer.map(|answer| answer.problem) {
                Ok(None) => toasts.confirm(say(words::CHECK_GOOD)),
                Ok(Some(error)) | Err(error) => drop(form.refused.try_set(Some(error))),
            }
        });
    };
    let secret_hint = if has_secret { words::SECRET_KEPT } else { words::SECRET_HINT };
    view! {
        <form class="form" novalidate on:submit=submit>
            <Redirect address=redirect/>
            <TextField id="service-name" label=t(words::NAME) value=form.name hint=t(words::NAME_HINT) error=form.missing(form.name) required=true/>
            <TextField
                id="service-issuer"
                kind=FieldKind::Url
                label=t(words::ISSUER)
                value=form.issuer
                hint=t(words::ISSUER_HINT)
                error=form.missing(form.issuer)
                disabled=Signal::derive(move || !is_new)
                required=true
            />
            <TextField id="service-internal" kind=FieldKind::Url label=t(words::INTERNAL) value=form.internal hint=t(words::INTERNAL_HINT)/>
            <TextField id="service-client" label=t(words::CLIENT) value=form.client error=form.missing(form.client) required=true/>
            <TextField
                id="service-secret"
                kind=FieldKind::Password
                label=t(words::SECRET)
                value=form.secret
                hint=t(secret_hint)
                autocomplete="new-password"
            />
            <TextField id="service-scopes" label=t(words::SCOPES) value=form.scopes hint=t(words::SCOPES_HINT)/>
            <Creation form/>
            <TextField id="service-claim" label=t(words::ADMIN_CLAIM) value=form.claim hint=t(words::ADMIN_CLAIM_HINT)/>
            <TextField id="service-value" label=t(words::ADMIN_VALUE) value=form.value/>
            <div class="key-try">
                <p class="field-label">{t(words::ENABLED)}</p>
                <Switch label=t(words::ENABLED) on=form.enabled on_toggle=move |on| form.enabled.set(on)/>
            </div>
            {move || form.refused.get().map(|error| view! { <ErrorCard error/> })}
            <div class="dialog-actions">
                <Button label=t(words::CHECK) busy=form.checking on_press=check/>
                <Button label=t(common::SAVE) kind=ButtonKind::Primary submit=true busy=form.busy/>
            </div>
        </form>
    }
    .into_any()
}

/// The address of this site as this browser sees it; the server says its own of what is stored.
fn here() -> String {
    let origin = web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default();
    format!("{origin}{CALLBACK}")
}

/// What has to be registered with the service.
#[component]
fn Redirect(address: String) -> AnyView {
    let copied = address.clone();
    view! {
        <div class="key-try">
            <p class="field-label">{t(words::REDIRECT)}</p>
            <CopyButton text=Arc::new(move || copied.clone()) label=words::COPY_REDIRECT/>
        </div>
        <p class="given given-command"><code>{address}</code></p>
    }
    .into_any()
}

#[component]
fn Creation(form: Form) -> AnyView {
    let option = |creation: AccountCreation| (creation.as_str().to_owned(), TextProp::from(t(creation_name(creation))));
    view! {
        <Select
            id="service-creation"
            label=t(words::CREATION)
            options=AccountCreation::ALL.map(option).to_vec()
            value=form.creation
            on_change=move |chosen| form.creation.set(chosen)
        />
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::{AccountCreation, creation};

    #[test]
    fn a_word_is_one_of_the_ways_or_the_careful_one() {
        assert_eq!(AccountCreation::ALL.map(|one| creation(one.as_str())), AccountCreation::ALL);
        assert_eq!(creation("other"), AccountCreation::Pending);
    }
}
