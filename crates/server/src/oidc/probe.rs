//! Tries a service without a person: what it says of itself, its keys, and whether it knows this server.

use super::Oidc;
use super::flow::Flow;
use super::outside::Way;
use crate::db::providers::{self, ProviderRow};
use crate::error::{AppError, AppResult};
use shared::oidc::CreateProvider;
use shared::{ErrorCode, ProviderId};

/// Stands where a person's code would: no service has given it out.
const NO_CODE: &str = "aichat-check";

/// A service that people may sign in through, and what is wrong with it.
pub struct Probed {
    /// What people call it.
    pub name: String,
    /// Nothing if it can be used, as far as that is known without a person.
    pub problem: Option<AppError>,
}

impl Oidc {
    /// Whether a stored service can be used. `redirect` is where it would send people back to.
    ///
    /// # Errors
    /// `oidc.provider_not_found`; what is wrong with the service is the inner error.
    pub async fn check_provider(&self, id: &ProviderId, redirect: &str) -> AppResult<Option<AppError>> {
        let row = providers::get(self.db.read(), id).await?.ok_or(ErrorCode::OidcProviderNotFound)?;
        Ok(self.probe(&row, redirect).await.err())
    }

    /// Whether a service that is not stored yet would do.
    ///
    /// # Errors
    /// `request.invalid`; what is wrong with the service is the inner error.
    pub async fn check_draft(&self, wish: CreateProvider, redirect: &str) -> AppResult<Option<AppError>> {
        let (row, _) = self.draft(wish)?;
        Ok(self.probe(&row, redirect).await.err())
    }

    /// Every service that is switched on.
    ///
    /// # Errors
    /// The database's.
    pub async fn check_all(&self, redirect: &str) -> AppResult<Vec<Probed>> {
        let mut probed = Vec::new();
        for row in providers::list(self.db.read()).await?.into_iter().filter(|row| row.terms.enabled) {
            let problem = self.probe(&row, redirect).await.err();
            probed.push(Probed { name: row.terms.name, problem });
        }
        Ok(probed)
    }

    /// A service says whether it knows the client and its secret before it looks at the code (RFC 6749, 5.2).
    async fn probe(&self, row: &ProviderRow, redirect: &str) -> AppResult<()> {
        let way = Way::to(&self.egress, row);
        let found = way.discover(row).await?;
        way.keys(&found).await?;
        let flow = Flow::new(&row.id, redirect.to_owned(), None, None, self.clock.now());
        let secret = self.secret(row)?;
        match way.redeem(&found, row, secret.as_deref(), &flow, NO_CODE).await {
            Err(error) if !matches!(error.code, ErrorCode::OidcDenied | ErrorCode::OidcToken) => Err(error),
            _ => Ok(()),
        }
    }
}
