//! Calls about the audit log; administrators only.

use super::{ApiResult, get, with_query};
use shared::Page;
use shared::audit::{AuditEntry, AuditQuery};

/// One page of what was done, the latest first.
pub async fn list(query: &AuditQuery) -> ApiResult<Page<AuditEntry>> {
    let values = [
        ("person", query.person.clone()),
        ("act", query.act.map(|act| act.as_str().to_owned())),
        ("object", query.object.clone()),
        ("from", query.from.clone()),
        ("to", query.to.clone()),
        ("after", query.after.clone()),
        ("limit", query.limit.map(|limit| limit.to_string())),
    ];
    get(&with_query("/api/audit", values)).await
}
