//! Where the words of a query stand in a text. The index proposes, this decides: what it does not find is no hit.

use crate::query::{Phrase, Query, Word};
use crate::tokens::{Kind, Token, each};
use std::collections::VecDeque;
use std::ops::Range;

/// Where words stand in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Places in the text, in bytes, each with the number of its word; in the order of their ends.
    pub places: Vec<(usize, Range<usize>)>,
    /// How many words the query has.
    pub wanted: usize,
}

impl Found {
    /// Whether every word stands somewhere.
    #[must_use]
    pub fn all(&self) -> bool {
        (0..self.wanted).all(|word| self.has(word))
    }

    /// Whether one of the words stands somewhere.
    #[must_use]
    pub fn has(&self, word: usize) -> bool {
        self.places.iter().any(|place| place.0 == word)
    }
}

/// Most places of a word that are kept: a line shows the densest of them.
const MOST_PLACES: usize = 300;

/// Looks for the words of a query in a text.
#[must_use]
pub fn find(query: &Query, text: &str) -> Found {
    let words: Vec<&Word> = query.words().collect();
    let longest = words.iter().flat_map(|word| &word.ways).map(|way| way.tokens.len()).max().unwrap_or(0);
    let mut found = Found { places: Vec::new(), wanted: words.len() };
    if words.is_empty() {
        return found;
    }
    let mut counts = vec![0; words.len()];
    let mut last: VecDeque<(String, Range<usize>)> = VecDeque::with_capacity(longest + 1);
    each(text, |token| {
        if token.kind == Kind::Word {
            let mut spare = if last.len() >= longest {
                last.pop_front().map(|old| old.0).unwrap_or_default()
            } else {
                String::new()
            };
            spare.clear();
            spare.push_str(token.text);
            last.push_back((spare, token.range.clone()));
        }
        for (number, word) in words.iter().enumerate() {
            if counts[number] == MOST_PLACES {
                continue;
            }
            let place = word.ways.iter().find_map(|way| place(way, &token, &last));
            if let Some(place) = place.filter(|place| found.places.last() != Some(&(number, place.clone()))) {
                counts[number] += 1;
                found.places.push((number, place));
            }
        }
    });
    found
}

/// Where a phrase that ends with this token stands. `last` are the words up to it.
fn place(way: &Phrase, token: &Token<'_>, last: &VecDeque<(String, Range<usize>)>) -> Option<Range<usize>> {
    let (end, before) = way.tokens.split_last()?;
    let fits = if way.prefix { token.text.starts_with(end.as_str()) } else { token.text == end };
    if !fits {
        return None;
    }
    if before.is_empty() {
        return Some(token.range.clone());
    }
    let from = (token.kind == Kind::Word && last.len() > before.len()).then(|| last.len() - 1 - before.len())?;
    let same = before.iter().enumerate().all(|(index, wanted)| last[from + index].0 == *wanted);
    same.then(|| last[from].1.start..token.range.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places<'a>(query: &str, text: &'a str) -> Vec<&'a str> {
        find(&Query::parse(query), text).places.into_iter().map(|(_, range)| &text[range]).collect()
    }

    fn fits(query: &str, text: &str) -> bool {
        find(&Query::parse(query), text).all()
    }

    #[test]
    fn chinese_words_of_any_length_are_found_in_either_writing() {
        let text = "安裝簡單的人工智慧平臺";
        assert_eq!(places("简单", text), ["簡單"]);
        assert_eq!(places("的", text), ["的"]);
        assert_eq!(places("平台 人工", text), ["人工", "平臺"]);
        assert!(fits("装简", text), "in the middle of words");
        assert!(!fits("简人", text), "what does not stand together");
        assert!(!fits("简单 複雜", text), "all words have to be there");
    }

    #[test]
    fn identifiers_stems_and_beginnings_are_found() {
        let text = "Call `getUserName()` before running max_content_bytes in JavaScript.";
        for query in [
            "getusername ",
            "getUserName ",
            "user name",
            "username ",
            "get_user",
            "runs ",
            "runn",
            "running",
            "javascript ",
            "JavaScript ",
            "content.bytes ",
            "\"before run\"",
        ] {
            assert_eq!(fits(query, text), query != "username ", "{query}");
        }
        assert_eq!(places("user ", text), ["User"]);
        assert_eq!(places("getusern", text), ["getUserName"]);
        assert_eq!(places("running ", text), ["running"]);
    }

    #[test]
    fn a_text_of_one_word_over_and_over_is_bounded() {
        assert_eq!(places("的", &"的".repeat(5000)).len(), MOST_PLACES);
        assert!(find(&Query::default(), "text").places.is_empty());
    }
}
