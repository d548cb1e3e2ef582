//! Sums of usage, by group and by day. Everything is added up by the engine; what comes back is bounded by the caller's
//! numbers of groups and days.
//!
//! Sums are floating point on purpose: no provider's absurd count makes them overflow, and up to 2^53 they are exact.

use super::super::engine::statement;
use crate::budgets::Ahead;
use sea_orm::prelude::*;
use shared::UserId;
use shared::usage::{By, Measure, Purpose};
use std::collections::HashMap;

/// Milliseconds in a day on which the clock is not changed.
const DAY_MS: i64 = 86_400_000;

/// Who, or which thing, somebody wants the usage of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// This one.
    One(String),
    /// None that is there: people who left, calls without a key, connections that were removed.
    None,
    /// Connections that are people's own.
    Own,
}

/// Which calls are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The first moment, unix milliseconds.
    pub from: i64,
    /// The moment before which, unix milliseconds.
    pub until: i64,
    /// Whose.
    pub person: Option<Wanted>,
    /// The model's name.
    pub model: Option<String>,
    /// Asked for with which API key.
    pub key: Option<Wanted>,
    /// Why.
    pub purpose: Option<Purpose>,
    /// Through which connection.
    pub connection: Option<Wanted>,
}

/// What a unit of each currency is in the one that is counted in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// A dollar.
    pub usd: f64,
    /// A yuan.
    pub cny: f64,
}

/// What some calls took together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// Calls.
    pub calls: f64,
    /// Those that failed or were interrupted.
    pub failed: f64,
    /// Tokens read.
    pub prompt: f64,
    /// Those of them that were cached.
    pub cached: f64,
    /// Tokens written.
    pub completion: f64,
    /// Those of them that were thoughts.
    pub reasoning: f64,
    /// Calls whose tokens are an estimate.
    pub estimated: f64,
    /// Billionths of the currency that is counted in.
    pub cost: f64,
    /// Calls that took tokens and had no price.
    pub unpriced: f64,
    /// Milliseconds to first tokens, of those calls that had one.
    pub first_ms: f64,
    /// Calls that had one.
    pub firsts: f64,
    /// Milliseconds to the ends.
    pub total_ms: f64,
}

/// A group, by what stands in the rows, and what it took.
pub type Group = (String, Tally);

/// What was taken on a day: its number since 1970-01-01, the group where that is one of those told apart, and the sums.
#[derive(Clone, Debug, PartialEq)]
pub struct DayRow {
    /// Days since 1970-01-01.
    pub day: i64,
    /// The group, by what stands in the rows; none for all others together.
    pub group: Option<String>,
    /// What it took.
    pub tally: Tally,
}

/// A line of the whole: what one person took with one model and one key for one purpose.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The person's name; none for somebody who left.
    pub person: Option<String>,
    /// The model's name.
    pub model: String,
    /// The key's name, or its id where that is all that is known of it; none for calls without one.
    pub key: Option<String>,
    /// Why, as it stands in the row.
    pub purpose: String,
    /// What was taken.
    pub tally: Tally,
}

/// A statement that is put together with its values.
struct Asked {
    text: String,
    values: Vec<Value>,
}

impl Asked {
    fn new(text: String) -> Self {
        Self { text, values: Vec::new() }
    }

    /// A place for a value.
    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Places for values, with commas between them.
    fn bind_all(&mut self, values: impl IntoIterator<Item = String>) -> String {
        values.into_iter().map(|value| self.bind(value)).collect::<Vec<_>>().join(", ")
    }

    fn add(&mut self, text: &str) {
        self.text.push_str(text);
    }

    async fn all(self, db: &impl ConnectionTrait) -> Result<Vec<QueryResult>, DbErr> {
        db.query_all_raw(statement(db, &self.text, self.values)).await
    }
}

