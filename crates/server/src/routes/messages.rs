//! The messages of a chat: a path through it, page by page, from its end, its beginning or any message. `change` is for one
//! of them.

mod change;

pub use change::{delete_message, restore_message, update_message};

use crate::App;
use crate::auth::CurrentUser;
use crate::chat::stored;
use crate::db::sessions::SessionRow;
use crate::db::{messages, paths, runs, sessions};
use crate::error::{AppError, AppResult};
use actix_web::web;
use shared::chat::Message;
use shared::events::Status;
use shared::page::{MessagePage, MessagesQuery};
use shared::{ErrorCode, MessageId, SessionId};

/// `GET /api/sessions/{id}/messages`: newest page first, each page in reading order; `next` leads to older ones, and
/// `previous` back to newer ones. `around` gives the page in whose middle a message stands, on whatever branch that is. An
/// answer that is being written comes with `runId` and `runSeq`: attach after that number.
pub async fn list_messages(
    app: web::Data<App>,
    user: CurrentUser,
    id: web::Path<SessionId>,
    query: web::Query<MessagesQuery>,
) -> AppResult<web::Json<MessagePage>> {
    let row = sessions::get(app.db.read(), &user.user.id, &id).await?.ok_or(ErrorCode::ChatNotFound)?;
    let mut page = page_of(&app, &row, &query).await?;
    messages::fill_siblings(app.db.read(), &id, &mut page.items).await?;
    for message in page.items.iter_mut().filter(|message| message.status == Status::Streaming) {
        show_live(&app, message).await?;
    }
    Ok(web::Json(page))
}

async fn page_of(app: &App, row: &SessionRow, query: &MessagesQuery) -> AppResult<MessagePage> {
    let limit = query.limit();
    match (&query.after, &query.before, &query.around, query.oldest) {
        (None, None, None, false) => match &row.active_leaf {
            Some(leaf) => above(app, row, leaf, limit).await,
            None => Ok(MessagePage::default()),
        },
        (Some(after), None, None, false) => {
            let last = messages::get(app.db.read(), &row.session.id, after).await?;
            let Some(from) = last.ok_or(ErrorCode::MessageNotFound)?.parent_id else {
                return Ok(MessagePage::default());
            };
            let page = above(app, row, &from, limit).await?;
            Ok(MessagePage { previous: page.items.last().map(id_of), ..page })
        }
        (None, Some(before), None, false) => {
            let (mut items, more) = below(app, row, before, limit).await?;
            items.remove(0);
            Ok(MessagePage {
                next: items.first().map(id_of),
                previous: end_of(&items, more),
                items,
                ..MessagePage::default()
            })
        }
        (None, None, Some(around), false) => around_of(app, row, around, limit).await,
        (None, None, None, true) => {
            let Some(leaf) = &row.active_leaf else { return Ok(MessagePage::default()) };
            let Some(root) = paths::root(app.db.read(), &row.session.id, leaf).await? else {
                return Ok(MessagePage::default());
            };
            let (mut items, more) = below(app, row, &root, limit).await?;
            let more = more || items.len() > limit as usize;
            items.truncate(limit as usize);
            Ok(MessagePage { previous: end_of(&items, more), items, ..MessagePage::default() })
        }
        _ => Err(AppError::invalid("only one of `after`, `before`, `around` and `oldest` can be asked for")),
    }
}

/// The messages from `from` upwards.
async fn above(app: &App, row: &SessionRow, from: &MessageId, limit: u32) -> AppResult<MessagePage> {
    let mut items = messages::path(app.db.read(), &row.session.id, from, limit).await?;
    items.reverse();
    Ok(MessagePage { next: beginning_of(&items), items, ..MessagePage::default() })
}

/// A message and `limit` below it, and whether there are more.
async fn below(app: &App, row: &SessionRow, from: &MessageId, limit: u32) -> AppResult<(Vec<Message>, bool)> {
    let mut items = paths::below(app.db.read(), &row.session.id, from, limit + 2).await?;
    if items.is_empty() {
        return Err(ErrorCode::MessageNotFound.into());
    }
    let more = items.len() > limit as usize + 1;
    items.truncate(limit as usize + 1);
    Ok((items, more))
}

/// The page with a message in its middle.
async fn around_of(app: &App, row: &SessionRow, middle: &MessageId, limit: u32) -> AppResult<MessagePage> {
    let (newer, more) = below(app, row, middle, limit - (limit / 2)).await?;
    let mut page = above(app, row, middle, limit / 2 + 1).await?;
    // It is the end of what is above and the beginning of what is below.
    page.items.pop();
    page.items.extend(newer);
    page.previous = end_of(&page.items, more);
    let leaf = row.active_leaf.as_ref();
    page.hidden_branch = paths::is_hidden(app.db.read(), &row.session.id, leaf, middle).await?;
    Ok(page)
}

fn id_of(message: &Message) -> String {
    message.id.0.clone()
}

fn beginning_of(items: &[Message]) -> Option<String> {
    items.first().filter(|first| first.parent_id.is_some()).map(id_of)
}

fn end_of(items: &[Message], more: bool) -> Option<String> {
    items.last().filter(|_| more).map(id_of)
}

/// The row of an answer that is being written knows nothing yet: show what its run has. If it ended since the row was
/// read, the row as it is now knows everything.
async fn show_live(app: &App, message: &mut Message) -> AppResult<()> {
    let Some(run) = runs::streaming_of_message(app.db.read(), &message.id).await? else {
        return read_again(app, message).await;
    };
    let live = match app.runs.live(&run.user_id, &run.id) {
        Some(handle) => handle.live(),
        None => stored::fold_chunks(&app.db, &run, message).await?,
    };
    if live.message.status == Status::Streaming {
        message.run_id = Some(run.id);
        message.run_seq = Some(live.seq);
    } else {
        // It has ended and cannot be stored for the moment: only the run knows how.
        let (length, sha256) = live.message.digest();
        (message.length, message.sha256) = (Some(length), Some(sha256));
    }
    message.status = live.message.status;
    message.parts = live.message.parts;
    message.usage = live.message.usage;
    message.error = live.message.error;
    Ok(())
}

async fn read_again(app: &App, message: &mut Message) -> AppResult<()> {
    if let Some(now) = messages::get(app.db.read(), &message.session_id, &message.id).await? {
        *message = Message { siblings: std::mem::take(&mut message.siblings), ..now };
    }
    Ok(())
}
