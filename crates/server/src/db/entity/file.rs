//! Rows of `files`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "files")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub owner_id: String,
    pub hash: String,
    pub text_hash: Option<String>,
    pub kind: String,
    pub name: String,
    pub media_type: String,
    pub size: i64,
    pub text_size: i64,
    pub width: Option<i64>,
    pub height: Option<i64>,
    pub characters: Option<i64>,
    pub tokens: i64,
    pub cut: bool,
    pub created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
