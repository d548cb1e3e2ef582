//! Rows of `trace_details`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "trace_details")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub trace_id: String,
    pub events: String,
    pub request: Option<String>,
    pub response: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
