//! Statements of a transaction that go to the database together. On SQLite each statement is a way to the thread that
//! owns the connection and back, which costs more than a small write itself; several take one such way.

use super::DatabaseTransaction;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement, Value, Values};
use sqlx::sqlite::SqliteQueryResult;
use std::sync::{Mutex, PoisonError};

/// Takes what nobody waits for the result of, and writes it in its order with [`Together::write`], or before the first
/// question. Rows are reported as not counted, so nothing belongs here that asks how many there were. PostgreSQL takes one
/// statement at a time, so there each goes at once.
#[must_use = "nothing is written before `write`"]
pub struct Together<'a> {
    tx: &'a DatabaseTransaction,
    waiting: Mutex<Vec<Statement>>,
}

impl<'a> Together<'a> {
    /// Nothing yet.
    pub fn new(tx: &'a DatabaseTransaction) -> Self {
        Self { tx, waiting: Mutex::default() }
    }

    /// Writes what was taken. The first statement that fails ends it with its error; the caller gives the transaction up.
    ///
    /// # Errors
    /// The database's.
    pub async fn write(self) -> Result<(), DbErr> {
        self.flush().await
    }

    async fn flush(&self) -> Result<(), DbErr> {
        let mut waiting = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        let statement = match waiting.len() {
            0 => return Ok(()),
            1 => waiting.remove(0),
            _ => joined(waiting),
        };
        self.tx.execute_raw(statement).await.map(|_| ())
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Together<'_> {
    fn get_database_backend(&self) -> DbBackend {
        self.tx.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        if self.get_database_backend() != DbBackend::Sqlite {
            return self.tx.execute_raw(statement).await;
        }
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(statement);
        Ok(SqliteQueryResult::default().into())
    }

    async fn execute_unprepared(&self, text: &str) -> Result<ExecResult, DbErr> {
        self.flush().await?;
        self.tx.execute_unprepared(text).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.flush().await?;
        self.tx.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.flush().await?;
        self.tx.query_all_raw(statement).await
    }
}

/// One text with the values of all. Values follow each other as the places for them do: numbers of places would begin anew
/// in each statement.
fn joined(statements: Vec<Statement>) -> Statement {
    let mut text = String::with_capacity(statements.iter().map(|statement| statement.sql.len() + 1).sum());
    let mut values: Vec<Value> = Vec::new();
    for statement in statements {
        let own = statement.values.map(|Values(values)| values).unwrap_or_default();
        values.extend(places(&statement.sql, &mut text).into_iter().filter_map(|place| own.get(place).cloned()));
        text.push(';');
    }
    Statement::from_sql_and_values(DbBackend::Sqlite, text, values)
}

/// Copies a statement with nothing but `?` for its places, and answers which value belongs into each: `?` is the next one and
/// `?2` the second. What stands between quotes is no place.
fn places(text: &str, out: &mut String) -> Vec<usize> {
    let (mut places, mut quote) = (Vec::new(), None);
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        out.push(sign);
        match (quote, sign) {
            (None, '\'' | '"' | '`') => quote = Some(sign),
            (Some(open), _) if open == sign => quote = None,
            (None, '?') => {
                let digits: String = std::iter::from_fn(|| signs.next_if(char::is_ascii_digit)).collect();
                places.push(digits.parse::<usize>().map_or(places.len(), |number| number.saturating_sub(1)));
            }
            _ => {}
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_in_the_order_of_their_places() {
        let one =
            Statement::from_sql_and_values(DbBackend::Sqlite, "INSERT INTO a VALUES (?, ?)", [1.into(), 2.into()]);
        let two = Statement::from_sql_and_values(
            DbBackend::Sqlite,
            "UPDATE \"b?\" SET c = ?2, d = '?', e = ?1 WHERE f = ?2",
            [3.into(), 4.into()],
        );
        let joined = joined(vec![one, two]);
        let text = "INSERT INTO a VALUES (?, ?);UPDATE \"b?\" SET c = ?, d = '?', e = ? WHERE f = ?;";
        assert_eq!(joined.sql, text);
        assert_eq!(joined.values, Some(Values(vec![1.into(), 2.into(), 4.into(), 3.into(), 4.into()])));
    }
}
