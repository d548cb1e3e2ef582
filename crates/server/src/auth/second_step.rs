//! The way into an account once somebody proved who they are: at once, or by a second step for whoever has a second factor.
//! Between the two stands a ticket, which is good for a few minutes, one sign-in and the network it was given to.

use super::sign_in::Way;
use super::{Auth, Client, Grant, refresh, refuse_inactive};
use crate::db::DatabaseTransaction;
use crate::db::engine::lock_key;
use crate::db::tickets::{self, Ticket};
use crate::db::users::{self, Account};
use crate::error::AppResult;
use shared::ErrorCode;
use shared::accounts::SecondStep;
use shared::second_factor::CodeSignIn;

/// How long a ticket is good, in milliseconds.
const TICKET_LIFE_MS: i64 = 5 * 60_000;
/// Codes that may be tried with one ticket.
const TICKET_TRIES: i64 = 5;

/// What the first step of a sign-in led to.
pub enum Entered {
    /// Signed in.
    Granted(Box<Grant>),
    /// A code is asked for.
    CodeNeeded(SecondStep),
}

impl Auth {
    /// Lets in whoever proved to be this person, or gives them a ticket. It commits.
    ///
    /// # Errors
    /// The database's.
    pub(super) async fn enter(
        &self,
        tx: DatabaseTransaction,
        client: &Client,
        (account, way): (Account, Way),
        now: i64,
    ) -> AppResult<Entered> {
        if !account.user.second_factor {
            let session = self.begin_login(&tx, client, (account.user, way), now).await?;
            tx.commit().await?;
            tracing::info!(user = %session.user.id, address = %client.address, "signed in");
            return Ok(Entered::Granted(Box::new(self.grant(session, now)?)));
        }
        let text = refresh::generate();
        let ticket = Ticket {
            user: account.user.id,
            proof: proof(&account.password_hash),
            network: client.network().to_string(),
            expires_at: now + TICKET_LIFE_MS,
        };
        tickets::insert(&tx, &refresh::digest(&text), &ticket, now).await?;
        tx.commit().await?;
        tracing::info!(user = %ticket.user, address = %client.address, "first step of a sign-in, a code is asked for");
        let expires_in = TICKET_LIFE_MS.unsigned_abs() / 1000;
        Ok(Entered::CodeNeeded(SecondStep { ticket: text, expires_in }))
    }

    /// The second step of a sign-in.
    ///
    /// # Errors
    /// `auth.ticket`, `auth.code`, `auth.throttled`, or the account's status.
    pub async fn login_with_code(&self, client: &Client, wish: &CodeSignIn) -> AppResult<Grant> {
        let now = self.clock.now();
        let hash = refresh::digest(&wish.ticket);
        let ticket = self.count_try(&hash, now).await?;
        if ticket.network != client.network().to_string() {
            return Err(ErrorCode::AuthTicket.into());
        }
        let tries = self.try_code(client, &ticket.user, now).await?;
        let tx = self.db.begin().await?;
        lock_key(&tx, ticket.user.as_str()).await?;
        // The password may be another by now, or the account disabled.
        let account = users::account(&tx, &ticket.user).await?;
        let account = account.filter(|account| proof(&account.password_hash) == ticket.proof);
        let user = account.ok_or(ErrorCode::AuthTicket)?.user;
        refuse_inactive(&user)?;
        if let Err(refused) = self.use_up(&tx, &user.id, &wish.code, now).await {
            tracing::warn!(user = %user.id, address = %client.address, "failed second step of a sign-in");
            return Err(refused);
        }
        if !tickets::take(&tx, &hash).await? {
            return Err(ErrorCode::AuthTicket.into());
        }
        let session = self.begin_login(&tx, client, (user, Way::Code), now).await?;
        tx.commit().await?;
        self.throttle.success(&tries);
        tracing::info!(user = %session.user.id, address = %client.address, "signed in with a second factor");
        self.grant(session, now)
    }

    /// Counted in a transaction of its own, so that a wrong code does not take it back.
    async fn count_try(&self, hash: &str, now: i64) -> AppResult<Ticket> {
        let tx = self.db.begin().await?;
        let ticket = tickets::try_with(&tx, hash, TICKET_TRIES, now).await?;
        tx.commit().await?;
        ticket.ok_or_else(|| ErrorCode::AuthTicket.into())
    }
}

/// What a ticket remembers of the password that opened the first step.
fn proof(password_hash: &str) -> String {
    refresh::digest(password_hash)
}
