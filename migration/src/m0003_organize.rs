//! Order among chats: pins, archive, folders, tags, temporary ones, what was not looked at yet; parameters of a chat; and
//! messages that were changed in place, or deleted
//! together with the one that `deleted_with` names.
//!
//! A build that does not know `sessions.temporary` would show and keep what somebody wanted gone: so none opens the
//! database any more.

use crate::{Migration, apply_all};
use async_trait::async_trait;
use sea_orm::{DatabaseTransaction, DbErr};

pub(crate) struct Organize;

#[async_trait]
impl Migration for Organize {
    fn name(&self) -> &'static str {
        "0003_organize"
    }

    fn least_schema(&self) -> i64 {
        3
    }

    async fn up(&self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        apply_all(tx, STATEMENTS).await
    }
}

const STATEMENTS: &str = "
CREATE TABLE folders (
    id TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    instructions TEXT NOT NULL DEFAULT '',
    position BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX folders_user ON folders (user_id, position);
ALTER TABLE sessions ADD COLUMN folder_id TEXT REFERENCES folders (id) ON DELETE SET NULL;
ALTER TABLE sessions ADD COLUMN pinned_at BIGINT;
ALTER TABLE sessions ADD COLUMN archived_at BIGINT;
ALTER TABLE sessions ADD COLUMN temporary BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE sessions ADD COLUMN answered_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN seen_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN parameters TEXT;
CREATE INDEX sessions_folder ON sessions (folder_id, last_activity_at, id) WHERE folder_id IS NOT NULL;
CREATE INDEX sessions_archived ON sessions (user_id, last_activity_at, id) WHERE archived_at IS NOT NULL;
CREATE INDEX sessions_pinned ON sessions (user_id, pinned_at) WHERE pinned_at IS NOT NULL;
CREATE INDEX sessions_temporary ON sessions (last_activity_at) WHERE temporary = TRUE;
CREATE TABLE session_tags (
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    PRIMARY KEY (session_id, tag)
);
CREATE INDEX session_tags_tag ON session_tags (tag, session_id);
ALTER TABLE messages ADD COLUMN edited_at BIGINT;
ALTER TABLE messages ADD COLUMN deleted_with TEXT;
CREATE INDEX messages_deleted ON messages (deleted_at) WHERE deleted_at IS NOT NULL;
";
