//! In what budgets count: currency, exchange rate, time zone.

use crate::components::ui::{ErrorCard, Skeleton};
use crate::pages::system::rows_of;
use crate::reactive::draw;
use crate::state::load::Load;
use crate::state::settings::use_settings;
use leptos::prelude::*;
use shared::settings::fields::Group;

/// The rows.
#[component]
pub fn BasisRows() -> AnyView {
    let store = use_settings();
    store.watch();
    let load = store.load();
    let body = move || match load.get() {
        Load::Waiting => view! { <Skeleton rows=3/> }.into_any(),
        Load::Failed(error) => view! { <ErrorCard error on_retry=move || store.reload()/> }.into_any(),
        Load::Ready => rows_of(Group::Budgets).into_any(),
    };
    view! { <div class="rows-after">{draw(body)}</div> }.into_any()
}
