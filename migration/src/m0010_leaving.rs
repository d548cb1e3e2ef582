//! People who come and go: when somebody left, so that what is theirs can be removed in steps, and invitations with those
//! who came by them. Of an invitation's code only the digest is stored.

use crate::{Migration, apply_all};
use async_trait::async_trait;
use sea_orm::{DatabaseTransaction, DbErr};

pub(crate) struct Leaving;

#[async_trait]
impl Migration for Leaving {
    fn name(&self) -> &'static str {
        "0010_leaving"
    }

    fn least_schema(&self) -> i64 {
        // To an older release somebody who left is disabled and nameless; it knows no invitations and takes none.
        3
    }

    async fn up(&self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        apply_all(tx, STATEMENTS).await
    }
}

const STATEMENTS: &str = "
ALTER TABLE users ADD COLUMN deleted_at BIGINT;
CREATE INDEX users_deleted ON users (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE TABLE invitations (
    id TEXT PRIMARY KEY NOT NULL,
    maker_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    hash TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    max_uses BIGINT NOT NULL,
    uses BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX invitations_maker ON invitations (maker_id);
CREATE TABLE invitation_uses (
    invitation_id TEXT NOT NULL REFERENCES invitations (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    used_at BIGINT NOT NULL,
    PRIMARY KEY (invitation_id, user_id)
);
CREATE INDEX invitation_uses_user ON invitation_uses (user_id);
";
