//! Which numbers of a workbook are dates, and how they are written. Dates and times are ISO 8601, without a zone.

use crate::package::Package;
use crate::work::{Flow, Work};
use crate::xml::{Node, Xml, attribute};
use std::collections::HashMap;

/// What a number in a cell means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Meaning {
    #[default]
    Number,
    Date,
    Percent,
}

/// The formats of a workbook's cells.
#[derive(Default)]
pub(super) struct Styles {
    by_index: Vec<Meaning>,
    /// Whether days are counted from 1904, as old Macintosh programs did.
    pub(super) from_1904: bool,
}

impl Styles {
    /// Reads `xl/styles.xml`.
    pub(super) fn read(package: &mut Package<'_>, work: &mut Work) -> Flow<Self> {
        let Some(text) = package.optional("xl/styles.xml", work)? else { return Ok(Self::default()) };
        let mut custom = HashMap::new();
        let mut styles = Self::default();
        let mut in_cells = false;
        let mut xml = Xml::new(&text);
        while let Some(node) = xml.next(work)? {
            match node {
                Node::Open(tag) => match tag.local_name().as_ref() {
                    "numFmt" => {
                        let code = attribute(&tag, "formatCode").unwrap_or_default();
                        custom.insert(attribute(&tag, "numFmtId").unwrap_or_default(), meaning_of(&code));
                    }
                    "cellXfs" => in_cells = true,
                    "xf" if in_cells => {
                        let id = attribute(&tag, "numFmtId").unwrap_or_default();
                        styles.by_index.push(custom.get(&id).copied().unwrap_or_else(|| built_in(&id)));
                    }
                    _ => {}
                },
                Node::Close(tag) if tag.local_name().as_ref() == "cellXfs" => in_cells = false,
                Node::Close(_) | Node::Text(_) => {}
            }
        }
        work.release(text.len());
        Ok(styles)
    }

    /// A number as a person reads it in a cell with this style.
    pub(super) fn show(&self, value: &str, style: Option<&str>) -> String {
        let index = style.and_then(|style| style.parse::<usize>().ok());
        let meaning = index.and_then(|index| self.by_index.get(index)).copied().unwrap_or_default();
        let Ok(number) = value.parse::<f64>() else { return value.to_owned() };
        match meaning {
            Meaning::Date => date(number, self.from_1904).unwrap_or_else(|| plain(number)),
            Meaning::Percent => format!("{}%", plain(number * 100.0)),
            Meaning::Number => plain(number),
        }
    }
}

/// The formats that are not written down in the file.
fn built_in(id: &str) -> Meaning {
    match id.parse::<u32>() {
        Ok(9 | 10) => Meaning::Percent,
        // 27 to 36 and 50 to 58 are the dates of Chinese, Japanese and Korean editions.
        Ok(14..=22 | 27..=36 | 45..=47 | 50..=58) => Meaning::Date,
        _ => Meaning::Number,
    }
}

/// What a format code makes of a number: a date if it has letters for parts of one outside quotes and brackets.
fn meaning_of(code: &str) -> Meaning {
    let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
    for letter in code.chars() {
        match letter {
            _ if escaped => escaped = false,
            '\\' | '_' | '*' => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '[' => bracketed = true,
            ']' => bracketed = false,
            '%' => return Meaning::Percent,
            'y' | 'd' | 'h' | 's' | 'Y' | 'D' | 'H' | 'S' if !bracketed => return Meaning::Date,
            ';' => break,
            _ => {}
        }
    }
    Meaning::Number
}

/// A number with the fifteen digits that spreadsheets show, so that 0.1 + 0.2 is 0.3.
fn plain(number: f64) -> String {
    format!("{number:.14e}").parse::<f64>().unwrap_or(number).to_string()
}

/// The date and time of a day number.
fn date(number: f64, from_1904: bool) -> Option<String> {
    if !(0.0..2_958_466.0).contains(&number) {
        return None;
    }
    let seconds = (number * 86_400.0).round() as i64;
    let (day, second) = (seconds / 86_400, seconds % 86_400);
    let time = format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
    if day == 0 && !from_1904 {
        return Some(time);
    }
    let (year, month, day) = civil(day, from_1904);
    let midnight = if second == 0 { String::new() } else { format!(" {time}") };
    Some(format!("{year:04}-{month:02}-{day:02}{midnight}"))
}

/// Year, month and day of a day number, by the calendar's four-hundred-year cycle.
fn civil(day: i64, from_1904: bool) -> (i64, i64, i64) {
    // Days since 0000-03-01. Excel believes in a 29 February 1900, so numbers before 61 are one day late.
    let since_march = match (from_1904, day) {
        (true, day) => day + 695_361,
        (false, ..61) => day + 693_900,
        (false, day) => day + 693_899,
    };
    let cycle = since_march.div_euclid(146_097);
    let of_cycle = since_march.rem_euclid(146_097);
    let year_of_cycle = (of_cycle - of_cycle / 1_460 + of_cycle / 36_524 - of_cycle / 146_096) / 365;
    let of_year = of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = cycle * 400 + year_of_cycle + i64::from(month <= 2);
    (year, month, of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_numbers_become_dates() {
        assert_eq!(date(45_000.0, false).as_deref(), Some("2023-03-15"));
        assert_eq!(date(45_000.75, false).as_deref(), Some("2023-03-15 18:00:00"));
        assert_eq!(date(1.0, false).as_deref(), Some("1900-01-01"));
        assert_eq!(date(61.0, false).as_deref(), Some("1900-03-01"));
        assert_eq!(date(0.5, false).as_deref(), Some("12:00:00"));
        assert_eq!(date(43_538.0, true).as_deref(), Some("2023-03-15"));
        assert_eq!(date(36_585.0, false).as_deref(), Some("2000-02-29"));
        assert_eq!(date(f64::NAN, false), None);
        assert_eq!(date(-1.0, false), None);
    }

    #[test]
    fn format_codes_say_what_a_number_is() {
        for code in ["yyyy\\-mm\\-dd", "[$-804]yyyy\"年\"m\"月\"d\"日\"", "hh:mm:ss", "[h]:mm:ss"] {
            assert_eq!(meaning_of(code), Meaning::Date, "{code}");
        }
        for code in ["0.00", "\"days\" 0", "[Red]#,##0", "\\d0", "General"] {
            assert_eq!(meaning_of(code), Meaning::Number, "{code}");
        }
        assert_eq!(meaning_of("0.0%"), Meaning::Percent);
    }

    #[test]
    fn numbers_have_no_noise() {
        assert_eq!(plain(0.1 + 0.2), "0.3");
        assert_eq!(plain(1_234_567.0), "1234567");
    }
}
