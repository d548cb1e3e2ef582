//! The audit log, for administrators: what was done, the latest first.

use crate::App;
use crate::db::audit::{self, Filter};
use crate::error::AppResult;
use crate::routes::filters::{cursor, moment, word};
use actix_web::web;
use shared::Page;
use shared::audit::{AuditEntry, AuditQuery};
use shared::page::PageQuery;

/// `GET /api/audit`: filtered by person, act, object and time.
pub async fn list_audit(app: web::Data<App>, query: web::Query<AuditQuery>) -> AppResult<web::Json<Page<AuditEntry>>> {
    let query = query.into_inner();
    let limit = PageQuery { after: None, limit: query.limit }.limit();
    let filter = Filter {
        person: word("person", query.person)?,
        act: query.act,
        object: word("object", query.object)?,
        from: moment("from", query.from.as_deref())?,
        to: moment("to", query.to.as_deref())?,
        after: query.after.map(cursor).transpose()?,
    };
    Ok(web::Json(audit::list(app.db.read(), &filter, limit).await?))
}
