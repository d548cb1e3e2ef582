//! Rows of `usage_records`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "usage_records")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub run_id: Option<String>,
    pub user_id: String,
    pub connection_id: String,
    pub key_id: Option<String>,
    pub model: String,
    pub purpose: String,
    pub prompt_tokens: i64,
    pub completion_tokens: i64,
    pub cached_tokens: i64,
    pub reasoning_tokens: i64,
    pub estimated: bool,
    pub first_token_ms: Option<i64>,
    pub total_ms: i64,
    pub status: String,
    pub code: Option<String>,
    pub request_id: String,
    pub started_at: i64,
    pub cost_nano: Option<i64>,
    pub currency: Option<String>,
    pub api_key_id: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
