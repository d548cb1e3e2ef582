//! Moments as people read them, through the browser's own calendar. Stores no clock.

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use shared::error::Language;
use std::cell::RefCell;
use std::collections::HashMap;
use wasm_bindgen::{JsCast, JsValue};

/// Milliseconds in a day.
const DAY_MS: f64 = 86_400_000.0;

/// Now, in milliseconds since 1970.
#[must_use]
pub fn now_ms() -> f64 {
    Date::now()
}

/// Now, as RFC 3339.
#[must_use]
pub fn now() -> String {
    iso(now_ms())
}

/// An RFC 3339 moment in milliseconds since 1970; none if it is not one.
#[must_use]
pub fn parse(rfc3339: &str) -> Option<f64> {
    let ms = Date::parse(rfc3339);
    ms.is_finite().then_some(ms)
}

/// A date: `21 Nov 2026`, `2026年11月21日`. Empty if the moment cannot be read.
#[must_use]
pub fn date(rfc3339: &str, language: Language) -> String {
    format(rfc3339, language, &[("dateStyle", "medium")])
}

/// A day without its year: `21 Nov`, `11月21日`.
#[must_use]
pub fn month_day(rfc3339: &str, language: Language) -> String {
    format(rfc3339, language, &[("month", "short"), ("day", "numeric")])
}

/// A date with its time.
#[must_use]
pub fn date_time(rfc3339: &str, language: Language) -> String {
    format(rfc3339, language, &[("dateStyle", "medium"), ("timeStyle", "short")])
}

/// When a day begins here, or one so many days later, as RFC 3339; none for what is no day as `2026-11-30`.
#[must_use]
pub fn day_begin(day: &str, days_later: u32) -> Option<String> {
    // Without a zone the browser reads it as its own time.
    let date = Date::new(&JsValue::from(parse(&format!("{day}T00:00:00"))?));
    date.set_date(date.get_date() + days_later);
    Some(iso(date.get_time()))
}

/// A time of day: `14:05`.
#[must_use]
pub fn clock(rfc3339: &str, language: Language) -> String {
    format(rfc3339, language, &[("timeStyle", "short")])
}

/// A time of day to the millisecond: `14:05:09.120`.
#[must_use]
pub fn precise(rfc3339: &str, language: Language) -> String {
    let style = &[
        ("hour", "2-digit"),
        ("minute", "2-digit"),
        ("second", "2-digit"),
        ("fractionalSecondDigits", "3"),
        ("hourCycle", "h23"),
    ];
    format(rfc3339, language, style)
}

/// How long ago something was: `5 minutes ago`, `5分钟前`. Empty if the moment cannot be read.
#[must_use]
pub fn ago(rfc3339: &str, language: Language) -> String {
    let Some(ms) = parse(rfc3339) else { return String::new() };
    let (count, unit) = elapsed(((now_ms() - ms) / 1000.0).max(0.0));
    let bag = bag(&[("numeric", "auto")]);
    Intl::RelativeTimeFormat::new(&locales(language), &bag).format(-count, unit).into()
}

/// Seconds as a whole number of the largest unit that fits.
fn elapsed(seconds: f64) -> (f64, &'static str) {
    const UNITS: [(f64, &str); 3] = [(86_400.0, "day"), (3_600.0, "hour"), (60.0, "minute")];
    let (size, unit) = UNITS.into_iter().find(|(size, _)| seconds >= *size).unwrap_or((1.0, "second"));
    ((seconds / size).floor(), unit)
}

/// A month: `May 2026`, `2026年5月`.
#[must_use]
pub fn month(rfc3339: &str, language: Language) -> String {
    format(rfc3339, language, &[("year", "numeric"), ("month", "long")])
}

/// The beginning of the local day so many days before `now_ms`, as RFC 3339.
#[must_use]
pub fn day_start(now_ms: f64, days_ago: i32) -> String {
    // By the calendar: a day may have 23 or 25 hours.
    let day = Date::new(&JsValue::from_f64(now_ms));
    let date = day.get_date() as i32 - days_ago;
    iso(Date::new_with_year_month_day(day.get_full_year(), day.get_month() as i32, date).get_time())
}

