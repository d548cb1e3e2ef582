//! Every column that holds sealed secrets, for sealing all of them again. What a column holds belongs to the place
//! `table/row/column`.

use super::engine::statement;
use sea_orm::prelude::*;

/// A column of sealed texts.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The table.
    pub table: &'static str,
    /// The column with its key.
    pub key: &'static str,
    /// The column.
    pub column: &'static str,
}

/// All of them. A new sealed column belongs here, or its secrets are lost with the next rotation.
pub const COLUMNS: &[Column] = &[
    Column { table: "connection_keys", key: "id", column: "sealed" },
    Column { table: "connections", key: "id", column: "sealed" },
    Column { table: "identity_providers", key: "id", column: "sealed" },
    Column { table: "second_factors", key: "user_id", column: "sealed" },
];

/// A sealed text and its row.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// The row.
    pub id: String,
    /// The text.
    pub text: String,
}

impl Column {
    /// The place that a row's text was sealed for.
    #[must_use]
    pub fn place(self, id: &str) -> String {
        format!("{}/{id}/{}", self.table, self.column)
    }

    /// Some rows behind this one, by id.
    ///
    /// # Errors
    /// The database's.
    pub async fn page(self, db: &impl ConnectionTrait, after: &str, limit: i64) -> Result<Vec<Sealed>, DbErr> {
        let Self { table, key, column } = self;
        let query = format!(
            "SELECT {key} AS id, {column} AS text FROM {table} WHERE {column} IS NOT NULL AND {key} > $1 ORDER BY {key} LIMIT $2"
        );
        let rows = db.query_all_raw(statement(db, &query, [after.into(), limit.into()])).await?;
        rows.iter().map(|row| Ok(Sealed { id: row.try_get("", "id")?, text: row.try_get("", "text")? })).collect()
    }

    /// Puts a text in the place of another, unless somebody changed it meanwhile.
    ///
    /// # Errors
    /// The database's.
    pub async fn replace(self, db: &impl ConnectionTrait, old: &Sealed, new: &str) -> Result<(), DbErr> {
        let Self { table, key, column } = self;
        let query = format!("UPDATE {table} SET {column} = $1 WHERE {key} = $2 AND {column} = $3");
        let values = [new.into(), old.id.as_str().into(), old.text.as_str().into()];
        db.execute_raw(statement(db, &query, values)).await?;
        Ok(())
    }
}
