//! What was used of budgets, and what is set aside for calls under way. Setting something aside is one conditional
//! statement, so that no two requests get the same rest.

use super::super::engine::statement;
use super::super::parse_word;
use super::stored;
use sea_orm::QueryResult;
use sea_orm::prelude::*;
use shared::BudgetId;
use shared::budgets::Unit;
use shared::models::Currency;

/// Where something of a budget is counted: for whom, in which window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The rule.
    pub budget: BudgetId,
    /// The person or the key that it is counted for; one word for all people together.
    pub holder: String,
    /// The window.
    pub period: String,
}

/// What was used at a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// What is over.
    pub spent: u64,
    /// What is set aside.
    pub reserved: u64,
    /// Whether somebody was warned.
    pub warned: bool,
}

/// What is set aside of a budget for one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reserved {
    /// Where.
    pub place: Place,
    /// How much.
    pub amount: u64,
    /// What is counted.
    pub unit: Unit,
    /// The currency, where that is money.
    pub currency: Currency,
    /// The exchange rate then, in millionths.
    pub rate: u64,
}

/// Whose a reservation is, and until when nobody asks whether it is still needed.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// The call: a run, or a call beside one.
    pub call: &'a str,
    /// The server.
    pub instance: &'a str,
    /// Unix milliseconds.
    pub lease_until: i64,
}

fn number(row: &QueryResult, column: &str) -> Result<u64, DbErr> {
    row.try_get::<i64>("", column).map(|number| u64::try_from(number).unwrap_or(0))
}

fn to_row(row: &QueryResult) -> Result<Row, DbErr> {
    Ok(Row { spent: number(row, "spent")?, reserved: number(row, "reserved")?, warned: row.try_get("", "warned")? })
}

fn values(place: &Place) -> [Value; 3] {
    [place.budget.as_str().into(), place.holder.as_str().into(), place.period.as_str().into()]
}

/// Sets an amount aside unless the limit is in the way. Answers what is used now; none where nothing was set aside.
pub async fn reserve(db: &impl ConnectionTrait, place: &Place, amount: u64, limit: u64) -> Result<Option<Row>, DbErr> {
    let text = "INSERT INTO budget_spending (budget_id, holder, period, spent, reserved, warned) \
        SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), 0, CAST($4 AS BIGINT), FALSE \
        WHERE CAST($5 AS BIGINT) <= CAST($6 AS BIGINT) \
        ON CONFLICT (budget_id, holder, period) DO UPDATE SET reserved = budget_spending.reserved + excluded.reserved \
        WHERE budget_spending.spent + budget_spending.reserved + excluded.reserved <= CAST($7 AS BIGINT) \
        RETURNING spent, reserved, warned";
    let (amount, limit) = (stored(amount), stored(limit));
    let numbers: [Value; 4] = [amount.into(), amount.into(), limit.into(), limit.into()];
    let row = db.query_one_raw(statement(db, text, values(place).into_iter().chain(numbers))).await?;
    row.as_ref().map(to_row).transpose()
}

/// Notes what was set aside for a call, or that it is more now.
pub async fn note(db: &impl ConnectionTrait, owner: &Owner<'_>, of: &Reserved) -> Result<(), DbErr> {
    let text = "INSERT INTO budget_reservations \
        (budget_id, holder, period, call_id, amount, unit, currency, rate, instance_id, lease_until) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
        ON CONFLICT (call_id, budget_id) DO UPDATE SET amount = budget_reservations.amount + excluded.amount";
    let rest: [Value; 7] = [
        owner.call.into(),
        stored(of.amount).into(),
        of.unit.as_str().into(),
        of.currency.as_str().into(),
        stored(of.rate).into(),
        owner.instance.into(),
        owner.lease_until.into(),
    ];
    db.execute_raw(statement(db, text, values(&of.place).into_iter().chain(rest))).await.map(|_| ())
}

/// What was used at a place.
pub async fn used(db: &impl ConnectionTrait, place: &Place) -> Result<Row, DbErr> {
    let text = "SELECT spent, reserved, warned FROM budget_spending \
        WHERE budget_id = $1 AND holder = $2 AND period = $3";
    let row = db.query_one_raw(statement(db, text, values(place))).await?;
    row.as_ref().map_or(Ok(Row::default()), to_row)
}

