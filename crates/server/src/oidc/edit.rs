//! Administrators set services up, change them and take them away. A secret enters and never leaves; it goes to no
//! address that it was not given for.

use super::{Oidc, trimmed};
use crate::audit::{self, Actor, Deed};
use crate::clock::new_id;
use crate::db::engine::lock_key;
use crate::db::providers::{self, MAX_PROVIDERS, ProviderRow, Terms};
use crate::db::rfc3339;
use crate::error::{AppError, AppResult};
use crate::redact;
use serde_json::{Value, json};
use shared::audit::{Act, ThingKind};
use shared::limits::{MAX_KEY_BYTES, MAX_NAME_CHARS, MAX_URL_BYTES};
use shared::oidc::{CreateProvider, IdentityProvider, UpdateProvider};
use shared::{ErrorCode, ProviderId};
use url::Url;

/// Longest name of this server at a service, in bytes.
const MAX_CLIENT_BYTES: usize = 200;
/// Most things that are asked for.
const MAX_SCOPES: usize = 20;
/// What is asked for when nobody says.
const SCOPES: [&str; 3] = ["openid", "profile", "email"];
/// Changes take turns, so that there are never too many.
const LOCK: &str = "identity providers";

/// Where the secret of a service is sealed for.
fn place(id: &ProviderId) -> String {
    format!("identity_providers/{id}/sealed")
}

/// An act on a service.
fn on(act: Act, row: &ProviderRow) -> Deed {
    Deed::on(act, ThingKind::Provider, &row.id, &row.terms.name)
}

/// A service, for the audit log.
fn written_down(row: &ProviderRow) -> Value {
    let terms = &row.terms;
    json!({
        "name": terms.name,
        "issuer": row.issuer,
        "internalUrl": terms.internal_url,
        "clientId": terms.client_id,
        "scopes": terms.scopes,
        "creation": terms.creation,
        "admin": terms.admin,
        "enabled": terms.enabled,
    })
}

impl Oidc {
    /// Every service.
    ///
    /// # Errors
    /// The database's.
    pub async fn providers(&self, redirect: &str) -> AppResult<Vec<IdentityProvider>> {
        Ok(providers::list(self.db.read()).await?.into_iter().map(|row| shown(row, redirect)).collect())
    }

    /// Sets a service up.
    ///
    /// # Errors
    /// `request.invalid`, `oidc.limit`.
    pub async fn create_provider(
        &self,
        by: &Actor,
        wish: CreateProvider,
        redirect: &str,
    ) -> AppResult<IdentityProvider> {
        let (row, secret) = self.draft(wish)?;
        if let Some(secret) = &secret {
            redact::register(secret);
        }
        let tx = self.db.begin().await?;
        lock_key(&tx, LOCK).await?;
        if providers::count(&tx).await? >= MAX_PROVIDERS {
            return Err(AppError::new(ErrorCode::OidcLimit).with("limit", MAX_PROVIDERS));
        }
        providers::insert(&tx, &row).await?;
        let deed = on(Act::ProviderCreated, &row).changes(Value::Null, written_down(&row));
        audit::write(&tx, by, &deed, row.created_at).await?;
        tx.commit().await?;
        tracing::info!(provider = %row.id, issuer = row.issuer, "identity provider set up");
        Ok(shown(row, redirect))
    }

    /// Changes a service.
    ///
    /// # Errors
    /// `oidc.provider_not_found`, `request.invalid`.
    pub async fn update_provider(
        &self,
        by: &Actor,
        id: &ProviderId,
        wish: UpdateProvider,
        redirect: &str,
    ) -> AppResult<IdentityProvider> {
        let tx = self.db.begin().await?;
        lock_key(&tx, LOCK).await?;
        let mut row = providers::get(&tx, id).await?.ok_or(ErrorCode::OidcProviderNotFound)?;
        let (before, were) = (row.terms.internal_url.clone(), row.clone());
        let secret = wish.client_secret.clone();
        row.terms = changed(row.terms, wish)?;
        match secret.as_deref().map(clean_secret).transpose()? {
            Some(Some(secret)) => {
                redact::register(&secret);
                row.sealed = Some(self.sealer.seal(&place(id), &secret));
            }
            Some(None) => row.sealed = None,
            None if before != row.terms.internal_url && row.sealed.is_some() => {
                return Err(AppError::invalid("give `clientSecret` again, together with the new `internalUrl`"));
            }
            None => {}
        }
        providers::update(&tx, &row).await?;
        let (was, mut is) = (written_down(&were), written_down(&row));
        if were.sealed != row.sealed {
            is["clientSecret"] = json!("changed");
        }
        audit::write(&tx, by, &on(Act::ProviderChanged, &row).changes(was, is), self.clock.now()).await?;
        tx.commit().await?;
        tracing::info!(provider = %id, "identity provider changed");
        Ok(shown(row, redirect))
    }

