//! Rows of `sessions`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub user_id: String,
    pub title: String,
    pub model_id: Option<String>,
    pub instructions: Option<String>,
    pub title_by: String,
    pub active_leaf_id: Option<String>,
    pub created_at: i64,
    pub last_activity_at: i64,
    pub deleted_at: Option<i64>,
    pub folder_id: Option<String>,
    pub pinned_at: Option<i64>,
    pub archived_at: Option<i64>,
    pub temporary: bool,
    pub answered_at: i64,
    pub seen_at: i64,
    pub parameters: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