/// What was used of a budget in a window by the one who used most, and who that is.
pub async fn most_used(
    db: &impl ConnectionTrait,
    budget: &BudgetId,
    period: &str,
) -> Result<Option<(String, Row)>, DbErr> {
    let text = "SELECT holder, spent, reserved, warned FROM budget_spending WHERE budget_id = $1 AND period = $2 \
        ORDER BY spent + reserved DESC, holder LIMIT 1";
    let row = db.query_one_raw(statement(db, text, [budget.as_str().into(), period.into()])).await?;
    row.map(|row| Ok((row.try_get("", "holder")?, to_row(&row)?))).transpose()
}

/// Notes that somebody is warned. Answers false if that was done before.
pub async fn warn(db: &impl ConnectionTrait, place: &Place) -> Result<bool, DbErr> {
    let text = "UPDATE budget_spending SET warned = TRUE \
        WHERE budget_id = $1 AND holder = $2 AND period = $3 AND NOT warned";
    Ok(db.execute_raw(statement(db, text, values(place))).await?.rows_affected() > 0)
}

/// Ends what is set aside for a call; `took` says how much of each it really was. Done twice, it does nothing more.
pub async fn settle(
    db: &impl ConnectionTrait,
    call: &str,
    took: impl Fn(&Reserved) -> u64 + Send,
) -> Result<(), DbErr> {
    let text = format!("DELETE FROM budget_reservations WHERE call_id = $1 RETURNING {RESERVED}");
    let mut ended = Vec::new();
    for row in db.query_all_raw(statement(db, &text, [call.into()])).await? {
        ended.push(to_reserved(&row)?);
    }
    // In the order in which they are set aside, so that two calls never wait for each other.
    ended.sort_by(|one, other| one.place.budget.cmp(&other.place.budget));
    for of in &ended {
        book(db, of, took(of)).await?;
    }
    Ok(())
}

/// What is known of something that was set aside.
const RESERVED: &str = "budget_id, holder, period, amount, unit, currency, rate";

fn to_reserved(row: &QueryResult) -> Result<Reserved, DbErr> {
    let place = Place {
        budget: BudgetId(row.try_get("", "budget_id")?),
        holder: row.try_get("", "holder")?,
        period: row.try_get("", "period")?,
    };
    let currency: Option<String> = row.try_get("", "currency")?;
    Ok(Reserved {
        place,
        amount: number(row, "amount")?,
        unit: parse_word("budget_reservations.unit", &row.try_get::<String>("", "unit")?)?,
        currency: currency.as_deref().and_then(Currency::parse).unwrap_or_default(),
        rate: number(row, "rate")?,
    })
}

async fn book(db: &impl ConnectionTrait, of: &Reserved, took: u64) -> Result<(), DbErr> {
    let text = "UPDATE budget_spending SET spent = spent + $4, reserved = reserved - $5 \
        WHERE budget_id = $1 AND holder = $2 AND period = $3";
    let numbers: [Value; 2] = [stored(took).into(), stored(of.amount).into()];
    db.execute_raw(statement(db, text, values(&of.place).into_iter().chain(numbers))).await.map(|_| ())
}

/// Keeps what is set aside for a call for longer.
pub async fn renew(db: &impl ConnectionTrait, call: &str, lease_until: i64) -> Result<(), DbErr> {
    let text = "UPDATE budget_reservations SET lease_until = $1 WHERE call_id = $2";
    db.execute_raw(statement(db, text, [lease_until.into(), call.into()])).await.map(|_| ())
}

/// Frees what is set aside for calls that nobody makes any more: their lease ran out before `moment`, or they were this
/// server's before it died, and no run that goes on is theirs. Answers how much was freed.
pub async fn free(db: &impl ConnectionTrait, instance: Option<&str>, moment: i64) -> Result<usize, DbErr> {
    let text = format!(
        "DELETE FROM budget_reservations WHERE (lease_until < $1 OR instance_id = $2) \
         AND call_id NOT IN (SELECT id FROM runs WHERE status = 'streaming') RETURNING {RESERVED}"
    );
    let values: [Value; 2] = [moment.into(), instance.unwrap_or_default().into()];
    let rows = db.query_all_raw(statement(db, &text, values)).await?;
    for row in &rows {
        book(db, &to_reserved(row)?, 0).await?;
    }
    Ok(rows.len())
}

/// Forgets windows that were over before a day, such as `2026-11-30`. Names of months and days sort as they follow.
pub async fn forget(db: &impl ConnectionTrait, before: &str) -> Result<(), DbErr> {
    let text = "DELETE FROM budget_spending WHERE period < $1 AND reserved = 0";
    db.execute_raw(statement(db, text, [before.into()])).await.map(|_| ())
}
