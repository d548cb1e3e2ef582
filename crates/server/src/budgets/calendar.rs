//! When days begin, and windows of budgets begin and end. Pure: the moment is an argument.

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan as _, Zoned};
use shared::budgets::Window;

/// The running window of a budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its name, in the database: `2026-11-30`, `2026-11`, `total`. It names a day of the calendar and no moment, so that
    /// another time zone opens no second window for the same day.
    pub name: String,
    /// When the next one begins, unix milliseconds; none where none does.
    pub ends_at: Option<i64>,
}

/// How far the clock of a zone is ahead of UTC, up to a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ahead {
    /// The moment at which it is changed, unix milliseconds; none for the last one.
    pub until: Option<i64>,
    /// Milliseconds.
    pub ms: i64,
}

/// The time zone whose days and months count.
#[derive(Clone, Debug)]
pub struct Calendar(TimeZone);

impl Calendar {
    /// The zone of this IANA name; none if there is none.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        TimeZone::get(name).ok().map(Self)
    }

    /// The calendar of this zone.
    #[must_use]
    pub fn of(zone: TimeZone) -> Self {
        Self(zone)
    }

    /// The window that runs at a moment, in unix milliseconds.
    #[must_use]
    pub fn period(&self, window: Window, now: i64) -> Period {
        let today = self.at(now).date();
        let (name, next) = match window {
            Window::Day => (today.to_string(), today.checked_add(1.day())),
            Window::Month => {
                let next = today.first_of_month().checked_add(1.month());
                (today.strftime("%Y-%m").to_string(), next)
            }
            Window::Total => return Period { name: "total".to_owned(), ends_at: None },
        };
        Period { name, ends_at: next.ok().and_then(|next| self.midnight(next)) }
    }

    /// The name of the zone, where it has one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.0.iana_name()
    }

    /// The day of a moment, in unix milliseconds.
    #[must_use]
    pub fn day(&self, now: i64) -> Date {
        self.at(now).date()
    }

    /// How far the clock is ahead of UTC from one moment to another, both in unix milliseconds: more than one where it is
    /// changed between them.
    #[must_use]
    pub fn ahead(&self, from: i64, until: i64) -> Vec<Ahead> {
        let begin = Timestamp::from_millisecond(from).unwrap_or_default();
        let ms = |offset: Offset| i64::from(offset.seconds()) * 1000;
        let mut all = vec![Ahead { until: None, ms: ms(self.0.to_offset(begin)) }];
        let changes = self.0.following(begin).map(|change| (change.timestamp().as_millisecond(), ms(change.offset())));
        for (at, ms) in changes.take_while(|(at, _)| *at < until) {
            if let Some(last) = all.last_mut() {
                last.until = Some(at);
            }
            all.push(Ahead { until: None, ms });
        }
        all
    }

    /// A moment as people read it: `2026-12-01 00:00 (UTC+08:00)`.
    #[must_use]
    pub fn shown(&self, moment: i64) -> String {
        self.at(moment).strftime("%Y-%m-%d %H:%M (UTC%:z)").to_string()
    }

    fn at(&self, moment: i64) -> Zoned {
        Timestamp::from_millisecond(moment).unwrap_or_default().to_zoned(self.0.clone())
    }

    /// When a day begins, in unix milliseconds: where the clock is put forward at midnight, that is later than 00:00.
    #[must_use]
    pub fn midnight(&self, day: Date) -> Option<i64> {
        let begins = self.0.to_ambiguous_zoned(day.at(0, 0, 0, 0)).compatible().ok()?;
        Some(begins.timestamp().as_millisecond())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(text: &str) -> i64 {
        text.parse::<Timestamp>().expect("a moment").as_millisecond()
    }

    fn day(zone: &str, now: &str) -> (String, i64) {
        let period = Calendar::named(zone).expect("a zone").period(Window::Day, millis(now));
        (period.name, period.ends_at.expect("an end"))
    }

    #[test]
    fn a_day_ends_at_midnight_of_its_zone() {
        assert_eq!(day("UTC", "2026-11-30T23:59:59.999Z"), ("2026-11-30".to_owned(), millis("2026-12-01T00:00:00Z")));
        let shanghai = ("2026-12-01".to_owned(), millis("2026-12-01T16:00:00Z"));
        assert_eq!(day("Asia/Shanghai", "2026-11-30T16:00:00Z"), shanghai);
    }

    #[test]
    fn days_of_23_and_25_hours_end_at_midnight_too() {
        let spring = ("2026-03-29".to_owned(), millis("2026-03-29T22:00:00Z"));
        assert_eq!(day("Europe/Berlin", "2026-03-28T23:00:00Z"), spring, "23 hours");
        assert_eq!(day("Europe/Berlin", "2026-03-29T21:59:59Z"), spring);
        let autumn = ("2026-10-25".to_owned(), millis("2026-10-25T23:00:00Z"));
        assert_eq!(day("Europe/Berlin", "2026-10-24T22:00:00Z"), autumn, "25 hours");
    }

    #[test]
    fn a_day_without_a_midnight_begins_when_the_clock_does() {
        // In Beirut the clock is put forward at midnight.
        let before = ("2026-03-28".to_owned(), millis("2026-03-28T22:00:00Z"));
        assert_eq!(day("Asia/Beirut", "2026-03-28T12:00:00Z"), before);
    }

    #[test]
    fn a_month_ends_with_its_last_day_and_a_total_never() {
        let calendar = Calendar::named("America/New_York").expect("a zone");
        let month = calendar.period(Window::Month, millis("2026-12-01T04:59:59Z"));
        assert_eq!(month, Period { name: "2026-11".to_owned(), ends_at: Some(millis("2026-12-01T05:00:00Z")) });
        let next = calendar.period(Window::Month, millis("2026-12-31T12:00:00Z"));
        assert_eq!(next.ends_at, Some(millis("2027-01-01T05:00:00Z")));
        let total = Period { name: "total".to_owned(), ends_at: None };
        assert_eq!(calendar.period(Window::Total, 0), total);
    }

    #[test]
    fn the_clock_is_ahead_by_another_hour_after_each_change() {
        let hours = |zone: &str, from: &str, until: &str| -> Vec<(Option<i64>, i64)> {
            let calendar = Calendar::named(zone).expect("a zone");
            calendar.ahead(millis(from), millis(until)).iter().map(|of| (of.until, of.ms / 3_600_000)).collect()
        };
        let (spring, autumn) = (millis("2026-03-29T01:00:00Z"), millis("2026-10-25T01:00:00Z"));
        let year = hours("Europe/Berlin", "2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z");
        assert_eq!(year, [(Some(spring), 1), (Some(autumn), 2), (None, 1)]);
        assert_eq!(hours("Asia/Shanghai", "2026-01-01T00:00:00Z", "2026-12-31T00:00:00Z"), [(None, 8)]);
        assert_eq!(hours("UTC", "2026-01-01T00:00:00Z", "2026-12-31T00:00:00Z"), [(None, 0)]);
    }

    #[test]
    fn a_moment_is_shown_in_the_zone() {
        let calendar = Calendar::named("Asia/Shanghai").expect("a zone");
        assert_eq!(calendar.shown(millis("2026-11-30T16:00:00Z")), "2026-12-01 00:00 (UTC+08:00)");
        assert!(Calendar::named("Mars/Olympus").is_none());
    }
}
