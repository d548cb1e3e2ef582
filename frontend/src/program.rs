//! Which page is drawn, and which part of the program is fetched for it. The chat starts with the page; the door, and what
//! few people open on a visit, are in parts of their own, which `build/split.mjs` takes out of the program.

use crate::App;
use crate::later::{Part, later};
use crate::pages::guard::{at_the_door, replacing, setting_up, signed_in};
use crate::pages::{self, Page};
use crate::sentences;
use leptos::prelude::*;
use wasm_split_helpers::wasm_split;

/// Puts the client into the page.
pub fn mount() {
    leptos::mount::mount_to_body(App);
}

/// Draws a page.
#[must_use]
pub fn draw_page(page: Page) -> AnyView {
    match page {
        Page::Login => at_the_door(|| later(|| Box::pin(door()), Page::Login)),
        Page::Register => at_the_door(|| later(|| Box::pin(door()), Page::Register)),
        Page::Pending => at_the_door(|| later(|| Box::pin(door()), Page::Pending)),
        Page::Replace => replacing(|| later(|| Box::pin(door()), Page::Replace)),
        Page::SetUpFactor => setting_up(|| later(|| Box::pin(door()), Page::SetUpFactor)),
        // Whoever links a service is signed in, whoever signs in is not.
        Page::Callback => later(|| Box::pin(door()), Page::Callback),
        Page::Chat => signed_in(|| view! { <pages::chat::ChatPage/> }.into_any()),
        Page::Start => signed_in(|| later(|| Box::pin(settings()), true)),
        Page::Settings(_) => signed_in(|| later(|| Box::pin(settings()), false)),
        Page::NotFound => view! { <pages::not_found::NotFoundPage/> }.into_any(),
    }
}

#[wasm_split(door, fallible)]
fn door() -> Part<Page> {
    sentences::bring();
    Ok(|page| match page {
        Page::Register => view! { <pages::register::RegisterPage/> }.into_any(),
        Page::Pending => view! { <pages::pending::PendingPage/> }.into_any(),
        Page::Replace => view! { <pages::replace::ReplacePage/> }.into_any(),
        Page::Callback => view! { <pages::callback::CallbackPage/> }.into_any(),
        Page::SetUpFactor => view! { <pages::set_up_factor::SetUpFactorPage/> }.into_any(),
        _ => view! { <pages::login::LoginPage/> }.into_any(),
    })
}

/// The settings, or the page that sets a new server up, which is made of their pieces.
#[wasm_split(settings, fallible)]
fn settings() -> Part<bool> {
    sentences::bring();
    Ok(|is_start| {
        if is_start {
            view! { <pages::start::StartPage/> }.into_any()
        } else {
            view! { <pages::settings::SettingsPage/> }.into_any()
        }
    })
}
