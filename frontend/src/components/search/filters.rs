//! The filters of the search: which there are, and what can follow the one that is being typed. Pure.

use shared::error::Language;

/// A filter, by its word in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Chats with a tag.
    Tag,
    /// Chats of a folder.
    Folder,
    /// Pinned chats, or those that are not.
    Pinned,
    /// Archived chats, or those that are not.
    Archived,
    /// Chats with a model.
    Model,
    /// What was written before a date.
    Before,
    /// What was written since a date.
    After,
}

impl Filter {
    /// All of them, in the order of the help.
    pub const ALL: [Self; 7] =
        [Self::Tag, Self::Folder, Self::Pinned, Self::Archived, Self::Model, Self::Before, Self::After];

    /// Its word.
    #[must_use]
    pub fn word(self, language: Language) -> &'static str {
        let (en, zh) = match self {
            Self::Tag => ("tag", "标签"),
            Self::Folder => ("folder", "文件夹"),
            Self::Pinned => ("pinned", "置顶"),
            Self::Archived => ("archived", "归档"),
            Self::Model => ("model", "模型"),
            Self::Before => ("before", "之前"),
            Self::After => ("after", "之后"),
        };
        if language == Language::ZhCn { zh } else { en }
    }

    fn named(word: &str) -> Option<Self> {
        let is =
            |filter: &Self| filter.word(Language::En).eq_ignore_ascii_case(word) || filter.word(Language::ZhCn) == word;
        Self::ALL.into_iter().find(is)
    }
}

/// The filter that is being typed at the end of a search, and where its value begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Typing<'a> {
    /// Which one.
    pub filter: Filter,
    /// What was typed of its value, without quotes.
    pub value: &'a str,
    /// All that stands ahead of the value.
    pub head: &'a str,
}

/// The filter at the end of what was typed, if it is one. A quoted value may hold blanks; a closed one is done.
#[must_use]
pub fn typing(query: &str) -> Option<Typing<'_>> {
    let colon = query.rfind([':', '：'])?;
    let filter = Filter::named(query[..colon].rsplit(char::is_whitespace).next()?)?;
    let value_at = colon + query[colon..].chars().next().map_or(1, char::len_utf8);
    let (head, value) = query.split_at(value_at);
    match value.strip_prefix('"') {
        Some(quoted) => (!quoted.contains('"')).then_some(Typing { filter, value: quoted, head }),
        None => (!value.contains(char::is_whitespace)).then_some(Typing { filter, value, head }),
    }
}

/// The search with the value of the filter that was being typed, ready for the next word.
#[must_use]
pub fn completed(head: &str, value: &str) -> String {
    if value.contains(char::is_whitespace) { format!("{head}\"{value}\" ") } else { format!("{head}{value} ") }
}

/// The search with another filter at its end, to be filled in.
#[must_use]
pub fn with_filter(query: &str, word: &str) -> String {
    let query = query.trim_end();
    if query.is_empty() { format!("{word}:") } else { format!("{query} {word}:") }
}

/// The search without one of its pieces, which is taken out where it stands for itself.
#[must_use]
pub fn without(query: &str, piece: &str) -> String {
    let mut all = pieces(query);
    if let Some(place) = all.iter().position(|known| *known == piece) {
        all.remove(place);
    }
    all.join(" ")
}

/// What was typed, cut as the search cuts it: at blanks, but for those between quotation marks.
fn pieces(query: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let mut rest = query.trim_start();
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(end_of_piece(rest));
        all.push(piece);
        rest = after.trim_start();
    }
    all
}

fn end_of_piece(text: &str) -> usize {
    let (mut close, mut before) = (None, None);
    for (at, c) in text.char_indices() {
        match close {
            Some(wanted) if c == wanted => return at + c.len_utf8(),
            Some(_) => {}
            None if c.is_whitespace() => return at,
            None if matches!(before, None | Some(':' | '：')) => close = closing(c),
            None => {}
        }
        before = Some(c);
    }
    text.len()
}

/// The mark that ends a quotation that this one begins.
fn closing(open: char) -> Option<char> {
    match open {
        '"' => Some('"'),
        '“' => Some('”'),
        '「' => Some('」'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Filter, Typing, completed, typing, with_filter, without};

    #[test]
    fn the_filter_at_the_end_is_the_one_that_is_typed() {
        let found = typing("ferry tag:ru");
        assert_eq!(found, Some(Typing { filter: Filter::Tag, value: "ru", head: "ferry tag:" }));
        assert_eq!(typing("渡轮 标签：工"), Some(Typing { filter: Filter::Tag, value: "工", head: "渡轮 标签：" }));
        let quoted = typing("folder:\"My wo");
        assert_eq!(quoted, Some(Typing { filter: Filter::Folder, value: "My wo", head: "folder:" }));
    }

    #[test]
    fn what_is_done_or_no_filter_is_not_completed() {
        for query in ["", "ferry", "tag:rust ferry", "http://a", "folder:\"My work\"", "tag: rust", "12:30"] {
            assert_eq!(typing(query), None, "{query}");
        }
    }

    #[test]
    fn a_value_with_blanks_is_quoted() {
        assert_eq!(completed("a folder:", "My work"), "a folder:\"My work\" ");
        assert_eq!(completed("tag:", "rust"), "tag:rust ");
    }

    #[test]
    fn filters_are_added_and_parts_taken_away() {
        assert_eq!(with_filter("", "tag"), "tag:");
        assert_eq!(with_filter("ferry ", "tag"), "ferry tag:");
        assert_eq!(without("ferry tag:rust seven", "tag:rust"), "ferry seven");
    }

    #[test]
    fn a_part_is_taken_out_where_it_stands_for_itself() {
        assert_eq!(without("concatenate cat", "cat"), "concatenate");
        assert_eq!(without("tag:rust rust", "rust"), "tag:rust");
        assert_eq!(without("\"a  cat\"  cat dog", "cat"), "\"a  cat\" dog", "what is quoted stays as it is");
        assert_eq!(without("渡轮 标签：“我的 工作” “我的 工作”", "“我的 工作”"), "渡轮 标签：“我的 工作”");
        assert_eq!(without("folder:\"My work\"cat cat", "cat"), "folder:\"My work\" cat", "as the search reads it");
        assert_eq!(without("ferry", "ferr"), "ferry");
    }
}
