//! Answers a search: chats whose title has all words, and chats with a message that has all words, in one order, newest
//! first, each once. Behind them come chats that have the words in several places.
//!
//! The index proposes and [`search::find`] decides on the text itself, so an index that is behind, or one that knows no
//! places, shows nothing wrong. There is no ranking: the newest hits are read from the end of the index, and reading ends
//! when the page is full, however common the words are.

mod apart;
mod titles;

use crate::db::search::ask::{self, Question, Text, Titled};
use crate::db::search::queue;
use crate::db::search::terms::{Scope, month};
use crate::db::{Db, DbErr};
use search::find::{Found, find};
use search::{Filters, Query, snippet};
use shared::search::{FoundMessage, Piece, SearchHit, SearchResults};
use shared::{SessionId, UserId};
use std::collections::HashSet;

/// Where a page ended: the messages before this one, and the chats behind this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    below: i64,
    chats: Option<(i64, String)>,
}

impl Default for Cursor {
    fn default() -> Self {
        Self { below: i64::MAX, chats: None }
    }
}

impl Cursor {
    /// A cursor as a page gave it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut pieces = text.splitn(3, '_');
        let below = pieces.next()?.parse().ok()?;
        let chats = match (pieces.next(), pieces.next()) {
            (Some(moment), Some(id)) => Some((moment.parse().ok()?, id.to_owned())),
            (None, _) => None,
            _ => return None,
        };
        Some(Self { below, chats })
    }

    fn show(&self) -> String {
        match &self.chats {
            Some((moment, id)) => format!("{}_{moment}_{id}", self.below),
            None => self.below.to_string(),
        }
    }

    fn chats(&self) -> Option<(i64, &str)> {
        self.chats.as_ref().map(|(moment, id)| (*moment, id.as_str()))
    }
}

/// Chats that a filter leaves may be named to the index one by one up to this number.
const MOST_NAMED: usize = 400;
/// The longest time that is told to the index by its months; beyond it nearly everything fits.
const MOST_MONTHS: i64 = 360;
/// Pieces of a query that are tried without, where nothing was found.
const MOST_TRIED: usize = 8;

/// Answers a search of somebody. `now` bounds what is asked of the future.
///
/// # Errors
/// The database's.
pub async fn search(
    db: &Db,
    user: &UserId,
    typed: &str,
    after: Option<Cursor>,
    limit: usize,
    now: i64,
) -> Result<SearchResults, DbErr> {
    let query = Query::parse(typed);
    let first = after.is_none();
    let finder = Finder { db, user, now };
    let mut results = finder.page(&query, &after.unwrap_or_default(), limit).await?;
    if first && results.items.is_empty() {
        results.without = finder.without(&query).await?;
    }
    results.pending = queue::pending(db.read()).await?;
    Ok(results)
}

#[derive(Clone, Copy)]
struct Finder<'a> {
    db: &'a Db,
    user: &'a UserId,
    now: i64,
}

/// A hit before it is written out.
enum Hit {
    Title(Titled),
    Message(Box<(Text, Found)>),
}

impl Hit {
    fn moment(&self) -> i64 {
        match self {
            Self::Title(chat) => chat.moment,
            Self::Message(message) => message.0.created_at,
        }
    }

    fn session(&self) -> &SessionId {
        match self {
            Self::Title(chat) => &chat.id,
            Self::Message(message) => &message.0.session,
        }
    }
}

