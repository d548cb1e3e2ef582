//! What is shown of the log, and how much is written at all.

use super::line::named;
use crate::components::filters::search;
use crate::components::setting_row::{Saving, SettingRow};
use crate::components::ui::Select;
use crate::i18n::{Text, fill, logs as words, say, t};
use crate::reactive::{draw, memo};
use crate::state::logs::{Filter, Logs};
use crate::state::settings::use_settings;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::text_prop::TextProp;
use shared::logs::Level;
use shared::settings::SetSetting;
use shared::settings::fields::LOG_LEVEL;

/// What narrows the list.
#[component]
pub fn Filters(
    /// What they narrow.
    logs: Logs,
) -> AnyView {
    let filter = memo(move || logs.state.with(|state| state.filter.clone()));
    let now = move || filter.get_untracked();
    let down_to = |level: Level| move || fill(words::DOWN_TO, &[("level", say(named(level)))]);
    let any = std::iter::once((String::new(), TextProp::from(t(words::ANY_LEVEL))));
    let levels = Level::ALL.iter().map(|level| (level.as_str().to_owned(), TextProp::from(down_to(*level))));
    let options: Vec<(String, TextProp)> = any.chain(levels).collect();
    let value = move || filter.get().level.map(|level| level.as_str().to_owned()).unwrap_or_default();
    view! {
        <div class="filters many-filters">
            <Select
                id="log-filter"
                label=t(words::LEVEL)
                label_hidden=true
                options
                value=Signal::derive(value)
                on_change=move |word: String| logs.filter(Filter { level: Level::parse(&word), ..now() })
            />
            {search("log-text", words::TEXT, move || filter.get().text, move |text| logs.filter(Filter { text, ..now() }))}
            {search("log-request", words::REQUEST, move || filter.get().request, move |request| logs.filter(Filter { request, ..now() }))}
        </div>
    }
    .into_any()
}

/// How much is written: the setting of that name, where one sees what it does.
#[component]
pub fn LevelSwitch() -> AnyView {
    let store = use_settings();
    store.watch();
    let (setting, saving) = (store.find(LOG_LEVEL.key), RwSignal::new(Saving::Idle));
    let value = memo(move || setting.get().and_then(|setting| setting.value.as_str().map(str::to_owned)));
    let locked = memo(move || setting.get().and_then(|setting| setting.locked));
    let set = move |word: String| {
        spawn_local(async move {
            let outcome = store.set(LOG_LEVEL.key, SetSetting { value: word.into() }).await;
            saving.try_set(outcome.map_or_else(Saving::Failed, |()| Saving::Saved));
        });
    };
    let control = move || match (value.get(), locked.get()) {
        (None, _) => ().into_any(),
        (Some(word), Some(variable)) => {
            let level = Level::parse(&word).map_or(word, |level| say(named(level)).to_owned());
            let text = fill(words::LEVEL_FIXED, &[("level", &level), ("variable", &variable)]);
            view! { <span class="row-note">{text}</span> }.into_any()
        }
        (Some(_), None) => {
            let options = LOG_LEVEL.words.iter();
            let options = options.map(|word| (word.value.to_owned(), TextProp::from(t(Text::word(word))))).collect();
            view! {
                <Select
                    id="log-level-select"
                    label=t(words::LEVEL_WRITTEN)
                    label_hidden=true
                    options
                    value=Signal::derive(move || value.get().unwrap_or_default())
                    on_change=set
                />
            }
            .into_any()
        }
    };
    view! {
        <SettingRow id="log-level" label=t(Text::name(&LOG_LEVEL)) text=t(Text::sentence(&LOG_LEVEL)) saving>
            {draw(control)}
        </SettingRow>
    }
    .into_any()
}
