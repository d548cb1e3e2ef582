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
pub mod state;
pub mod storage;
pub mod time;

use components::ui::{ErrorCard, ToastHost, TooltipHost, WorkingDot};
use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Redirect, Route, Router, Routes};
use leptos_router::path;
use pages::guard::{at_the_door, for_admins, signed_in};
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
        <Router>{screen}</Router>
        <ToastHost/>
        <TooltipHost/>
    }
    .into_any()
}

/// Every path of the client.
#[component]
fn Pages() -> AnyView {
    view! {
        <Routes fallback=|| view! { <pages::not_found::NotFoundPage/> }>
            <Route path=path!("/auth") view=|| view! { <Redirect path="/auth/login"/> }/>
            <Route path=path!("/auth/login") view=at_the_door(|| view! { <pages::login::LoginPage/> }.into_any())/>
            <Route path=path!("/auth/register") view=at_the_door(|| view! { <pages::register::RegisterPage/> }.into_any())/>
            <Route path=path!("/auth/pending") view=at_the_door(|| view! { <pages::pending::PendingPage/> }.into_any())/>
            <ParentRoute path=path!("/settings") view=signed_in(|| view! { <pages::settings::SettingsPage/> }.into_any())>
                <Route path=path!("") view=|| view! { <pages::settings::SettingsIndex/> }/>
                <Route path=path!("profile") view=|| view! { <pages::profile::ProfilePage/> }/>
                <Route path=path!("connections") view=for_admins(|| view! { <pages::connections::ConnectionsPage/> }.into_any())/>
                <Route path=path!("people") view=for_admins(|| view! { <pages::people::PeoplePage/> }.into_any())/>
                <Route path=path!("system") view=for_admins(|| view! { <pages::system::SystemPage/> }.into_any())/>
            </ParentRoute>
            // One parent for both paths, so that opening another chat does not build the screen again.
            <ParentRoute path=path!("") view=signed_in(|| view! { <pages::chat::ChatPage/> }.into_any())>
                <Route path=path!("") view=|| ()/>
                <Route path=path!("c/:id") view=|| ()/>
            </ParentRoute>
        </Routes>
    }
    .into_any()
}

#[cfg(test)]
mod style_tests;
