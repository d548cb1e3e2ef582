//! The fields of a connection as signals: what the wizard and the edit page have in common. Knows no request.

use super::draft::{Draft, HeaderDraft, KeyDraft, seconds};
use super::keys::{HeaderRow, Headers, KeyRow};
use crate::components::ui::{Button, ButtonKind, FieldKind, Glyph, Icon, Select, Switch, TextField};
use crate::dom;
use crate::i18n::{Text, connections as words, say, t};
use crate::reactive::draw;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use shared::connections::Protocol;

/// The fields.
#[derive(Clone, Copy)]
pub struct Fields {
    /// Its name.
    pub name: RwSignal<String>,
    /// What it speaks.
    pub protocol: RwSignal<Protocol>,
    /// The address.
    pub base_url: RwSignal<String>,
    /// The keys.
    pub keys: RwSignal<Vec<KeyRow>>,
    /// The headers.
    pub headers: RwSignal<Vec<HeaderRow>>,
    /// Names of models.
    pub typed_models: RwSignal<String>,
    prefix: RwSignal<String>,
    proxy: RwSignal<String>,
    first_token: RwSignal<String>,
    idle: RwSignal<String>,
    show_new: RwSignal<bool>,
    /// Whether the form was sent once, so that faults are told.
    pressed: RwSignal<bool>,
    /// Whether the rarer fields are shown.
    advanced: RwSignal<bool>,
    /// Rows that are added later live as long as the form.
    owner: StoredValue<Option<Owner>>,
    rows: StoredValue<u32>,
}

impl Fields {
    /// Fields that begin with these values.
    #[must_use]
    pub fn new(draft: Draft) -> Self {
        let fields = Self {
            name: RwSignal::new(draft.name),
            protocol: RwSignal::new(draft.protocol),
            base_url: RwSignal::new(draft.base_url),
            keys: RwSignal::default(),
            headers: RwSignal::default(),
            typed_models: RwSignal::new(draft.typed_models),
            prefix: RwSignal::new(draft.prefix),
            proxy: RwSignal::new(draft.proxy),
            first_token: RwSignal::new(draft.first_token),
            idle: RwSignal::new(draft.idle),
            show_new: RwSignal::new(draft.show_new),
            pressed: RwSignal::new(false),
            advanced: RwSignal::new(false),
            owner: StoredValue::new(Owner::current()),
            rows: StoredValue::new(0),
        };
        draft.keys.into_iter().for_each(|key| fields.add_key(key));
        draft.headers.into_iter().for_each(|header| fields.add_header(header));
        fields
    }

    /// What stands in them; tracked.
    #[must_use]
    pub fn draft(self) -> Draft {
        Draft {
            name: self.name.get(),
            protocol: self.protocol.get(),
            base_url: self.base_url.get(),
            keys: self.keys.get().iter().map(KeyRow::draft).collect(),
            headers: self.headers.get().iter().map(HeaderRow::draft).collect(),
            prefix: self.prefix.get(),
            proxy: self.proxy.get(),
            first_token: self.first_token.get(),
            idle: self.idle.get(),
            typed_models: self.typed_models.get(),
            show_new: self.show_new.get(),
        }
    }

    /// Adds a key at the end.
    pub fn add_key(self, key: KeyDraft) {
        let row = self.owned(|number| KeyRow::new(number, key));
        self.keys.update(|keys| keys.push(row));
    }

    /// Adds a header at the end.
    pub fn add_header(self, header: HeaderDraft) {
        let row = self.owned(|number| HeaderRow::new(number, header));
        self.headers.update(|headers| headers.push(row));
    }

    fn owned<T>(self, make: impl FnOnce(u32) -> T) -> T {
        let number = self.rows.get_value();
        self.rows.set_value(number + 1);
        match self.owner.get_value() {
            Some(owner) => owner.with(|| make(number)),
            None => make(number),
        }
    }

    /// Whether one key is all there is, so that one field is enough.
    #[must_use]
    pub fn has_plain_key(self) -> bool {
        self.keys.with(|keys| matches!(&keys[..], [key] if key.is_plain()))
    }

    fn url_fault(self) -> Option<Text> {
        self.base_url.with(|url| url.trim().is_empty()).then_some(words::BASE_URL_MISSING)
    }

    fn seconds_fault(typed: RwSignal<String>) -> Option<Text> {
        typed.with(|typed| seconds(typed).err())
    }

    /// Focuses the first field that cannot be sent as it is; false when there is none. `key` says what is wrong with the
    /// key.
    pub fn complain(self, key: Option<Text>) -> bool {
        self.pressed.set(true);
        let wrong_header = self
            .headers
            .with_untracked(|rows| rows.iter().find(|row| untrack(|| row.draft().is_wrong())).map(HeaderRow::id));
        let common = key
            .map(|_| "connect-key".to_owned())
            .or_else(|| untrack(|| self.url_fault()).map(|_| "connect-url".to_owned()));
        let rare = [(self.first_token, "connect-first-token"), (self.idle, "connect-idle")];
        let rare = rare.into_iter().find(|(typed, _)| untrack(|| Self::seconds_fault(*typed)).is_some());
        let advanced = wrong_header.or_else(|| rare.map(|(_, id)| id.to_owned()));
        if common.is_none() && advanced.is_some() {
            self.advanced.set(true);
        }
        let Some(id) = common.or(advanced) else { return false };
        // What is folded is there with the next frame.
        request_animation_frame(move || dom::focus_id(&id));
        true
    }

