//! Rows of `connections`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "connections")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub name: String,
    pub protocol: String,
    pub base_url: String,
    pub variable: Option<String>,
    pub owner_id: Option<String>,
    pub prefix: String,
    pub sealed: Option<String>,
    pub options: String,
    pub listed_at: Option<i64>,
    pub asked_at: Option<i64>,
    pub list_error: Option<String>,
    pub list_error_at: Option<i64>,
    pub enabled: bool,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
