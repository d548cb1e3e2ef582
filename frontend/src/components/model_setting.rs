//! A setting whose value is a model: which one, or the server's own choice. The same for everybody's default, a person's
//! own and the model that names chats.

use crate::components::model_picker::PickerButton;
use crate::components::setting_row::{Saving, SettingRow, note};
use crate::components::ui::{Button, ButtonKind};
use crate::i18n::{Text, models as words, say, t};
use crate::reactive::draw;
use crate::state::models::use_models;
use crate::state::settings::use_settings;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::ModelId;
use shared::settings::SetSetting;
use shared::settings::fields::DEFAULT_MODEL;

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
    let reset = move || {
        value.with(Option::is_some).then(|| {
            view! { <Button label=t(none) kind=ButtonKind::Quiet on_press=move || on_choose.run(None)/> }
        })
    };
    view! {
        {draw(reset)}
        <PickerButton label on_choose=move |id| on_choose.run(Some(id))/>
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