    /// A fault, once the form was sent.
    pub fn told(self, fault: impl Fn() -> Option<Text> + Send + Sync + 'static) -> Signal<Option<String>> {
        Signal::derive(move || self.pressed.get().then(&fault).flatten().map(|text| say(text).to_owned()))
    }
}

/// How people know a protocol.
#[must_use]
pub fn protocol_words(protocol: Protocol) -> Text {
    match protocol {
        Protocol::OpenaiChat => words::PROTOCOL_OPENAI_CHAT,
        Protocol::OpenaiResponses => words::PROTOCOL_OPENAI_RESPONSES,
        Protocol::AzureOpenai => words::PROTOCOL_AZURE_OPENAI,
        Protocol::Anthropic => words::PROTOCOL_ANTHROPIC,
        Protocol::Gemini => words::PROTOCOL_GEMINI,
        Protocol::Ollama => words::PROTOCOL_OLLAMA,
        Protocol::Demo => words::DEMO,
    }
}

/// The address.
#[component]
pub fn UrlField(
    /// The form.
    fields: Fields,
    /// What one looks like.
    example: &'static str,
) -> AnyView {
    view! {
        <TextField
            id="connect-url"
            kind=FieldKind::Url
            label=t(words::BASE_URL)
            hint=t(words::BASE_URL_HINT)
            value=fields.base_url
            error=fields.told(move || fields.url_fault())
            placeholder=example
            required=true
        />
    }
    .into_any()
}

/// The name.
#[component]
pub fn NameField(
    /// The form.
    fields: Fields,
) -> AnyView {
    view! { <TextField id="connect-name" label=t(words::NAME) hint=t(words::NAME_HINT) value=fields.name/> }.into_any()
}

/// What most people never need, folded.
#[component]
pub fn Advanced(
    /// The form.
    fields: Fields,
    /// Whether it makes a new connection: protocols do not change, and what is found later belongs to what is there.
    is_new: bool,
) -> AnyView {
    let open = fields.advanced;
    let body = move || open.get().then(|| view! { <Rare fields is_new/> });
    view! {
        <button
            class="button button-quiet fold"
            type="button"
            aria-expanded=move || open.get().to_string()
            on:click=move |_| open.update(|open| *open = !*open)
        >
            {t(words::ADVANCED)}
            <Icon glyph=Glyph::ChevronDown/>
        </button>
        {draw(body)}
    }
    .into_any()
}

#[component]
fn Rare(fields: Fields, is_new: bool) -> AnyView {
    let wait = move |id: &'static str, label: Text, typed: RwSignal<String>| {
        let error = fields.told(move || Fields::seconds_fault(typed));
        view! { <TextField id kind=FieldKind::Number label=t(label) hint=t(words::SECONDS_HINT) value=typed error/> }
    };
    let add_key = move || {
        (is_new && fields.has_plain_key()).then(|| {
            view! {
                <Button
                    label=t(words::KEY_ADD)
                    kind=ButtonKind::Quiet
                    glyph=Glyph::Plus
                    on_press=move || fields.add_key(KeyDraft::default())
                />
            }
        })
    };
    view! {
        <div class="advanced">
            {is_new.then(|| view! { <ProtocolField fields/> })}
            {draw(add_key)}
            <Headers fields/>
            <TextField id="connect-prefix" label=t(words::PREFIX) hint=t(words::PREFIX_HINT) value=fields.prefix/>
            <TextField id="connect-proxy" kind=FieldKind::Url label=t(words::PROXY) hint=t(words::PROXY_HINT) value=fields.proxy/>
            {wait("connect-first-token", words::FIRST_TOKEN_SECONDS, fields.first_token)}
            {wait("connect-idle", words::IDLE_SECONDS, fields.idle)}
            {(!is_new).then(|| view! { <Later fields/> })}
        </div>
    }
    .into_any()
}

#[component]
fn ProtocolField(fields: Fields) -> AnyView {
    let option = |protocol: Protocol| (protocol.as_str().to_owned(), TextProp::from(t(protocol_words(protocol))));
    let choose = move |word: String| {
        let chosen = Protocol::ALL.into_iter().find(|protocol| protocol.as_str() == word);
        fields.protocol.set(chosen.unwrap_or_default());
    };
    view! {
        <Select
            id="connect-protocol"
            label=t(words::PROTOCOL)
            options=Protocol::ALL.map(option).to_vec()
            value=Signal::derive(move || fields.protocol.get().as_str().to_owned())
            on_change=choose
        />
    }
    .into_any()
}

/// What only a stored connection has: names in place of the provider's list, and what becomes of later models.
#[component]
fn Later(fields: Fields) -> AnyView {
    view! {
        <TextField
            id="connect-models"
            label=t(words::MODEL_NAMES)
            hint=t(words::MODEL_NAMES_TYPED)
            value=fields.typed_models
        />
        <div class="switch-line">
            <span class="field-label">{t(words::SHOW_NEW)}</span>
            <Switch label=t(words::SHOW_NEW) on=fields.show_new on_toggle=move |on| fields.show_new.set(on)/>
        </div>
    }
    .into_any()
}
