//! What somebody wants to know of usage, and whether they may. Pure.

use crate::auth::CurrentUser;
use crate::budgets::{Ahead, Calendar};
use crate::db::usage::report::{Filter, Wanted};
use crate::error::{AppError, AppResult};
use jiff::ToSpan as _;
use jiff::civil::Date;
use shared::usage::{By, DEFAULT_DAYS, Extent, GONE, MAX_DAYS, Measure, NONE, OWN, UsageQuery};
use shared::{ErrorCode, UserId};

/// Longest text that a report is narrowed by, in characters: the name of a model may have a prefix.
const MAX_WORD: usize = 300;

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Which calls.
    pub filter: Filter,
    /// By what they are told apart.
    pub by: By,
    /// By what groups are compared.
    pub measure: Measure,
    /// The caller, where they see nothing but their own.
    pub only: Option<UserId>,
    /// The days, the first one first.
    pub days: Vec<Date>,
    /// When each day begins, and at last when the one after them does, in unix milliseconds.
    pub begins: Vec<i64>,
    /// How far the clock is ahead of UTC.
    pub ahead: Vec<Ahead>,
    /// The time zone's name.
    pub zone: Option<String>,
}

impl Wish {
    /// What a query wants.
    ///
    /// # Errors
    /// `auth.forbidden` for what only administrators see, `request.invalid` with the rule.
    pub fn of(query: UsageQuery, who: &CurrentUser, calendar: &Calendar, now: i64) -> AppResult<Self> {
        let extent = query.scope.unwrap_or(Extent::Mine);
        let by = query.by.unwrap_or(By::Day);
        let reaches_out = by.is_for_admins() || query.person.is_some() || query.connection.is_some();
        if (extent == Extent::All || reaches_out) && !who.governs() {
            return Err(ErrorCode::AuthForbidden.into());
        }
        if extent == Extent::Mine && reaches_out {
            return Err(AppError::invalid("`person` and `connection` need `scope=all`"));
        }
        let days = days(&query, calendar.day(now))?;
        let begins = begins(&days, calendar)?;
        let (from, until) = (begins[0], begins[days.len()]);
        let only = (extent == Extent::Mine).then(|| who.user.id.clone());
        let person = match &only {
            Some(me) => Some(Wanted::One(me.0.clone())),
            None => query.person.map(|id| wanted("person", id)).transpose()?,
        };
        let filter = Filter {
            from,
            until,
            person,
            model: query.model.map(|model| word("model", model)).transpose()?,
            key: query.key.map(|id| wanted("key", id)).transpose()?,
            purpose: query.purpose,
            connection: query.connection.map(connection).transpose()?,
        };
        Ok(Self {
            filter,
            by,
            measure: query.measure.unwrap_or(Measure::Calls),
            only,
            days,
            begins,
            ahead: calendar.ahead(from, until),
            zone: calendar.name().map(str::to_owned),
        })
    }

    /// Its first and its last day: `2026-11-01-2026-11-30`.
    #[must_use]
    pub fn period(&self) -> String {
        let ends = [self.days.first(), self.days.last()];
        ends.into_iter().flatten().map(Date::to_string).collect::<Vec<_>>().join("-")
    }

    /// The name of a day, and which of the calls are of it; none beyond the last one.
    #[must_use]
    pub fn on_day(&self, index: usize) -> Option<(String, Filter)> {
        let day = self.days.get(index)?;
        let (from, until) = (*self.begins.get(index)?, *self.begins.get(index + 1)?);
        Some((day.to_string(), Filter { from, until, ..self.filter.clone() }))
    }
}

/// The days that are wanted.
fn days(query: &UsageQuery, today: Date) -> AppResult<Vec<Date>> {
    if query.days.is_some() && (query.from.is_some() || query.to.is_some()) {
        return Err(AppError::invalid("`days` stands in place of `from` and `to`"));
    }
    let to = query.to.as_deref().map_or(Ok(today), |text| date("to", text))?;
    let from = match &query.from {
        Some(text) => date("from", text)?,
        None => first_of(query.days.unwrap_or(DEFAULT_DAYS), to)?,
    };
    if from > to {
        return Err(AppError::invalid("`from` must not be after `to`"));
    }
    let days: Vec<Date> = from.series(1.day()).take_while(|day| *day <= to).take(MAX_DAYS as usize + 1).collect();
    if days.len() > MAX_DAYS as usize { Err(too_long()) } else { Ok(days) }
}

/// The first of so many days.
fn first_of(days: u32, last: Date) -> AppResult<Date> {
    if !(1..=MAX_DAYS).contains(&days) {
        return Err(too_long());
    }
    last.checked_sub((i64::from(days) - 1).days()).map_err(|_| too_long())
}

fn too_long() -> AppError {
    AppError::invalid(format!("a report must have from 1 to {MAX_DAYS} days"))
}

fn date(name: &str, text: &str) -> AppResult<Date> {
    // Other forms of a date are understood as well, and would be shown otherwise than they were written.
    let day = text.parse::<Date>().ok().filter(|day| day.to_string() == text);
    day.ok_or_else(|| AppError::invalid(format!("`{name}` must be a day as `2026-01-31`")))
}

/// When the days begin, and the one after them.
fn begins(days: &[Date], calendar: &Calendar) -> AppResult<Vec<i64>> {
    let after = days.last().and_then(|last| last.checked_add(1.day()).ok());
    let all: Vec<i64> = days.iter().copied().chain(after).filter_map(|day| calendar.midnight(day)).collect();
    if all.len() == days.len() + 1 { Ok(all) } else { Err(AppError::invalid("no clock reaches these days")) }
}

fn word(name: &str, text: String) -> AppResult<String> {
    // No name has a NUL, and PostgreSQL takes none.
    if text.is_empty() || text.chars().count() > MAX_WORD || text.contains('\0') {
        return Err(AppError::invalid(format!("`{name}` must have from 1 to {MAX_WORD} characters and no NUL")));
    }
    Ok(text)
}

fn wanted(name: &str, id: String) -> AppResult<Wanted> {
    if id == NONE {
        return Ok(Wanted::None);
    }
    let wrong = |_| AppError::invalid(format!("`{name}` must be an id or `{NONE}`"));
    uuid::Uuid::parse_str(&id).map_err(wrong)?;
    Ok(Wanted::One(id))
}

fn connection(id: String) -> AppResult<Wanted> {
    match id.as_str() {
        GONE => return Ok(Wanted::None),
        OWN => return Ok(Wanted::Own),
        _ => {}
    }
    let wrong = |_| AppError::invalid(format!("`connection` must be an id, `{OWN}` or `{GONE}`"));
    uuid::Uuid::parse_str(&id).map_err(wrong)?;
    Ok(Wanted::One(id))
}
