//! How models are asked beside chats: as one JSON document with each, for gaps in texts and for rankings.

use crate::{Migration, apply_all};
use async_trait::async_trait;
use sea_orm::{DatabaseTransaction, DbErr};

pub(crate) struct Interfaces;

#[async_trait]
impl Migration for Interfaces {
    fn name(&self) -> &'static str {
        "0011_interfaces"
    }

    fn least_schema(&self) -> i64 {
        // An older release asks models in chats alone.
        3
    }

    async fn up(&self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        apply_all(tx, STATEMENTS).await
    }
}

const STATEMENTS: &str = "
ALTER TABLE models ADD COLUMN interfaces TEXT NOT NULL DEFAULT '{}';
";
