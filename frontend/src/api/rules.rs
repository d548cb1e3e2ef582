//! What an answer means for the call that got it. Pure: no network, no storage.

use super::{OFFLINE, UNEXPECTED};
use shared::error::params;
use shared::{ApiError, ErrorCode};

/// What to do with a refused call.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Hand the error to the caller.
    Report,
    /// Refresh the login, then send the call once more.
    RefreshThenRetry,
    /// The login is over: clear it, then hand the error to the caller.
    EndSession,
}

/// Decides about a refused call. `retried` is true for the second attempt, `signed_in` when this browser holds a login.
pub(super) fn next(path: &str, error: &ApiError, retried: bool, signed_in: bool) -> Next {
    let is_door =
        ["/api/auth/login", "/api/auth/login/code", "/api/auth/register", "/api/auth/refresh"].contains(&path);
    match error.known() {
        _ if is_door => Next::Report,
        // An expired token proves a login, whatever this browser remembers.
        Some(ErrorCode::AuthExpired) if !retried => Next::RefreshThenRetry,
        _ if !signed_in => Next::Report,
        // The browser may have dropped the access cookie and kept the other.
        Some(ErrorCode::AuthRequired) if !retried => Next::RefreshThenRetry,
        _ if ends_session(error) => Next::EndSession,
        _ => Next::Report,
    }
}

/// Whether this error says that the login is over.
#[must_use]
pub fn ends_session(error: &ApiError) -> bool {
    use ErrorCode::{AuthDisabled, AuthExpired, AuthInvalid, AuthPending, AuthRejected, AuthRequired, AuthRevoked};
    let over = [AuthRequired, AuthExpired, AuthRevoked, AuthInvalid, AuthDisabled, AuthRejected, AuthPending];
    error.known().is_some_and(|code| over.contains(&code))
}

/// The error in an answer's body, or one that says whose answer it is not.
pub(super) fn error_from(status: u16, body: &str) -> ApiError {
    match serde_json::from_str::<ApiError>(body) {
        Ok(error) if !error.code.is_empty() => error,
        _ => unexpected(status, excerpt(body)),
    }
}

/// The error of a request that did not reach the server.
#[must_use]
pub fn offline() -> ApiError {
    ApiError { code: OFFLINE.to_owned(), message: "The server cannot be reached.".to_owned(), ..ApiError::default() }
}

/// The error of an answer that is not the server's.
pub(super) fn unexpected(status: u16, detail: &str) -> ApiError {
    ApiError {
        code: UNEXPECTED.to_owned(),
        message: format!("Unexpected answer, status {status}."),
        params: params([("status", status.to_string()), ("detail", format!("{status} {detail}"))]),
        ..ApiError::default()
    }
}

fn excerpt(body: &str) -> &str {
    let end = body.char_indices().nth(200).map_or(body.len(), |(index, _)| index);
    body[..end].trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: ErrorCode) -> ApiError {
        ApiError::new(code, shared::error::Params::new())
    }

    #[test]
    fn an_expired_login_is_refreshed_once() {
        let expired = error(ErrorCode::AuthExpired);
        assert_eq!(next("/api/sessions", &expired, false, true), Next::RefreshThenRetry);
        assert_eq!(next("/api/sessions", &expired, true, true), Next::EndSession);
    }

    #[test]
    fn an_expired_login_is_refreshed_even_where_the_browser_forgot_it() {
        assert_eq!(next("/api/bootstrap", &error(ErrorCode::AuthExpired), false, false), Next::RefreshThenRetry);
    }

    #[test]
    fn a_login_that_was_ended_elsewhere_is_cleared() {
        for code in [ErrorCode::AuthRevoked, ErrorCode::AuthInvalid, ErrorCode::AuthDisabled] {
            assert_eq!(next("/api/sessions", &error(code), false, true), Next::EndSession, "{code:?}");
        }
    }

    #[test]
    fn a_wrong_password_at_the_door_is_only_reported() {
        assert_eq!(next("/api/auth/login", &error(ErrorCode::AuthCredentials), false, true), Next::Report);
        assert_eq!(next("/api/auth/login", &error(ErrorCode::AuthPending), false, true), Next::Report);
        assert_eq!(next("/api/auth/password", &error(ErrorCode::AuthPassword), false, true), Next::Report);
    }

    #[test]
    fn a_visitor_has_no_login_to_refresh() {
        assert_eq!(next("/api/sessions", &error(ErrorCode::AuthRequired), false, false), Next::Report);
    }

    #[test]
    fn a_proxys_page_becomes_an_error_that_shows_its_beginning() {
        let error = error_from(502, "<html>Bad gateway</html>");
        assert_eq!(error.code, UNEXPECTED);
        assert_eq!(error.params["detail"], "502 <html>Bad gateway</html>");
    }

    #[test]
    fn the_servers_error_is_taken_as_it_stands() {
        let sent = error(ErrorCode::UserLastAdmin);
        let body = serde_json::to_string(&sent).expect("serialises");
        assert_eq!(error_from(409, &body), sent);
    }

    #[test]
    fn an_excerpt_never_cuts_a_character() {
        assert_eq!(excerpt(&"汉".repeat(300)).chars().count(), 200);
    }
}
