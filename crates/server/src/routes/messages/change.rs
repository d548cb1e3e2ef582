//! One message: its text changed in place, deleted, restored.

use crate::App;
use crate::auth::CurrentUser;
use crate::db::{messages, sessions};
use crate::error::{AppError, AppResult};
use actix_web::{HttpResponse, web};
use shared::chat::{Message, Role, UpdateMessage};
use shared::limits::MAX_CONTENT_BYTES;
use shared::message::digest;
use shared::part::plain_text;
use shared::{ErrorCode, MessageId, Part};

/// `PATCH /api/messages/{id}`: another text in the place of the old one. What is being written is not changed.
pub async fn update_message(
    app: web::Data<App>,
    user: CurrentUser,
    id: web::Path<MessageId>,
    body: web::Json<UpdateMessage>,
) -> AppResult<web::Json<Message>> {
    if body.content.len() > MAX_CONTENT_BYTES {
        return Err(AppError::new(ErrorCode::MessageTooLong).with("limit", "1 MiB"));
    }
    let owner = &user.user.id;
    let known = messages::owned(app.db.read(), owner, &id).await?.ok_or(ErrorCode::MessageNotFound)?;
    let (session, now) = (&known.session_id, app.clock.now());
    let tx = app.db.begin().await?;
    if !sessions::hold(&tx, owner, session).await? {
        return Err(ErrorCode::MessageNotFound.into());
    }
    let Some(message) = messages::edit::hold(&tx, session, &id, now).await? else {
        let there = messages::is_there(&tx, session, &id).await?;
        return Err(if there { ErrorCode::ChatBusy } else { ErrorCode::MessageNotFound }.into());
    };
    let parts = rewritten(message.parts, body.into_inner().content);
    let says_nothing = parts.iter().all(|part| part.file().is_none()) && plain_text(&parts).trim().is_empty();
    if says_nothing {
        return Err(ErrorCode::MessageEmpty.into());
    }
    // Only answers carry the length and the hash of their text.
    let digest = (message.role == Role::Assistant).then(|| digest(&plain_text(&parts)));
    let digest = digest.as_ref().map(|(length, sha256)| (*length, sha256.as_str()));
    messages::edit::rewrite(&tx, &id, &parts, digest).await?;
    tx.commit().await?;
    app.runs.tell_messages(owner, session.clone());
    let mut items = [messages::owned(app.db.read(), owner, &id).await?.ok_or(ErrorCode::MessageNotFound)?];
    messages::fill_siblings(app.db.read(), session, &mut items).await?;
    let [message] = items;
    Ok(web::Json(message))
}

/// The parts with one text in the place of the first, or at the end where there was none.
fn rewritten(parts: Vec<Part>, content: String) -> Vec<Part> {
    let is_text = |part: &Part| part.as_text().is_some();
    let place = parts.iter().position(is_text).unwrap_or(parts.len());
    let mut parts: Vec<Part> = parts.into_iter().filter(|part| !is_text(part)).collect();
    if !content.trim().is_empty() {
        parts.insert(place, Part::text(content));
    }
    parts
}

/// `DELETE /api/messages/{id}`: hides it with everything below it; it can be restored.
pub async fn delete_message(
    app: web::Data<App>,
    user: CurrentUser,
    id: web::Path<MessageId>,
) -> AppResult<HttpResponse> {
    app.runs.delete_message(&user.user.id, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /api/messages/{id}/restore`: takes exactly that deletion back.
pub async fn restore_message(
    app: web::Data<App>,
    user: CurrentUser,
    id: web::Path<MessageId>,
) -> AppResult<HttpResponse> {
    app.runs.restore_message(&user.user.id, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[cfg(test)]
mod tests {
    use super::rewritten;
    use shared::Part;

    #[test]
    fn one_text_stands_where_the_first_was_and_everything_else_stays() {
        let (thought, notice) = (Part::reasoning("hm"), Part::Notice { code: "c".into(), params: Default::default() });
        let parts = vec![thought.clone(), Part::text("a"), notice.clone(), Part::text("b")];
        assert_eq!(rewritten(parts, "new".into()), [thought.clone(), Part::text("new"), notice]);
        assert_eq!(rewritten(vec![thought.clone()], "new".into()), [thought.clone(), Part::text("new")]);
        assert_eq!(rewritten(vec![thought.clone(), Part::text("a")], " \n".into()), [thought]);
    }
}
