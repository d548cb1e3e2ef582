//! Chats that have every word, but in no one place: one of them stands in the question, another in the answer, or in the
//! title. They come behind all others, on a first page that has room for them.

use super::{Finder, MOST_NAMED};
use crate::db::DbErr;
use crate::db::search::ask::{self, Question, Text};
use crate::db::search::terms::Scope;
use search::Query;
use search::find::{Found, find};
use search::query::Meaning;
use shared::SessionId;
use std::collections::{HashMap, HashSet};

/// Words that are looked for one by one.
const MOST_WORDS: usize = 6;
/// Messages and titles with one of the words that are looked at together, the newest ones.
const LOOKED_AT: usize = 512;
/// How often older ones of the rarest word are looked at, where the newer ones do not fill the page.
const PAGES: usize = 8;
/// Chats that are read for each that is shown.
const TRIED: usize = 3;
/// How often further messages are looked at for a word.
const ROUNDS: usize = 4;

/// Where one of the words stands.
struct Places {
    query: Query,
    /// The newest message of each chat that has it, newest first.
    messages: Vec<(i64, SessionId)>,
    titles: HashSet<SessionId>,
    /// The last message that was looked at, where older ones may follow.
    end: Option<i64>,
    /// Whether there are more titles than were looked at.
    more_titles: bool,
}

impl Places {
    fn count(&self) -> usize {
        self.messages.len() + self.titles.len()
    }

    fn more(&self) -> bool {
        self.end.is_some() || self.more_titles
    }
}

