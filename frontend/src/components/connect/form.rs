//! The second step of connecting: key and address, the check, and saving what was checked.

use super::draft::{Draft, KeyDraft, needs_names};
use super::fields::{Advanced, Fields, NameField, UrlField};
use super::keys::Keys;
use super::models::ModelChoice;
use super::steps::{Checking, VerifySteps};
use super::vendors::Vendor;
use crate::components::ui::{Button, ButtonKind, ErrorCard, FieldKind, Glyph, Icon, Segmented, TextField};
use crate::dom;
use crate::i18n::{Text, connections as words, language_untracked, say, t};
use crate::reactive::{draw, effect, memo};
use crate::state::connections::{Connections, use_connections};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::text_prop::TextProp;
use shared::ApiError;
use shared::connections::{Connection, NewConnection, VerifyReport};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The fields, and what became of the check.
#[derive(Clone, Copy)]
struct Form {
    vendor: &'static Vendor,
    connections: Connections,
    site: RwSignal<usize>,
    fields: Fields,
    chosen: RwSignal<Option<BTreeSet<String>>>,
    /// What was checked, with the result: a changed field makes it worthless.
    checked: RwSignal<Option<(Draft, VerifyReport)>>,
    checking: RwSignal<bool>,
    saving: RwSignal<bool>,
    failure: RwSignal<Option<ApiError>>,
}

impl Form {
    fn new(vendor: &'static Vendor) -> Self {
        let site = vendor.likely_site(language_untracked());
        let base_url = vendor.sites.get(site).map(|site| site.base_url).unwrap_or_default();
        let name = if vendor.sites.is_empty() { "" } else { vendor.name.get(language_untracked()) };
        let draft = Draft {
            name: name.to_owned(),
            protocol: vendor.protocol,
            base_url: base_url.to_owned(),
            keys: vec![KeyDraft::default()],
            ..Draft::default()
        };
        Self {
            vendor,
            connections: use_connections(),
            site: RwSignal::new(site),
            fields: Fields::new(draft),
            chosen: RwSignal::new(None),
            checked: RwSignal::new(None),
            checking: RwSignal::new(false),
            saving: RwSignal::new(false),
            failure: RwSignal::new(None),
        }
    }

    /// The result of the check, as long as nothing was changed since.
    fn report(self) -> Option<VerifyReport> {
        let draft = self.fields.draft();
        self.checked.get().filter(|(checked, _)| *checked == draft).map(|(_, report)| report)
    }

    fn key_fault(self) -> Option<Text> {
        let no_key = || self.fields.draft().keys.iter().all(|key| key.secret.trim().is_empty());
        (self.vendor.needs_key() && no_key()).then_some(words::KEY_MISSING)
    }

    /// Focuses the first field that cannot be sent as it is; false when there is none.
    fn complain(self) -> bool {
        self.fields.complain(untrack(|| self.key_fault()))
    }

    fn check(self) {
        if self.complain() || self.checking.get_untracked() {
            return;
        }
        self.checking.set(true);
        self.failure.set(None);
        let draft = untrack(|| self.fields.draft());
        spawn_local(async move {
            let result = self.connections.verify_new(&draft.request()).await;
            self.checking.try_set(false);
            match result {
                Ok(report) => drop(self.checked.try_set(Some((draft, report)))),
                Err(error) => drop(self.failure.try_set(Some(error))),
            }
        });
    }

    /// What is saved: what was checked, or what stands in the fields when the check did not succeed.
    fn request(self) -> NewConnection {
        let draft = self.fields.draft();
        match self.report() {
            Some(report) => self.chosen.with(|chosen| draft.checked(&report, chosen.as_ref())),
            None => draft.request(),
        }
    }

    fn save(self, on_done: Callback<Connection>) {
        if self.complain() || self.saving.get_untracked() {
            return;
        }
        self.saving.set(true);
        self.failure.set(None);
        let request = untrack(|| self.request());
        spawn_local(async move {
            let result = self.connections.create(&request).await;
            self.saving.try_set(false);
            match result {
                Ok(connection) => drop(on_done.try_run(connection)),
                Err(error) => drop(self.failure.try_set(Some(error))),
            }
        });
    }
}

/// Key and address of one provider.
#[component]
pub(super) fn ConnectForm(
    /// The provider.
    vendor: &'static Vendor,
    /// What happens afterwards.
    on_done: Callback<Connection>,
) -> AnyView {
    let form = Form::new(vendor);
    effect(move || {
        if !dom::is_phone() {
            dom::focus_id(if vendor.sites.is_empty() { "connect-url" } else { "connect-key" });
        }
    });
    let is_good = memo(move || form.report().is_some_and(|report| report.ok));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if is_good.get_untracked() { form.save(on_done) } else { form.check() }
    };
    view! {
        <form class="form connect-form" novalidate on:submit=submit>
            <h2 class="connect-title">{t(vendor.name)}</h2>
            <Main form/>
            <Advanced fields=form.fields is_new=true/>
            <Outcome form/>
            {move || form.failure.get().map(|error| view! { <ErrorCard error/> })}
            <Actions form is_good save=move || form.save(on_done)/>
        </form>
    }
    .into_any()
}

