//! The AIChat web client: Leptos, client-side rendered, compiled to WebAssembly.
//!
//! **Map.** `pages/` read state and lay out; `components/` take props and report through callbacks (`components/ui/` knows
//! nothing of the product); `state/` decides and calls `api/`; only `api/` knows URLs and `fetch`. A module of `state`
//! starts with a plain struct and its reducer, tested by `cargo test`; its signals come last. Effects only reach outward.
//!
//! **Parts.** The door and the chat start with the page; the settings and what is rarely opened are fetched when they are
//! needed, see `program.rs` and `later.rs`.
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
//! - Shortcuts: [`shortcuts::SHORTCUTS`]; a button is marked by `data-shortcut`, or a page says what one does by `act`.
//! - Parts of screens: [`components::ui`]. Page titles: [`state::account::use_title`].

pub mod amounts;
pub mod api;
pub mod back;
pub mod clipboard;
pub mod components;
pub mod dom;
pub mod finished;
pub mod i18n;
pub mod ids;
pub mod later;
pub mod look;
pub mod marks;
pub mod pages;
pub mod pictures;
pub mod program;
pub mod reactive;
pub mod router;
pub mod save;
pub mod sentences;
pub mod shortcuts;
pub mod state;
pub mod storage;
pub mod time;

use crate::reactive::{draw, memo};
use components::ui::{ErrorCard, ToastHost, TooltipHost, WorkingDot};
use leptos::prelude::*;
use pages::{Page, Section};
use state::account::{Phase, provide_account};

/// The whole client: state that outlives every page, then the pages.
#[component]
pub fn App() -> AnyView {
    let preferences = state::preferences::provide_preferences();
    state::toasts::provide_toasts();
    router::listen();
    state::typed::guard();
    shortcuts::provide_shortcuts();
    // Expects preferences.
    let account = provide_account(preferences);
    // These expect an account.
    state::people::provide_people();
    state::settings::provide_settings(account);
    state::news::provide_news();
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
        <shortcuts::overview::Overview/>
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
    draw(move || program::draw_page(area.get()))
}

#[cfg(test)]
mod style_tests;
