//! One setting: label, one plain sentence, the control at the right (below on phones). Its id is its address on the page.

use crate::components::ui::{ErrorCard, Glyph, Icon};
use crate::dom;
use crate::i18n::{common, settings, t};
use crate::reactive::{draw, effect};
use crate::router::use_location;
use crate::t;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use shared::ApiError;
use std::time::Duration;

/// What became of the last change.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Saving {
    /// Nothing was changed.
    #[default]
    Idle,
    /// It is stored.
    Saved,
    /// It is not.
    Failed(ApiError),
}

/// One setting.
#[component]
pub fn SettingRow(
    /// Its id: `/settings/profile#theme`.
    id: &'static str,
    /// Its label.
    #[prop(into)]
    label: TextProp,
    /// One plain sentence.
    #[prop(into)]
    text: TextProp,
    /// What became of the last change.
    #[prop(optional, into)]
    saving: Signal<Saving>,
    /// The control.
    children: Children,
) -> AnyView {
    reveal_when_addressed(id);
    let failure = move || match saving.get() {
        Saving::Failed(error) => Some(view! { <ErrorCard error/> }),
        Saving::Idle | Saving::Saved => None,
    };
    view! {
        <section id=id class="setting" tabindex="-1">
            <div class="setting-words">
                <h2>{move || label.get()}</h2>
                <p>{move || text.get()}</p>
            </div>
            <div class="setting-control">
                <SavedMark saving/>
                {children()}
            </div>
            {draw(failure)}
        </section>
    }
    .into_any()
}

/// Says which variable of the environment fixes a value.
#[component]
pub fn Lock(
    /// The variable.
    variable: String,
) -> AnyView {
    view! {
        <p class="lock">
            <Icon glyph=Glyph::Lock/>
            <span>{t!(settings::LOCKED, variable = variable)}</span>
        </p>
    }
    .into_any()
}

/// The quiet word "Saved", gone after two seconds.
#[component]
pub fn SavedMark(
    /// What became of the last change.
    #[prop(into)]
    saving: Signal<Saving>,
) -> AnyView {
    view! {
        <span class="saved" role="status">
            {move || (saving.get() == Saving::Saved).then(|| t(common::SAVED)())}
        </span>
    }
    .into_any()
}

/// How long "Saved" stays.
const SAVED_LIFE: Duration = Duration::from_secs(2);

/// Notes a result; "Saved" fades by itself.
pub fn note(saving: RwSignal<Saving>, result: Result<(), ApiError>) {
    match result {
        Ok(()) => {
            saving.try_set(Saving::Saved);
            set_timeout(
                move || {
                    saving.try_update(|now| {
                        if *now == Saving::Saved {
                            *now = Saving::Idle;
                        }
                    });
                },
                SAVED_LIFE,
            );
        }
        Err(error) => {
            saving.try_set(Saving::Failed(error));
        }
    }
}

/// Brings the setting into view when the address names it: on arrival, and when a search result is chosen.
fn reveal_when_addressed(id: &'static str) {
    let hash = use_location().hash;
    effect(move || {
        if hash.with(|hash| hash == id)
            && let Some(element) = dom::by_id(id)
        {
            element.scroll_into_view();
            dom::focus(&element);
        }
    });
}
