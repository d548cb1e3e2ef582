//! `/settings`: the index of all settings with a search, beside the section that is open. On phones one after the other.

use crate::components::ui::{Button, EmptyState, Glyph, Icon};
use crate::dom;
use crate::i18n::{Text, connections, say, settings, t};
use crate::pages::connections::ConnectionsPage;
use crate::pages::guard::for_admins;
use crate::pages::people::PeoplePage;
use crate::pages::profile::ProfilePage;
use crate::pages::settings::index::{Entry, SECTIONS, search};
use crate::pages::system::SystemPage;
use crate::pages::{Page, Section};
use crate::reactive::{draw, memo};
use crate::router::{redirect, use_location, use_query};
use crate::state::account::{use_account, use_title};
use crate::state::build;
use crate::t;
use leptos::prelude::*;

pub mod index;

/// The frame: index at the left, section at the right.
#[component]
pub fn SettingsPage() -> AnyView {
    let path = use_location().pathname;
    let at_index = move || path.with(|path| path.trim_end_matches('/') == "/settings");
    let new = use_query("new");
    // Below the list of connections there are two pages more, on every screen.
    let is_deeper = move || new.read().is_some();
    let way = move || match new.get().as_deref() {
        None => ("/settings", settings::BACK_TO_INDEX),
        Some("1") => ("/settings/connections", settings::CONNECTIONS),
        Some(_) => ("/settings/connections?new=1", connections::OTHER_VENDOR),
    };
    let shown = memo(move || Page::at(&path.read()));
    let section = move || match shown.get() {
        Page::Settings(section) => section_view(section),
        _ => ().into_any(),
    };
    view! {
        <div class="settings" class:at-index=at_index>
            <Index/>
            <main class="settings-main">
                <a class="settings-back button button-quiet" class:settings-deeper=is_deeper href=move || way().0>
                    <Icon glyph=Glyph::ArrowLeft/>
                    <span>{move || say(way().1)}</span>
                </a>
                {draw(section)}
            </main>
        </div>
    }
    .into_any()
}

fn section_view(section: Section) -> AnyView {
    match section {
        Section::Index => view! { <SettingsIndex/> }.into_any(),
        Section::Profile => view! { <ProfilePage/> }.into_any(),
        Section::Connections => for_admins(|| view! { <ConnectionsPage/> }.into_any()),
        Section::People => for_admins(|| view! { <PeoplePage/> }.into_any()),
        Section::System => for_admins(|| view! { <SystemPage/> }.into_any()),
    }
}

/// `/settings` itself: phones show the index, larger screens the first section beside it.
#[component]
pub fn SettingsIndex() -> AnyView {
    use_title(|| say(settings::SETTINGS).to_owned());
    if dom::is_phone() {
        return ().into_any();
    }
    redirect("/settings/profile".to_owned())
}

#[component]
fn Index() -> AnyView {
    let query = RwSignal::new(String::new());
    let account = use_account();
    let version = build::of_page().map(|build| format!("AIChat {build}"));
    let body = move || {
        if query.with(|query| query.trim().is_empty()) {
            view! { <Sections/> }.into_any()
        } else {
            let found = search(&query.read(), account.is_admin.get());
            view! { <Found found query/> }.into_any()
        }
    };
    view! {
        <nav class="settings-index" aria-label=t(settings::SETTINGS)>
            <a class="button button-quiet settings-leave" href="/">
                <Icon glyph=Glyph::ArrowLeft/>
                <span>{t(settings::BACK_TO_CHAT)}</span>
            </a>
            <p class="settings-title">{t(settings::SETTINGS)}</p>
            <label class="settings-search">
                <span class="visually-hidden">{t(settings::SEARCH)}</span>
                <Icon glyph=Glyph::Search/>
                <input
                    class="input"
                    type="search"
                    autocomplete="off"
                    placeholder=t(settings::SEARCH)
                    prop:value=query
                    on:input:target=move |event| query.set(event.target().value())
                />
            </label>
            {draw(body)}
            <p class="settings-version">{version}</p>
        </nav>
    }
    .into_any()
}

#[component]
fn Sections() -> AnyView {
    let account = use_account();
    let group = move |title: Text, admin: bool| {
        let links = SECTIONS.iter().filter(|section| section.admin == admin).map(link).collect_view();
        view! { <h2>{t(title)}</h2> <ul>{links}</ul> }.into_any()
    };
    view! {
        {group(settings::YOURS, false)}
        {move || account.is_admin.get().then(|| group(settings::SYSTEM_GROUP, true))}
    }
    .into_any()
}

fn link(section: &'static index::Section) -> AnyView {
    let path = use_location().pathname;
    let current = move || path.with(|path| path == section.path).then_some("page");
    view! {
        <li>
            <a class="settings-link" href=section.path aria-current=current>
                <Icon glyph=section.glyph/>
                <span>{t(section.title)}</span>
                <Icon glyph=Glyph::ChevronRight/>
            </a>
        </li>
    }
    .into_any()
}

#[component]
fn Found(found: Vec<Entry>, query: RwSignal<String>) -> AnyView {
    if found.is_empty() {
        let text = move || t!(settings::NOTHING_FOUND, query = query.get().trim())();
        return view! {
            <EmptyState text>
                <Button label=t(settings::CLEAR_SEARCH) on_press=move || query.set(String::new())/>
            </EmptyState>
        }
        .into_any();
    }
    let rows = found.into_iter().map(|entry| {
        view! {
            <li>
                <a class="settings-link" href=entry.href()>
                    <span>{t(entry.label)}<small>{t(entry.section.title)}</small></span>
                </a>
            </li>
        }
    });
    view! { <ul>{rows.collect_view()}</ul> }.into_any()
}

/// The head of a section: its title and one sentence, with an action at the right.
#[component]
pub fn SectionHead(
    /// Its title, also the page's.
    title: Text,
    /// One sentence.
    #[prop(optional)]
    text: Option<Text>,
    /// The action.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    use_title(move || say(title).to_owned());
    view! {
        <header class="section-head">
            <div>
                <h1>{t(title)}</h1>
                {text.map(|text| view! { <p>{t(text)}</p> })}
            </div>
            {children.map(|children| children())}
        </header>
    }
    .into_any()
}