/// The beginning of the local month that contains a moment, as RFC 3339.
#[must_use]
pub fn month_start(rfc3339: &str) -> String {
    let Some(ms) = parse(rfc3339) else { return String::new() };
    let day = Date::new(&JsValue::from_f64(ms));
    iso(Date::new_with_year_month_day(day.get_full_year(), day.get_month() as i32, 1).get_time())
}

/// The moment so many days from now, as RFC 3339.
#[must_use]
pub fn in_days(days: u32) -> String {
    iso(now_ms() + f64::from(days) * DAY_MS)
}

fn iso(ms: f64) -> String {
    Date::new(&JsValue::from_f64(ms)).to_iso_string().into()
}

fn locales(language: Language) -> Array {
    Array::of1(&JsValue::from_str(if language == Language::En { "en-GB" } else { language.tag() }))
}

fn bag(options: &[(&str, &str)]) -> Object {
    let bag = Object::new();
    for (name, value) in options {
        // A plain object takes any property.
        let _ = Reflect::set(&bag, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    bag
}

/// How a moment is written: the options of `Intl.DateTimeFormat`.
type Style = &'static [(&'static str, &'static str)];

thread_local! {
    /// To make one of these takes the browser a thousand times as long as to use it, and there are a few for all rows.
    static FORMATS: RefCell<HashMap<(Language, Style), Function>> = RefCell::default();
}

fn format(rfc3339: &str, language: Language, style: Style) -> String {
    let Some(ms) = parse(rfc3339) else { return String::new() };
    let make = || Intl::DateTimeFormat::new(&locales(language), &bag(style)).format();
    let format = FORMATS.with_borrow_mut(|formats| formats.entry((language, style)).or_insert_with(make).clone());
    let date = Date::new(&JsValue::from_f64(ms));
    format.call1(&JsValue::UNDEFINED, date.unchecked_ref()).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// A day with its weekday: `Saturday 21 November 2026`, `2026年11月21日星期六`.
#[must_use]
pub fn day(rfc3339: &str, language: Language) -> String {
    format(rfc3339, language, &[("dateStyle", "full")])
}

/// Whether two moments lie in the same day of the reader's calendar.
#[must_use]
pub fn is_same_day(one: &str, other: &str) -> bool {
    match (parse(one), parse(other)) {
        (Some(one), Some(other)) => local_day(one) == local_day(other),
        _ => true,
    }
}

/// How long ago something was, by calendar days in the reader's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Age {
    /// Today.
    Today,
    /// Yesterday.
    Yesterday,
    /// Within the last seven days.
    Week,
    /// Within the last thirty days.
    Month,
    /// Before that.
    Older,
}

/// The age of a moment.
#[must_use]
pub fn age(then_ms: f64, now_ms: f64) -> Age {
    age_of_days(local_day(now_ms) - local_day(then_ms))
}

/// The number of the local day that contains a moment.
fn local_day(ms: f64) -> i64 {
    let offset_minutes = Date::new(&JsValue::from_f64(ms)).get_timezone_offset();
    ((ms - offset_minutes * 60_000.0) / DAY_MS).floor() as i64
}

fn age_of_days(days: i64) -> Age {
    match days {
        ..=0 => Age::Today,
        1 => Age::Yesterday,
        2..=7 => Age::Week,
        8..=30 => Age::Month,
        _ => Age::Older,
    }
}

#[cfg(test)]
mod tests {
    use super::{Age, age_of_days, elapsed};

    #[test]
    fn days_are_grouped_as_people_speak_of_them() {
        let ages = [-1, 0, 1, 2, 7, 8, 30, 31].map(age_of_days);
        use Age::{Month, Older, Today, Week, Yesterday};
        assert_eq!(ages, [Today, Today, Yesterday, Week, Week, Month, Month, Older]);
    }

    #[test]
    fn what_is_past_is_counted_in_the_largest_unit_that_fits() {
        let past = [0.0, 59.9, 60.0, 3_599.0, 7_200.0, 200_000.0].map(elapsed);
        let (second, minute) = ("second", "minute");
        assert_eq!(past, [(0.0, second), (59.0, second), (1.0, minute), (59.0, minute), (2.0, "hour"), (2.0, "day")]);
    }
}
