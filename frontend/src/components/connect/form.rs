//! The second step of connecting: key and address, the check, and saving what was checked.

use super::draft::{Draft, needs_names};
use super::models::ModelChoice;
use super::steps::{Checking, VerifySteps};
use super::vendors::Vendor;
use crate::api;
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

/// The fields, and what became of the check.
#[derive(Clone, Copy)]
struct Form {
    vendor: &'static Vendor,
    site: RwSignal<usize>,
    name: RwSignal<String>,
    base_url: RwSignal<String>,
    key: RwSignal<String>,
    typed_models: RwSignal<String>,
    chosen: RwSignal<Option<BTreeSet<String>>>,
    /// What was checked, with the result: a changed field makes it worthless.
    checked: RwSignal<Option<(Draft, VerifyReport)>>,
    pressed: RwSignal<bool>,
    checking: RwSignal<bool>,
    saving: RwSignal<bool>,
    failure: RwSignal<Option<ApiError>>,
}

impl Form {
    fn new(vendor: &'static Vendor) -> Self {
        let site = vendor.likely_site(language_untracked());
        let base_url = vendor.sites.get(site).map(|site| site.base_url).unwrap_or_default();
        let name = if vendor.sites.is_empty() { "" } else { vendor.name.get(language_untracked()) };
        Self {
            vendor,
            site: RwSignal::new(site),
            name: RwSignal::new(name.to_owned()),
            base_url: RwSignal::new(base_url.to_owned()),
            key: RwSignal::default(),
            typed_models: RwSignal::default(),
            chosen: RwSignal::new(None),
            checked: RwSignal::new(None),
            pressed: RwSignal::new(false),
            checking: RwSignal::new(false),
            saving: RwSignal::new(false),
            failure: RwSignal::new(None),
        }
    }

    fn draft(self) -> Draft {
        Draft {
            name: self.name.get(),
            base_url: self.base_url.get(),
            key: self.key.get(),
            typed_models: self.typed_models.get(),
        }
    }

    /// The result of the check, as long as nothing was changed since.
    fn report(self) -> Option<VerifyReport> {
        let draft = self.draft();
        self.checked.get().filter(|(checked, _)| *checked == draft).map(|(_, report)| report)
    }

    fn url_fault(self) -> Option<Text> {
        self.base_url.with(|url| url.trim().is_empty()).then_some(words::BASE_URL_MISSING)
    }

    fn key_fault(self) -> Option<Text> {
        (self.vendor.needs_key && self.key.with(|key| key.trim().is_empty())).then_some(words::KEY_MISSING)
    }

    fn told(self, fault: fn(Self) -> Option<Text>) -> Signal<Option<String>> {
        Signal::derive(move || self.pressed.get().then(|| fault(self)).flatten().map(|text| say(text).to_owned()))
    }

    /// Focuses the first field that cannot be sent as it is; false when there is none.
    fn complain(self) -> bool {
        self.pressed.set(true);
        let faults = [(untrack(|| self.key_fault()), "connect-key"), (untrack(|| self.url_fault()), "connect-url")];
        let first = faults.iter().find(|(fault, _)| fault.is_some());
        first.inspect(|(_, id)| dom::focus_id(id)).is_some()
    }

    fn check(self) {
        if self.complain() || self.checking.get_untracked() {
            return;
        }
        self.checking.set(true);
        self.failure.set(None);
        let draft = untrack(|| self.draft());
        spawn_local(async move {
            let result = api::connections::verify_new(&draft.request()).await;
            self.checking.try_set(false);
            match result {
                Ok(report) => drop(self.checked.try_set(Some((draft, report)))),
                Err(error) => drop(self.failure.try_set(Some(error))),
            }
        });
    }

    /// What is saved: what was checked, or what stands in the fields when the check did not succeed.
    fn request(self) -> NewConnection {
        let draft = self.draft();
        match self.report() {
            Some(report) => self.chosen.with(|chosen| draft.checked(&report, chosen.as_ref())),
            None => draft.request(),
        }
    }

    fn save(self, connections: Connections, on_done: Callback<Connection>) {
        if self.complain() || self.saving.get_untracked() {
            return;
        }
        self.saving.set(true);
        self.failure.set(None);
        let request = untrack(|| self.request());
        spawn_local(async move {
            let result = connections.create(&request).await;
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
    let connections = use_connections();
    let form = Form::new(vendor);
    effect(move || {
        if !dom::is_phone() {
            dom::focus_id(if vendor.sites.is_empty() { "connect-url" } else { "connect-key" });
        }
    });
    let is_good = memo(move || form.report().is_some_and(|report| report.ok));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if is_good.get_untracked() { form.save(connections, on_done) } else { form.check() }
    };
    view! {
        <form class="form connect-form" novalidate on:submit=submit>
            <h2 class="connect-title">{t(vendor.name)}</h2>
            <Fields form/>
            <Outcome form/>
            {move || form.failure.get().map(|error| view! { <ErrorCard error/> })}
            <Actions form is_good save=move || form.save(connections, on_done)/>
        </form>
    }
    .into_any()
}

#[component]
fn Fields(form: Form) -> AnyView {
    let vendor = form.vendor;
    let own = vendor.sites.is_empty();
    let name = view! { <TextField id="connect-name" label=t(words::NAME) hint=t(words::NAME_HINT) value=form.name/> };
    let url = view! {
        <TextField
            id="connect-url"
            kind=FieldKind::Url
            label=t(words::BASE_URL)
            hint=t(words::BASE_URL_HINT)
            value=form.base_url
            error=form.told(Form::url_fault)
            placeholder="https://api.example.com/v1"
            required=true
        />
    };
    let key_hint = move || if vendor.needs_key { "" } else { say(words::KEY_OPTIONAL) };
    let key = view! {
        <div class="key-field">
            <TextField
                id="connect-key"
                kind=FieldKind::Password
                label=t(words::KEY)
                hint=key_hint
                value=form.key
                error=form.told(Form::key_fault)
                required=vendor.needs_key
            />
            <KeyLink form/>
        </div>
    };
    // Whoever brings an address starts with it; with a known provider only the key is missing.
    if own { view! { {url} {key} {name} }.into_any() } else { view! { <Region form/> {key} {url} }.into_any() }
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
        form.base_url.set(sites[site].base_url.to_owned());
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
    let asks_for_names = memo(move || lists_none.get() || form.typed_models.with(|typed| !typed.is_empty()));
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
                    value=form.typed_models
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
