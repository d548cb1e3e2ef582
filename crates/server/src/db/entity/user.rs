//! Rows of `users`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub username: String,
    pub username_key: String,
    pub password_hash: String,
    pub must_change_password: bool,
    pub second_factor: bool,
    pub role: String,
    pub status: String,
    pub status_reason: Option<String>,
    pub language: Option<String>,
    pub theme: String,
    pub about: Option<String>,
    pub default_model_id: Option<String>,
    pub avatar_file_id: Option<String>,
    pub created_at: i64,
    pub last_login_at: Option<i64>,
    pub deleted_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
