//! `/auth/pending`: for people whose account exists and cannot be used: pending, rejected, disabled.

use crate::components::ui::{ButtonKind, LinkButton};
use crate::i18n::{Text, auth, error_hint, error_message, say, t};
use crate::pages::door::Door;
use crate::router::use_query;
use crate::state::account::{use_account, use_title};
use leptos::prelude::*;
use shared::accounts::UserStatus;
use shared::error::Params;
use shared::{ApiError, ErrorCode};

/// Where somebody waits for approval.
pub const PENDING: &str = "/auth/pending";

/// The state of an account that a refused sign-in tells of.
#[must_use]
pub fn status_of(error: &ApiError) -> Option<UserStatus> {
    match error.known()? {
        ErrorCode::AuthPending => Some(UserStatus::Pending),
        ErrorCode::AuthRejected => Some(UserStatus::Rejected),
        ErrorCode::AuthDisabled => Some(UserStatus::Disabled),
        _ => None,
    }
}

/// The notice for a refused sign-in.
#[must_use]
pub fn notice_path(error: &ApiError) -> String {
    format!("{PENDING}?status={}", status_of(error).unwrap_or_default().as_str())
}

/// What the notice says: its title, and the words of the error table except for the usual case.
fn words(status: Option<&str>) -> (Text, Option<ErrorCode>) {
    match status {
        Some("rejected") => (auth::REJECTED_TITLE, Some(ErrorCode::AuthRejected)),
        Some("disabled") => (auth::DISABLED_TITLE, Some(ErrorCode::AuthDisabled)),
        _ => (auth::PENDING_TITLE, None),
    }
}

/// Says how things stand and leads back to sign-in.
#[component]
pub fn PendingPage() -> AnyView {
    let status = use_query("status");
    let account = use_account();
    let now = move || words(status.read().as_deref());
    use_title(move || say(now().0).to_owned());
    // Whoever comes here by the address alone is told no reason.
    let told = move |code| account.refused(code).unwrap_or_else(|| ApiError::new(code, Params::new()));
    let text = move || match now().1.map(told) {
        None => view! { <p>{say(auth::PENDING_TEXT)}</p> }.into_any(),
        Some(error) => view! { <p>{error_message(&error)}</p> <p>{error_hint(&error)}</p> }.into_any(),
    };
    view! {
        <Door title=move || say(now().0)>
            <div class="door-text" role="status">{text}</div>
            <LinkButton label=t(auth::BACK_TO_SIGN_IN) href="/auth/login" kind=ButtonKind::Primary/>
        </Door>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_sign_in_leads_to_its_notice_and_others_do_not() {
        let path = |code| notice_path(&ApiError::new(code, Params::new()));
        assert_eq!(path(ErrorCode::AuthDisabled), "/auth/pending?status=disabled");
        assert_eq!(words(Some("disabled")).0, auth::DISABLED_TITLE);
        assert_eq!(status_of(&ApiError::new(ErrorCode::AuthCredentials, Params::new())), None);
    }
}