    /// Takes a service away. Whom it knows stays known, in case it is set up anew.
    ///
    /// # Errors
    /// `oidc.provider_not_found`.
    pub async fn remove_provider(&self, by: &Actor, id: &ProviderId) -> AppResult<()> {
        let tx = self.db.begin().await?;
        let row = providers::get(&tx, id).await?.ok_or(ErrorCode::OidcProviderNotFound)?;
        providers::remove(&tx, id).await?;
        let deed = on(Act::ProviderRemoved, &row).changes(written_down(&row), Value::Null);
        audit::write(&tx, by, &deed, self.clock.now()).await?;
        tx.commit().await?;
        tracing::info!(provider = %id, "identity provider taken away");
        Ok(())
    }

    /// The secret of a service.
    ///
    /// # Errors
    /// When the master key is another one than before.
    pub(super) fn secret(&self, row: &ProviderRow) -> AppResult<Option<String>> {
        let open = |sealed: &String| self.sealer.open(&place(&row.id), sealed).map_err(AppError::internal);
        let secret = row.sealed.as_ref().map(open).transpose()?;
        if let Some(secret) = &secret {
            redact::register(secret);
        }
        Ok(secret)
    }

    /// A service as it is wished, and its secret.
    pub(super) fn draft(&self, wish: CreateProvider) -> AppResult<(ProviderRow, Option<String>)> {
        let id = ProviderId(new_id());
        let secret = wish.client_secret.as_deref().map(clean_secret).transpose()?.flatten();
        let terms = Terms {
            name: clean_name(&wish.name)?,
            internal_url: clean_internal(wish.internal_url.as_deref().unwrap_or_default())?,
            client_id: clean_client(&wish.client_id)?,
            scopes: clean_scopes(&wish.scopes.unwrap_or_default())?,
            creation: wish.creation.unwrap_or_default(),
            admin: clean_admin(wish.admin_claim, wish.admin_value)?,
            enabled: wish.enabled.unwrap_or(true),
        };
        let sealed = secret.as_deref().map(|secret| self.sealer.seal(&place(&id), secret));
        let issuer = clean_address("issuer", &wish.issuer)?;
        Ok((ProviderRow { id, issuer, sealed, created_at: self.clock.now(), terms }, secret))
    }
}

fn changed(before: Terms, wish: UpdateProvider) -> AppResult<Terms> {
    let admin = match (wish.admin_claim, wish.admin_value) {
        (None, None) => before.admin,
        (claim, value) => {
            let (known_claim, known_value) = before.admin.unzip();
            let claim = claim.or(known_claim);
            // A claim that is taken away takes its value along.
            let gone = claim.as_deref().is_none_or(|claim| claim.trim().is_empty());
            clean_admin(claim, if gone { None } else { value.or(known_value) })?
        }
    };
    Ok(Terms {
        name: wish.name.as_deref().map(clean_name).transpose()?.unwrap_or(before.name),
        internal_url: match wish.internal_url {
            Some(address) => clean_internal(&address)?,
            None => before.internal_url,
        },
        client_id: wish.client_id.as_deref().map(clean_client).transpose()?.unwrap_or(before.client_id),
        scopes: wish.scopes.as_deref().map(clean_scopes).transpose()?.unwrap_or(before.scopes),
        creation: wish.creation.unwrap_or(before.creation),
        admin,
        enabled: wish.enabled.unwrap_or(before.enabled),
    })
}

fn shown(row: ProviderRow, redirect: &str) -> IdentityProvider {
    let (admin_claim, admin_value) = row.terms.admin.unzip();
    IdentityProvider {
        id: row.id,
        name: row.terms.name,
        issuer: row.issuer,
        internal_url: row.terms.internal_url,
        client_id: row.terms.client_id,
        has_secret: row.sealed.is_some(),
        scopes: row.terms.scopes,
        creation: row.terms.creation,
        admin_claim,
        admin_value,
        enabled: row.terms.enabled,
        created_at: rfc3339(row.created_at),
        redirect_url: redirect.to_owned(),
    }
}

fn clean_name(text: &str) -> AppResult<String> {
    let name = text.trim();
    let is_good = (1..=MAX_NAME_CHARS).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    let rule = || AppError::invalid(format!("`name` must have 1 to {MAX_NAME_CHARS} characters on one line"));
    if is_good { Ok(name.to_owned()) } else { Err(rule()) }
}

