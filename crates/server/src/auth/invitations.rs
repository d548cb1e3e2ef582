//! Invitations: administrators make, see and revoke them; whoever holds a code is told by whom it is. Coming by one is
//! part of registering.

use super::throttle::Key;
use super::{Auth, Client, CurrentUser, refresh};
use crate::audit::{self, Actor, Deed};
use crate::clock::new_id;
use crate::db::engine::lock_key;
use crate::db::invitations::{self, NewInvitation};
use crate::error::{AppError, AppResult};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use serde_json::{Value, json};
use shared::audit::{Act, ThingKind};
use shared::invitations::{CreateInvitation, CreatedInvitation, Invitation, InvitationNotice};
use shared::limits::{INVITATION_DAYS, INVITATION_USES, MAX_INVITATIONS, MAX_NOTE_CHARS};
use shared::{ErrorCode, InvitationId};

/// Random bytes of a code: 144 bits, which nobody guesses.
const CODE_BYTES: usize = 18;
/// Longest text that is looked up.
const MAX_CODE_BYTES: usize = 64;
const DAY_MS: i64 = 24 * 3600 * 1000;

impl Auth {
    /// Makes an invitation.
    ///
    /// # Errors
    /// `request.invalid`.
    pub async fn create_invitation(
        &self,
        caller: &CurrentUser,
        by: &Actor,
        wish: CreateInvitation,
    ) -> AppResult<CreatedInvitation> {
        let note = check(&wish)?;
        let (now, code, id) = (self.clock.now(), generate()?, InvitationId(new_id()));
        let new = NewInvitation {
            id: &id,
            maker: &caller.user.id,
            hash: &refresh::digest(&code),
            role: wish.role,
            note,
            max_uses: wish.uses,
            expires_at: now + i64::from(wish.days) * DAY_MS,
        };
        let tx = self.db.begin().await?;
        lock_key(&tx, "invitations").await?;
        if invitations::count(&tx, now).await? >= MAX_INVITATIONS {
            let rule = format!("at most {MAX_INVITATIONS} invitations may hold at a time: revoke one first");
            return Err(AppError::invalid(rule));
        }
        invitations::insert(&tx, &new, now).await?;
        let invitation = invitations::get(&tx, &id, now).await?.ok_or(ErrorCode::InvitationNotFound)?;
        let deed = Deed::on(Act::InvitationCreated, ThingKind::Invitation, &id, note);
        let terms = json!({"role": wish.role, "uses": wish.uses, "days": wish.days});
        audit::write(&tx, by, &deed.changes(Value::Null, terms), now).await?;
        tx.commit().await?;
        let role = wish.role.as_str();
        tracing::info!(invitation = %id, by = %caller.user.id, role, uses = wish.uses, days = wish.days, "invitation made");
        Ok(CreatedInvitation { invitation, code })
    }

    /// All invitations, the newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn invitations(&self) -> AppResult<Vec<Invitation>> {
        Ok(invitations::list(self.db.read(), self.clock.now()).await?)
    }

    /// Takes an invitation back. Who came by it stays.
    ///
    /// # Errors
    /// `invitation.not_found`.
    pub async fn revoke_invitation(&self, by: &Actor, id: &InvitationId) -> AppResult<()> {
        let (tx, now) = (self.db.begin().await?, self.clock.now());
        if !invitations::revoke(&tx, id, now).await? {
            return Err(ErrorCode::InvitationNotFound.into());
        }
        audit::write(&tx, by, &Deed::on(Act::InvitationRevoked, ThingKind::Invitation, id, ""), now).await?;
        tx.commit().await?;
        tracing::info!(invitation = %id, "invitation revoked");
        Ok(())
    }

    /// What is told to whoever holds a code. Codes that open nothing count as guesses.
    ///
    /// # Errors
    /// `invitation.invalid`, `auth.throttled`.
    pub async fn look_up_invitation(&self, client: &Client, code: &str) -> AppResult<InvitationNotice> {
        let (now, tries) = (self.clock.now(), [Key::Address(client.network())]);
        self.attempt(&tries, now)?;
        let hash = digest(code).ok_or(ErrorCode::InvitationInvalid)?;
        let notice = invitations::find(self.db.read(), &hash, now).await?.ok_or(ErrorCode::InvitationInvalid)?;
        self.throttle.success(&tries);
        Ok(notice)
    }
}

/// What is stored of a code; none for what cannot be one.
pub(super) fn digest(code: &str) -> Option<String> {
    let code = code.trim();
    (!code.is_empty() && code.len() <= MAX_CODE_BYTES).then(|| refresh::digest(code))
}

/// The note as it is stored.
fn check(wish: &CreateInvitation) -> AppResult<&str> {
    let (days, uses) = (INVITATION_DAYS, INVITATION_USES);
    if !days.contains(&wish.days) {
        return Err(AppError::invalid(format!("`days` must be {} to {}", days.start(), days.end())));
    }
    if !uses.contains(&wish.uses) {
        return Err(AppError::invalid(format!("`uses` must be {} to {}", uses.start(), uses.end())));
    }
    let note = wish.note.trim();
    if note.chars().count() > MAX_NOTE_CHARS || note.chars().any(char::is_control) {
        return Err(AppError::invalid(format!("`note` must have at most {MAX_NOTE_CHARS} characters on one line")));
    }
    Ok(note)
}

/// A new code from the system's random source.
fn generate() -> AppResult<String> {
    let mut bytes = [0_u8; CODE_BYTES];
    OsRng.try_fill_bytes(&mut bytes).map_err(AppError::internal)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
