//! The messages of a chat: the active path, page by page from its end.

use crate::App;
use crate::auth::CurrentUser;
use crate::chat::stored;
use crate::db::{messages, runs, sessions};
use crate::error::AppResult;
use actix_web::web;
use shared::chat::Message;
use shared::events::Status;
use shared::page::PageQuery;
use shared::{ErrorCode, MessageId, Page, SessionId};

/// `GET /api/sessions/{id}/messages`: newest page first, each page in reading order; `next` leads to older ones. An
/// answer that is being written comes with `runId` and `runSeq`: attach after that number.
pub async fn list_messages(
    app: web::Data<App>,
    user: CurrentUser,
    id: web::Path<SessionId>,
    query: web::Query<PageQuery>,
) -> AppResult<web::Json<Page<Message>>> {
    let db = app.db.read();
    let row = sessions::get(db, &user.user.id, &id).await?.ok_or(ErrorCode::ChatNotFound)?;
    let from = match &query.after {
        Some(after) => {
            let last = messages::get(db, &id, &MessageId(after.clone())).await?.ok_or(ErrorCode::MessageNotFound)?;
            last.parent_id
        }
        None => row.active_leaf,
    };
    let Some(from) = from else { return Ok(web::Json(Page { items: Vec::new(), next: None })) };
    let limit = query.limit();
    let mut items = messages::path(db, &id, &from, limit).await?;
    let next = items.last().filter(|last| last.parent_id.is_some()).map(|last| last.id.0.clone());
    items.reverse();
    messages::fill_siblings(db, &id, &mut items).await?;
    for message in items.iter_mut().filter(|message| message.status == Status::Streaming) {
        show_live(&app, message).await?;
    }
    Ok(web::Json(Page { items, next }))
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
