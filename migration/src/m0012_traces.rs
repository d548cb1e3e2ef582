//! Task traces. A trace goes with its person and with its message: the samples in it hold words of both. Its events and
//! samples stand apart, so that the list reads none of them.

use crate::{Migration, apply_all};
use async_trait::async_trait;
use sea_orm::{DatabaseTransaction, DbErr};

pub(crate) struct Traces;

#[async_trait]
impl Migration for Traces {
    fn name(&self) -> &'static str {
        "0012_traces"
    }

    fn least_schema(&self) -> i64 {
        // An older release writes nothing here, and what it deletes takes its traces along.
        3
    }

    async fn up(&self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        apply_all(tx, STATEMENTS).await
    }
}

const STATEMENTS: &str = "
CREATE TABLE traces (
    id TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    via TEXT NOT NULL,
    run_id TEXT,
    session_id TEXT REFERENCES sessions (id) ON DELETE CASCADE,
    message_id TEXT REFERENCES messages (id) ON DELETE CASCADE,
    model TEXT NOT NULL,
    status TEXT NOT NULL,
    code TEXT,
    request_id TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    total_us BIGINT NOT NULL,
    own_us BIGINT NOT NULL,
    provider_us BIGINT NOT NULL,
    tools_us BIGINT NOT NULL,
    first_token_us BIGINT,
    calls BIGINT NOT NULL,
    prompt_tokens BIGINT NOT NULL,
    completion_tokens BIGINT NOT NULL
);
CREATE INDEX traces_user ON traces (user_id, id);
CREATE INDEX traces_session ON traces (session_id);
CREATE INDEX traces_message ON traces (message_id, id);
CREATE INDEX traces_run ON traces (run_id);
CREATE INDEX traces_code ON traces (code, id);
CREATE INDEX traces_started ON traces (started_at);
CREATE TABLE trace_details (
    trace_id TEXT PRIMARY KEY NOT NULL REFERENCES traces (id) ON DELETE CASCADE,
    events TEXT NOT NULL,
    request TEXT,
    response TEXT
);
";
