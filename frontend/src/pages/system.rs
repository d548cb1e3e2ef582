//! `/settings/system`: what applies to everybody on this server. Which fields there are, what each holds and within which
//! limits comes from the server; their words come from the table that both sides share.

use crate::api;
use crate::components::model_setting::{DefaultModelRow, ProgramModelRow, kinds_of_programs};
use crate::components::ui::{ErrorCard, Skeleton};
use crate::i18n::{Text, settings, t};
use crate::pages::settings::SectionHead;
use crate::reactive::{draw, memo};
use crate::state::load::Load;
use crate::state::models::{offered, provide_other_models};
use crate::state::settings::use_settings;
use brand::{ColourRow, LogoRow};
use leptos::prelude::*;
use public_url::PublicUrlRow;
use rows::{ChoiceRow, FixedRow, LineRow, ParagraphRow, SwitchRow};
use shared::chat::ModelList;
use shared::settings::Kind;
use shared::settings::fields::{self, Field, Group};
use titles::TitlesRow;

pub mod brand;
pub mod public_url;
pub mod rows;
pub mod titles;

/// The settings of the system.
#[component]
pub fn SystemPage() -> AnyView {
    let store = use_settings();
    store.watch();
    // What programs get is chosen among all models, not only those of chats.
    provide_other_models(|| Box::pin(shown_models()));
    let load = store.load();
    let body = move || match load.get() {
        Load::Waiting => view! { <Skeleton rows=4/> }.into_any(),
        Load::Failed(error) => view! { <ErrorCard error on_retry=move || store.reload()/> }.into_any(),
        // What budgets count in stands beside them.
        Load::Ready => Group::ALL
            .iter()
            .filter(|group| **group != Group::Budgets)
            .map(|group| view! { <GroupRows group=*group/> })
            .collect_view()
            .into_any(),
    };
    view! {
        <SectionHead title=settings::SYSTEM text=settings::SYSTEM_TEXT/>
        {draw(body)}
    }
    .into_any()
}

/// All models of the catalogue that are shown.
async fn shown_models() -> api::ApiResult<ModelList> {
    api::catalog::shown().await.map(offered)
}

/// The settings that belong together, below their heading.
#[component]
fn GroupRows(group: Group) -> AnyView {
    let rows = rows_of(group);
    // Neither is a value of the table: one is a picture, the other one is the operator's alone.
    let more = match group {
        Group::Brand => Some(view! { <LogoRow/> }.into_any()),
        Group::Data => Some(view! { <PublicUrlRow/> }.into_any()),
        _ => None,
    };
    view! {
        <h2 class="setting-group">{t(Text::of("group", group.titles()))}</h2>
        {rows}
        {more}
    }
    .into_any()
}

/// The rows of a group.
pub fn rows_of(group: Group) -> Vec<AnyView> {
    fields::ALL.iter().filter(|field| field.group == group).map(row).collect()
}

/// One setting, drawn as what it holds. What the server does not know has no row.
fn row(field: &'static Field) -> AnyView {
    let setting = use_settings().find(field.key);
    let drawn = memo(move || setting.get().map(|setting| (setting.kind, setting.locked)));
    draw(move || match drawn.get() {
        None => ().into_any(),
        Some((kind, Some(variable))) => view! { <FixedRow field kind variable/> }.into_any(),
        Some((kind, None)) => free_row(field, kind),
    })
}

fn free_row(field: &'static Field, kind: Kind) -> AnyView {
    if let Some(kinds) = kinds_of_programs(field) {
        return view! { <ProgramModelRow field kinds/> }.into_any();
    }
    match kind {
        Kind::Switch => view! { <SwitchRow field/> }.into_any(),
        Kind::Number { .. } | Kind::Decimal { .. } | Kind::Line { .. } | Kind::Zone => {
            view! { <LineRow field kind/> }.into_any()
        }
        Kind::Text { most } => view! { <ParagraphRow field most/> }.into_any(),
        Kind::Choice { words } => view! { <ChoiceRow field words/> }.into_any(),
        Kind::Colour => view! { <ColourRow/> }.into_any(),
        Kind::Model { words } if words.is_empty() => view! { <DefaultModelRow/> }.into_any(),
        Kind::Model { .. } => view! { <TitlesRow/> }.into_any(),
    }
}
