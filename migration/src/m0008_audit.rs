//! The audit log. It names people, keys and things by id and by the name of that moment, without references: what was
//! done stays readable when they are gone.

use crate::{Migration, apply_all};
use async_trait::async_trait;
use sea_orm::{DatabaseTransaction, DbErr};

pub(crate) struct Audit;

#[async_trait]
impl Migration for Audit {
    fn name(&self) -> &'static str {
        "0008_audit"
    }

    fn least_schema(&self) -> i64 {
        // An older release writes nothing here and reads nothing of it.
        3
    }

    async fn up(&self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        apply_all(tx, STATEMENTS).await
    }
}

const STATEMENTS: &str = "
CREATE TABLE audit_log (
    id TEXT PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    act TEXT NOT NULL,
    person_id TEXT,
    person_name TEXT,
    key_id TEXT,
    key_name TEXT,
    object_kind TEXT,
    object_id TEXT,
    object_name TEXT,
    address TEXT,
    device TEXT,
    before_json TEXT,
    after_json TEXT
);
CREATE INDEX audit_log_at ON audit_log (at);
CREATE INDEX audit_log_person ON audit_log (person_id, id);
CREATE INDEX audit_log_object ON audit_log (object_id, id);
";
