//! Invitations. Of a code only its digest is stored. One holds for as long as it was made for, and only while its maker is
//! an active administrator.

use super::engine::statement;
use super::{parse_word, rfc3339};
use sea_orm::prelude::*;
use shared::accounts::UserRole;
use shared::invitations::{Invitation, InvitationNotice, InvitationState, Invited};
use shared::{InvitationId, UserId};
use std::collections::HashMap;

/// An invitation to be.
pub struct NewInvitation<'a> {
    /// Its id.
    pub id: &'a InvitationId,
    /// Who makes it.
    pub maker: &'a UserId,
    /// Digest of its code.
    pub hash: &'a str,
    /// What those who come by it may do.
    pub role: UserRole,
    /// What it is for.
    pub note: &'a str,
    /// For how many people it is.
    pub max_uses: u32,
    /// Holds until, unix milliseconds.
    pub expires_at: i64,
}

/// What somebody came by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The invitation.
    pub id: InvitationId,
    /// What they may do.
    pub role: UserRole,
}

/// Most that are listed; more than may hold, since those that are over are listed for a while.
const MAX_LISTED: u32 = 100;
/// How long one is remembered that is over, in milliseconds.
const REMEMBERED_MS: i64 = 90 * 24 * 3600 * 1000;
/// What an invitation has to be to let anybody in, beside its maker; `$1` is now.
const HOLDS: &str = "invitations.revoked_at IS NULL AND invitations.expires_at > $1 \
    AND invitations.uses < invitations.max_uses";
/// What its maker has to be.
const MAKER: &str = "users.id = invitations.maker_id AND users.role = 'admin' AND users.status = 'active' \
    AND users.deleted_at IS NULL";

/// Adds one, and forgets those that were over long ago.
pub async fn insert(db: &impl ConnectionTrait, new: &NewInvitation<'_>, now: i64) -> Result<(), DbErr> {
    let forget = "DELETE FROM invitations WHERE expires_at < $1";
    db.execute_raw(statement(db, forget, [(now - REMEMBERED_MS).into()])).await?;
    let text = "INSERT INTO invitations (id, maker_id, hash, role, note, max_uses, created_at, expires_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values: [Value; 8] = [
        new.id.as_str().into(),
        new.maker.as_str().into(),
        new.hash.into(),
        new.role.as_str().into(),
        new.note.into(),
        i64::from(new.max_uses).into(),
        now.into(),
        new.expires_at.into(),
    ];
    db.execute_raw(statement(db, text, values)).await.map(|_| ())
}

/// How many hold.
pub async fn count(db: &impl ConnectionTrait, now: i64) -> Result<u64, DbErr> {
    let text = format!("SELECT COUNT(*) AS number FROM invitations JOIN users ON {MAKER} WHERE {HOLDS}");
    let row = db.query_one_raw(statement(db, &text, [now.into()])).await?;
    let number: i64 = row.map_or(Ok(0), |row| row.try_get("", "number"))?;
    Ok(u64::try_from(number).unwrap_or(0))
}

/// The newest ones, those that are over too, with who came by each.
pub async fn list(db: &impl ConnectionTrait, now: i64) -> Result<Vec<Invitation>, DbErr> {
    let text = format!(
        "SELECT invitations.*, users.username AS maker, CASE WHEN {MAKER} THEN 1 ELSE 0 END AS governs \
         FROM invitations JOIN users ON users.id = invitations.maker_id \
         ORDER BY invitations.created_at DESC, invitations.id DESC LIMIT {MAX_LISTED}"
    );
    let rows = db.query_all_raw(statement(db, &text, [])).await?;
    let mut people = invited(db).await?;
    let mut list = Vec::with_capacity(rows.len());
    for row in rows {
        let mut invitation = read(&row, now)?;
        invitation.people = people.remove(&invitation.id).unwrap_or_default();
        list.push(invitation);
    }
    Ok(list)
}

/// One of them.
pub async fn get(db: &impl ConnectionTrait, id: &InvitationId, now: i64) -> Result<Option<Invitation>, DbErr> {
    Ok(list(db, now).await?.into_iter().find(|invitation| invitation.id == *id))
}

