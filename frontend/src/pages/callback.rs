//! `/auth/callback`: where services send the browser back to. It hands over what it was given and leads on; what went wrong is
//! said where people sign in, or here to whoever is signed in.

use crate::api;
use crate::components::ui::{ButtonKind, ErrorCard, LinkButton, WorkingDot};
use crate::i18n::{oidc as words, say, t};
use crate::pages::door::Door;
use crate::pages::guard::{destination, with_next};
use crate::pages::pending::{notice_path, status_of};
use crate::reactive::draw;
use crate::router::{NavigateOptions, navigate, use_location};
use crate::state::account::{use_account, use_title};
use crate::state::toasts::use_toasts;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::ApiError;
use shared::oidc::FinishSignIn;

const PROFILE: &str = "/settings/profile#identities";
const LOGIN: &str = "/auth/login";

/// What the address says.
fn answer(query: &str) -> FinishSignIn {
    let parameters = web_sys::UrlSearchParams::new_with_str(query).ok();
    let get = |name: &str| parameters.as_ref().and_then(|parameters| parameters.get(name));
    FinishSignIn {
        state: get("state").unwrap_or_default(),
        code: get("code"),
        error: get("error"),
        error_description: get("error_description"),
        iss: get("iss"),
        flow: None,
        tokens: false,
    }
}

/// Finishes what another page began.
#[component]
pub fn CallbackPage() -> AnyView {
    use_title(|| say(words::RETURNING).to_owned());
    let (account, toasts) = (use_account(), use_toasts());
    let failed = RwSignal::new(None::<ApiError>);
    let answer = answer(&use_location().search.get_untracked());
    // What is in the address is good once: Back must not come here again.
    let go = |path: &str| navigate(path, NavigateOptions { replace: true, ..NavigateOptions::default() });
    spawn_local(async move {
        match api::oidc::finish(&answer).await {
            Ok(finished) if finished.linked => {
                toasts.confirm(say(words::LINKED_DONE));
                go(PROFILE);
            }
            Ok(finished) => {
                let next = destination(finished.next.clone());
                let is_in = finished.user.is_some();
                account.finish(finished).await;
                // A second step is asked for where people sign in, and leads on from there.
                go(&if is_in { next } else { with_next(LOGIN, &next) });
            }
            Err(error) if account.is_signed_in.get_untracked() => drop(failed.try_set(Some(error))),
            Err(error) => {
                let path = status_of(&error).map_or_else(|| LOGIN.to_owned(), |_| notice_path(&error));
                account.fail(error);
                go(&path);
            }
        }
    });
    let body = move || match failed.get() {
        None => view! { <div class="boot"><WorkingDot/></div> }.into_any(),
        Some(error) => view! {
            <Door title=t(words::FAILED)>
                <ErrorCard error/>
                <LinkButton label=t(words::BACK_TO_PROFILE) href=PROFILE kind=ButtonKind::Primary/>
            </Door>
        }
        .into_any(),
    };
    draw(body)
}
