//! A setting whose value is a model: which one, or the server's own choice. The same for everybody's default, a person's
//! own, the model that names chats, and those of programs, which are kept by name.

use crate::components::model_picker::PickerButton;
use crate::components::setting_row::{Saving, SettingRow, note};
use crate::components::ui::{Button, ButtonKind};
use crate::i18n::{Text, fill, models as words, say, t};
use crate::reactive::{draw, memo};
use crate::state::models::{provide_models_made_for, shown_name, use_models};
use crate::state::settings::use_settings;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::text_prop::TextProp;
use shared::ModelId;
use shared::models::ModelKind;
use shared::settings::SetSetting;
use shared::settings::fields::{COMPLETION_MODEL, DEFAULT_MODEL, EMBEDDING_MODEL, Field, RERANK_MODEL};

/// The chosen model as a button that opens the list, and the way back to none.
#[component]
pub fn ModelValue(
    /// What it says while none is chosen.
    none: Text,
    /// The chosen model.
    #[prop(into)]
    value: Signal<Option<ModelId>>,
    /// Says which one was chosen.
    #[prop(into)]
    on_choose: Callback<Option<ModelId>>,
) -> AnyView {
    let models = use_models();
    let label = move || match value.get() {
        None => say(none).to_owned(),
        Some(id) => match models.get(&id) {
            Some(model) => model.label.unwrap_or(model.name),
            None if models.is_ready() => say(words::GONE).to_owned(),
            // Nobody knows yet.
            None => "…".to_owned(),
        },
    };
    view! { <Chosen none label is_set=Signal::derive(move || value.with(Option::is_some)) on_choose/> }.into_any()
}

/// What is chosen, in words, and the way back to none.
#[component]
fn Chosen(
    none: Text,
    #[prop(into)] label: TextProp,
    is_set: Signal<bool>,
    on_choose: Callback<Option<ModelId>>,
) -> AnyView {
    let reset = move || {
        is_set.get().then(|| {
            view! { <Button label=t(none) kind=ButtonKind::Quiet on_press=move || on_choose.run(None)/> }
        })
    };
    view! {
        {draw(reset)}
        <PickerButton label on_choose=move |id| on_choose.run(Some(id))/>
    }
    .into_any()
}

/// The kinds of models that a setting of programs is about; none for any other setting. As `gateway` asks for them.
#[must_use]
pub fn kinds_of_programs(field: &Field) -> Option<&'static [ModelKind]> {
    match field.key {
        key if key == COMPLETION_MODEL.key => Some(&[ModelKind::Chat, ModelKind::Other]),
        key if key == EMBEDDING_MODEL.key => Some(&[ModelKind::Embedding]),
        key if key == RERANK_MODEL.key => Some(&[ModelKind::Rerank]),
        _ => None,
    }
}

/// The model that programs get which name none. Expects the settings to be watched.
#[component]
pub fn ProgramModelRow(
    /// Which setting.
    field: &'static Field,
    /// What the model is made for.
    kinds: &'static [ModelKind],
) -> AnyView {
    let models = provide_models_made_for(kinds);
    let store = use_settings();
    let setting = store.find(field.key);
    let saving = RwSignal::new(Saving::Idle);
    let value =
        memo(move || setting.get().and_then(|setting| setting.value.as_str().map(str::to_owned)).unwrap_or_default());
    let label = move || match value.get() {
        name if name.is_empty() => say(words::FIRST).to_owned(),
        name if !models.is_ready() => name,
        name => match models.named(&name) {
            Some(model) => shown_name(&model).to_owned(),
            None => fill(words::GONE_NAMED, &[("name", &name)]),
        },
    };
    let choose = move |id: Option<ModelId>| {
        let name = id.and_then(|id| models.get_untracked(&id)).map(|model| model.name).unwrap_or_default();
        spawn_local(async move { note(saving, store.set(field.key, SetSetting { value: name.into() }).await) });
    };
    view! {
        <SettingRow id=field.id label=t(Text::name(field)) text=t(Text::sentence(field)) saving>
            <Chosen
                none=words::FIRST
                label
                is_set=Signal::derive(move || value.with(|name| !name.is_empty()))
                on_choose=Callback::new(choose)
            />
        </SettingRow>
    }
    .into_any()
}

/// The model that new chats use, for everybody. Expects the settings to be watched.
#[component]
pub fn DefaultModelRow() -> AnyView {
    let store = use_settings();
    let setting = store.find(DEFAULT_MODEL.key);
    let saving = RwSignal::new(Saving::Idle);
    let value = Signal::derive(move || {
        let id = setting.get().and_then(|setting| setting.value.as_str().map(ModelId::from));
        id.filter(|id| !id.as_str().is_empty())
    });
    let choose = move |id: Option<ModelId>| {
        let value = id.map(|id| id.to_string()).unwrap_or_default().into();
        spawn_local(async move { note(saving, store.set(DEFAULT_MODEL.key, SetSetting { value }).await) });
    };
    view! {
        <SettingRow id=DEFAULT_MODEL.id label=t(Text::name(&DEFAULT_MODEL)) text=t(Text::sentence(&DEFAULT_MODEL)) saving>
            <ModelValue none=words::AUTOMATIC value on_choose=choose/>
        </SettingRow>
    }
    .into_any()
}