fn read(row: &QueryResult, now: i64) -> Result<Invitation, DbErr> {
    let number = |name: &str| row.try_get::<i64>("", name).map(|number| u32::try_from(number).unwrap_or(0));
    let (uses, max_uses) = (number("uses")?, number("max_uses")?);
    let (expires_at, revoked_at): (i64, Option<i64>) = (row.try_get("", "expires_at")?, row.try_get("", "revoked_at")?);
    let state = if revoked_at.is_some() {
        InvitationState::Revoked
    } else if uses >= max_uses {
        InvitationState::UsedUp
    } else if expires_at <= now {
        InvitationState::Expired
    } else if row.try_get::<i32>("", "governs")? == 0 {
        InvitationState::Void
    } else {
        InvitationState::Open
    };
    Ok(Invitation {
        id: InvitationId(row.try_get("", "id")?),
        by: row.try_get("", "maker")?,
        role: parse_word("invitations.role", &row.try_get::<String>("", "role")?)?,
        note: row.try_get("", "note")?,
        max_uses,
        uses,
        people: Vec::new(),
        state,
        created_at: rfc3339(row.try_get("", "created_at")?),
        expires_at: rfc3339(expires_at),
    })
}

/// Who came by the invitations that are listed. Each is for so many, so they are bounded.
async fn invited(db: &impl ConnectionTrait) -> Result<HashMap<InvitationId, Vec<Invited>>, DbErr> {
    let text = format!(
        "SELECT invitation_uses.invitation_id, invitation_uses.used_at, users.id, users.username FROM invitation_uses \
         JOIN users ON users.id = invitation_uses.user_id AND users.deleted_at IS NULL \
         WHERE invitation_uses.invitation_id IN \
         (SELECT id FROM invitations ORDER BY created_at DESC, id DESC LIMIT {MAX_LISTED}) \
         ORDER BY invitation_uses.used_at, users.id"
    );
    let mut people: HashMap<InvitationId, Vec<Invited>> = HashMap::new();
    for row in db.query_all_raw(statement(db, &text, [])).await? {
        let invited = Invited {
            id: UserId(row.try_get("", "id")?),
            username: row.try_get("", "username")?,
            at: rfc3339(row.try_get("", "used_at")?),
        };
        people.entry(InvitationId(row.try_get("", "invitation_id")?)).or_default().push(invited);
    }
    Ok(people)
}

/// What somebody is told who holds a code with this digest; none unless it lets somebody in.
pub async fn find(db: &impl ConnectionTrait, hash: &str, now: i64) -> Result<Option<InvitationNotice>, DbErr> {
    let text = format!(
        "SELECT users.username, invitations.role, invitations.expires_at FROM invitations JOIN users ON {MAKER} \
         WHERE {HOLDS} AND invitations.hash = $2"
    );
    let Some(row) = db.query_one_raw(statement(db, &text, [now.into(), hash.into()])).await? else { return Ok(None) };
    Ok(Some(InvitationNotice {
        by: row.try_get("", "username")?,
        role: parse_word("invitations.role", &row.try_get::<String>("", "role")?)?,
        expires_at: rfc3339(row.try_get("", "expires_at")?),
    }))
}

/// Takes one of the uses of the invitation with this digest; none unless it lets somebody in. Of those who come at the
/// same moment only as many get one as it is for.
pub async fn take(db: &impl ConnectionTrait, hash: &str, now: i64) -> Result<Option<Taken>, DbErr> {
    let text = format!(
        "UPDATE invitations SET uses = uses + 1 WHERE {HOLDS} AND invitations.hash = $2 \
         AND EXISTS (SELECT 1 FROM users WHERE {MAKER}) RETURNING id, role"
    );
    let Some(row) = db.query_one_raw(statement(db, &text, [now.into(), hash.into()])).await? else { return Ok(None) };
    let role = parse_word("invitations.role", &row.try_get::<String>("", "role")?)?;
    Ok(Some(Taken { id: InvitationId(row.try_get("", "id")?), role }))
}

/// Notes who came by an invitation.
pub async fn note_use(db: &impl ConnectionTrait, id: &InvitationId, user: &UserId, now: i64) -> Result<(), DbErr> {
    let text = "INSERT INTO invitation_uses (invitation_id, user_id, used_at) VALUES ($1, $2, $3)";
    let values: [Value; 3] = [id.as_str().into(), user.as_str().into(), now.into()];
    db.execute_raw(statement(db, text, values)).await.map(|_| ())
}

/// Takes an invitation back; whether there was one that nobody had taken back.
pub async fn revoke(db: &impl ConnectionTrait, id: &InvitationId, now: i64) -> Result<bool, DbErr> {
    let text = "UPDATE invitations SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL";
    let values: [Value; 2] = [now.into(), id.as_str().into()];
    Ok(db.execute_raw(statement(db, text, values)).await?.rows_affected() > 0)
}
