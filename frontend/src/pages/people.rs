//! `/settings/people`: who may use this server.

use crate::api;
use crate::components::filters::{FootActs, FootWords, Standing, foot, later};
use crate::components::setting_row::SettingRow;
use crate::components::ui::{Button, ButtonKind, ErrorCard, Glyph, Select};
use crate::i18n::{Text, people as words, roster, settings, t};
use crate::pages::settings::SectionHead;
use crate::reactive::{draw, list, memo};
use crate::router::use_query;
use crate::save;
use crate::state::people::{Filter, People, use_people};
use add::AddPerson;
use import::ImportPeople;
use invitations::InvitationRows;
use keys::PersonKeys;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::text_prop::TextProp;
use row::PersonRow;
use shared::ApiError;
use shared::accounts::UserStatus;

pub mod add;
mod deed;
pub mod import;
pub mod invitations;
pub mod keys;
mod question;
pub mod row;

/// Everybody with an account; who waits for approval first.
#[component]
pub fn PeoplePage() -> AnyView {
    let people = use_people();
    people.watch();
    let keys_of = use_query("keys");
    let body = move || match keys_of.get() {
        Some(id) => view! { <PersonKeys people id=id.into()/> }.into_any(),
        None => view! { <Everybody people/> }.into_any(),
    };
    draw(body)
}

#[component]
fn Everybody(people: People) -> AnyView {
    let state = people.state();
    let adding = RwSignal::new(false);
    let ids = move || state.with(|state| state.items.iter().map(|user| user.id.to_string()).collect());
    view! {
        <SectionHead title=settings::PEOPLE text=settings::PEOPLE_TEXT>
            <Button label=t(words::ADD) glyph=Glyph::Plus on_press=move || adding.set(true)/>
        </SectionHead>
        <Filters people/>
        <ul class="rows">
            {list(ids, |id| view! { <PersonRow id=id.into()/> }.into_any())}
        </ul>
        <Foot people/>
        <AddPerson open=adding/>
        <InvitationRows/>
        <ListRow/>
    }
    .into_any()
}

/// Lists of people that come and go as files.
#[component]
fn ListRow() -> AnyView {
    let importing = RwSignal::new(false);
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let export = move || {
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            // An ordinary call first: it renews a login that has run out, which saving does not.
            let result = api::auth::me().await;
            busy.try_set(false);
            match result {
                Ok(_) => save::address(api::people::EXPORT),
                Err(error) => drop(failure.try_set(Some(error))),
            }
        });
    };
    view! {
        <SettingRow id="lists" label=t(roster::LISTS) text=t(roster::INTRO)>
            <Button label=t(roster::EXPORT) kind=ButtonKind::Quiet glyph=Glyph::Download busy on_press=export/>
            <Button label=t(roster::IMPORT) glyph=Glyph::FileText on_press=move || importing.set(true)/>
            {move || failure.get().map(|error| view! { <ErrorCard error/> })}
        </SettingRow>
        <ImportPeople open=importing/>
    }
    .into_any()
}

/// Whom one may ask for.
const STATUSES: [(Option<UserStatus>, Text); 5] = [
    (None, words::EVERYBODY),
    (Some(UserStatus::Pending), words::WAITING),
    (Some(UserStatus::Active), words::ACTIVE),
    (Some(UserStatus::Rejected), settings::STATUS_REJECTED),
    (Some(UserStatus::Disabled), words::OUT),
];

fn word(status: Option<UserStatus>) -> String {
    status.map(|status| status.as_str().to_owned()).unwrap_or_default()
}

#[component]
fn Filters(people: People) -> AnyView {
    let filter = memo(move || people.state().with(|state| state.filter.clone()));
    let search = move |text: String| people.filter(Filter { search: text, ..filter.get_untracked() });
    let choose = move |chosen: String| {
        let status = STATUSES.into_iter().map(|(status, _)| status).find(|status| word(*status) == chosen).flatten();
        people.filter(Filter { status, ..filter.get_untracked() });
    };
    let options = STATUSES.map(|(status, text)| (word(status), TextProp::from(t(text)))).to_vec();
    view! {
        <div class="filters filters-two">
            <input
                id="people-search"
                class="input"
                type="search"
                autocomplete="off"
                aria-label=t(words::FIND)
                placeholder=t(words::FIND)
                prop:value=move || filter.get().search
                on:input:target=move |event| search(event.target().value())
            />
            <Select
                id="people-status"
                label=t(words::STATUS)
                label_hidden=true
                options
                value=Signal::derive(move || word(filter.get().status))
                on_change=choose
            />
        </div>
    }
    .into_any()
}

/// What stands below the list: somebody is always on it.
#[component]
fn Foot(people: People) -> AnyView {
    let state = people.state();
    let standing = memo(move || {
        state.with(|state| Standing {
            load: state.load.clone(),
            is_empty: state.items.is_empty(),
            has_more: state.next.is_some(),
            is_narrowed: state.filter != Filter::default(),
        })
    });
    let acts = FootActs {
        reload: Callback::new(move |()| people.reload()),
        show_all: Callback::new(move |()| people.filter(Filter::default())),
        more: Callback::new(move |()| later(people.load_more())),
    };
    foot(
        standing,
        FootWords { none: words::NONE_FOUND, none_found: words::NONE_FOUND, show_all: words::SHOW_ALL },
        acts,
    )
}
