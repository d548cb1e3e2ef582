//! `/settings`: the index of all settings with a search, beside the section that is open. On phones one after the other.

use crate::api::connections::Scope;
use crate::components::strip::Strip;
use crate::components::ui::{Button, EmptyState, Glyph, Icon};
use crate::i18n::{Text, connections, say, settings, t, traces};
use crate::pages::audit::AuditPage;
use crate::pages::budgets::BudgetsPage;
use crate::pages::connections::ConnectionsPage;
use crate::pages::guard::{for_admins, for_those_who_may, for_those_with_traces};
use crate::pages::keys::KeysPage;
use crate::pages::logs::LogsPage;
use crate::pages::models::ModelsPage;
use crate::pages::overview::OverviewPage;
use crate::pages::people::PeoplePage;
use crate::pages::profile::ProfilePage;
use crate::pages::providers::ProvidersPage;
use crate::pages::settings::index::{Entry, SECTIONS, search};
use crate::pages::system::SystemPage;
use crate::pages::traces::TracesPage;
use crate::pages::usage::UsagePage;
use crate::pages::{Page, Section};
use crate::reactive::{draw, effect, memo};
use crate::router::{NavigateOptions, navigate, redirect, use_location, use_query};
use crate::shortcuts::use_shortcuts;
use crate::state::account::Audience;
use crate::state::account::{use_account, use_title};
use crate::state::build;
use crate::{dom, marks, t};
use leptos::ev;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use shared::usage::Extent;
use std::cell::RefCell;

pub mod index;

/// The frame: index at the left, section at the right.
#[component]
pub fn SettingsPage() -> AnyView {
    let path = use_location().pathname;
    let at_index = move || path.with(|path| path.trim_end_matches('/') == "/settings");
    let (new, edited, keys, trace) = (use_query("new"), use_query("edit"), use_query("keys"), use_query("trace"));
    // Below the lists of connections, people and traces there are further pages, on every screen.
    let is_deeper = move || [new, edited, keys, trace].iter().any(|query| query.read().is_some());
    let list = move || path.with(|path| path.trim_end_matches('/').to_owned());
    let list_words =
        move || if path.with(|path| path.contains("/my-")) { connections::MINE } else { settings::CONNECTIONS };
    let way = move || match new.get().as_deref() {
        _ if keys.read().is_some() => (list(), settings::PEOPLE),
        _ if trace.read().is_some() => (list(), traces::BACK),
        _ if edited.read().is_some() => (list(), list_words()),
        None => ("/settings".to_owned(), settings::BACK_TO_INDEX),
        Some("1") => (list(), list_words()),
        Some(_) => (format!("{}?new=1", list()), connections::OTHER_VENDOR),
    };
    let shown = memo(move || Page::at(&path.read()));
    let section = move || match shown.get() {
        Page::Settings(section) => section_view(section),
        _ => ().into_any(),
    };
    use_shortcuts().act("new-chat", || navigate("/", NavigateOptions::default()));
    use_shortcuts().act("settings", || navigate("/settings", NavigateOptions::default()));
    lead_focus(path);
    marks::hold(marks::SCROLLS, || true);
    view! {
        <div class="settings" class:at-index=at_index>
            <div class="contents" role=move || at_index().then_some("main")><Index/></div>
            <main class="settings-main" tabindex="-1">
                <Strip lost=settings::RECONNECTING/>
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

/// Where one page of the settings takes the place of another, as on phones, the focus follows: into the section, and back
/// to its line in the index. Beside the index it stays where it is, for whoever goes on choosing.
fn lead_focus(path: Memo<String>) {
    let before = RefCell::new(None::<String>);
    effect(move || {
        let now = path.get();
        let Some(from) = before.replace(Some(now.clone())).filter(|from| *from != now && dom::is_phone()) else {
            return;
        };
        let at_index = now.trim_end_matches('/') == "/settings";
        request_animation_frame(move || {
            dom::focus_first(&if at_index {
                format!(".settings-link[href='{from}']")
            } else {
                ".settings-main".to_owned()
            });
        });
    });
}

fn section_view(section: Section) -> AnyView {
    match section {
        Section::Index => view! { <SettingsIndex/> }.into_any(),
        Section::Profile => view! { <ProfilePage/> }.into_any(),
        Section::Keys => view! { <KeysPage/> }.into_any(),
        Section::MyConnections => for_those_who_may(|| view! { <ConnectionsPage scope=Scope::Mine/> }.into_any()),
        Section::Connections => for_admins(|| view! { <ConnectionsPage scope=Scope::System/> }.into_any()),
        Section::Models => for_admins(|| view! { <ModelsPage/> }.into_any()),
        Section::People => for_admins(|| view! { <PeoplePage/> }.into_any()),
        Section::Overview => for_admins(|| view! { <OverviewPage/> }.into_any()),
        Section::Budgets => for_admins(|| view! { <BudgetsPage/> }.into_any()),
        Section::SignIn => for_admins(|| view! { <ProvidersPage/> }.into_any()),
        Section::System => for_admins(|| view! { <SystemPage/> }.into_any()),
        Section::Traces => for_those_with_traces(|| view! { <TracesPage/> }.into_any()),
        Section::Usage => view! { <UsagePage extent=Extent::Mine/> }.into_any(),
        Section::UsageOfAll => for_admins(|| view! { <UsagePage extent=Extent::All/> }.into_any()),
        Section::Audit => for_admins(|| view! { <AuditPage/> }.into_any()),
        Section::Logs => for_admins(|| view! { <LogsPage/> }.into_any()),
    }
}

/// `/settings` itself: phones show the index, larger screens the first section beside it.
#[component]
pub fn SettingsIndex() -> AnyView {
    use_title(|| say(settings::SETTINGS).to_owned());
    let phone = RwSignal::new(dom::is_phone());
    let resized = window_event_listener(ev::resize, move |_| {
        let now = dom::is_phone();
        if phone.get_untracked() != now {
            phone.set(now);
        }
    });
    on_cleanup(move || resized.remove());
    draw(move || if phone.get() { ().into_any() } else { redirect("/settings/profile".to_owned()) })
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
            let found = search(&query.read(), |section| account.may_see(section.audience));
            view! { <Found found query/> }.into_any()
        }
    };
    view! {
        <nav class="settings-index" aria-label=t(settings::SETTINGS)>
            <a class="button button-quiet settings-leave" href="/">
                <Icon glyph=Glyph::ArrowLeft/>
                <span>{t(settings::BACK_TO_CHAT)}</span>
            </a>
            <h1 class="settings-title">{t(settings::SETTINGS)}</h1>
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
    let group = move |title: Text, system: bool| {
        let mine = move |section: &&'static index::Section| {
            (section.audience == Audience::Admins) == system && account.may_see(section.audience)
        };
        let links: Vec<_> = SECTIONS.iter().filter(mine).map(link).collect();
        (!links.is_empty()).then(|| view! { <h2>{t(title)}</h2> <ul>{links}</ul> })
    };
    view! {
        {move || group(settings::YOURS, false)}
        {move || group(settings::SYSTEM_GROUP, true)}
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

/// The head of a page that is about one thing: its name.
#[component]
pub fn SectionTitle(
    /// What it is called; tracked.
    #[prop(into)]
    title: TextProp,
    /// One sentence.
    #[prop(optional)]
    text: Option<Text>,
) -> AnyView {
    let name = title.clone();
    use_title(move || name.get().to_string());
    view! {
        <header class="section-head">
            <div>
                <h1>{move || title.get()}</h1>
                {text.map(|text| view! { <p>{t(text)}</p> })}
            </div>
        </header>
    }
    .into_any()
}
