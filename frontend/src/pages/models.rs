//! `/settings/models`: which models people may choose, for whom, and what is known of them.

use crate::api::connections::Scope;
use crate::components::filters::{FootActs, FootWords, Standing, foot, later};
use crate::components::model_setting::DefaultModelRow;
use crate::components::ui::{Button, ButtonKind, ErrorCard, Segmented, Select};
use crate::i18n::{connections, models as words, t};
use crate::pages::settings::SectionHead;
use crate::reactive::{draw, list, memo};
use crate::router::use_query;
use crate::state::catalog::{Catalog, Filter, provide_catalog, use_catalog};
use crate::state::connections::{provide_connections, use_connections};
use crate::state::settings::use_settings;
use crate::t;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::text_prop::TextProp;
use row::ModelRow;
use shared::ApiError;
use shared::accounts::UserRole;
use shared::models::UpdateModels;

pub mod programs;
pub mod row;
pub mod sheet;

/// The catalogue.
#[component]
pub fn ModelsPage() -> AnyView {
    let connection = use_query("connection").get_untracked().map(Into::into);
    provide_connections(Scope::System);
    let catalog = provide_catalog(Filter { connection, ..Filter::default() });
    use_settings().watch();
    let state = catalog.state;
    let ids = move || state.with(|state| state.items.iter().map(|model| model.id.to_string()).collect());
    view! {
        <SectionHead title=words::MODELS text=words::INTRO/>
        <DefaultModelRow/>
        <Filters catalog/>
        <Bulk catalog/>
        <ul class="rows">{list(ids, |id| view! { <ModelRow id=id.into()/> }.into_any())}</ul>
        <Foot/>
    }
    .into_any()
}

#[component]
fn Filters(catalog: Catalog) -> AnyView {
    let state = catalog.state;
    let filter = memo(move || state.with(|state| state.filter.clone()));
    let change = move |change: &dyn Fn(&mut Filter)| {
        let mut wish = filter.get_untracked();
        change(&mut wish);
        catalog.filter(wish);
    };
    let shown = Signal::derive(move || match filter.get().shown {
        None => "all",
        Some(true) => "shown",
        Some(false) => "hidden",
    });
    let options = [("all", words::EVERY), ("shown", words::SHOWN), ("hidden", words::HIDDEN)];
    let options = options.map(|(value, text)| (value, TextProp::from(t(text)))).to_vec();
    let choose =
        move |value: &'static str| change(&|filter| filter.shown = (value != "all").then_some(value == "shown"));
    view! {
        <div class="filters">
            <input
                id="models-search"
                class="input"
                type="search"
                autocomplete="off"
                aria-label=t(words::SEARCH)
                placeholder=t(words::SEARCH)
                prop:value=move || filter.get().search
                on:input:target=move |event| change(&|filter| filter.search = event.target().value())
            />
            {draw(move || view! { <ConnectionChoice catalog/> })}
            <Segmented id="models-shown" label=t(words::WHICH) options value=shown on_change=choose/>
        </div>
    }
    .into_any()
}

#[component]
fn ConnectionChoice(catalog: Catalog) -> AnyView {
    let all = use_connections().state();
    let state = catalog.state;
    let value = Signal::derive(move || {
        state.with(|state| state.filter.connection.as_ref().map(ToString::to_string)).unwrap_or_default()
    });
    let names = memo(move || {
        all.with(|all| all.items.iter().map(|one| (one.id.to_string(), one.name.clone())).collect::<Vec<_>>())
    });
    let choose = move |id: String| {
        let connection = (!id.is_empty()).then(|| id.into());
        catalog.filter(Filter { connection, ..state.with_untracked(|state| state.filter.clone()) });
    };
    let body = move || {
        let named = names.get().into_iter().map(|(id, name)| (id, TextProp::from(name)));
        let options =
            std::iter::once((String::new(), TextProp::from(t(words::ALL_CONNECTIONS)))).chain(named).collect();
        view! { <Select id="models-connection" label=t(words::CONNECTION) label_hidden=true options value on_change=choose/> }
    };
    draw(body)
}

/// What is done to all that are chosen.
#[component]
fn Bulk(catalog: Catalog) -> AnyView {
    let state = catalog.state;
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let count = memo(move || state.with(|state| state.chosen.len()));
    let all = memo(move || state.with(|state| !state.items.is_empty() && state.chosen.len() == state.items.len()));
    let any = memo(move || state.with(|state| !state.items.is_empty()));
    let run = move |change: UpdateModels| {
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let result = catalog.update_chosen(change).await;
            busy.try_set(false);
            failure.try_set(result.err());
        });
    };
    let show = move |shown: bool| run(UpdateModels { shown: Some(shown), ..UpdateModels::default() });
    let allow = move |roles: &[UserRole]| run(UpdateModels { access: Some(roles.to_vec()), ..UpdateModels::default() });
    let body = move || {
        if count.get() == 0 {
            let words = any.get().then(|| view! { <label for="models-all">{t(connections::CHOOSE_ALL)}</label> });
            return words.into_any();
        }
        view! {
                <span role="status">{t!(connections::CHOSEN, count = count.get())}</span>
                <Button label=t(words::SHOW) busy on_press=move || show(true)/>
                <Button label=t(words::HIDE) busy on_press=move || show(false)/>
                <Button label=t(words::FOR_ALL) kind=ButtonKind::Quiet busy on_press=move || allow(&[])/>
                <Button label=t(words::FOR_ADMINS) kind=ButtonKind::Quiet busy on_press=move || allow(&[UserRole::Admin])/>
        }
        .into_any()
    };
    let choose_all = move || {
        any.get().then(|| {
            let toggle = move |_| state.update(|state| state.choose_all(!all.get_untracked()));
            view! {
                <label class="check">
                    <input id="models-all" type="checkbox" aria-label=t(words::CHOOSE_LISTED) prop:checked=all on:change=toggle/>
                </label>
            }
        })
    };
    view! {
        <div class="bulk">{draw(choose_all)} {draw(body)}</div>
        {move || failure.get().map(|error| view! { <ErrorCard error/> })}
    }
    .into_any()
}

/// What stands below the list.
#[component]
fn Foot() -> AnyView {
    let catalog = use_catalog();
    let standing = memo(move || {
        catalog.state.with(|state| Standing {
            load: state.load.clone(),
            is_empty: state.items.is_empty(),
            has_more: state.next.is_some(),
            is_narrowed: state.filter != Filter::default(),
        })
    });
    let acts = FootActs {
        reload: Callback::new(move |()| catalog.reload()),
        show_all: Callback::new(move |()| catalog.filter(Filter::default())),
        more: Callback::new(move |()| later(catalog.more())),
    };
    foot(standing, FootWords { none: words::NONE, none_found: words::NONE_FOUND, show_all: words::SHOW_ALL }, acts)
}
