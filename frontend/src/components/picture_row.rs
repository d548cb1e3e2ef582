//! A setting that is a picture: chosen from the person's files, or none. The same for a face and for the logo.

use crate::components::setting_row::{Saving, SettingRow, note};
use crate::components::ui::{Button, ButtonKind};
use crate::dom;
use crate::i18n::{Text, settings, t};
use crate::reactive::draw;
use leptos::html;
use leptos::prelude::*;
use shared::ApiError;
use web_sys::File;

/// Says what became of a change.
pub type Done = Callback<Result<(), ApiError>>;

/// The setting. What is refused stands below it.
#[component]
pub fn PictureRow(
    /// Its id.
    id: &'static str,
    /// Its label.
    label: Text,
    /// One plain sentence.
    text: Text,
    /// What may be chosen.
    #[prop(default = "image/*")]
    accept: &'static str,
    /// Whether there is one.
    #[prop(into)]
    has: Signal<bool>,
    /// What is there now.
    shown: AnyView,
    /// Stores a picture, or takes it away.
    on_change: Callback<(Option<File>, Done)>,
) -> AnyView {
    let (saving, busy) = (RwSignal::new(Saving::Idle), RwSignal::new(false));
    let done = Done::new(move |result: Result<(), ApiError>| {
        busy.try_set(false);
        note(saving, result);
    });
    let change = move |file: Option<File>| {
        if !busy.get_untracked() {
            busy.set(true);
            saving.set(Saving::Idle);
            on_change.run((file, done));
        }
    };
    let input = NodeRef::<html::Input>::new();
    let chosen = move |event: web_sys::Event| {
        let field: web_sys::HtmlInputElement = event_target(&event);
        let file = field.files().and_then(|files| files.get(0));
        // The same file chosen again is a choice, too.
        field.set_value("");
        if file.is_some() {
            change(file);
        }
    };
    let choose = move || {
        if let Some(input) = input.get_untracked() {
            dom::press(&input);
        }
    };
    let removal = move || {
        has.get().then(|| {
            view! { <Button label=t(settings::AVATAR_REMOVE) kind=ButtonKind::Quiet busy on_press=move || change(None)/> }
        })
    };
    view! {
        <SettingRow id label=t(label) text=t(text) saving>
            {shown}
            <input node_ref=input type="file" accept=accept hidden aria-label=t(settings::AVATAR_CHOOSE) on:change=chosen/>
            {draw(removal)}
            <Button label=t(settings::AVATAR_CHOOSE) busy on_press=choose/>
        </SettingRow>
    }
    .into_any()
}
