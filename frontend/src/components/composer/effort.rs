//! How an answer is asked for, where the chosen model leaves a choice: whether it searches the web, how hard it thinks.

use crate::components::ui::{Glyph, IconButton, MenuItem, MenuList, Placement};
use crate::i18n::{Text, chat, fill, say, t, traces};
use crate::reactive::{draw, memo};
use crate::state::account::use_account;
use crate::state::composer::Composer;
use leptos::html;
use leptos::prelude::*;
use shared::chat::Model;
use shared::models::Effort;
use std::iter;
use std::sync::Arc;

/// The choices that the chosen model leaves.
#[component]
pub fn MannerTools(
    /// Where they are kept.
    composer: Composer,
    /// The chosen model.
    chosen: Memo<Option<Model>>,
) -> AnyView {
    let searches =
        memo(move || chosen.with(|model| model.as_ref().is_some_and(|model| model.facts.web_search == Some(true))));
    let efforts = memo(move || chosen.with(|model| model.as_ref()?.facts.efforts.clone()).unwrap_or_default());
    let search = move || {
        searches.get().then(|| {
            view! {
                <IconButton
                    name=t(chat::SEARCH_WEB)
                    glyph=Glyph::Globe
                    pressed=Signal::derive(move || composer.manner.get().search)
                    on_press=move || composer.choose(|manner| manner.search = !manner.search)
                />
            }
        })
    };
    let effort = move || (!efforts.with(Vec::is_empty)).then(|| view! { <EffortMenu composer efforts/> });
    view! { {draw(search)}{draw(effort)}<TraceSwitch composer/> }.into_any()
}

/// Whether the next answers are traced, for those who may decide it.
#[component]
fn TraceSwitch(composer: Composer) -> AnyView {
    let account = use_account();
    let is_on = memo(move || account.trace.get().map(|default| composer.manner.get().trace.unwrap_or(default)));
    let toggle = move || {
        let (default, on) = (account.trace.get_untracked(), is_on.get_untracked());
        // What the settings say anyway need not be remembered.
        composer.choose(|manner| manner.trace = on.map(|on| !on).filter(|wish| Some(*wish) != default));
    };
    let allowed = memo(move || account.trace.get().is_some());
    let name = move || say(if is_on.get() == Some(true) { traces::TOGGLE_ON } else { traces::TOGGLE_OFF });
    let button = move || {
        allowed.get().then(|| {
            let pressed = Signal::derive(move || is_on.get() == Some(true));
            view! { <IconButton name glyph=Glyph::Activity pressed on_press=toggle/> }
        })
    };
    draw(button)
}

#[component]
fn EffortMenu(composer: Composer, efforts: Memo<Vec<Effort>>) -> AnyView {
    let open = RwSignal::new(false);
    let anchor = NodeRef::<html::Button>::new();
    let chosen =
        memo(move || composer.manner.get().effort.filter(|effort| efforts.with(|efforts| efforts.contains(effort))));
    let items = Arc::new(move || {
        let choices = iter::once(None).chain(efforts.get_untracked().into_iter().map(Some));
        let item = |effort| {
            let choose = move || composer.choose(|manner| manner.effort = effort);
            MenuItem::new(t(words(effort)), choose).checked(chosen.get_untracked() == effort)
        };
        choices.map(item).collect()
    });
    let name = move || fill(chat::EFFORT, &[("effort", say(words(chosen.get())))]);
    view! {
        <IconButton
            node_ref=anchor
            name
            glyph=Glyph::Lightbulb
            popup="menu"
            pressed=Signal::derive(move || chosen.get().is_some())
            expanded=Signal::from(open)
            on_press=move || open.update(|open| *open = !*open)
        />
        <MenuList open anchor name items placement=Placement::Start/>
    }
    .into_any()
}

fn words(effort: Option<Effort>) -> Text {
    match effort {
        None => chat::EFFORT_MODEL,
        Some(Effort::Off) => chat::EFFORT_OFF,
        Some(Effort::Minimal) => chat::EFFORT_MINIMAL,
        Some(Effort::Low) => chat::EFFORT_LOW,
        Some(Effort::Medium) => chat::EFFORT_MEDIUM,
        Some(Effort::High) => chat::EFFORT_HIGH,
    }
}
