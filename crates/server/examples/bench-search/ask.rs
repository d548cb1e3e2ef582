//! Asks, and measures what that takes and finds.

use crate::corpus::{Dice, traditional};
use crate::fill::Filled;
use sea_orm::{ConnectionTrait, DbErr, Statement};
use search::Query;
use search::find::find;
use server::db::Db;
use server::db::search::queue::visible;
use server::search::finder;
use shared::{Part, UserId};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// Later than everything that was written.
const NOW: i64 = 1_800_000_000_000;
/// Hits on a page, as a screen shows them.
const PAGE: usize = 20;

/// Kinds of queries with some of each. Those that have `*` instead of words get rare ones.
const KINDS: [(&str, &[&str]); 12] = [
    ("one common character", &["的", "一", "是", "不", "我", "了", "这", "為"]),
    ("one character", &["笔", "族", "争", "导", "觉", "术"]),
    ("two common characters", &["我们", "什么", "可以", "数据", "時間", "没有", "不是", "的人"]),
    ("two that seldom meet", &["的的", "不的", "一了", "术的", "我是", "了一"]),
    ("four characters", &["数据系统", "我们可以", "什么问题", "一个用户"]),
    ("common English", &["the ", "error ", "servers ", "using ", "function "]),
    ("beginnings", &["the", "con", "serv", "conf", "databa", "fun", "pre"]),
    ("common words together", &["the error ", "数据 the ", "我们 可以 什么 ", "的 一 是 不 "]),
    ("a phrase", &["\"the error\"", "\"of the\"", "\"的 一\"", "\"the the the\""]),
    ("filters", &["的 after:2021-06", "the before:2020-10 ", "数据 pinned:yes", "archived:no 我们"]),
    ("rare words", &["*"]),
    ("rare and common", &["* 的"]),
];

/// How long a search takes, by kind, for somebody with much and somebody with little.
pub(crate) async fn speed(db: &Db, filled: &Filled) -> Result<(), DbErr> {
    let mut all = Vec::new();
    println!("{:<26}{:>12}{:>12}{:>12}{:>12}", "query", "much p50", "p95", "little p50", "p95");
    for (kind, queries) in KINDS {
        let mut line = format!("{kind:<26}");
        for user in [&filled.much, &filled.little] {
            let mut times = Vec::new();
            for (round, query) in queries.iter().cycle().take(48).enumerate() {
                let sample = &filled.samples[round % filled.samples.len()];
                let query = query.replace('*', &sample.1[round % sample.1.len()]);
                times.push(timed(db, user, &query).await?);
            }
            all.extend(&times);
            line.push_str(&format!("{:>12.1?}{:>12.1?}", share(&mut times, 50), share(&mut times, 95)));
        }
        println!("{line}");
    }
    println!(
        "all: p50 {:.1?}, p95 {:.1?} (target ≤ 50 ms), longest {:.1?}",
        share(&mut all, 50),
        share(&mut all, 95),
        share(&mut all, 100)
    );
    Ok(())
}

async fn timed(db: &Db, user: &UserId, query: &str) -> Result<Duration, DbErr> {
    let began = Instant::now();
    finder::search(db, user, query, None, PAGE, NOW).await?;
    Ok(began.elapsed())
}

fn share(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times.get((times.len() * percent / 100).min(times.len().saturating_sub(1))).copied().unwrap_or_default()
}

/// What somebody half remembers of a chat.
struct Asked {
    /// The chat.
    id: String,
    /// Two of its words in either writing.
    words: [String; 2],
    query: String,
}

/// What fits a query, as looking at everything tells: chats with both words in one message, then those that have them in
/// several, each by the newest of their messages.
#[derive(Default)]
struct Truth {
    together: BTreeMap<i64, String>,
    /// For each chat which words it has, and the newest message with one of them.
    apart: BTreeMap<String, ([bool; 2], i64)>,
}

impl Truth {
    /// A page of it, the newest first.
    fn page(&self) -> Vec<&str> {
        let together: Vec<&str> = self.together.values().rev().map(String::as_str).collect();
        let whole = self.apart.iter().filter(|(id, (has, _))| *has == [true; 2] && !together.contains(&id.as_str()));
        let mut apart: Vec<(i64, &str)> = whole.map(|(id, (_, seq))| (*seq, id.as_str())).collect();
        apart.sort_unstable_by(|one, other| other.cmp(one));
        together.iter().copied().chain(apart.into_iter().map(|(_, id)| id)).take(PAGE).collect()
    }
}

