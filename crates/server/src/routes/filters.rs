//! What lists are filtered by, as it stands in a query: checked here once for all of them.

use crate::error::{AppError, AppResult};
use shared::limits::MAX_NAME_CHARS;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A text to look for; none for an empty one.
///
/// # Errors
/// `request.invalid` with the rule.
pub(super) fn word(name: &str, text: Option<String>) -> AppResult<Option<String>> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    // A NUL would end the pattern early, and no name has one.
    if text.as_ref().is_some_and(|text| text.chars().count() > MAX_NAME_CHARS || text.contains('\0')) {
        return Err(AppError::invalid(format!("`{name}` must have at most {MAX_NAME_CHARS} characters and no NUL")));
    }
    Ok(text)
}

/// A moment as unix milliseconds; none for an empty one.
///
/// # Errors
/// `request.invalid` with the rule.
pub(super) fn moment(name: &str, text: Option<&str>) -> AppResult<Option<i64>> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let moment = OffsetDateTime::parse(text, &Rfc3339)
        .map_err(|_| AppError::invalid(format!("`{name}` must be a time as `2026-01-31T08:00:00Z`")))?;
    Ok(i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).ok())
}

/// A cursor that is an id.
///
/// # Errors
/// `request.invalid`.
pub(super) fn cursor(after: String) -> AppResult<String> {
    let wrong = |_| AppError::invalid("`after` is not a cursor of this list");
    uuid::Uuid::parse_str(&after).map_err(wrong)?;
    Ok(after)
}
