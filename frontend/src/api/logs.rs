//! The log of the server as it is written; administrators only.

use super::stream::Abort;
use super::{ApiResult, Method, open, with_query};
use shared::logs::LogQuery;
use web_sys::Response;

/// Opens the stream of lines.
///
/// # Errors
/// The server's error, or one of the `client.*` codes.
pub async fn follow(query: &LogQuery, abort: &Abort) -> ApiResult<Response> {
    let values = [
        ("level", query.level.map(|level| level.as_str().to_owned())),
        ("text", query.text.clone()),
        ("request", query.request.as_ref().map(|request| request.0.clone())),
        ("tail", query.tail.map(|tail| tail.to_string())),
        ("after", query.after.map(|after| after.to_string())),
        ("server", query.server.clone()),
    ];
    open(Method::Get, &with_query("/api/logs", values), None, abort.signal()).await
}
