//! API keys for programs. Of a secret only its digest is stored.

use crate::{Migration, apply_all};
use async_trait::async_trait;
use sea_orm::{DatabaseTransaction, DbErr};

pub(crate) struct Keys;

#[async_trait]
impl Migration for Keys {
    fn name(&self) -> &'static str {
        "0006_keys"
    }

    fn least_schema(&self) -> i64 {
        // An older release knows no keys and lets nobody in who shows one.
        3
    }

    async fn up(&self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        apply_all(tx, STATEMENTS).await
    }
}

const STATEMENTS: &str = "
CREATE TABLE api_keys (
    id TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    prefix TEXT NOT NULL,
    scopes TEXT NOT NULL DEFAULT '[]',
    models TEXT NOT NULL DEFAULT '[]',
    addresses TEXT NOT NULL DEFAULT '[]',
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT,
    last_address TEXT,
    revoked_at BIGINT
);
CREATE INDEX api_keys_user ON api_keys (user_id, created_at);
";
