//! A query in the words of an engine's index. Everything is quoted: what people type is never an operator.
//!
//! Beside the words of a text the index keeps marks of whose it is, of its chat and of its month, so that a rare one
//! of them is looked up instead of passed over. They are made of characters for private use, which no text's word has.

use search::document::is_common_pair;
use search::query::{Phrase, Word};
use search::{Document, Query};
use shared::{SessionId, UserId};

/// What a search is narrowed to beside its words.
#[derive(Clone, Debug, Default)]
pub struct Scope<'a> {
    /// Chats, one of which it is; empty for all.
    pub sessions: &'a [SessionId],
    /// Chats that it is not.
    pub except: &'a [SessionId],
    /// Months, one of which it was written in; empty for all.
    pub months: &'a [i64],
}

/// The words of a query, whose they are, and what they are narrowed to, for SQLite's `MATCH`.
#[must_use]
pub fn sqlite(query: &Query, user: &UserId, scope: &Scope<'_>) -> String {
    let mut all = vec![quoted(&owner_mark(user))];
    all.extend(any(scope.sessions.iter().map(|id| quoted(&chat_mark(id)))));
    all.extend(any(scope.months.iter().map(|month| quoted(&month_mark(*month)))));
    all.extend(query.words().filter_map(|word| any(word.ways.iter().map(sqlite_way))));
    let wanted = all.join(" AND ");
    match any(scope.except.iter().map(|id| quoted(&chat_mark(id)))) {
        Some(except) => format!("({wanted}) NOT {except}"),
        None => wanted,
    }
}

/// The same for PostgreSQL, as the text of a `tsquery`.
#[must_use]
pub fn postgres(query: &Query, user: &UserId, scope: &Scope<'_>) -> String {
    let one_of = |marks: Vec<String>| if marks.is_empty() { None } else { Some(format!("({})", marks.join(" | "))) };
    let mut all = vec![lexeme(&owner_mark(user))];
    all.extend(one_of(scope.sessions.iter().map(|id| lexeme(&chat_mark(id))).collect()));
    all.extend(one_of(scope.months.iter().map(|month| lexeme(&month_mark(*month))).collect()));
    all.extend(query.words().filter_map(|word: &Word| one_of(word.ways.iter().map(postgres_way).collect())));
    all.extend(scope.except.iter().map(|id| format!("!{}", lexeme(&chat_mark(id)))));
    all.join(" & ")
}

fn any(ways: impl Iterator<Item = String>) -> Option<String> {
    let ways: Vec<String> = ways.collect();
    if ways.is_empty() { None } else { Some(format!("({})", ways.join(" OR "))) }
}

fn quoted(token: &str) -> String {
    format!("\"{token}\"")
}

fn sqlite_way(way: &Phrase) -> String {
    let star = if way.prefix { " *" } else { "" };
    if let [token] = &way.tokens[..] {
        return format!("{}{star}", quoted(token));
    }
    let common: Vec<String> = pairs(&way.tokens).filter(|pair| is_common_pair(pair)).collect();
    if way.tokens.len() == 2 && !common.is_empty() {
        return quoted(&common[0]);
    }
    // A pair of common characters is far rarer than either: it leads, and the phrase is looked at only there.
    let mut all: Vec<String> = common.iter().map(|pair| quoted(pair)).collect();
    all.push(format!("words : {}{star}", quoted(&way.tokens.join(" "))));
    format!("({})", all.join(" AND "))
}

/// The pairs of characters in a phrase that are tokens of their own.
fn pairs(tokens: &[String]) -> impl Iterator<Item = String> {
    let document = Document::of(&tokens.join(""));
    let kept = tokens.windows(2).map(<[String]>::concat).collect::<Vec<_>>();
    document.pairs.into_iter().filter(move |pair| kept.contains(pair))
}

fn lexeme(token: &str) -> String {
    format!("'{token}'")
}

/// PostgreSQL's index knows no places (it keeps only few of them): what has all pieces is looked at again anyway.
fn postgres_way(way: &Phrase) -> String {
    let last = way.tokens.len() - 1;
    let star = |index: usize| if way.prefix && index == last { ":*" } else { "" };
    let words = way.tokens.iter().enumerate().map(|(index, token)| format!("{}{}", lexeme(token), star(index)));
    let mut all: Vec<String> = words.collect();
    all.extend(pairs(&way.tokens).map(|pair| lexeme(&pair)));
    format!("({})", all.join(" & "))
}

/// What the index keeps of a text, ready to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its words in their order.
    pub words: String,
    /// Everything else, a blank between two.
    pub forms: String,
}

