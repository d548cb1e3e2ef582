//! What a person typed into the search: words, `"phrases"` and filters. Everything that is no filter is text; the
//! database's own operators are never heard of here.

use crate::dates;
use crate::fold::is_single_token;
use crate::tokens::{Kind, each};
use std::ops::Range;

/// What was typed, in its pieces. All of them have to fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// The pieces in their order.
    pub pieces: Vec<Piece>,
}

/// A word, a phrase or a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// As it was typed.
    pub typed: String,
    /// What it says.
    pub meaning: Meaning,
}

/// What a piece says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Something that has to be in the text.
    Word(Word),
    /// Something that has to hold of the chat.
    Filter(Filter),
}

/// Something that has to be in the text, in any of these ways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The ways, at least one.
    pub ways: Vec<Phrase>,
}

/// Tokens that follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// The tokens, at least one.
    pub tokens: Vec<String>,
    /// Whether the last one is the beginning of a word.
    pub prefix: bool,
}

/// Something that has to hold of the chat or of when it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// It has this tag.
    Tag(String),
    /// It lies in a folder of this name.
    Folder(String),
    /// Its model's name has this in it.
    Model(String),
    /// It is pinned, or is not.
    Pinned(bool),
    /// It is archived, or is not.
    Archived(bool),
    /// Before this moment, unix milliseconds.
    Before(i64),
    /// At this moment or later.
    After(i64),
}

/// The filters of a query together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// Tags, all of which the chat has.
    pub tags: Vec<String>,
    /// Names of its folder.
    pub folders: Vec<String>,
    /// Pieces of its model's name.
    pub models: Vec<String>,
    /// Whether it is pinned.
    pub pinned: Option<bool>,
    /// Whether it is archived.
    pub archived: Option<bool>,
    /// Before this moment, unix milliseconds.
    pub before: Option<i64>,
    /// At this moment or later.
    pub after: Option<i64>,
}

impl Filters {
    /// Whether something is asked of the chat itself, and not only of the time.
    #[must_use]
    pub fn narrow(&self) -> bool {
        let named = !self.tags.is_empty() || !self.folders.is_empty() || !self.models.is_empty();
        named || self.pinned.is_some() || self.archived.is_some()
    }
}

impl Query {
    /// Reads what was typed. While it ends with a word, that may be the beginning of one.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut pieces = Vec::new();
        let mut rest = text;
        loop {
            rest = rest.trim_start_matches(is_blank);
            if rest.is_empty() {
                return Self { pieces };
            }
            let (typed, after) = split_piece(rest);
            let unfinished = after.is_empty();
            rest = after;
            if let Some(meaning) = meaning(typed, unfinished) {
                pieces.push(Piece { typed: typed.to_owned(), meaning });
            }
        }
    }

    /// The words.
    pub fn words(&self) -> impl Iterator<Item = &Word> {
        self.pieces.iter().filter_map(|piece| match &piece.meaning {
            Meaning::Word(word) => Some(word),
            Meaning::Filter(_) => None,
        })
    }

    /// The filters.
    #[must_use]
    pub fn filters(&self) -> Filters {
        let mut all = Filters::default();
        for piece in &self.pieces {
            let Meaning::Filter(filter) = &piece.meaning else { continue };
            match filter.clone() {
                Filter::Tag(name) => all.tags.push(name),
                Filter::Folder(name) => all.folders.push(name),
                Filter::Model(name) => all.models.push(name),
                Filter::Pinned(wanted) => all.pinned = Some(wanted),
                Filter::Archived(wanted) => all.archived = Some(wanted),
                Filter::Before(moment) => all.before = Some(all.before.map_or(moment, |known| known.min(moment))),
                Filter::After(moment) => all.after = Some(all.after.map_or(moment, |known| known.max(moment))),
            }
        }
        all
    }

    /// The same without one of its pieces.
    #[must_use]
    pub fn without(&self, index: usize) -> Self {
        let mut pieces = self.pieces.clone();
        if index < pieces.len() {
            pieces.remove(index);
        }
        Self { pieces }
    }
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}

/// The quotation marks that hold a phrase together, with what closes them.
const QUOTES: [(char, char); 3] = [('"', '"'), ('“', '”'), ('「', '」')];

