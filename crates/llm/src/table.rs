//! What is generally known of models: a bundled table with a date, for what providers do not say themselves.
//!
//! The table is `table/models.txt`, one family a line. It never knows what a connection adds or forbids: a provider's own
//! list and an administrator's word stand above it. Whether the web can be searched depends on the protocol too and is
//! told by [`crate::searches`].

use shared::models::{Effort, Facts, ModelKind, Price};
use std::sync::LazyLock;

/// When the rows were checked against the makers' pages.
pub const DATED: &str = "2026-07-24";

const TEXT: &str = include_str!("table/models.txt");

/// A family and what is known of it.
struct Row {
    /// The beginning of its names, in the form of [`plain`], or the word that they have.
    name: String,
    /// Whether `name` may stand anywhere.
    anywhere: bool,
    facts: Facts,
}

/// The table, longest names first; a line that cannot be read is no row, which the tests would notice.
static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let lines = TEXT.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut rows: Vec<Row> = lines.filter_map(rows_of).flatten().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.name.len()));
    rows
});

/// What is known of a model by its name, as the provider spells it. What stands before the last `/` does not count, nor
/// do capitals; dots, colons and hyphens are the same. The longest beginning that ends where a word of the name ends
/// decides, so that `gpt-5-mini-2025-08-07` and `gpt-5-mini-latest` are `gpt-5-mini`.
#[must_use]
pub fn facts(model: &str) -> Option<Facts> {
    let name = plain(model);
    let begins = beginnings(model, &name);
    let word = ROWS.iter().find(|row| row.anywhere && name.split('-').any(|word| word == row.name));
    match (begins, word) {
        // A word such as `embedding` says more than the family that the model was made from.
        (Some(row), Some(word)) if row.facts.kind != word.facts.kind => Some(word.facts.clone()),
        (Some(row), _) | (None, Some(row)) => Some(row.facts.clone()),
        (None, None) => None,
    }
}

/// Words that small, cheap models have in their names.
const SMALL: &[&str] = &["air", "flash", "haiku", "instant", "lite", "mini", "ministral", "nano", "small", "tiny"];
/// Beginnings of small models that have no such word.
const SMALL_FAMILIES: &[&str] = &["gpt-3-5-turbo", "qwen-turbo"];
/// Beginnings of models that have such a word and are not cheap: they think at length about everything.
const DEAR_FAMILIES: &[&str] = &["o1", "o3", "o4", "gpt-4-1106"];
/// Most billions of parameters that are small.
const SMALL_BILLIONS: f64 = 9.0;

/// Whether a model is a small, cheap one for chats, as one wants it to name them.
#[must_use]
pub fn is_small(model: &str) -> bool {
    let name = plain(model);
    let kind = facts(model).and_then(|facts| facts.kind);
    let begins = |families: &[&str]| families.iter().any(|family| fits(&name, family));
    if begins(DEAR_FAMILIES) || kind.is_some_and(|kind| kind != ModelKind::Chat) {
        return false;
    }
    let sizes = model.rsplit('/').next().unwrap_or(model).split(['-', '_', ':']).filter_map(billions);
    begins(SMALL_FAMILIES)
        || name.split('-').any(|word| SMALL.contains(&word))
        || sizes.into_iter().any(|billions| billions <= SMALL_BILLIONS)
}

/// The size that a word such as `8b` or `1.7B` names.
fn billions(word: &str) -> Option<f64> {
    word.strip_suffix(['b', 'B'])?.parse().ok().filter(|billions| *billions > 0.0)
}

/// The row of the longest beginning. Some gateways part the maker's name by a dot.
fn beginnings(model: &str, name: &str) -> Option<&'static Row> {
    let find = |name: &str| ROWS.iter().find(|row| !row.anywhere && fits(name, &row.name));
    find(name).or_else(|| {
        let last = model.rsplit('/').next().unwrap_or(model);
        last.match_indices('.').find_map(|(at, _)| find(&plain(&last[at + 1..])))
    })
}

/// Whether a name begins so, and the beginning ends where a word ends.
fn fits(name: &str, beginning: &str) -> bool {
    name.strip_prefix(beginning).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// A name without what stands before the last slash, in small letters, its words parted by hyphens.
fn plain(name: &str) -> String {
    let last = name.trim().rsplit('/').next().unwrap_or_default();
    last.chars().map(|c| if ".:_@ ".contains(c) { '-' } else { c.to_ascii_lowercase() }).collect()
}

/// The rows of a line, one for each of its names.
fn rows_of(line: &str) -> Option<Vec<Row>> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let [names, kind, can, efforts, window, output, price] = fields[..] else { return None };
    let [vision, tools, reasoning, json] = can.chars().map(yes_or_no).collect::<Vec<_>>()[..] else { return None };
    let facts = Facts {
        kind: kind_of(kind),
        vision,
        tools,
        reasoning,
        efforts: if reasoning == Some(false) { Some(Vec::new()) } else { efforts_of(efforts)? },
        json,
        web_search: None,
        context_window: number(window)?,
        max_output: number(output)?,
        price: price_of(price)?,
    };
    facts.kind?;
    let row = |name: &str| {
        let word = name.strip_prefix('*');
        Row { name: plain(word.unwrap_or(name)), anywhere: word.is_some(), facts: facts.clone() }
    };
    Some(names.split(',').map(row).collect())
}

fn kind_of(word: &str) -> Option<ModelKind> {
    Some(match word {
        "chat" => ModelKind::Chat,
        "embedding" => ModelKind::Embedding,
        "rerank" => ModelKind::Rerank,
        "image" => ModelKind::Image,
        "audio" => ModelKind::Audio,
        "other" => ModelKind::Other,
        _ => return None,
    })
}

fn yes_or_no(letter: char) -> Option<bool> {
    (letter != '?').then_some(letter != '-')
}

fn efforts_of(words: &str) -> Option<Option<Vec<Effort>>> {
    match words {
        "-" => Some(None),
        "fixed" => Some(Some(Vec::new())),
        words => {
            let effort = |word: &str| Effort::ALL.into_iter().find(|effort| effort_word(*effort) == word);
            words.split(',').map(effort).collect::<Option<Vec<_>>>().map(Some)
        }
    }
}

fn effort_word(effort: Effort) -> &'static str {
    if effort == Effort::Off { "off" } else { effort.word() }
}

fn number(text: &str) -> Option<Option<u32>> {
    if text == "-" { Some(None) } else { text.parse().ok().map(Some) }
}

fn price_of(text: &str) -> Option<Option<Price>> {
    if text == "-" {
        return Some(None);
    }
    let figures = text.split('/').map(|figure| figure.parse().ok()).collect::<Option<Vec<f64>>>()?;
    let (input, output, cached_input) = match figures[..] {
        [input, output] => (input, output, None),
        [input, output, cached] => (input, output, Some(cached)),
        _ => return None,
    };
    Some(Some(Price { input, output, cached_input, ..Price::default() }))
}

#[cfg(test)]
mod tests;
