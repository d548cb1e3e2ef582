//! `/settings/budgets`: how much of the models may be used.

use crate::components::ui::{Button, ButtonKind, Dialog, EmptyState, ErrorCard, Glyph, LinkButton, Skeleton};
use crate::i18n::{budgets as words, t, usage};
use crate::pages::settings::SectionHead;
use crate::reactive::{draw, list, memo};
use crate::state::budgets::Budgets;
use crate::state::load::Load;
use basis::BasisRows;
use form::BudgetForm;
use leptos::prelude::*;
use row::BudgetRow;

pub mod basis;
pub mod form;
pub mod row;

/// The rules, and in what they count.
#[component]
pub fn BudgetsPage() -> AnyView {
    let budgets = Budgets::load();
    let adding = RwSignal::new(false);
    let stand = memo(move || budgets.state.with(|state| (state.load.clone(), state.items.is_empty())));
    let ids = move || budgets.state.with(|state| state.items.iter().map(|budget| budget.id.to_string()).collect());
    let foot = move || match stand.get() {
        (Load::Waiting, _) => view! { <Skeleton rows=3/> }.into_any(),
        (Load::Failed(error), _) => view! { <ErrorCard error on_retry=move || budgets.reload()/> }.into_any(),
        (Load::Ready, true) => view! { <EmptyState text=t(words::NONE)/> }.into_any(),
        (Load::Ready, false) => ().into_any(),
    };
    let close = move || adding.set(false);
    view! {
        <SectionHead title=words::BUDGETS text=words::INTRO>
            <LinkButton label=t(usage::SEE_ALL) href="/settings/usage/all" kind=ButtonKind::Quiet/>
            <Button label=t(words::NEW) glyph=Glyph::Plus on_press=move || adding.set(true)/>
        </SectionHead>
        <ul class="rows">{list(ids, move |id| view! { <BudgetRow budgets id=id.into()/> }.into_any())}</ul>
        {draw(foot)}
        <BasisRows/>
        <Dialog open=adding on_close=close title=t(words::NEW)>
            <BudgetForm budgets on_close=move |()| close()/>
        </Dialog>
    }
    .into_any()
}
