//! Chats whose title has all words, last activity first.

use crate::db::search::ask::{self, Question, Titled};
use crate::db::{Db, DbErr};
use search::find::find;

/// Up to so many titles are put in order as they come from the index. Where more fit, they are so common that going
/// through the chats in their order meets a page of them soon.
const SORTED: usize = 1500;
/// Chats that are read at a time then.
const WALKED: usize = 400;

/// A page of chats whose title has all words, behind `after`.
pub(super) async fn page(
    db: &Db,
    question: &Question<'_>,
    after: Option<(i64, &str)>,
    limit: usize,
) -> Result<Vec<Titled>, DbErr> {
    let mut chats = ask::titles(db.read(), question, SORTED + 1).await?;
    if chats.len() > SORTED {
        return walk(db, question, after, limit).await;
    }
    chats.retain(|chat| after.is_none_or(|after| (chat.moment, chat.id.as_str()) < after));
    chats.sort_by(|one, other| (other.moment, other.id.as_str()).cmp(&(one.moment, one.id.as_str())));
    Ok(chats.into_iter().filter(|chat| fits(question, chat)).take(limit).collect())
}

async fn walk(
    db: &Db,
    question: &Question<'_>,
    after: Option<(i64, &str)>,
    limit: usize,
) -> Result<Vec<Titled>, DbErr> {
    let mut after = after.map(|(moment, id)| (moment, id.to_owned()));
    let mut page = Vec::new();
    loop {
        let behind = after.as_ref().map(|(moment, id)| (*moment, id.as_str()));
        let chats = ask::chats(db.read(), question.user, question.filters, behind, WALKED).await?;
        let more = chats.len() == WALKED;
        after = chats.last().map(|chat| (chat.moment, chat.id.0.clone()));
        page.extend(chats.into_iter().filter(|chat| fits(question, chat)).take(limit - page.len()));
        if page.len() == limit || !more {
            return Ok(page);
        }
    }
}

fn fits(question: &Question<'_>, chat: &Titled) -> bool {
    find(question.query, &chat.title).all()
}
