//! The database: everything that names `sea_orm`. Free functions over a connection, so they compose in a transaction;
//! they return types of `shared` or small structs of this module, never entities.
//!
//! One writer, several readers: SQLite takes one writer at a time anyway, and a queue in front of it is cheaper than
//! "database is locked". On PostgreSQL both names lead to the same pool. Several writes of a transaction that ask for no
//! result go as one ([`Together`]).

pub mod api_keys;
pub mod audit;
pub mod budgets;
pub mod connections;
pub mod departures;
pub mod engine;
mod entity;
pub mod files;
pub mod folders;
pub mod forks;
pub mod identities;
pub mod inspect;
pub mod invitations;
pub mod logins;
pub mod marks;
pub mod messages;
pub mod models;
pub mod notices;
pub mod overview;
pub mod paths;
pub mod providers;
pub mod recognise;
pub mod runs;
pub mod sealed;
pub mod search;
pub mod second_factors;
pub mod sessions;
pub mod settings;
pub mod tags;
pub mod tickets;
mod timings;
mod together;
pub mod traces;
pub mod usage;
pub mod users;

pub use engine::{Db, Engine};
pub use notices::Notice;
pub use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
pub use timings::Timings;
pub use together::Together;

/// RFC 3339 form of unix milliseconds.
#[must_use]
pub fn rfc3339(millis: i64) -> String {
    let format =
        time::macros::format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000)
        .ok()
        .and_then(|moment| moment.format(format).ok())
        .unwrap_or_default()
}

/// Takes a stored word back into its type; an unknown word is a corrupt row.
fn parse_word<T: serde::de::DeserializeOwned>(column: &str, word: &str) -> Result<T, DbErr> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .map_err(|_| DbErr::Type(format!("unknown value `{word}` in {column}")))
}

/// Takes a stored JSON column back into its type.
fn parse_json<T: serde::de::DeserializeOwned>(column: &str, text: &str) -> Result<T, DbErr> {
    serde_json::from_str(text).map_err(|error| DbErr::Json(format!("{column}: {error}")))
}

/// The stored form of a JSON column.
fn to_json<T: serde::Serialize>(value: &T) -> Result<String, DbErr> {
    serde_json::to_string(value).map_err(|error| DbErr::Json(error.to_string()))
}

/// A pattern for `LIKE … ESCAPE '!'`: a text anywhere, in small letters.
fn like(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.chars().flat_map(char::to_lowercase) {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_pattern_takes_every_sign_to_the_letter() {
        assert_eq!(super::like("GPT_5%!"), "%gpt!_5!%!!%");
    }

    #[test]
    fn times_are_rfc3339_in_utc_with_milliseconds() {
        assert_eq!(super::rfc3339(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(super::rfc3339(1_763_709_845_007), "2025-11-21T07:24:05.007Z");
    }
}