fn closing(c: char) -> Option<char> {
    QUOTES.iter().find(|(open, _)| *open == c).map(|(_, close)| *close)
}

/// One piece from the beginning of `text`, and what comes after it. A quotation at its beginning or behind a filter's
/// colon may hold blanks; one that is never closed reaches to the end.
fn split_piece(text: &str) -> (&str, &str) {
    let mut close = None;
    let mut before = None;
    for (at, c) in text.char_indices() {
        match close {
            Some(wanted) if c == wanted => return text.split_at(at + c.len_utf8()),
            Some(_) => {}
            None if is_blank(c) => return text.split_at(at),
            None if matches!(before, None | Some(':' | '：')) => close = closing(c),
            None => {}
        }
        before = Some(c);
    }
    (text, "")
}

/// What stands between quotation marks, if the text begins with one.
fn unquoted(text: &str) -> Option<&str> {
    let first = text.chars().next()?;
    let close = closing(first)?;
    let inner = &text[first.len_utf8()..];
    Some(inner.strip_suffix(close).unwrap_or(inner))
}

fn meaning(typed: &str, unfinished: bool) -> Option<Meaning> {
    if let Some(filter) = filter(typed) {
        return Some(Meaning::Filter(filter));
    }
    match unquoted(typed) {
        Some(phrase) => word(phrase, false),
        None => word(typed, unfinished),
    }
    .map(Meaning::Word)
}

fn filter(typed: &str) -> Option<Filter> {
    let (name, value) = typed.split_once([':', '：'])?;
    let value = unquoted(value).unwrap_or(value).trim();
    if value.is_empty() {
        return None;
    }
    match name.to_lowercase().as_str() {
        "tag" | "标签" | "標籤" => Some(Filter::Tag(value.to_owned())),
        "folder" | "文件夹" | "資料夾" | "文件夾" => Some(Filter::Folder(value.to_owned())),
        "model" | "模型" => Some(Filter::Model(value.to_owned())),
        "pinned" | "置顶" | "置頂" => yes(value).map(Filter::Pinned),
        "archived" | "归档" | "歸檔" | "封存" => yes(value).map(Filter::Archived),
        "before" | "之前" | "早于" => dates::start(value).map(Filter::Before),
        "after" | "之后" | "之後" | "晚于" => dates::start(value).map(Filter::After),
        _ => None,
    }
}

fn yes(value: &str) -> Option<bool> {
    match value.to_lowercase().as_str() {
        "yes" | "true" | "1" | "是" => Some(true),
        "no" | "false" | "0" | "否" => Some(false),
        _ => None,
    }
}

/// The shortest beginning of a word that is looked for as one, in characters: a shorter one fits too much.
const SHORTEST_PREFIX: usize = 3;

/// A token of what was typed, before the text goes away.
struct Typed {
    text: String,
    kind: Kind,
    range: Range<usize>,
    run: usize,
}

