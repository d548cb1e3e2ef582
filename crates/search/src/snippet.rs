//! The line that shows what was found: the densest piece of a text, without its Markdown marks.

use crate::find::Found;
use std::ops::Range;

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether it is what was found.
    pub hit: bool,
}

/// How long a line is, in characters.
const LENGTH: usize = 120;
/// How much of it stands before the first hit, at most.
const BEFORE: usize = 36;

/// The whole of a short text with what was found in it, in one line.
#[must_use]
pub fn whole(text: &str, found: &Found) -> Vec<Piece> {
    let mut line = Line::default();
    let hits = merged(found);
    for (at, c) in text.char_indices() {
        line.push(if c.is_whitespace() || c.is_control() { ' ' } else { c }, is_in(&hits, at));
    }
    line.pieces
}

/// The part of a text with the most of what was found.
#[must_use]
pub fn around(text: &str, found: &Found) -> Vec<Piece> {
    let hits = merged(found);
    let focus = densest(text, found);
    let start = begin(text, focus.start);
    let mut line = Line { cut: start > 0, ..Line::default() };
    let mut end = text.len();
    let mut chars = text[start..].char_indices().map(|(at, c)| (start + at, c)).peekable();
    let mut fresh = start == 0 || text[..start].ends_with('\n');
    while let Some((at, c)) = chars.next() {
        if line.length >= LENGTH {
            end = at;
            break;
        }
        let hit = is_in(&hits, at);
        if c == '\n' {
            fresh = true;
            line.push(' ', hit);
        } else if !hit && (is_mark(c) || (fresh && is_lead(c))) {
            // Marks of lists and headings stand at the beginning, those of emphasis and code anywhere.
        } else if let ('(', Some(close)) = (c, target(text, at).filter(|close| !touches(&hits, &(at..*close)))) {
            while chars.next_if(|(at, _)| *at <= close).is_some() {}
        } else {
            fresh &= c.is_whitespace();
            line.push(if c.is_whitespace() || c.is_control() { ' ' } else { c }, hit);
        }
    }
    line.finish(end < text.len())
}

/// The hits without their words, in order, none touching another.
fn merged(found: &Found) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = found.places.iter().map(|place| place.1.clone()).collect();
    all.sort_unstable_by_key(|range| (range.start, range.end));
    let mut out: Vec<Range<usize>> = Vec::with_capacity(all.len());
    for range in all {
        match out.last_mut() {
            Some(before) if range.start <= before.end => before.end = before.end.max(range.end),
            _ => out.push(range),
        }
    }
    out
}

fn is_in(hits: &[Range<usize>], at: usize) -> bool {
    let index = hits.partition_point(|range| range.end <= at);
    hits.get(index).is_some_and(|range| range.contains(&at))
}

/// The piece of at most a line's length that holds most words, then most hits; the first of several.
fn densest(text: &str, found: &Found) -> Range<usize> {
    let mut places = found.places.clone();
    places.sort_unstable_by_key(|(_, range)| (range.start, range.end));
    let room = LENGTH - BEFORE;
    let mut best: Option<((usize, usize), Range<usize>)> = None;
    for (index, (_, first)) in places.iter().enumerate() {
        let mut words: Vec<usize> = Vec::new();
        let (mut count, mut end) = (0, first.end);
        for (word, range) in &places[index..] {
            // Bytes bound the characters from above: counting is only needed where they are too many.
            if range.end - first.start > room && text[first.start..range.end].chars().take(room + 1).count() > room {
                break;
            }
            if !words.contains(word) {
                words.push(*word);
            }
            (count, end) = (count + 1, end.max(range.end));
        }
        if best.as_ref().is_none_or(|(score, _)| (words.len(), count) > *score) {
            best = Some(((words.len(), count), first.start..end));
        }
    }
    best.map_or(0..0, |(_, range)| range)
}

/// Where the line begins: a little before the first hit, at the beginning of a word.
fn begin(text: &str, hit: usize) -> usize {
    if text.chars().take(LENGTH + 1).count() <= LENGTH {
        return 0;
    }
    let before = text[..hit].char_indices().rev().nth(BEFORE - 1);
    before.map_or(0, |(at, _)| forward(text, at, hit))
}

/// The next beginning of a word between `at` and `hit`, for scripts that write words apart.
fn forward(text: &str, at: usize, hit: usize) -> usize {
    let piece = &text[at..hit];
    if !piece.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return at;
    }
    let word = piece.find(|c: char| !c.is_ascii_alphanumeric());
    word.map_or(at, |end| at + end)
}

