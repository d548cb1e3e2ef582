//! What narrows the list of traces.

use crate::components::filters::{day, search};
use crate::components::ui::Select;
use crate::i18n::{Text, t, traces as words};
use crate::reactive::{draw, memo};
use crate::state::account::use_account;
use crate::state::traces::{Filter, Traces};
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use shared::error::Language;
use shared::events::Status;
use shared::trace::status_name;

/// The filters; that of people is for administrators.
#[component]
pub fn Filters(
    /// What they narrow.
    traces: Traces,
) -> AnyView {
    let account = use_account();
    let filter = memo(move || traces.state.with(|state| state.filter.clone()));
    let now = move || filter.get_untracked();
    let choose = move |word: String| traces.filter(Filter { status: Status::parse(&word), ..now() });
    let any = std::iter::once((String::new(), TextProp::from(t(words::ANY_STATUS))));
    let stands = Status::ALL.into_iter().map(|status| (status.as_str().to_owned(), TextProp::from(t(named(status)))));
    let options: Vec<(String, TextProp)> = any.chain(stands).collect();
    let person = move || {
        account.is_admin.get().then(|| {
            search(
                "trace-person",
                words::PERSON,
                move || filter.get().person,
                move |person| {
                    traces.filter(Filter { person, ..now() });
                },
            )
        })
    };
    view! {
        <div class="filters many-filters">
            <Select
                id="trace-status"
                label=t(words::STATUS)
                label_hidden=true
                options
                value=Signal::derive(move || filter.get().status.map(|status| status.as_str().to_owned()).unwrap_or_default())
                on_change=choose
            />
            {search("trace-model", words::MODEL, move || filter.get().model, move |model| traces.filter(Filter { model, ..now() }))}
            {draw(person)}
            {search("trace-code", words::CODE, move || filter.get().code, move |code| traces.filter(Filter { code, ..now() }))}
            {day("trace-from", words::FROM, move || filter.get().from, move |from| traces.filter(Filter { from, ..now() }))}
            {day("trace-to", words::TO, move || filter.get().to, move |to| traces.filter(Filter { to, ..now() }))}
        </div>
    }
    .into_any()
}

/// Where an answer stands, as a text in both languages.
pub(super) fn named(status: Status) -> Text {
    Text::of(status.as_str(), (status_name(status, Language::En), status_name(status, Language::ZhCn)))
}