impl Finder<'_> {
    async fn page(&self, query: &Query, after: &Cursor, limit: usize) -> Result<SearchResults, DbErr> {
        if query.pieces.is_empty() {
            return Ok(SearchResults::default());
        }
        let filters = query.filters();
        if query.words().next().is_none() {
            return self.listed(&filters, after, limit).await;
        }
        let Some(named) = self.named(&filters).await? else { return Ok(SearchResults::default()) };
        let months = months(&filters, self.now);
        let question = Question { user: self.user, query, filters: &filters, sessions: &named, months: &months };
        let titles = titles::page(self.db, &question, after.chats(), limit + 1).await?;
        let messages = self.messages(&question, after.below, limit + 1).await?;
        let mut results = self.merged(&question, after, titles, messages, limit).await?;
        if *after == Cursor::default() && results.next.is_none() {
            let shown: HashSet<SessionId> = results.items.iter().map(|hit| hit.session.id.clone()).collect();
            let apart = self.apart(&question, &shown, limit - results.items.len()).await?;
            let hits = apart.into_iter().map(|message| Hit::Message(Box::new(message))).collect();
            results.items.extend(self.written(&question, hits).await?);
        }
        Ok(results)
    }

    /// Without words the filters alone choose.
    async fn listed(&self, filters: &Filters, after: &Cursor, limit: usize) -> Result<SearchResults, DbErr> {
        let mut chats = ask::chats(self.db.read(), self.user, filters, after.chats(), limit + 1).await?;
        let more = chats.len() > limit;
        chats.truncate(limit);
        let end = chats.last().map(|chat| Cursor { below: 0, chats: Some((chat.moment, chat.id.0.clone())) });
        let ids: Vec<SessionId> = chats.into_iter().map(|chat| chat.id).collect();
        let mut sessions = ask::sessions(self.db.read(), self.user, &ids).await?;
        let items = ids.iter().filter_map(|id| sessions.remove(id));
        let items = items.map(|session| SearchHit { session, title: Vec::new(), message: None }).collect();
        Ok(SearchResults { items, next: end.filter(|_| more).map(|end| end.show()), ..SearchResults::default() })
    }

    /// The chats that the filters leave, if they are few; empty where they are many or there are no such filters, none
    /// where nothing is left.
    async fn named(&self, filters: &Filters) -> Result<Option<Vec<SessionId>>, DbErr> {
        if !filters.narrow() {
            return Ok(Some(Vec::new()));
        }
        let chats = ask::chats(self.db.read(), self.user, filters, None, MOST_NAMED + 1).await?;
        Ok(match chats.len() {
            0 => None,
            few if few <= MOST_NAMED => Some(chats.into_iter().map(|chat| chat.id).collect()),
            _ => Some(Vec::new()),
        })
    }

    /// The newest fitting message of each chat, newest first, at most `limit`. Chats whose title fits come by that.
    async fn messages(&self, question: &Question<'_>, start: i64, limit: usize) -> Result<Vec<(Text, Found)>, DbErr> {
        let (mut below, mut batch) = (start, (limit * 2).max(32));
        let mut hits = Vec::new();
        let mut done: HashSet<SessionId> = HashSet::new();
        let mut except: Vec<SessionId> = Vec::new();
        while hits.len() < limit {
            let scope = Scope { sessions: question.sessions, months: question.months, except: &except };
            let rows = ask::messages(self.db.read(), question, &scope, (None, below), batch).await?;
            let Some(last) = rows.last().map(|row| row.0) else { break };
            let full = rows.len() == batch;
            let before = done.len();
            for (text, found) in self.fitting(question, &rows, &mut done).await? {
                if hits.len() < limit && !self.seen_before(question, &text, start).await? {
                    hits.push((text, found));
                }
            }
            if !full {
                break;
            }
            // A long chat full of the word: the index passes over it from here on.
            if done.len() - before < batch / 4 && done.len() <= MOST_NAMED {
                except = done.iter().cloned().collect();
            }
            (below, batch) = (last, (batch * 2).min(1024));
        }
        Ok(hits)
    }

    /// Of proposed rows the first of each chat that really fits. A chat is done with when it has one, or by its title.
    async fn fitting(
        &self,
        question: &Question<'_>,
        rows: &[(i64, SessionId)],
        done: &mut HashSet<SessionId>,
    ) -> Result<Vec<(Text, Found)>, DbErr> {
        let mut hits = Vec::new();
        let mut waiting: Vec<&(i64, SessionId)> = rows.iter().collect();
        while !waiting.is_empty() {
            // One of each chat at a time: most fit, and then the others need not be read.
            let (mut now, mut later, mut taken) = (Vec::new(), Vec::new(), HashSet::new());
            for row in waiting.into_iter().filter(|row| !done.contains(&row.1)) {
                if taken.insert(&row.1) { now.push(row.0) } else { later.push(row) }
            }
            for text in ask::texts(self.db.read(), self.user, &now).await? {
                let found = find(question.query, &text.text);
                if find(question.query, &text.title).all() {
                    done.insert(text.session.clone());
                } else if found.all() {
                    done.insert(text.session.clone());
                    hits.push((text, found));
                }
            }
            waiting = later;
        }
        hits.sort_by_key(|(text, _)| std::cmp::Reverse(text.seq));
        Ok(hits)
    }

    /// Whether an earlier page showed the chat already, by a message from `start` on.
    async fn seen_before(&self, question: &Question<'_>, text: &Text, start: i64) -> Result<bool, DbErr> {
        if start == i64::MAX {
            return Ok(false);
        }
        Ok(self.newest(question, &text.session, Some(start)).await?.is_some())
    }

    /// The newest fitting message of a chat, from `from` on.
    async fn newest(
        &self,
        question: &Question<'_>,
        session: &SessionId,
        from: Option<i64>,
    ) -> Result<Option<(Text, Found)>, DbErr> {
        let scope = Scope { sessions: std::slice::from_ref(session), months: question.months, except: &[] };
        let mut below = i64::MAX;
        loop {
            let rows = ask::messages(self.db.read(), question, &scope, (from, below), PROPOSED).await?;
            let rows: Vec<i64> = rows.iter().map(|row| row.0).collect();
            let mut texts = ask::texts(self.db.read(), self.user, &rows).await?;
            texts.sort_by_key(|text| std::cmp::Reverse(text.seq));
            for text in texts.into_iter().filter(|text| text.session == *session) {
                let found = find(question.query, &text.text);
                if found.all() {
                    return Ok(Some((text, found)));
                }
            }
            match rows.last() {
                Some(last) if rows.len() == PROPOSED => below = *last,
                _ => return Ok(None),
            }
        }
    }

    /// Puts both kinds of hits into one order, and writes a page of them out.
    async fn merged(
        &self,
        question: &Question<'_>,
        after: &Cursor,
        titles: Vec<Titled>,
        messages: Vec<(Text, Found)>,
        limit: usize,
    ) -> Result<SearchResults, DbErr> {
        let mut hits = in_one_order(titles, messages);
        let more = hits.len() > limit;
        hits.truncate(limit);
        let mut end = after.clone();
        for hit in &hits {
            match hit {
                Hit::Title(chat) => end.chats = Some((chat.moment, chat.id.0.clone())),
                Hit::Message(message) => end.below = end.below.min(message.0.seq),
            }
        }
        let items = self.written(question, hits).await?;
        Ok(SearchResults { items, next: more.then(|| end.show()), ..SearchResults::default() })
    }

    async fn written(&self, question: &Question<'_>, hits: Vec<Hit>) -> Result<Vec<SearchHit>, DbErr> {
        let ids: Vec<SessionId> = hits.iter().map(|hit| hit.session().clone()).collect();
        let mut sessions = ask::sessions(self.db.read(), self.user, &ids).await?;
        let mut items = Vec::with_capacity(hits.len());
        for hit in hits {
            let Some(session) = sessions.remove(hit.session()) else { continue };
            let found = find(question.query, &session.title);
            let title =
                if found.places.is_empty() { Vec::new() } else { pieces(snippet::whole(&session.title, &found)) };
            let message = match hit {
                Hit::Message(message) => Some(*message),
                Hit::Title(chat) => self.newest(question, &chat.id, None).await?,
            };
            items.push(SearchHit { session, title, message: message.map(|(text, found)| shown(text, &found)) });
        }
        Ok(items)
    }

    /// The pieces without which something is found.
    async fn without(&self, query: &Query) -> Result<Vec<String>, DbErr> {
        let mut left_out = Vec::new();
        if query.pieces.len() < 2 {
            return Ok(left_out);
        }
        for (index, piece) in query.pieces.iter().enumerate().take(MOST_TRIED) {
            if !self.page(&query.without(index), &Cursor::default(), 1).await?.items.is_empty() {
                left_out.push(piece.typed.clone());
            }
        }
        Ok(left_out)
    }
}

