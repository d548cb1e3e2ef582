//! What administrators decide about people: why somebody was rejected or disabled, and that a password which was given
//! to somebody has to be replaced by one of their own.

use crate::{Migration, apply_all};
use async_trait::async_trait;
use sea_orm::{DatabaseTransaction, DbErr};

pub(crate) struct People;

#[async_trait]
impl Migration for People {
    fn name(&self) -> &'static str {
        "0005_people"
    }

    fn least_schema(&self) -> i64 {
        // An older release neither shows the reason nor asks for another password; it lets nobody in who may not.
        3
    }

    async fn up(&self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        apply_all(tx, STATEMENTS).await
    }
}

const STATEMENTS: &str = "
ALTER TABLE users ADD COLUMN status_reason TEXT;
ALTER TABLE users ADD COLUMN must_change_password BOOLEAN NOT NULL DEFAULT FALSE;
";
