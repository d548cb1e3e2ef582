//! Rows of `traces`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "traces")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub user_id: String,
    pub via: String,
    pub run_id: Option<String>,
    pub session_id: Option<String>,
    pub message_id: Option<String>,
    pub model: String,
    pub status: String,
    pub code: Option<String>,
    pub request_id: String,
    pub instance_id: String,
    pub started_at: i64,
    pub ended_at: Option<i64>,
    pub total_us: i64,
    pub own_us: i64,
    pub provider_us: i64,
    pub tools_us: i64,
    pub first_token_us: Option<i64>,
    pub calls: i64,
    pub prompt_tokens: i64,
    pub completion_tokens: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(belongs_to = "super::user::Entity", from = "Column::UserId", to = "super::user::Column::Id")]
    User,
}

impl Related<super::user::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
