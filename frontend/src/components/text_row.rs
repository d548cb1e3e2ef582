//! A setting that is a text of several lines. Typing shows a button; nothing is stored before it is pressed.

use crate::components::setting_row::{Saving, SettingRow, note};
use crate::components::ui::{Button, TextArea};
use crate::i18n::{Text, common, fill, settings, t};
use crate::reactive::{draw, memo};
use crate::state::typed::follows;
use leptos::prelude::*;
use shared::ApiError;
use shared::limits::MAX_INSTRUCTIONS_CHARS;

/// Says what became of a text that was to be stored.
pub type Done = Callback<Result<(), ApiError>>;

/// What models replace in instructions when they are sent.
pub const VARIABLES: &str = "{{date}} {{time}} {{weekday}} {{user}} {{model}}";

/// The setting.
#[component]
pub fn TextRow(
    /// Its id.
    id: &'static str,
    /// Its label.
    label: Text,
    /// One plain sentence.
    text: Text,
    /// What is stored.
    stored: Memo<String>,
    /// Stores a text.
    on_save: Callback<(String, Done)>,
    /// Most characters.
    #[prop(default = MAX_INSTRUCTIONS_CHARS)]
    most: usize,
    /// Whether it is told to models, which get some words of it replaced.
    #[prop(default = true)]
    is_told: bool,
) -> AnyView {
    let typed = follows(id, stored);
    let (saving, busy) = (RwSignal::new(Saving::Idle), RwSignal::new(false));
    let changed = memo(move || typed.with(|typed| typed.trim() != stored.read().as_str()));
    let is_long = move || typed.with(|typed| typed.trim().chars().count() > most);
    let error = Signal::derive(move || is_long().then(|| fill(settings::TEXT_RULE, &[("most", &most.to_string())])));
    let done = Done::new(move |result: Result<(), ApiError>| {
        busy.try_set(false);
        note(saving, result);
    });
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if untrack(is_long) || busy.get_untracked() {
            return;
        }
        busy.set(true);
        on_save.run((typed.get_untracked().trim().to_owned(), done));
    };
    let hint = move || if is_told { fill(settings::VARIABLES, &[("list", VARIABLES)]) } else { String::new() };
    let button = move || changed.get().then(|| view! { <Button label=t(common::SAVE) submit=true busy/> });
    view! {
        <SettingRow id label=t(label) text=t(text) saving>
            <form class="setting-text" novalidate on:submit=save>
                <TextArea id=format!("{id}-field") label=t(label) label_hidden=true value=typed hint error/>
                {draw(button)}
            </form>
        </SettingRow>
    }
    .into_any()
}