/// An address without what does not belong into the name of an issuer.
fn clean_address(field: &str, text: &str) -> AppResult<String> {
    let text = trimmed(text);
    // Whoever copies the address of the document means the service.
    let text = text.strip_suffix("/.well-known/openid-configuration").unwrap_or(text);
    let url = Url::parse(text).ok().filter(|_| text.len() <= MAX_URL_BYTES);
    let is_plain = |url: &Url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    };
    let has_blanks = text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\');
    match url.filter(is_plain) {
        Some(_) if !has_blanks => Ok(text.to_owned()),
        _ => Err(AppError::invalid(format!("`{field}` must be an address such as https://id.example.com"))),
    }
}

fn clean_internal(text: &str) -> AppResult<Option<String>> {
    if text.trim().is_empty() { Ok(None) } else { clean_address("internalUrl", text).map(Some) }
}

fn clean_client(text: &str) -> AppResult<String> {
    let text = text.trim();
    let is_good =
        (1..=MAX_CLIENT_BYTES).contains(&text.len()) && text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    let rule = || AppError::invalid(format!("`clientId` must have 1 to {MAX_CLIENT_BYTES} letters, digits and signs"));
    if is_good { Ok(text.to_owned()) } else { Err(rule()) }
}

/// A secret, or none for an empty one.
fn clean_secret(text: &str) -> AppResult<Option<String>> {
    let text = text.trim();
    if text.len() > MAX_KEY_BYTES || text.chars().any(char::is_control) {
        return Err(AppError::invalid(format!("`clientSecret` must have at most {MAX_KEY_BYTES} bytes on one line")));
    }
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}

fn clean_scopes(wished: &[String]) -> AppResult<Vec<String>> {
    let words = || wished.iter().flat_map(|text| text.split_whitespace());
    let is_word = |word: &str| word.len() <= 100 && word.bytes().all(|byte| (b'!'..=b'~').contains(&byte));
    if words().count() > MAX_SCOPES || !words().all(is_word) {
        return Err(AppError::invalid(format!("`scopes` must be at most {MAX_SCOPES} words")));
    }
    let mut scopes = vec![SCOPES[0].to_owned()];
    let default = SCOPES.iter().copied().filter(|_| words().next().is_none());
    for word in words().chain(default) {
        if !scopes.iter().any(|known| known == word) {
            scopes.push(word.to_owned());
        }
    }
    Ok(scopes)
}

fn clean_admin(claim: Option<String>, value: Option<String>) -> AppResult<Option<(String, String)>> {
    let clean = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let is_good = |text: &String| text.chars().count() <= MAX_NAME_CHARS && !text.chars().any(char::is_control);
    match (clean(claim), clean(value)) {
        (None, None) => Ok(None),
        (Some(claim), Some(value)) if is_good(&claim) && is_good(&value) => Ok(Some((claim, value))),
        _ => Err(AppError::invalid("`adminClaim` and `adminValue` belong together, each of at most 100 characters")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_an_address_and_nothing_more() {
        for (text, due) in [
            ("https://id.example/", "https://id.example"),
            (" http://10.0.0.5:8000 ", "http://10.0.0.5:8000"),
            ("https://id.example/realms/team", "https://id.example/realms/team"),
            ("https://id.example/.well-known/openid-configuration", "https://id.example"),
        ] {
            assert_eq!(clean_address("issuer", text).expect("an address"), due);
        }
        for text in [
            "",
            "id.example",
            "ftp://id.example",
            "https://u:p@id.example",
            "https://id.example?x=1",
            "https://id.example#x",
            "https://id.example\\@evil.example",
            "https://id. example",
            "javascript:alert(1)",
        ] {
            assert!(clean_address("issuer", text).is_err(), "{text}");
        }
    }

    #[test]
    fn openid_is_always_asked_for_and_nothing_twice() {
        let scopes = |words: &[&str]| clean_scopes(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert_eq!(scopes(&[]).expect("scopes"), SCOPES);
        assert_eq!(scopes(&["profile openid", "profile"]).expect("scopes"), ["openid", "profile"]);
        assert!(scopes(&["a"; 21]).is_err() && scopes(&["é"]).is_err());
    }

    #[test]
    fn a_claim_makes_administrators_only_with_a_value() {
        let admin = |claim: &str, value: &str| clean_admin(Some(claim.to_owned()), Some(value.to_owned()));
        assert_eq!(admin(" groups ", "admins").expect("a pair"), Some(("groups".to_owned(), "admins".to_owned())));
        assert_eq!(admin("", " ").expect("none"), None);
        assert!(admin("groups", "").is_err() && admin("", "admins").is_err());
    }
}