/// Whether half-remembered words find their chat, against looking at every message of that person. Every other pair is
/// from two messages.
pub(crate) async fn remembered(db: &Db, filled: &Filled) -> Result<(), DbErr> {
    let asked = questions(filled);
    let truth = by_force(db, &filled.much, &asked).await?;
    let (mut right, mut possible, mut hits, mut wanted) = (0, 0, 0, 0);
    for (one, truth) in asked.iter().zip(&truth) {
        let results = finder::search(db, &filled.much, &one.query, None, PAGE, NOW).await?;
        let ids: Vec<&str> = results.items.iter().map(|hit| hit.session.id.as_str()).collect();
        right += usize::from(ids.iter().take(5).any(|found| *found == one.id));
        let page = truth.page();
        possible += usize::from(page.iter().take(5).any(|found| *found == one.id));
        hits += page.iter().filter(|wanted| ids.contains(wanted)).count();
        wanted += page.len();
    }
    let recall = hits as f64 / wanted.max(1) as f64;
    println!(
        "{} half-remembered queries: the right chat in the first five {right} times, by looking at everything {possible} times; \
         recall@20 {recall:.3} (target 0.98) {}",
        asked.len(),
        if recall >= 0.98 && right >= possible { "ok" } else { "MISSED" }
    );
    Ok(())
}

fn questions(filled: &Filled) -> Vec<Asked> {
    let mut dice = Dice(5);
    let mut asked: Vec<Asked> = Vec::new();
    for (id, subject, text) in &filled.samples {
        let has = |word: &String| text.contains(word.as_str()) || text.contains(&traditional(word));
        let (inside, outside): (Vec<&String>, Vec<&String>) = subject.iter().partition(|word| has(word));
        let pair = match (&inside[..], &outside[..]) {
            ([one, ..], [other, ..]) if asked.len() % 2 == 1 => [*one, *other],
            ([_, _, ..], _) => {
                let first = dice.below(inside.len());
                [inside[first], inside[(first + 1) % inside.len()]]
            }
            _ => continue,
        };
        let words = pair.map(|word| if dice.below(2) == 0 { traditional(word) } else { word.clone() });
        asked.push(Asked { id: id.clone(), words: pair.map(Clone::clone), query: format!("{} ", words.join(" ")) });
        if asked.len() == 200 {
            break;
        }
    }
    asked
}

/// For each query the chats that fit.
async fn by_force(db: &Db, user: &UserId, asked: &[Asked]) -> Result<Vec<Truth>, DbErr> {
    let queries: Vec<(Query, [[String; 2]; 2])> = asked
        .iter()
        .map(|one| (Query::parse(&one.query), one.words.each_ref().map(|word| [word.clone(), traditional(word)])))
        .collect();
    let mut found: Vec<Truth> = asked.iter().map(|_| Truth::default()).collect();
    let mut seen: Vec<BTreeSet<String>> = vec![BTreeSet::new(); asked.len()];
    let mut below = i64::MAX;
    loop {
        let text = format!(
            "SELECT m.seq, m.session_id, m.parts FROM messages m JOIN sessions s ON s.id = m.session_id \
             WHERE s.user_id = '{}' AND m.seq < {below} ORDER BY m.seq DESC LIMIT 5000",
            user.as_str()
        );
        let rows = db.read().query_all_raw(Statement::from_string(db.read().get_database_backend(), text)).await?;
        if rows.is_empty() {
            return Ok(found);
        }
        for row in rows {
            below = row.try_get("", "seq")?;
            let session: String = row.try_get("", "session_id")?;
            let parts: Vec<Part> = serde_json::from_str(&row.try_get::<String>("", "parts")?)
                .map_err(|error| DbErr::Json(error.to_string()))?;
            let text = visible(&parts);
            for (number, (query, words)) in queries.iter().enumerate() {
                if !words.iter().flatten().any(|word| text.contains(word.as_str())) {
                    continue;
                }
                let places = find(query, &text);
                let known = found[number].apart.entry(session.clone()).or_insert(([false; 2], below));
                (0..2).for_each(|word| known.0[word] |= places.has(word));
                if places.all() && seen[number].insert(session.clone()) {
                    found[number].together.insert(below, session.clone());
                }
            }
        }
    }
}
