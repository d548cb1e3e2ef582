//! Usage as CSV. Pure.

use crate::db::usage::report::Line;
use crate::error::AppResult;
use crate::spreadsheet;
use crate::usage::report::whole;
use bytes::Bytes;
use shared::budgets::money;
use shared::models::Currency;

const COLUMNS: [&str; 14] = [
    "day",
    "person",
    "model",
    "key",
    "purpose",
    "calls",
    "failed",
    "prompt_tokens",
    "cached_tokens",
    "completion_tokens",
    "reasoning_tokens",
    "cost",
    "currency",
    "unpriced_calls",
];

/// The line of column names.
pub(super) fn head() -> AppResult<Bytes> {
    Ok(Bytes::from(format!("{}{}", spreadsheet::MARK, spreadsheet::write([COLUMNS.to_vec()])?)))
}

/// Lines of a day.
pub(super) fn lines(day: &str, currency: Currency, lines: &[Line]) -> AppResult<Bytes> {
    let text = |number: f64| whole(number).to_string();
    let cells: Vec<[String; 8]> = lines
        .iter()
        .map(|Line { tally, .. }| {
            let counts = [tally.calls, tally.failed, tally.prompt, tally.cached, tally.completion, tally.reasoning];
            let [calls, failed, prompt, cached, completion, reasoning] = counts.map(text);
            [calls, failed, prompt, cached, completion, reasoning, money(whole(tally.cost)), text(tally.unpriced)]
        })
        .collect();
    let row = |(line, cells)| -> Vec<&str> {
        let (line, [counts @ .., cost, unpriced]): (&Line, &[String; 8]) = (line, cells);
        let (person, key) = (line.person.as_deref().unwrap_or_default(), line.key.as_deref().unwrap_or_default());
        let names = [day, person, &line.model, key, &line.purpose];
        let ends = [cost.as_str(), currency.as_str(), unpriced.as_str()];
        names.into_iter().chain(counts.iter().map(String::as_str)).chain(ends).collect()
    };
    Ok(Bytes::from(spreadsheet::write(lines.iter().zip(&cells).map(row))?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::usage::report::Tally;

    #[test]
    fn a_line_has_a_cell_for_every_column_and_no_formula() {
        let tally = Tally { calls: 3.0, prompt: 1_000.0, cost: 12_500_000_000.4, unpriced: 1.0, ..Tally::default() };
        let line = Line {
            person: Some("Ann, \"A\"".to_owned()),
            model: "=1+1".to_owned(),
            key: None,
            purpose: "chat".to_owned(),
            tally,
        };
        let bytes = lines("2026-11-30", Currency::Cny, &[line]).expect("lines");
        let text = std::str::from_utf8(&bytes).expect("text");
        assert_eq!(text, "2026-11-30,\"Ann, \"\"A\"\"\",'=1+1,,chat,3,0,1000,0,0,0,12.50,CNY,1\n");
        let head = head().expect("a head");
        assert_eq!(std::str::from_utf8(&head).expect("text").split(',').count(), COLUMNS.len());
    }
}
