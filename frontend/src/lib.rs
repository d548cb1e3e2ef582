//! The AIChat web client: Leptos, client-side rendered, compiled to WebAssembly.
//!
//! **Map.** `pages/` read state and lay out; `components/` take props and report through callbacks (`components/ui/` knows
//! nothing of the product); `state/` decides and calls `api/`; only `api/` knows URLs and `fetch`. A module of `state`
//! starts with a plain struct and its reducer, tested by `cargo test`; its signals come last. Effects only reach outward.
//!
//! **What every screen can use.**
//! - [`state::account::use_account`]: `user`, `is_signed_in`, `is_admin`, `brand`; `set_user(user)` on `user.changed`.
//! - [`state::preferences::use_preferences`]: `language()`, `theme()`, and their setters.
//! - [`state::people::use_people`] and [`state::settings::use_settings`]: `invalidate()` on `people.changed`, `settings.changed`.
//! - [`state::toasts::use_toasts`]: `confirm(text)`, `undo(text, action)`.
//! - Texts: a table per area by [`texts!`]; `t(KEY)` or `t!(KEY, name = value)` in views, [`i18n::say`] and [`i18n::fill`]
//!   in closures and handlers; [`i18n::error_message`] for an `ApiError`.
//! - The address: [`router::use_location`], [`router::navigate`]; links are plain `<a href>`; the table is [`pages::Page`].
//! - Calls: [`api::get`], [`api::post`], [`api::patch`], [`api::put`], [`api::delete`]; [`api::open`] for a stream.
//! - Parts of screens: [`components::ui`]. Page titles: [`state::account::use_title`].

pub mod api;
pub mod back;
pub mod clipboard;
pub mod components;
pub mod dom;
pub mod i18n;
pub mod ids;
pub mod pages;
pub mod reactive;
pub mod router;
pub mod state;
pub mod storage;
pub mod time;

use crate::reactive::{draw, memo};
use components::ui::{ErrorCard, ToastHost, TooltipHost, WorkingDot};
use leptos::prelude::*;
use pages::guard::{at_the_door, signed_in};
use pages::{Page, Section};
use state::account::{Phase, provide_account};

/// Puts the client into the page.
pub fn mount() {
    leptos::mount::mount_to_body(App);
}

/// The whole client: state that outlives every page, then the pages.
#[component]
pub fn App() -> AnyView {
    let preferences = state::preferences::provide_preferences();
    state::toasts::provide_toasts();
    router::listen();
    // Expects preferences.
    let account = provide_account(preferences);
    // These expect an account.
    state::people::provide_people();
    state::settings::provide_settings(account);
    state::connections::provide_connections();
    state::events::provide_events();
    let screen = move || match account.phase.get() {
        Phase::Loading => view! { <div class="boot"><WorkingDot/></div> }.into_any(),
        Phase::Failed(error) => {
            view! { <main class="boot"><ErrorCard error on_retry=move || account.load()/></main> }.into_any()
        }
        Phase::Ready => view! { <Pages/> }.into_any(),
    };
    view! {
        {draw(screen)}
        <ToastHost/>
        <TooltipHost/>
    }
    .into_any()
}

/// The page at the present address.
#[component]
fn Pages() -> AnyView {
    let path = router::use_location().pathname;
    // A section of the settings and another chat change the page that is there, they do not replace it.
    let area = memo(move || match Page::at(&path.read()) {
        Page::Settings(_) => Page::Settings(Section::Index),
        page => page,
    });
    let page = move || match area.get() {
        Page::Login => at_the_door(|| view! { <pages::login::LoginPage/> }.into_any()),
        Page::Register => at_the_door(|| view! { <pages::register::RegisterPage/> }.into_any()),
        Page::Pending => at_the_door(|| view! { <pages::pending::PendingPage/> }.into_any()),
        Page::Settings(_) => signed_in(|| view! { <pages::settings::SettingsPage/> }.into_any()),
        Page::Chat => signed_in(|| view! { <pages::chat::ChatPage/> }.into_any()),
        Page::NotFound => view! { <pages::not_found::NotFoundPage/> }.into_any(),
    };
    draw(page)
}

#[cfg(test)]
mod style_tests;
