//! Who may see a page. The server decides what anybody may do; this only spares people screens that would fail.

use crate::pages::not_found::NotFound;
use crate::pages::start::START;
use crate::reactive::{draw, memo};
use crate::router::{redirect, use_location, use_query};
use crate::state::account::{Audience, use_account};
use leptos::prelude::*;

/// Draws a page.
pub type Draw = fn() -> AnyView;

/// For signed-in people; others go to the door and come back afterwards.
#[must_use]
pub fn signed_in(page: Draw) -> AnyView {
    let account = use_account();
    let location = use_location();
    let here = move || {
        let (path, query) = (location.pathname.get_untracked(), location.search.get_untracked());
        if query.is_empty() { path } else { format!("{path}?{query}") }
    };
    let body = move || {
        if account.must_change_password.get() {
            redirect(with_next(REPLACE, &here()))
        } else if account.must_set_up.get() {
            redirect(with_next(SET_UP, &here()))
        } else if account.is_signed_in.get() {
            page()
        } else {
            redirect(if account.has_left() { LOGIN.to_owned() } else { with_next(LOGIN, &here()) })
        }
    };
    draw(body)
}

/// For administrators; to others the page does not exist.
#[must_use]
pub fn for_admins(page: Draw) -> AnyView {
    let account = use_account();
    let body = move || if account.is_admin.get() { page() } else { view! { <NotFound/> }.into_any() };
    draw(body)
}

/// For those who may connect models of their own; to others the page does not exist.
#[must_use]
pub fn for_those_who_may(page: Draw) -> AnyView {
    let account = use_account();
    let may = memo(move || account.may_see(Audience::PersonalConnections));
    let body = move || if may.get() { page() } else { view! { <NotFound/> }.into_any() };
    draw(body)
}

/// For people who may have answers traced, and for administrators, who read all traces.
#[must_use]
pub fn for_those_with_traces(page: Draw) -> AnyView {
    let account = use_account();
    let may = memo(move || account.may_see(Audience::Traces));
    let body = move || if may.get() { page() } else { view! { <NotFound/> }.into_any() };
    draw(body)
}

/// For people at the door; whoever is signed in goes on to where they wanted to be, and whoever has just made the first
/// account of the server to what sets that up.
#[must_use]
pub fn at_the_door(page: Draw) -> AnyView {
    let account = use_account();
    let next = use_query("next");
    let body = move || {
        if !account.is_signed_in.get() {
            page()
        } else if account.has_founded() {
            redirect(START.to_owned())
        } else {
            redirect(destination(next.get_untracked()))
        }
    };
    draw(body)
}

/// For people who have to replace their password first; whoever has done so goes on to where they wanted to be.
#[must_use]
pub fn replacing(page: Draw) -> AnyView {
    let account = use_account();
    let next = use_query("next");
    let body = move || {
        if account.must_change_password.get() {
            page()
        } else if account.is_signed_in.get() {
            redirect(destination(next.get_untracked()))
        } else {
            redirect(LOGIN.to_owned())
        }
    };
    draw(body)
}

/// For people who have to set up a second factor first; whoever has done so goes on to where they wanted to be.
#[must_use]
pub fn setting_up(page: Draw) -> AnyView {
    let account = use_account();
    let next = use_query("next");
    let body = move || {
        if account.must_set_up.get() {
            page()
        } else if account.is_signed_in.get() {
            redirect(destination(next.get_untracked()))
        } else {
            redirect(LOGIN.to_owned())
        }
    };
    draw(body)
}

const LOGIN: &str = "/auth/login";
const REPLACE: &str = "/auth/password";
const SET_UP: &str = "/auth/second-factor";

/// A page at the door, with the way back.
pub fn with_next(door: &str, here: &str) -> String {
    if here == "/" { door.to_owned() } else { format!("{door}?next={}", crate::api::escape(here)) }
}

/// Where to go after sign-in: only ever a path of this site.
#[must_use]
pub fn destination(next: Option<String>) -> String {
    next.filter(|path| path.starts_with('/') && !path.starts_with("//") && !path.contains('\\'))
        .filter(|path| !path.starts_with("/auth") && !path.contains(|c: char| c.is_ascii_control()))
        .unwrap_or_else(|| "/".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{LOGIN, destination, with_next};

    #[test]
    fn nobody_is_sent_to_another_site_after_sign_in() {
        for next in
            ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)", ""]
        {
            assert_eq!(destination(Some(next.to_owned())), "/", "{next}");
        }
        assert_eq!(destination(None), "/");
    }

    #[test]
    fn the_way_back_is_kept_and_never_leads_to_the_door() {
        assert_eq!(destination(Some("/c/1?a=b".to_owned())), "/c/1?a=b");
        assert_eq!(destination(Some("/auth/login".to_owned())), "/");
    }

    #[test]
    fn the_start_page_needs_no_way_back() {
        assert_eq!(with_next(LOGIN, "/"), LOGIN);
    }
}
