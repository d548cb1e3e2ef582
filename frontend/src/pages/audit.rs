//! `/settings/audit`: who changed what.

use crate::components::filters::{FootWords, day, foot_of, search};
use crate::components::ui::Select;
use crate::i18n::{Text, audit as words, t};
use crate::pages::settings::SectionHead;
use crate::reactive::{list, memo};
use crate::state::audit::{Audit, Filter};
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use row::EntryRow;
use shared::audit::Act;

pub mod row;

const FOOT: FootWords = FootWords { none: words::NONE, none_found: words::NONE_FOUND, show_all: words::SHOW_ALL };

/// The audit log.
#[component]
pub fn AuditPage() -> AnyView {
    let audit = Audit::load(Filter::default());
    let ids = move || audit.state.with(|state| state.items.iter().map(|entry| entry.id.clone()).collect());
    view! {
        <SectionHead title=words::AUDIT text=words::INTRO/>
        <Filters audit/>
        <ul class="rows">{list(ids, move |id| view! { <EntryRow audit id=StoredValue::new(id)/> }.into_any())}</ul>
        {foot_of(audit, FOOT)}
    }
    .into_any()
}

#[component]
fn Filters(audit: Audit) -> AnyView {
    let filter = memo(move || audit.state.with(|state| state.filter.clone()));
    let now = move || filter.get_untracked();
    let choose = move |word: String| audit.filter(Filter { act: Act::parse(&word), ..now() });
    let every = std::iter::once((String::new(), TextProp::from(t(words::ANYTHING))));
    let acts =
        Act::ALL.iter().map(|act| (act.as_str().to_owned(), TextProp::from(t(Text::of(act.as_str(), act.texts())))));
    let options: Vec<(String, TextProp)> = every.chain(acts).collect();
    view! {
        <div class="filters many-filters">
            {search("audit-person", words::PERSON, move || filter.get().person, move |person| audit.filter(Filter { person, ..now() }))}
            {search("audit-object", words::OBJECT, move || filter.get().object, move |object| audit.filter(Filter { object, ..now() }))}
            <Select
                id="audit-act"
                label=t(words::ACT)
                label_hidden=true
                options
                value=Signal::derive(move || filter.get().act.map(|act| act.as_str().to_owned()).unwrap_or_default())
                on_change=choose
            />
            {day("audit-from", words::FROM, move || filter.get().from, move |from| audit.filter(Filter { from, ..now() }))}
            {day("audit-to", words::TO, move || filter.get().to, move |to| audit.filter(Filter { to, ..now() }))}
        </div>
    }
    .into_any()
}