/// The columns of a [`Tally`], and those that groups are put in order by.
fn sums(ask: &mut Asked, rates: Rates) -> String {
    let sum = |column: &str| format!("SUM(CAST({column} AS DOUBLE PRECISION))");
    let count = |condition: &str| format!("SUM(CASE WHEN {condition} THEN 1 ELSE 0 END)");
    let cost = "CAST(cost_nano AS DOUBLE PRECISION)";
    let (usd, cny) = (ask.bind(rates.usd), ask.bind(rates.cny));
    let (prompt, completion) = (sum("prompt_tokens"), sum("completion_tokens"));
    [
        "COUNT(*) AS calls".to_owned(),
        format!("{prompt} + {completion} AS tokens"),
        format!("{} AS failed", count("status IN ('failed', 'interrupted')")),
        format!("{prompt} AS prompt"),
        format!("{} AS cached", sum("cached_tokens")),
        format!("{completion} AS completion"),
        format!("{} AS reasoning", sum("reasoning_tokens")),
        format!("{} AS guessed", count("estimated")),
        format!(
            "SUM(CASE currency WHEN 'USD' THEN {cost} * {usd} WHEN 'CNY' THEN {cost} * {cny} ELSE 0.0 END) AS cost"
        ),
        format!("{} AS unpriced", count("cost_nano IS NULL AND (prompt_tokens > 0 OR completion_tokens > 0)")),
        format!("{} AS first_ms", sum("first_token_ms")),
        "COUNT(first_token_ms) AS firsts".to_owned(),
        format!("{} AS whole_ms", sum("total_ms")),
    ]
    .join(", ")
}

fn tally(row: &QueryResult) -> Result<Tally, DbErr> {
    let sum = |column: &str| row.try_get::<Option<f64>>("", column).map(Option::unwrap_or_default);
    // Far below 2^53.
    let count = |column: &str| row.try_get::<i64>("", column).map(|count| count as f64);
    Ok(Tally {
        calls: count("calls")?,
        failed: count("failed")?,
        prompt: sum("prompt")?,
        cached: sum("cached")?,
        completion: sum("completion")?,
        reasoning: sum("reasoning")?,
        estimated: count("guessed")?,
        cost: sum("cost")?,
        unpriced: count("unpriced")?,
        first_ms: sum("first_ms")?,
        firsts: count("firsts")?,
        total_ms: sum("whole_ms")?,
    })
}

/// What rows are told apart by; none for nothing but the day.
fn column(by: By) -> Option<&'static str> {
    match by {
        By::Day => None,
        By::Model => Some("model"),
        By::Key => Some("COALESCE(api_key_id, '')"),
        By::Purpose => Some("purpose"),
        By::Person => Some("user_id"),
        By::Connection => Some("connection_id"),
    }
}

fn condition(ask: &mut Asked, filter: &Filter) -> String {
    let (from, until) = (ask.bind(filter.from), ask.bind(filter.until));
    let mut all = vec![format!("started_at >= {from} AND started_at < {until}")];
    match &filter.person {
        Some(Wanted::One(id)) => all.push(format!("user_id = {}", ask.bind(id.as_str()))),
        Some(_) => all.push("user_id NOT IN (SELECT id FROM users WHERE deleted_at IS NULL)".to_owned()),
        None => {}
    }
    match &filter.key {
        Some(Wanted::One(id)) => all.push(format!("api_key_id = {}", ask.bind(id.as_str()))),
        Some(_) => all.push("api_key_id IS NULL".to_owned()),
        None => {}
    }
    match &filter.connection {
        Some(Wanted::One(id)) => all.push(format!("connection_id = {}", ask.bind(id.as_str()))),
        Some(Wanted::Own) => {
            all.push("connection_id IN (SELECT id FROM connections WHERE owner_id IS NOT NULL)".to_owned());
        }
        Some(Wanted::None) => all.push("connection_id NOT IN (SELECT id FROM connections)".to_owned()),
        None => {}
    }
    if let Some(model) = &filter.model {
        all.push(format!("model = {}", ask.bind(model.as_str())));
    }
    if let Some(purpose) = filter.purpose {
        all.push(format!("purpose = {}", ask.bind(purpose.as_str())));
    }
    all.join(" AND ")
}

