//! Usage of everybody is looked at by days.

use crate::{Migration, apply_all};
use async_trait::async_trait;
use sea_orm::{DatabaseTransaction, DbErr};

pub(crate) struct Usage;

#[async_trait]
impl Migration for Usage {
    fn name(&self) -> &'static str {
        "0013_usage"
    }

    fn least_schema(&self) -> i64 {
        // An index changes nothing for an older release.
        3
    }

    async fn up(&self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        apply_all(tx, STATEMENTS).await
    }
}

const STATEMENTS: &str = "
CREATE INDEX usage_records_started ON usage_records (started_at);
";
