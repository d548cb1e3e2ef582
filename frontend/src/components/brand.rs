//! The name of the server, with its logo before it where there is one.

use crate::reactive::{draw, memo};
use crate::state::account::use_account;
use leptos::prelude::*;

/// Name and logo. `build/door.js` and `build/frame.js` draw the same.
#[component]
pub fn Brand() -> AnyView {
    let account = use_account();
    let logo = memo(move || account.branding.with(|branding| branding.logo.clone()));
    let picture = move || logo.get().map(|logo| view! { <img class="brand-logo" src=logo alt=""/> });
    view! { {draw(picture)} <span>{move || account.brand.get()}</span> }.into_any()
}