/// Both lists as one. Each keeps its own order, as a page says where it ended in each.
fn in_one_order(titles: Vec<Titled>, messages: Vec<(Text, Found)>) -> Vec<Hit> {
    let mut titles = titles.into_iter().map(Hit::Title).peekable();
    let mut messages = messages.into_iter().map(|message| Hit::Message(Box::new(message))).peekable();
    let mut hits = Vec::new();
    loop {
        let newer = match (titles.peek(), messages.peek()) {
            (Some(title), Some(message)) => title.moment() >= message.moment(),
            (title, _) => title.is_some(),
        };
        match if newer { titles.next() } else { messages.next() } {
            Some(hit) => hits.push(hit),
            None => return hits,
        }
    }
}

/// How many messages of a chat are read at a time.
const PROPOSED: usize = 8;

fn shown(text: Text, found: &Found) -> FoundMessage {
    FoundMessage {
        snippet: pieces(snippet::around(&text.text, found)),
        id: text.id,
        role: text.role,
        created_at: ask::moment(text.created_at),
    }
}

fn pieces(pieces: Vec<snippet::Piece>) -> Vec<Piece> {
    pieces.into_iter().map(|piece| Piece { text: piece.text, hit: piece.hit }).collect()
}

/// The months that the filters ask for; empty for all of them.
fn months(filters: &Filters, now: i64) -> Vec<i64> {
    if filters.before.is_none() && filters.after.is_none() {
        return Vec::new();
    }
    let first = filters.after.map_or(FIRST_MONTH, month);
    let last = filters.before.map_or_else(|| month(now) + 1, |before| month(before - 1));
    // Nothing of that time can be told apart from everything: one month that no message has.
    if first > last {
        return vec![0];
    }
    if last - first >= MOST_MONTHS { Vec::new() } else { (first..=last).collect() }
}

/// January 2000: what was imported from elsewhere is not older.
const FIRST_MONTH: i64 = 30 * 12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_are_read_as_they_were_shown() {
        let both = Cursor { below: 7, chats: Some((5, "a_b".to_owned())) };
        for cursor in [Cursor { below: 7, chats: None }, both, Cursor::default()] {
            assert_eq!(Cursor::parse(&cursor.show()), Some(cursor));
        }
        for bad in ["", "x", "7_", "7_x_y", "7_8", "_", "7_\0_"] {
            assert_eq!(Cursor::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_time_is_told_by_its_months() {
        let filters = |after, before| Filters { after, before, ..Filters::default() };
        let now = 1_795_910_400_000;
        assert!(months(&filters(None, None), now).is_empty());
        assert_eq!(months(&filters(Some(now), None), now), [682, 683]);
        assert_eq!(months(&filters(Some(now), Some(now)), now), [682]);
        assert_eq!(months(&filters(Some(now), Some(0)), now), [0]);
        assert_eq!(months(&filters(None, Some(now)), now).len(), 323);
    }
}
