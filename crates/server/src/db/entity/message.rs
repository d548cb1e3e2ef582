//! Rows of `messages`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "messages")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub seq: i64,
    pub id: String,
    pub session_id: String,
    pub parent_id: Option<String>,
    pub role: String,
    pub status: String,
    pub model: Option<String>,
    pub client_message_id: Option<String>,
    pub active_child_id: Option<String>,
    pub parts: String,
    pub usage: Option<String>,
    pub error: Option<String>,
    pub length: Option<i64>,
    pub sha256: Option<String>,
    pub truncated: bool,
    pub created_at: i64,
    pub finished_at: Option<i64>,
    pub deleted_at: Option<i64>,
    pub edited_at: Option<i64>,
    pub deleted_with: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