fn word(text: &str, unfinished: bool) -> Option<Word> {
    let mut tokens = Vec::new();
    each(text, |token| {
        let crate::tokens::Token { text, kind, range, run } = token;
        tokens.push(Typed { text: text.to_owned(), kind, range, run });
    });
    let words: Vec<&Typed> = tokens.iter().filter(|token| token.kind == Kind::Word).collect();
    let last = *words.last()?;
    let plain: Vec<String> = words.iter().map(|token| token.text.clone()).collect();
    let mut ways = vec![Phrase { tokens: plain.clone(), prefix: false }];
    // Only where the text ends with the word itself: behind a full stop it is finished.
    let unfinished = unfinished && last.range.end == text.len() && !is_single_token(&last.text);
    let begins = |form: &str| unfinished && form.chars().count() >= SHORTEST_PREFIX;
    let surface = tokens.iter().rfind(|token| token.kind == Kind::Form && token.range == last.range);
    let surface = surface.map_or(last.text.as_str(), |token| token.text.as_str());
    if begins(surface) {
        let mut beginning = plain;
        beginning.pop();
        beginning.push(surface.to_owned());
        ways.push(Phrase { tokens: beginning, prefix: true });
    }
    // An identifier may have been written in one.
    if words.len() > 1 && words.iter().all(|token| token.run == last.run) {
        let wholes = tokens.iter().filter(|token| token.kind == Kind::Form && token.range.len() > last.range.len());
        for whole in
            wholes.filter(|token| token.range.start == words[0].range.start && token.range.end == last.range.end)
        {
            ways.push(Phrase { tokens: vec![whole.text.clone()], prefix: begins(&whole.text) });
        }
    }
    Some(Word { ways })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ways(text: &str) -> Vec<Vec<String>> {
        let shown = |way: &Phrase| format!("{}{}", way.tokens.join(" "), if way.prefix { "*" } else { "" });
        Query::parse(text).words().map(|word| word.ways.iter().map(shown).collect()).collect()
    }

    fn filters(text: &str) -> Filters {
        Query::parse(text).filters()
    }

    #[test]
    fn words_are_apart_and_phrases_together() {
        assert_eq!(ways("人工 智能 "), [["人 工"], ["智 能"]]);
        assert_eq!(ways("人工智能　部署"), [["人 工 智 能"], ["部 署"]]);
        assert_eq!(ways("\"error handling\" rust "), [["error handl"], ["rust"]]);
        assert_eq!(ways("“error handling” 「数据 库」"), [["error handl"], ["数 据 库"]]);
        assert_eq!(ways("\"never closed word"), [["never close word"]]);
    }

    #[test]
    fn the_last_latin_word_may_be_a_beginning() {
        assert_eq!(ways("rust runn"), [vec!["rust"], vec!["runn", "runn*"]]);
        assert_eq!(ways("running"), [["run", "running*"]]);
        assert_eq!(ways("running "), [["run"]]);
        assert_eq!(ways("ru"), [["ru"]]);
        assert_eq!(ways("\"running\""), [["run"]]);
        assert_eq!(ways("running."), [["run"]]);
        assert_eq!(ways("数据"), [["数 据"]]);
    }

    #[test]
    fn identifiers_are_looked_for_in_parts_and_whole() {
        assert_eq!(ways("getUserName "), [["get user name", "getusernam", "getusername"]]);
        assert_eq!(ways("max_content_bytes "), [["max content byte"]]);
        assert_eq!(ways("sha256 "), [["sha 256", "sha256"]]);
        assert_eq!(ways("C++ "), [["cpp"]]);
    }

    #[test]
    fn filters_are_understood_in_both_languages() {
        let both = filters("tag:work 标签：\"long name\" folder:“my folder” model:gpt 置顶:是 归档:no");
        assert_eq!(both.tags, ["work", "long name"]);
        assert_eq!((both.folders, both.models), (vec!["my folder".to_owned()], vec!["gpt".to_owned()]));
        assert_eq!((both.pinned, both.archived), (Some(true), Some(false)));
        let times = filters("after:2026-01 before:2026 before:2027");
        assert_eq!((times.after, times.before), (dates::start("2026-01"), dates::start("2026")));
        assert!(!filters("before:2026").narrow() && filters("TAG:x").narrow());
    }

    #[test]
    fn what_is_no_filter_is_text() {
        assert_eq!(ways("http://example.org "), [["http exampl org"]]);
        assert_eq!(ways("pinned:perhaps "), [["pin perhap"]]);
        assert_eq!(ways("before:soon tag: "), [vec!["befor soon"], vec!["tag"]]);
        assert_eq!(ways("a AND b OR NEAR(c) "), [["a"], ["and"], ["b"], ["or"], ["near c"]]);
    }

    #[test]
    fn every_odd_input_is_read() {
        for odd in ["", "\"", "\"\"", "*", "\0", "a\0b", ":", "tag:\"", "“", "()'\"^-+*", "🦀", "\u{301}"] {
            drop(Query::parse(odd).filters());
        }
        assert_eq!(ways("a\0b "), [["a"], ["b"]]);
        assert!(ways(&"\" * ( ".repeat(100)).is_empty());
        assert_eq!(Query::parse(&"字".repeat(400)).words().next().expect("a word").ways[0].tokens.len(), 400);
    }

    #[test]
    fn a_piece_can_be_left_out_as_it_was_typed() {
        let query = Query::parse("rust tag:\"my tag\" \"a phrase\"");
        let typed: Vec<&str> = query.pieces.iter().map(|piece| piece.typed.as_str()).collect();
        assert_eq!(typed, ["rust", "tag:\"my tag\"", "\"a phrase\""]);
        assert!(query.without(1).filters().tags.is_empty());
    }
}