/// The entry of a text for SQLite.
#[must_use]
pub fn sqlite_entry(text: &str, marks: &[String]) -> Entry {
    let document = Document::of(text);
    let pairs = document.pairs.iter().filter(|pair| is_common_pair(pair));
    let forms: Vec<&str> = marks.iter().chain(&document.forms).chain(pairs).map(String::as_str).collect();
    Entry { forms: forms.join(" "), words: document.words }
}

/// The lexemes of a text for PostgreSQL. One text has no more of them than a value may hold.
#[must_use]
pub fn postgres_entry(text: &str, marks: &[String]) -> Vec<String> {
    let document = Document::of(text);
    let words = document.words.split(' ').filter(|word| !word.is_empty()).map(str::to_owned);
    let mut all: Vec<String> = words.chain(document.forms).chain(document.pairs).collect();
    all.sort_unstable();
    all.dedup();
    let mut room = MAX_TSVECTOR_BYTES;
    let fits = |token: &String| {
        room = room.saturating_sub(token.len() + 1);
        room > 0
    };
    marks.iter().cloned().chain(all.into_iter().take_while(fits)).collect()
}

/// A `tsvector` holds a little more than this.
const MAX_TSVECTOR_BYTES: usize = 1_000_000;

/// The marks of a text: whose it is, its chat, its month.
#[must_use]
pub fn marks(user: &UserId, session: &SessionId, created_at: Option<i64>) -> Vec<String> {
    let mut marks = vec![owner_mark(user), chat_mark(session)];
    marks.extend(created_at.map(|moment| month_mark(month(moment))));
    marks
}

fn owner_mark(user: &UserId) -> String {
    mark(0x10_0000, hash(user.as_str()))
}

fn chat_mark(session: &SessionId) -> String {
    mark(0xf_0000, hash(session.as_str()))
}

/// Two characters, so that no index of beginnings keeps them. Two ids may share a mark: it only narrows.
fn mark(plane: u32, hash: u32) -> String {
    [plane + (hash >> 16), plane + (hash & 0xffff)].into_iter().filter_map(char::from_u32).collect()
}

fn month_mark(month: i64) -> String {
    let place = u32::try_from(month).unwrap_or(0).min(0x18ff);
    char::from_u32(0xe000 + place).into_iter().collect()
}

/// FNV-1a.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The month of a moment, counted from January 1970.
#[must_use]
pub fn month(millis: i64) -> i64 {
    let date = time::OffsetDateTime::from_unix_timestamp(millis.div_euclid(1000)).ok().map(time::OffsetDateTime::date);
    date.map_or(0, |date| i64::from(date.year() - 1970) * 12 + i64::from(u8::from(date.month())) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        let user = UserId("u".to_owned());
        let whole = sqlite(&Query::parse(text), &user, &Scope::default());
        whole.replace(&quoted(&owner_mark(&user)), "OWNER")
    }

    #[test]
    fn words_become_phrases_and_nothing_typed_an_operator() {
        assert_eq!(said("渡轮 rust "), "OWNER AND ((words : \"渡 轮\")) AND (\"rust\")");
        assert_eq!(said("我们"), "OWNER AND (\"我们\")");
        assert_eq!(said("runn"), "OWNER AND (\"runn\" OR \"runn\" *)");
        assert_eq!(said("a* NOT \"b"), "OWNER AND (\"a\") AND (\"not\") AND (\"b\")");
    }

    #[test]
    fn a_scope_narrows() {
        let (user, chat) = (UserId("u".to_owned()), SessionId("s".to_owned()));
        let scope =
            Scope { sessions: std::slice::from_ref(&chat), except: std::slice::from_ref(&chat), months: &[0, 1] };
        let whole = sqlite(&Query::parse("x "), &user, &scope);
        assert_eq!(whole.matches(&chat_mark(&chat)).count(), 2);
        assert!(whole.contains(" NOT (") && whole.contains("\"\u{e000}\" OR \"\u{e001}\""), "{whole}");
        assert!(postgres(&Query::parse("x "), &user, &scope).contains(&format!("& !'{}'", chat_mark(&chat))));
    }

    #[test]
    fn no_text_can_say_a_mark() {
        for mark in marks(&UserId("u".to_owned()), &SessionId("s".to_owned()), Some(1_795_910_400_000)) {
            assert_eq!(Document::of(&format!("a{mark}b")).words, "a b");
            assert!(mark.chars().count() <= 2);
        }
        assert_eq!(month(1_795_910_400_000), 56 * 12 + 10);
    }

    #[test]
    fn a_long_text_stays_within_what_postgresql_takes() {
        let text: String = (0..200_000).map(|number| format!("w{number}x ")).collect();
        let bytes: usize = postgres_entry(&text, &[]).iter().map(|token| token.len() + 1).sum();
        assert!(bytes <= MAX_TSVECTOR_BYTES, "{bytes}");
    }
}
