//! Rows of `models`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "models")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub connection_id: String,
    pub name: String,
    pub context_window: Option<i64>,
    pub token_ratio: f64,
    pub enabled: bool,
    pub shown: bool,
    pub facts: String,
    pub overrides: String,
    pub access: String,
    pub interfaces: String,
    pub created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