#[component]
fn Main(form: Form) -> AnyView {
    let (vendor, fields) = (form.vendor, form.fields);
    let url = view! { <UrlField fields example=vendor.example()/> };
    let plain = memo(move || fields.has_plain_key());
    let keys = move || {
        if plain.get() {
            view! { <KeyField form/> }.into_any()
        } else {
            view! { <Keys fields state=Arc::new(|_| None) elsewhere=false/> }.into_any()
        }
    };
    let keys = draw(keys);
    // Whoever brings an address starts with it; with a known provider only the key is missing.
    if vendor.sites.is_empty() {
        view! { {url} {keys} <NameField fields/> }.into_any()
    } else {
        view! { <Region form/> {keys} {url} }.into_any()
    }
}

#[component]
fn KeyField(form: Form) -> AnyView {
    let needs_key = form.vendor.needs_key();
    let hint = move || if needs_key { "" } else { say(words::KEY_OPTIONAL) };
    let Some(key) = form.fields.keys.with_untracked(|keys| keys.first().cloned()) else { return ().into_any() };
    view! {
        <div class="key-field">
            <TextField
                id="connect-key"
                kind=FieldKind::Password
                label=t(words::KEY)
                hint
                value=key.secret
                error=form.fields.told(move || form.key_fault())
                required=needs_key
            />
            <KeyLink form/>
        </div>
    }
    .into_any()
}

#[component]
fn KeyLink(form: Form) -> AnyView {
    let keys = move || form.vendor.sites.get(form.site.get()).map(|site| site.keys).filter(|keys| !keys.is_empty());
    let link = move |href: &'static str| {
        view! {
            <a class="key-link" href=href target="_blank" rel="noopener noreferrer">
                {t(words::KEY_GET)}
                <Icon glyph=Glyph::ExternalLink/>
            </a>
        }
    };
    view! { {move || keys().map(link)} }.into_any()
}

/// The choice between a provider's two sites, whose keys differ.
#[component]
fn Region(form: Form) -> AnyView {
    let sites = form.vendor.sites;
    if sites.len() < 2 {
        return ().into_any();
    }
    let options =
        vec![("china", TextProp::from(t(words::REGION_CHINA))), ("world", TextProp::from(t(words::REGION_WORLD)))];
    let value = Signal::derive(move || if form.site.get() == 0 { "china" } else { "world" });
    let choose = move |region: &'static str| {
        let site = usize::from(region == "world");
        form.site.set(site);
        form.fields.base_url.set(sites[site].base_url.to_owned());
    };
    view! {
        <div class="field">
            <span class="field-label">{t(words::REGION)}</span>
            <Segmented id="connect-region" label=t(words::REGION) options value on_change=choose/>
        </div>
    }
    .into_any()
}

/// The check: under way, or how it went, with the models to choose from.
#[component]
fn Outcome(form: Form) -> AnyView {
    let report = memo(move || form.report());
    let lists_none = memo(move || report.with(|report| report.as_ref().is_some_and(needs_names)));
    // Once something is typed the field stays, though typing makes the report worthless.
    let asks_for_names = memo(move || lists_none.get() || form.fields.typed_models.with(|typed| !typed.is_empty()));
    let steps = move || {
        if form.checking.get() {
            return Some(view! { <Checking/> }.into_any());
        }
        report.get().map(|report| {
            let models = report.models.clone();
            let choice = (report.ok && models.len() > 1).then(|| view! { <ModelChoice models chosen=form.chosen/> });
            view! { <VerifySteps report/> {choice} }.into_any()
        })
    };
    let names = move || {
        asks_for_names.get().then(|| {
            view! {
                <TextField
                    id="connect-models"
                    label=t(words::MODEL_NAMES)
                    hint=t(words::MODEL_NAMES_HINT)
                    value=form.fields.typed_models
                />
            }
        })
    };
    view! { {draw(steps)} {draw(names)} }.into_any()
}

#[component]
fn Actions(form: Form, is_good: Memo<bool>, #[prop(into)] save: Callback<()>) -> AnyView {
    let failed = memo(move || form.report().is_some_and(|report| !report.ok));
    let none_chosen =
        memo(move || is_good.get() && form.chosen.with(|chosen| chosen.as_ref().is_some_and(BTreeSet::is_empty)));
    let primary = move || {
        if is_good.get() {
            view! {
                <Button
                    label=t(words::SAVE)
                    kind=ButtonKind::Primary
                    submit=true
                    busy=form.saving
                    disabled=none_chosen
                />
            }
        } else {
            view! { <Button label=t(words::CHECK) kind=ButtonKind::Primary submit=true busy=form.checking/> }
        }
    };
    view! {
        {move || none_chosen.get().then(|| view! { <p class="field-note">{t(words::CHOOSE_ONE)}</p> })}
        <div class="connect-actions">
            {draw(primary)}
            {move || failed.get().then(|| view! {
                <Button label=t(words::SAVE_ANYWAY) kind=ButtonKind::Quiet busy=form.saving on_press=save/>
            })}
        </div>
    }
    .into_any()
}
