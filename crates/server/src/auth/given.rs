//! Passwords that administrators give: to people they make, and to people who lost theirs. The person has to replace one
//! before anything else, so nobody else knows it for long.

use super::names::Username;
use super::password::check_new;
use super::register::insert;
use super::{Auth, CurrentUser};
use crate::audit::{self, Actor, Deed};
use crate::db::engine::lock_key;
use crate::db::{api_keys, logins, users};
use crate::error::{AppError, AppResult};
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use serde_json::Value;
use shared::accounts::{CreateUser, CreatedUser, UserRole, UserStatus};
use shared::audit::Act;
use shared::{ErrorCode, UserId};

/// Characters of a made password: small letters and digits without those that look like others. They are 32, so each is
/// five bits of the source.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Characters of a made password, without the dashes between them: 80 bits.
const CHARACTERS: usize = 16;
/// Characters between two dashes, so that it can be read aloud.
const GROUP: usize = 4;

impl Auth {
    /// Makes an account whose password has to be replaced.
    ///
    /// # Errors
    /// `request.invalid`, `password.too_common`, `user.name_taken`.
    pub async fn create_user(&self, caller: &CurrentUser, by: &Actor, wish: CreateUser) -> AppResult<CreatedUser> {
        let name = Username::parse(&wish.username)?;
        let status = wish.status.unwrap_or(UserStatus::Active);
        if status == UserStatus::Rejected {
            return Err(AppError::invalid("`status` must be active, pending or disabled"));
        }
        let rights = (wish.role.unwrap_or(UserRole::User), status);
        if rights.0 == UserRole::Admin {
            by.check_signed_in()?;
        }
        let (password, made) = choose(wish.password, &name.shown)?;
        let hash = self.hasher.hash(password).await?;
        let tx = self.db.begin().await?;
        let now = self.clock.now();
        let user = insert(&tx, &name, &hash, rights, true, now).await?;
        let deed = Deed::on_person(Act::PersonCreated, &user);
        audit::write(&tx, by, &deed.changes(Value::Null, audit::rights(&user)), now).await?;
        tx.commit().await?;
        tracing::info!(user = %user.id, by = %caller.user.id, role = user.role.as_str(), "person made");
        Ok(CreatedUser { user, password: made })
    }

    /// Gives somebody else a new password, ends all their logins and revokes all their keys. Answers the password if it was made here.
    ///
    /// # Errors
    /// `user.not_found`, `request.invalid` (also for one's own account), `password.too_common`.
    pub async fn give_password(
        &self,
        caller: &CurrentUser,
        by: &Actor,
        id: &UserId,
        wish: Option<String>,
    ) -> AppResult<Option<String>> {
        if *id == caller.user.id {
            return Err(AppError::invalid("POST /api/auth/password changes your own password"));
        }
        let known = users::get(self.db.read(), id).await?.ok_or(ErrorCode::UserNotFound)?;
        let (password, made) = choose(wish, &known.username)?;
        let hash = self.hasher.hash(password).await?;
        let tx = self.db.begin().await?;
        // Signing in takes the same turn, so no login slips in between with the old password.
        lock_key(&tx, id.as_str()).await?;
        users::set_password(&tx, id, &hash, true).await?;
        let now = self.clock.now();
        logins::revoke_all(&tx, id, None, now).await?;
        // Whoever knew the lost password may have made keys with it.
        api_keys::revoke_all(&tx, id, now).await?;
        audit::write(&tx, by, &Deed::on_person(Act::PasswordReset, &known), now).await?;
        tx.commit().await?;
        self.forget_user(id);
        tracing::info!(user = %id, by = %caller.user.id, "password given, all logins ended, all keys revoked");
        Ok(made)
    }
}

/// The password to use: the wish, or one that is made here and answered as well, for telling it.
fn choose(wish: Option<String>, username: &str) -> AppResult<(String, Option<String>)> {
    if let Some(password) = wish {
        check_new(&password, username)?;
        return Ok((password, None));
    }
    let made = generate(username)?;
    Ok((made.clone(), Some(made)))
}

/// A readable password from the system's random source that obeys the rule for new ones.
pub(super) fn generate(username: &str) -> AppResult<String> {
    loop {
        let made = readable()?;
        // By chance it might spell common words.
        if check_new(&made, username).is_ok() {
            return Ok(made);
        }
    }
}

/// Letters from the system's random source, in groups.
pub(super) fn readable() -> AppResult<String> {
    let mut bytes = [0_u8; CHARACTERS];
    OsRng.try_fill_bytes(&mut bytes).map_err(AppError::internal)?;
    let letters = bytes.map(|byte| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]));
    let groups: Vec<String> = letters.chunks(GROUP).map(|group| group.iter().collect()).collect();
    Ok(groups.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_password_is_readable_long_and_never_the_same() {
        let made: std::collections::HashSet<String> = (0..100).map(|_| generate("ada").expect("made")).collect();
        assert_eq!(made.len(), 100);
        for password in made {
            assert_eq!(password.split('-').map(str::len).collect::<Vec<_>>(), [4; 4], "{password}");
            assert!(password.bytes().all(|byte| byte == b'-' || ALPHABET.contains(&byte)), "{password}");
            assert!(check_new(&password, "ada").is_ok());
        }
    }
}
