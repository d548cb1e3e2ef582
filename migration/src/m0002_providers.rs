//! Connections whole (owners, prefixes, headers, several keys), what is known of models, files, and what models are told.
//!
//! A build that does not know `connections.owner_id` would ask with a person's own key for everybody, and without the
//! sealed headers and proxy: so none opens the database any more.

use crate::{Migration, apply_all};
use async_trait::async_trait;
use sea_orm::{DatabaseTransaction, DbErr};

pub(crate) struct Providers;

#[async_trait]
impl Migration for Providers {
    fn name(&self) -> &'static str {
        "0002_providers"
    }

    fn least_schema(&self) -> i64 {
        2
    }

    async fn up(&self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        apply_all(tx, STATEMENTS).await
    }
}

const STATEMENTS: &str = "
ALTER TABLE users ADD COLUMN about TEXT;
ALTER TABLE users ADD COLUMN default_model_id TEXT;
ALTER TABLE users ADD COLUMN avatar_file_id TEXT;
ALTER TABLE sessions ADD COLUMN instructions TEXT;
ALTER TABLE sessions ADD COLUMN title_by TEXT NOT NULL DEFAULT 'person';
ALTER TABLE connections ADD COLUMN owner_id TEXT REFERENCES users (id) ON DELETE CASCADE;
ALTER TABLE connections ADD COLUMN prefix TEXT NOT NULL DEFAULT '';
ALTER TABLE connections ADD COLUMN sealed TEXT;
ALTER TABLE connections ADD COLUMN options TEXT NOT NULL DEFAULT '{}';
ALTER TABLE connections ADD COLUMN listed_at BIGINT;
ALTER TABLE connections ADD COLUMN asked_at BIGINT;
ALTER TABLE connections ADD COLUMN list_error TEXT;
ALTER TABLE connections ADD COLUMN list_error_at BIGINT;
CREATE INDEX connections_owner ON connections (owner_id);
ALTER TABLE connection_keys ADD COLUMN position BIGINT NOT NULL DEFAULT 0;
ALTER TABLE connection_keys ADD COLUMN models TEXT NOT NULL DEFAULT '[]';
ALTER TABLE models ADD COLUMN shown BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE models ADD COLUMN facts TEXT NOT NULL DEFAULT '{}';
ALTER TABLE models ADD COLUMN overrides TEXT NOT NULL DEFAULT '{}';
ALTER TABLE models ADD COLUMN access TEXT NOT NULL DEFAULT '[]';
ALTER TABLE usage_records ADD COLUMN key_id TEXT;
CREATE TABLE files (
    id TEXT PRIMARY KEY NOT NULL,
    owner_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    hash TEXT NOT NULL,
    text_hash TEXT,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    text_size BIGINT NOT NULL DEFAULT 0,
    width BIGINT,
    height BIGINT,
    characters BIGINT,
    tokens BIGINT NOT NULL,
    cut BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX files_owner ON files (owner_id, created_at);
CREATE INDEX files_hash ON files (hash);
CREATE INDEX files_text_hash ON files (text_hash);
CREATE INDEX users_avatar ON users (avatar_file_id);
CREATE TABLE file_refs (
    file_id TEXT NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    message_id TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    PRIMARY KEY (file_id, message_id)
);
CREATE INDEX file_refs_message ON file_refs (message_id);
";
