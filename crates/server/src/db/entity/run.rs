//! Rows of `runs`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "runs")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub message_id: String,
    pub session_id: String,
    pub user_id: String,
    pub user_message_id: Option<String>,
    pub client_message_id: Option<String>,
    pub creates_chat: bool,
    pub request_hash: String,
    pub instance_id: String,
    pub lease_until: i64,
    pub stop_requested: bool,
    pub status: String,
    pub parts_before: i64,
    pub last_seq: i64,
    pub connection_id: String,
    pub request_id: String,
    pub created_at: i64,
    pub finished_at: Option<i64>,
    pub api_key_id: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
