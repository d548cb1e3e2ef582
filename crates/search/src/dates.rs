//! Dates as people type them into a filter: `2026`, `2026-11`, `2026/11/29`, `2026年11月29日`.

use time::{Date, Month};

/// The first moment of a day, month or year (UTC), in unix milliseconds.
pub(crate) fn start(text: &str) -> Option<i64> {
    let text = text.trim().trim_end_matches(['日', '号', '月', '年']);
    let mut numbers = text.split(['-', '/', '.', '年', '月']).map(|part| {
        let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if digits { part.parse::<u16>().ok() } else { None }
    });
    let year = numbers.next()??;
    let month = numbers.next().unwrap_or(Some(1))?;
    let day = numbers.next().unwrap_or(Some(1))?;
    if numbers.next().is_some() || !(1970..=9999).contains(&year) {
        return None;
    }
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let date = Date::from_calendar_date(i32::from(year), month, u8::try_from(day).ok()?).ok()?;
    Some(date.midnight().assume_utc().unix_timestamp() * 1000)
}

#[cfg(test)]
mod tests {
    use super::start;

    #[test]
    fn days_months_and_years_are_understood() {
        let day = Some(1_795_910_400_000);
        for text in ["2026-11-29", "2026/11/29", "2026.11.29", "2026年11月29日", " 2026-11-29 "] {
            assert_eq!(start(text), day, "{text}");
        }
        assert_eq!(start("2026-11"), Some(1_793_491_200_000));
        assert_eq!(start("2026年11月"), start("2026-11"));
        assert_eq!(start("2026"), start("2026-01-01"));
        for text in ["", "26", "2026-13", "2026-02-30", "2026-1-1-1", "soon", "-1", "20261129", "2026--1", "٢٠٢٦"] {
            assert_eq!(start(text), None, "{text}");
        }
    }
}