/// The largest groups, at most `limit`; none where only days are told apart.
///
/// # Errors
/// The database's.
pub async fn groups(
    db: &impl ConnectionTrait,
    filter: &Filter,
    (by, measure): (By, Measure),
    rates: Rates,
    limit: u64,
) -> Result<Vec<Group>, DbErr> {
    let Some(column) = column(by) else { return Ok(Vec::new()) };
    let mut ask = Asked::new(String::new());
    let sums = sums(&mut ask, rates);
    let condition = condition(&mut ask, filter);
    let limit = ask.bind(i64::try_from(limit).unwrap_or(i64::MAX));
    ask.add(&format!(
        "SELECT {column} AS grouped, {sums} FROM usage_records WHERE {condition} \
         GROUP BY 1 ORDER BY {} DESC, 1 LIMIT {limit}",
        measure.as_str()
    ));
    let rows = ask.all(db).await?;
    rows.iter().map(|row| Ok((row.try_get("", "grouped")?, tally(row)?))).collect()
}

/// What was taken on each day on which there was anything, those groups apart that are named.
///
/// # Errors
/// The database's.
pub async fn days(
    db: &impl ConnectionTrait,
    filter: &Filter,
    by: By,
    apart: &[String],
    rates: Rates,
    ahead: &[Ahead],
) -> Result<Vec<DayRow>, DbErr> {
    let mut ask = Asked::new(String::new());
    let sums = sums(&mut ask, rates);
    let day = day(ahead);
    let group = match column(by).filter(|_| !apart.is_empty()) {
        Some(column) => format!("CASE WHEN {column} IN ({}) THEN {column} END", ask.bind_all(apart.iter().cloned())),
        None => "CAST(NULL AS TEXT)".to_owned(),
    };
    let condition = condition(&mut ask, filter);
    ask.add(&format!(
        "SELECT {day} AS number, {group} AS grouped, {sums} FROM usage_records WHERE {condition} GROUP BY 1, 2"
    ));
    let rows = ask.all(db).await?;
    let row = |row: &QueryResult| {
        Ok(DayRow { day: row.try_get("", "number")?, group: row.try_get("", "grouped")?, tally: tally(row)? })
    };
    rows.iter().map(row).collect()
}

/// The number of a row's day. How far the clock is ahead are numbers of ours, so they stand in the text.
fn day(ahead: &[Ahead]) -> String {
    let last = ahead.last().map_or(0, |of| of.ms);
    let cases: String = ahead
        .iter()
        .filter_map(|of| of.until.map(|until| format!(" WHEN started_at < {until} THEN {}", of.ms)))
        .collect();
    let ms = if cases.is_empty() { last.to_string() } else { format!("CASE{cases} ELSE {last} END") };
    format!("(started_at + {ms}) / {DAY_MS}")
}

