//! Numbers as people read them: sizes, counts, money.

use shared::chat::Cost;
use shared::models::Currency;

/// A number with thin groups of three: `12 345`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + 4);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// A size in bytes, in the units of the limits: `340 kB`, `1.2 MB`, `12 MB`.
#[must_use]
pub fn bytes(size: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")];
    let Some((unit, name)) = UNITS.into_iter().find(|(unit, _)| size >= *unit) else { return format!("{size} B") };
    match size * 10 / unit {
        tenths @ ..100 if unit > 1 << 10 => format!("{}.{} {name}", tenths / 10, tenths % 10),
        tenths => format!("{} {name}", tenths / 10),
    }
}

/// An amount of money with the places that mean something: `$1.20`, `¥0.0034`, `$0`.
#[must_use]
pub fn money(cost: Cost) -> String {
    let sign = match cost.currency {
        Currency::Usd => '$',
        Currency::Cny => '¥',
    };
    if cost.nano == 0 {
        return format!("{sign}0");
    }
    // Two digits that say something, and never fewer than two places.
    let zeros = 9_usize.saturating_sub(cost.nano.to_string().len());
    let places = (zeros + 2).clamp(2, 9);
    let step = 10_u64.pow(9 - places as u32);
    let rounded = cost.nano.saturating_add(step / 2) / step;
    let unit = 10_u64.pow(places as u32);
    format!("{sign}{}.{:0places$}", rounded / unit, rounded % unit)
}

#[cfg(test)]
mod tests {
    use super::{bytes, grouped, money};
    use shared::chat::Cost;
    use shared::models::Currency;

    #[test]
    fn money_has_two_digits_that_say_something() {
        let amounts = [0, 1, 2_345, 3_400_000, 120_000_000, 1_204_000_000, 12_345_678_901];
        let words = amounts.map(|nano| money(Cost { currency: Currency::Usd, nano }));
        assert_eq!(words, ["$0", "$0.000000001", "$0.0000023", "$0.0034", "$0.12", "$1.20", "$12.35"]);
        assert_eq!(money(Cost { currency: Currency::Cny, nano: 20_000_000 }), "¥0.020");
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1\u{202f}000", "1\u{202f}234\u{202f}567"]);
    }

    #[test]
    fn sizes_have_the_places_that_mean_something() {
        let sizes = [0, 999, 1_500, 340_000, 1_290_000, 12_345_678, 52_428_800, 2_200_000_000];
        let words = ["0 B", "999 B", "1 kB", "332 kB", "1.2 MB", "11 MB", "50 MB", "2.0 GB"];
        assert_eq!(sizes.map(bytes), words);
    }
}
