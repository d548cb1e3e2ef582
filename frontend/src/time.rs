//! Moments as people read them, through the browser's own calendar. Stores no clock.

use js_sys::{Array, Date, Intl, Object, Reflect};
use shared::error::Language;
use wasm_bindgen::{JsCast, JsValue};

/// Milliseconds in a day.
const DAY_MS: f64 = 86_400_000.0;

/// Now, in milliseconds since 1970.
#[must_use]
pub fn now_ms() -> f64 {
    Date::now()
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

/// A date with its time.
#[must_use]
pub fn date_time(rfc3339: &str, language: Language) -> String {
    format(rfc3339, language, &[("dateStyle", "medium"), ("timeStyle", "short")])
}

/// A month: `May 2026`, `2026年5月`.
#[must_use]
pub fn month(rfc3339: &str, language: Language) -> String {
    format(rfc3339, language, &[("year", "numeric"), ("month", "long")])
}

fn format(rfc3339: &str, language: Language, options: &[(&str, &str)]) -> String {
    let Some(ms) = parse(rfc3339) else { return String::new() };
    let bag = Object::new();
    for (name, value) in options {
        // A plain object takes any property.
        let _ = Reflect::set(&bag, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    let tag = if language == Language::En { "en-GB" } else { language.tag() };
    let formatter = Intl::DateTimeFormat::new(&Array::of1(&JsValue::from_str(tag)), &bag);
    let date = Date::new(&JsValue::from_f64(ms));
    formatter
        .format()
        .call1(&JsValue::UNDEFINED, date.unchecked_ref())
        .ok()
        .and_then(|v| v.as_string())
        .unwrap_or_default()
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
    use super::{Age, age_of_days};

    #[test]
    fn days_are_grouped_as_people_speak_of_them() {
        let ages = [-1, 0, 1, 2, 7, 8, 30, 31].map(age_of_days);
        use Age::{Month, Older, Today, Week, Yesterday};
        assert_eq!(ages, [Today, Today, Yesterday, Week, Week, Month, Month, Older]);
    }
}
