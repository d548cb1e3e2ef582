//! Budgets: rules, what was used of them in each window, and what is set aside for calls that are under way. What a call
//! cost, and with which API key it was asked for, is written beside its counts.

use crate::{Migration, apply_all};
use async_trait::async_trait;
use sea_orm::{DatabaseTransaction, DbErr};

pub(crate) struct Budgets;

#[async_trait]
impl Migration for Budgets {
    fn name(&self) -> &'static str {
        "0007_budgets"
    }

    fn least_schema(&self) -> i64 {
        // An older release knows no budgets and holds nobody to one, as it always did.
        3
    }

    async fn up(&self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        apply_all(tx, STATEMENTS).await
    }
}

const STATEMENTS: &str = "
CREATE TABLE budgets (
    id TEXT PRIMARY KEY NOT NULL,
    subject TEXT NOT NULL,
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    api_key_id TEXT REFERENCES api_keys (id) ON DELETE CASCADE,
    model_id TEXT,
    unit TEXT NOT NULL,
    period TEXT NOT NULL,
    amount BIGINT NOT NULL,
    currency TEXT,
    enabled BOOLEAN NOT NULL,
    of_owner BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX budgets_user ON budgets (user_id);
CREATE INDEX budgets_key ON budgets (api_key_id);
CREATE TABLE budget_spending (
    budget_id TEXT NOT NULL REFERENCES budgets (id) ON DELETE CASCADE,
    holder TEXT NOT NULL,
    period TEXT NOT NULL,
    spent BIGINT NOT NULL,
    reserved BIGINT NOT NULL,
    warned BOOLEAN NOT NULL,
    PRIMARY KEY (budget_id, holder, period)
);
CREATE TABLE budget_reservations (
    call_id TEXT NOT NULL,
    budget_id TEXT NOT NULL REFERENCES budgets (id) ON DELETE CASCADE,
    holder TEXT NOT NULL,
    period TEXT NOT NULL,
    amount BIGINT NOT NULL,
    unit TEXT NOT NULL,
    currency TEXT,
    rate BIGINT NOT NULL,
    instance_id TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    PRIMARY KEY (call_id, budget_id)
);
CREATE INDEX budget_reservations_budget ON budget_reservations (budget_id);
ALTER TABLE runs ADD COLUMN api_key_id TEXT;
ALTER TABLE usage_records ADD COLUMN cost_nano BIGINT;
ALTER TABLE usage_records ADD COLUMN currency TEXT;
ALTER TABLE usage_records ADD COLUMN api_key_id TEXT;
";