/// One page of the lines of the whole, in the order of people, models, keys and purposes.
///
/// # Errors
/// The database's.
pub async fn lines(
    db: &impl ConnectionTrait,
    filter: &Filter,
    rates: Rates,
    (limit, offset): (u64, u64),
) -> Result<Vec<Line>, DbErr> {
    let mut ask = Asked::new(String::new());
    let sums = sums(&mut ask, rates);
    let condition = condition(&mut ask, filter);
    let (limit, offset) = (ask.bind(limit.cast_signed()), ask.bind(offset.cast_signed()));
    ask.add(&format!(
        "SELECT s.*, u.username AS person, k.name AS key_name FROM \
         (SELECT user_id, model, api_key_id, purpose, {sums} FROM usage_records WHERE {condition} \
         GROUP BY user_id, model, api_key_id, purpose) s \
         LEFT JOIN users u ON u.id = s.user_id AND u.deleted_at IS NULL \
         LEFT JOIN api_keys k ON k.id = s.api_key_id \
         ORDER BY u.username, s.user_id, s.model, s.api_key_id, s.purpose LIMIT {limit} OFFSET {offset}"
    ));
    let rows = ask.all(db).await?;
    let line = |row: &QueryResult| {
        let (name, id): (Option<String>, Option<String>) =
            (row.try_get("", "key_name")?, row.try_get("", "api_key_id")?);
        Ok(Line {
            person: row.try_get("", "person")?,
            model: row.try_get("", "model")?,
            key: name.or(id),
            purpose: row.try_get("", "purpose")?,
            tally: tally(row)?,
        })
    };
    rows.iter().map(line).collect()
}

/// The names of people who are there, by their ids.
///
/// # Errors
/// The database's.
pub async fn people(db: &impl ConnectionTrait, ids: &[String]) -> Result<HashMap<String, String>, DbErr> {
    let mut ask = Asked::new("SELECT id, username FROM users WHERE deleted_at IS NULL AND id IN (".to_owned());
    let places = ask.bind_all(ids.iter().cloned());
    ask.add(&format!("{places})"));
    let rows = if ids.is_empty() { Vec::new() } else { ask.all(db).await? };
    rows.iter().map(|row| Ok((row.try_get("", "id")?, row.try_get("", "username")?))).collect()
}

/// The names of API keys by their ids, each with that of its person; only those of one person where one is named.
///
/// # Errors
/// The database's.
pub async fn keys(
    db: &impl ConnectionTrait,
    ids: &[String],
    owner: Option<&UserId>,
) -> Result<HashMap<String, (String, String)>, DbErr> {
    let text = "SELECT k.id, k.name, u.username FROM api_keys k JOIN users u ON u.id = k.user_id \
        WHERE u.deleted_at IS NULL AND k.id IN (";
    let mut ask = Asked::new(text.to_owned());
    let places = ask.bind_all(ids.iter().cloned());
    ask.add(&format!("{places})"));
    if let Some(owner) = owner {
        let place = ask.bind(owner.as_str());
        ask.add(&format!(" AND k.user_id = {place}"));
    }
    let rows = if ids.is_empty() { Vec::new() } else { ask.all(db).await? };
    let named =
        |row: &QueryResult| Ok((row.try_get("", "id")?, (row.try_get("", "name")?, row.try_get("", "username")?)));
    rows.iter().map(named).collect()
}

/// The names of connections that are there, by their ids; none for those that are a person's own.
///
/// # Errors
/// The database's.
pub async fn connections(db: &impl ConnectionTrait, ids: &[String]) -> Result<HashMap<String, Option<String>>, DbErr> {
    let mut ask = Asked::new("SELECT id, name, owner_id FROM connections WHERE id IN (".to_owned());
    let places = ask.bind_all(ids.iter().cloned());
    ask.add(&format!("{places})"));
    let rows = if ids.is_empty() { Vec::new() } else { ask.all(db).await? };
    let named = |row: &QueryResult| {
        let (name, owner): (String, Option<String>) = (row.try_get("", "name")?, row.try_get("", "owner_id")?);
        Ok((row.try_get("", "id")?, owner.is_none().then_some(name)))
    };
    rows.iter().map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_day_follows_the_clock() {
        assert_eq!(day(&[Ahead { until: None, ms: 28_800_000 }]), "(started_at + 28800000) / 86400000");
        let changed = [Ahead { until: Some(5), ms: 3_600_000 }, Ahead { until: None, ms: 7_200_000 }];
        let expected = "(started_at + CASE WHEN started_at < 5 THEN 3600000 ELSE 7200000 END) / 86400000";
        assert_eq!(day(&changed), expected);
    }
}