impl Finder<'_> {
    /// Such chats, the newest of their messages first, at most `limit`, each with the message that has most of the words.
    pub(super) async fn apart(
        &self,
        question: &Question<'_>,
        shown: &HashSet<SessionId>,
        limit: usize,
    ) -> Result<Vec<(Text, Found)>, DbErr> {
        let count = question.query.words().count();
        if !(2..=MOST_WORDS).contains(&count) || limit == 0 {
            return Ok(Vec::new());
        }
        let mut places = Vec::with_capacity(count);
        for query in singles(question.query) {
            let place = self.places(question, query).await?;
            if place.count() == 0 {
                return Ok(Vec::new());
            }
            places.push(place);
        }
        places.sort_by_key(|place| (place.more(), place.count()));
        // The rarest word says which chats may be meant.
        let (mut tried, mut hits) = (shown.clone(), Vec::new());
        for _ in 0..PAGES {
            let rarest = &places[0];
            let chats = rarest.messages.iter().map(|(_, chat)| chat).chain(&rarest.titles);
            let mut chats: Vec<SessionId> = chats.filter(|chat| tried.insert((*chat).clone())).cloned().collect();
            for place in &mut places[1..] {
                if place.more() {
                    self.narrow(question, place, &chats).await?;
                }
                let there: HashSet<&SessionId> =
                    place.messages.iter().map(|(_, chat)| chat).chain(&place.titles).collect();
                chats.retain(|chat| there.contains(chat));
            }
            hits.extend(self.proven(question.query, &places, &chats, limit - hits.len()).await?);
            let Some(end) = places[0].end.filter(|_| hits.len() < limit) else { break };
            self.look_further(question, &mut places[0], end).await?;
        }
        hits.sort_by_key(|(text, _)| std::cmp::Reverse(text.seq));
        Ok(hits)
    }

    async fn places(&self, question: &Question<'_>, query: Query) -> Result<Places, DbErr> {
        let titles = ask::titles(self.db.read(), &Question { query: &query, ..question.clone() }, LOOKED_AT).await?;
        let more_titles = titles.len() == LOOKED_AT;
        let titles = titles.into_iter().map(|chat| chat.id).collect();
        let mut places = Places { query, messages: Vec::new(), titles, end: None, more_titles };
        self.look_further(question, &mut places, i64::MAX).await?;
        Ok(places)
    }

    /// Looks at the messages of a word below `end`.
    async fn look_further(&self, question: &Question<'_>, place: &mut Places, end: i64) -> Result<(), DbErr> {
        let asked = Question { query: &place.query, ..question.clone() };
        let scope = Scope { sessions: question.sessions, months: question.months, except: &[] };
        let rows = ask::messages(self.db.read(), &asked, &scope, (None, end), LOOKED_AT).await?;
        place.end = rows.last().filter(|_| rows.len() == LOOKED_AT).map(|(seq, _)| *seq);
        newest_of_each(&mut place.messages, rows);
        Ok(())
    }

    /// Looks a common word up in these chats alone.
    async fn narrow(&self, question: &Question<'_>, place: &mut Places, chats: &[SessionId]) -> Result<(), DbErr> {
        for chats in chats.chunks(MOST_NAMED) {
            for _ in 0..ROUNDS {
                let known: HashSet<&SessionId> = place.messages.iter().map(|(_, chat)| chat).collect();
                let left: Vec<SessionId> = chats.iter().filter(|chat| !known.contains(chat)).cloned().collect();
                if left.is_empty() {
                    break;
                }
                let asked = Question { query: &place.query, ..question.clone() };
                let scope = Scope { sessions: &left, months: question.months, except: &[] };
                let rows = ask::messages(self.db.read(), &asked, &scope, (None, i64::MAX), LOOKED_AT).await?;
                let is_all = rows.len() < LOOKED_AT;
                newest_of_each(&mut place.messages, rows);
                if is_all {
                    break;
                }
            }
        }
        Ok(())
    }

    /// The chats whose texts really have the words.
    async fn proven(
        &self,
        query: &Query,
        places: &[Places],
        chats: &[SessionId],
        limit: usize,
    ) -> Result<Vec<(Text, Found)>, DbErr> {
        let mut rows: HashMap<&SessionId, Vec<i64>> = chats.iter().map(|chat| (chat, Vec::new())).collect();
        for (seq, chat) in places.iter().flat_map(|place| &place.messages) {
            if let Some(rows) = rows.get_mut(chat) {
                rows.push(*seq);
            }
        }
        let mut newest: Vec<&SessionId> = chats.iter().collect();
        newest.sort_by_key(|chat| std::cmp::Reverse(rows[*chat].iter().max().copied()));
        let mut hits = Vec::new();
        for chat in newest.into_iter().take(limit * TRIED) {
            if hits.len() == limit {
                break;
            }
            let texts = ask::texts(self.db.read(), self.user, &rows[chat]).await?;
            hits.extend(best(query, texts));
        }
        Ok(hits)
    }
}

/// The query for each of its words alone, without its filters, which are asked beside it.
fn singles(query: &Query) -> impl Iterator<Item = Query> {
    let words = query.pieces.iter().filter(|piece| matches!(piece.meaning, Meaning::Word(_)));
    words.map(|piece| Query { pieces: vec![piece.clone()] })
}

fn newest_of_each(known: &mut Vec<(i64, SessionId)>, rows: Vec<(i64, SessionId)>) {
    let mut seen: HashSet<SessionId> = known.iter().map(|(_, chat)| chat.clone()).collect();
    known.extend(rows.into_iter().filter(|(_, chat)| seen.insert(chat.clone())));
}

/// The text with most of the words, the newest of them, if all of these texts and their title together have every word.
fn best(query: &Query, texts: Vec<Text>) -> Option<(Text, Found)> {
    let title = find(query, &texts.first()?.title);
    let mut found: Vec<(Text, Found)> =
        texts.into_iter().map(|text| (find(query, &text.text), text)).map(|(found, text)| (text, found)).collect();
    let has = |word| title.has(word) || found.iter().any(|(_, found)| found.has(word));
    if !(0..title.wanted).all(has) {
        return None;
    }
    found.sort_by_key(|(text, found)| ((0..found.wanted).filter(|word| found.has(*word)).count(), text.seq));
    found.pop()
}