fn is_mark(c: char) -> bool {
    matches!(c, '*' | '`' | '|' | '~')
}

fn is_lead(c: char) -> bool {
    matches!(c, '#' | '>' | '-' | '+')
}

/// Where the target of a link that begins at this bracket ends.
fn target(text: &str, at: usize) -> Option<usize> {
    let rest = text[..at].ends_with(']').then(|| &text[at..])?;
    let end = rest.find([')', '\n']).filter(|end| rest.as_bytes()[*end] == b')')?;
    Some(at + end)
}

fn touches(hits: &[Range<usize>], range: &Range<usize>) -> bool {
    let index = hits.partition_point(|hit| hit.end <= range.start);
    hits.get(index).is_some_and(|hit| hit.start < range.end)
}

/// A line as it grows: blanks come one at a time and never first.
#[derive(Default)]
struct Line {
    pieces: Vec<Piece>,
    length: usize,
    /// A blank that waits for what comes after it, and whether it is within what was found.
    blank: Option<bool>,
    cut: bool,
}

impl Line {
    fn push(&mut self, c: char, hit: bool) {
        if c == ' ' {
            self.blank = self.blank.or((self.length > 0).then_some(hit));
            return;
        }
        if self.cut && self.length == 0 {
            self.add('…', false);
        }
        if let Some(within) = self.blank.take() {
            self.add(' ', within);
        }
        self.add(c, hit);
    }

    fn add(&mut self, c: char, hit: bool) {
        self.length += 1;
        match self.pieces.last_mut() {
            Some(piece) if piece.hit == hit => piece.text.push(c),
            _ => self.pieces.push(Piece { text: c.to_string(), hit }),
        }
    }

    fn finish(mut self, cut: bool) -> Vec<Piece> {
        if cut && self.length > 0 {
            self.add('…', false);
        }
        self.pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find::find;
    use crate::query::Query;

    fn shown(pieces: &[Piece]) -> String {
        pieces.iter().map(|piece| if piece.hit { format!("[{}]", piece.text) } else { piece.text.clone() }).collect()
    }

    fn line(query: &str, text: &str) -> String {
        shown(&around(text, &find(&Query::parse(query), text)))
    }

    #[test]
    fn a_short_text_is_shown_whole_and_without_marks() {
        let text = "# Title\n\n- **人工智慧** 平臺, see [the docs](https://example.org/a_b)\n> `code` here";
        assert_eq!(line("人工 docs ", text), "Title [人工]智慧 平臺, see [the [docs]] code here");
        assert_eq!(
            line("example ", text),
            "Title 人工智慧 平臺, see [the docs](https://[example].org/a_b) code here",
            "a link is shown whole where something of it was found"
        );
    }

    #[test]
    fn the_densest_place_is_shown() {
        let text = format!("rust {} rust and tokio together {}", "filler words ".repeat(60), "more ".repeat(60));
        let line = line("rust tokio ", &text);
        assert!(line.starts_with('…') && line.ends_with('…'), "{line}");
        assert!(line.contains("[rust] and [tokio] together"), "{line}");
        assert!(line.chars().count() <= LENGTH + 8, "{line}");
    }

    #[test]
    fn long_chinese_is_cut_on_characters() {
        let text = format!("{}關鍵{}", "前面的文字".repeat(100), "後面的文字".repeat(100));
        let line = line("关键", &text);
        assert!(line.contains("[關鍵]"), "{line}");
        assert_eq!(line.matches('…').count(), 2);
    }

    #[test]
    fn a_title_is_shown_as_it_is() {
        let found = find(&Query::parse("rust "), "My #1 Rust\nchat");
        assert_eq!(shown(&whole("My #1 Rust\nchat", &found)), "My #1 [Rust] chat");
    }

    #[test]
    fn places_that_overlap_are_one() {
        assert_eq!(line("ab abc abcd", "x abcd y"), "x [abcd] y");
        assert_eq!(line("人工 工智", "人工智能"), "[人工智]能");
        assert_eq!(line("\"b c\" a ", "a b  c"), "[a] [b c]");
    }

    #[test]
    fn nothing_found_shows_the_beginning() {
        assert_eq!(line("absent ", "the beginning"), "the beginning");
        assert_eq!(line("absent ", ""), "");
    }
}
