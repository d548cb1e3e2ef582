//! The audit log, for administrators: what was done, the latest first.

use crate::App;
use crate::db::audit::{self, Filter};
use crate::error::{AppError, AppResult};
use actix_web::web;
use shared::Page;
use shared::audit::{AuditEntry, AuditQuery};
use shared::limits::MAX_NAME_CHARS;
use shared::page::PageQuery;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// `GET /api/audit`: filtered by person, act, object and time.
pub async fn list_audit(app: web::Data<App>, query: web::Query<AuditQuery>) -> AppResult<web::Json<Page<AuditEntry>>> {
    let query = query.into_inner();
    let limit = PageQuery { after: None, limit: query.limit }.limit();
    let filter = Filter {
        person: text("person", query.person)?,
        act: query.act,
        object: text("object", query.object)?,
        from: moment("from", query.from.as_deref())?,
        to: moment("to", query.to.as_deref())?,
        after: query.after.map(cursor).transpose()?,
    };
    Ok(web::Json(audit::list(app.db.read(), &filter, limit).await?))
}

/// A text to look for; none for an empty one.
fn text(name: &str, text: Option<String>) -> AppResult<Option<String>> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    // A NUL would end the pattern early, and no name has one.
    if text.as_ref().is_some_and(|text| text.chars().count() > MAX_NAME_CHARS || text.contains('\0')) {
        return Err(AppError::invalid(format!("`{name}` must have at most {MAX_NAME_CHARS} characters and no NUL")));
    }
    Ok(text)
}

fn moment(name: &str, text: Option<&str>) -> AppResult<Option<i64>> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let moment = OffsetDateTime::parse(text, &Rfc3339)
        .map_err(|_| AppError::invalid(format!("`{name}` must be a time as `2026-01-31T08:00:00Z`")))?;
    Ok(i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).ok())
}

fn cursor(after: String) -> AppResult<String> {
    let wrong = |_| AppError::invalid("`after` is not a cursor of this list");
    uuid::Uuid::parse_str(&after).map_err(wrong)?;
    Ok(after)
}
