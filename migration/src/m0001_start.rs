//! The first schema: people, logins, settings, connections, chats, messages, runs, usage.
//!
//! A message's parent is checked at the end of a statement and does not cascade: a chat is deleted by its own id, and a
//! cascade down a long path would exceed SQLite's depth. Times are unix milliseconds UTC. Ids are UUIDv7 in text form. `messages.seq` orders messages and keys full text.

use crate::{Migration, apply_all};
use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr};

pub(crate) struct Start;

#[async_trait]
impl Migration for Start {
    fn name(&self) -> &'static str {
        "0001_start"
    }

    fn least_schema(&self) -> i64 {
        1
    }

    async fn up(&self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        let sequence = match tx.get_database_backend() {
            DbBackend::Postgres => "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
            _ => "INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL",
        };
        apply_all(tx, &TABLES.replace("SEQUENCE", sequence)).await
    }
}

const TABLES: &str = "
CREATE TABLE users (
    id TEXT PRIMARY KEY NOT NULL,
    username TEXT NOT NULL,
    username_key TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    status TEXT NOT NULL,
    language TEXT,
    theme TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_login_at BIGINT
);
CREATE TABLE auth_sessions (
    id TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    device TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX auth_sessions_user ON auth_sessions (user_id);
CREATE TABLE refresh_tokens (
    hash TEXT PRIMARY KEY NOT NULL,
    auth_session_id TEXT NOT NULL REFERENCES auth_sessions (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    superseded_at BIGINT
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (auth_session_id);
CREATE TABLE settings (
    key TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE TABLE connections (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    protocol TEXT NOT NULL,
    base_url TEXT NOT NULL,
    variable TEXT,
    enabled BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX connections_variable ON connections (variable) WHERE variable IS NOT NULL;
CREATE TABLE connection_keys (
    id TEXT PRIMARY KEY NOT NULL,
    connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    sealed TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX connection_keys_connection ON connection_keys (connection_id);
CREATE TABLE models (
    id TEXT PRIMARY KEY NOT NULL,
    connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    context_window BIGINT,
    token_ratio DOUBLE PRECISION NOT NULL,
    enabled BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (connection_id, name)
);
CREATE TABLE sessions (
    id TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    model_id TEXT,
    active_leaf_id TEXT,
    created_at BIGINT NOT NULL,
    last_activity_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE INDEX sessions_list ON sessions (user_id, last_activity_at, id);
CREATE INDEX sessions_deleted ON sessions (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE TABLE messages (
    seq SEQUENCE,
    id TEXT NOT NULL UNIQUE,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    parent_id TEXT,
    role TEXT NOT NULL,
    status TEXT NOT NULL,
    model TEXT,
    client_message_id TEXT,
    active_child_id TEXT,
    parts TEXT NOT NULL,
    usage TEXT,
    error TEXT,
    length BIGINT,
    sha256 TEXT,
    truncated BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    deleted_at BIGINT,
    UNIQUE (session_id, id),
    UNIQUE (session_id, client_message_id),
    FOREIGN KEY (session_id, parent_id) REFERENCES messages (session_id, id)
);
CREATE INDEX messages_parent ON messages (session_id, parent_id);
CREATE TABLE runs (
    id TEXT PRIMARY KEY NOT NULL,
    message_id TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    user_message_id TEXT,
    client_message_id TEXT,
    creates_chat BOOLEAN NOT NULL,
    request_hash TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    stop_requested BOOLEAN NOT NULL,
    status TEXT NOT NULL,
    parts_before BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    connection_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX runs_streaming ON runs (instance_id, lease_until) WHERE status = 'streaming';
CREATE INDEX runs_message ON runs (message_id);
CREATE INDEX runs_session ON runs (session_id);
CREATE INDEX runs_user ON runs (user_id);
CREATE UNIQUE INDEX runs_client ON runs (session_id, client_message_id) WHERE client_message_id IS NOT NULL;
CREATE UNIQUE INDEX runs_client_new ON runs (client_message_id, user_id) WHERE creates_chat = TRUE AND client_message_id IS NOT NULL;
CREATE TABLE run_chunks (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    from_seq BIGINT NOT NULL,
    to_seq BIGINT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (run_id, from_seq)
);
CREATE TABLE usage_records (
    id TEXT PRIMARY KEY NOT NULL,
    run_id TEXT,
    user_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    model TEXT NOT NULL,
    purpose TEXT NOT NULL,
    prompt_tokens BIGINT NOT NULL,
    completion_tokens BIGINT NOT NULL,
    cached_tokens BIGINT NOT NULL,
    reasoning_tokens BIGINT NOT NULL,
    estimated BOOLEAN NOT NULL,
    first_token_ms BIGINT,
    total_ms BIGINT NOT NULL,
    status TEXT NOT NULL,
    code TEXT,
    request_id TEXT NOT NULL,
    started_at BIGINT NOT NULL
);
CREATE INDEX usage_records_user ON usage_records (user_id, started_at);
";
