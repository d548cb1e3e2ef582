//! The services through which people may sign in. A secret is sealed before it comes here.

use super::entity::identity_provider::{self, Column, Entity as Rows};
use super::{parse_json, parse_word, to_json};
use sea_orm::prelude::*;
use sea_orm::{ActiveValue::Set, QueryOrder as _, QuerySelect as _};
use shared::ProviderId;
use shared::oidc::{AccountCreation, ProviderButton};

/// A service as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderRow {
    /// The service.
    pub id: ProviderId,
    /// Its address as browsers see it, without a slash at its end.
    pub issuer: String,
    /// The sealed secret.
    pub sealed: Option<String>,
    /// When it was set up, unix milliseconds.
    pub created_at: i64,
    /// What may be changed of it.
    pub terms: Terms,
}

/// What may be changed of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What the sign-in page calls it.
    pub name: String,
    /// Its address as this server reaches it, where that is another.
    pub internal_url: Option<String>,
    /// Who this server is to it.
    pub client_id: String,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// What becomes of people whom nobody knows here.
    pub creation: AccountCreation,
    /// The claim and its value that make administrators.
    pub admin: Option<(String, String)>,
    /// Whether people may sign in through it.
    pub enabled: bool,
}

/// Most services.
pub const MAX_PROVIDERS: u64 = 20;

impl TryFrom<identity_provider::Model> for ProviderRow {
    type Error = DbErr;

    fn try_from(row: identity_provider::Model) -> Result<Self, DbErr> {
        Ok(Self {
            id: ProviderId(row.id),
            issuer: row.issuer,
            sealed: row.sealed,
            created_at: row.created_at,
            terms: Terms {
                name: row.name,
                internal_url: row.internal_url,
                client_id: row.client_id,
                scopes: parse_json("identity_providers.scopes", &row.scopes)?,
                creation: parse_word("identity_providers.creation", &row.creation)?,
                admin: row.admin_claim.zip(row.admin_value),
                enabled: row.enabled,
            },
        })
    }
}

fn stored(row: &ProviderRow) -> Result<identity_provider::ActiveModel, DbErr> {
    let (terms, (claim, value)) = (&row.terms, row.terms.admin.clone().unzip());
    Ok(identity_provider::ActiveModel {
        name: Set(terms.name.clone()),
        internal_url: Set(terms.internal_url.clone()),
        client_id: Set(terms.client_id.clone()),
        sealed: Set(row.sealed.clone()),
        scopes: Set(to_json(&terms.scopes)?),
        creation: Set(terms.creation.as_str().to_owned()),
        admin_claim: Set(claim),
        admin_value: Set(value),
        enabled: Set(terms.enabled),
        ..Default::default()
    })
}

/// Adds a service.
pub async fn insert(db: &impl ConnectionTrait, row: &ProviderRow) -> Result<(), DbErr> {
    let values = identity_provider::ActiveModel {
        id: Set(row.id.0.clone()),
        issuer: Set(row.issuer.clone()),
        created_at: Set(row.created_at),
        ..stored(row)?
    };
    Rows::insert(values).exec_without_returning(db).await?;
    Ok(())
}

/// Changes a service.
pub async fn update(db: &impl ConnectionTrait, row: &ProviderRow) -> Result<(), DbErr> {
    Rows::update_many().set(stored(row)?).filter(Column::Id.eq(row.id.as_str())).exec(db).await?;
    Ok(())
}

/// Takes a service away; whether there was one.
pub async fn remove(db: &impl ConnectionTrait, id: &ProviderId) -> Result<bool, DbErr> {
    Ok(Rows::delete_by_id(id.as_str()).exec(db).await?.rows_affected > 0)
}

/// The service with this id.
pub async fn get(db: &impl ConnectionTrait, id: &ProviderId) -> Result<Option<ProviderRow>, DbErr> {
    Rows::find_by_id(id.as_str()).one(db).await?.map(ProviderRow::try_from).transpose()
}

/// Every service, the oldest first.
pub async fn list(db: &impl ConnectionTrait) -> Result<Vec<ProviderRow>, DbErr> {
    let rows =
        Rows::find().order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).limit(MAX_PROVIDERS).all(db).await?;
    rows.into_iter().map(ProviderRow::try_from).collect()
}

/// How many services there are.
pub async fn count(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    Rows::find().count(db).await
}

/// The services through which people may sign in, as the sign-in page shows them.
pub async fn buttons(db: &impl ConnectionTrait) -> Result<Vec<ProviderButton>, DbErr> {
    let rows = list(db).await?.into_iter().filter(|row| row.terms.enabled);
    Ok(rows.map(|row| ProviderButton { id: row.id, name: row.terms.name }).collect())
}
