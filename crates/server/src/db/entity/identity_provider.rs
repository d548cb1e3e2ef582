//! Rows of `identity_providers`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "identity_providers")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub name: String,
    pub issuer: String,
    pub internal_url: Option<String>,
    pub client_id: String,
    pub sealed: Option<String>,
    pub scopes: String,
    pub creation: String,
    pub admin_claim: Option<String>,
    pub admin_value: Option<String>,
    pub enabled: bool,
    pub created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
