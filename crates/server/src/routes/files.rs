//! Files: upload, look, read, delete; and faces. What is sent back never runs: pictures are shown, since they were made
//! anew from their pixels, and everything else is a download of no type that a browser opens.

use crate::App;
use crate::auth::CurrentUser;
use crate::error::AppResult;
use crate::files::{Opened, disposition};
use crate::whole::to_the_end;
use actix_web::body::SizedStream;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, stream};
use shared::accounts::User;
use shared::events::UserEvent;
use shared::files::{FileKind, FileUsage, UploadQuery};
use shared::{FileId, UserId};
use std::io;
use tokio::io::AsyncReadExt as _;

/// Bytes that are read and sent at a time.
const PIECE: usize = 64 * 1024;
/// Nothing may run in what is sent, not even where somebody opens it as a page.
pub(super) const POLICY: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";
/// A stored picture never changes; only this person's browser may keep it. The edge lets answers vary by login.
pub(super) const KEPT: &str = "private, max-age=31536000, immutable";
/// May be kept, and is asked for again.
pub(super) const ASKED_AGAIN: &str = "private, no-cache";

/// `POST /api/files?name=`: the body is the file. 201, or 200 for bytes that the person sent before under this name.
pub async fn upload_file(
    app: web::Data<App>,
    caller: CurrentUser,
    query: web::Query<UploadQuery>,
    request: HttpRequest,
    body: web::Payload,
) -> AppResult<HttpResponse> {
    let (info, is_new) = app.files.upload(&caller.user.id, &query.name, length(&request), body).await?;
    let mut head = if is_new { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(head.json(info))
}

/// `GET /api/files/usage`: what the person's files take, and may take.
pub async fn get_usage(app: web::Data<App>, caller: CurrentUser) -> AppResult<web::Json<FileUsage>> {
    Ok(web::Json(app.files.usage(&caller.user.id).await?))
}

/// `GET /api/files/{id}`: a picture to be shown, a document to be saved.
pub async fn get_file(
    app: web::Data<App>,
    caller: CurrentUser,
    id: web::Path<FileId>,
    request: HttpRequest,
) -> AppResult<HttpResponse> {
    let opened = app.files.original(&caller.user.id, &id).await?;
    Ok(match opened.info.kind {
        FileKind::Image => show(&request, opened, KEPT),
        FileKind::Document => {
            let kind = harmless(&opened.info.media_type).to_owned();
            save(opened, &kind)
        }
    })
}

/// `GET /api/files/{id}/text`: what a model reads of a document.
pub async fn get_text(app: web::Data<App>, caller: CurrentUser, id: web::Path<FileId>) -> AppResult<HttpResponse> {
    let mut opened = app.files.reading(&caller.user.id, &id).await?;
    opened.info.name.push_str(".txt");
    Ok(save(opened, "text/plain; charset=utf-8"))
}

/// `DELETE /api/files/{id}`: removes a file that no chat holds but deleted ones.
pub async fn delete_file(app: web::Data<App>, caller: CurrentUser, id: web::Path<FileId>) -> AppResult<HttpResponse> {
    app.files.delete(&caller.user.id, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `PUT /api/auth/me/avatar`: the body is the picture.
pub async fn set_avatar(
    app: web::Data<App>,
    caller: CurrentUser,
    request: HttpRequest,
    body: web::Payload,
) -> AppResult<web::Json<User>> {
    let id = caller.user.id.clone();
    let face = app.files.receive_face(&id, length(&request), body).await?;
    let user = to_the_end(async move { app.files.put_face(&id, face).await.map(|user| changed(&app, user)) });
    user.await.map(web::Json)
}

/// `DELETE /api/auth/me/avatar`: the person's initial is shown again.
pub async fn remove_avatar(app: web::Data<App>, caller: CurrentUser) -> AppResult<web::Json<User>> {
    let id = caller.user.id.clone();
    let user = to_the_end(async move { app.files.remove_face(&id).await.map(|user| changed(&app, user)) });
    user.await.map(web::Json)
}

/// Tells the person's tabs, and whoever knows them.
fn changed(app: &App, user: User) -> User {
    app.auth.forget_user(&user.id);
    app.runs.hub().publish(&user.id, &UserEvent::UserChanged { user: user.clone() });
    user
}

/// `GET /api/users/{id}/avatar`: whoever is signed in may see a face. Its own address names its version (`?v=`) and may
/// be kept; without one it is asked for again.
pub async fn get_avatar(app: web::Data<App>, id: web::Path<UserId>, request: HttpRequest) -> AppResult<HttpResponse> {
    let opened = app.files.face(&id).await?;
    let is_versioned =
        opened.info.id.as_str().rsplit('-').next().is_some_and(|version| {
            request.query_string().split('&').any(|pair| pair.strip_prefix("v=") == Some(version))
        });
    Ok(show(&request, opened, if is_versioned { KEPT } else { ASKED_AGAIN }))
}

/// How long the body is, as its head says.
pub(super) fn length(request: &HttpRequest) -> Option<u64> {
    request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The type that a document is sent with: its own where no browser runs it.
fn harmless(media_type: &str) -> &str {
    let is_office = media_type.starts_with("application/vnd.openxmlformats-officedocument.")
        || media_type.starts_with("application/vnd.oasis.opendocument.");
    if is_office || media_type == "application/pdf" { media_type } else { "application/octet-stream" }
}

/// A picture, unless the browser has it.
fn show(request: &HttpRequest, opened: Opened, cache: &str) -> HttpResponse {
    let tag = format!("\"{}\"", opened.hash);
    let is_there = has(request, &tag);
    let mut head = if is_there { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    head.insert_header((ETAG, tag)).insert_header((CACHE_CONTROL, cache));
    head.insert_header((CONTENT_SECURITY_POLICY, POLICY));
    if is_there {
        return head.finish();
    }
    head.insert_header((CONTENT_TYPE, opened.info.media_type.as_str()))
        .insert_header((CONTENT_DISPOSITION, disposition(true, &opened.info.name)));
    send(head, opened)
}

/// A download.
fn save(opened: Opened, kind: &str) -> HttpResponse {
    let mut head = HttpResponse::Ok();
    head.insert_header((CONTENT_TYPE, kind))
        .insert_header((CONTENT_DISPOSITION, disposition(false, &opened.info.name)))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY));
    send(head, opened)
}

/// Whether the browser has what carries this tag.
pub(super) fn has(request: &HttpRequest, tag: &str) -> bool {
    let known = request.headers().get_all(IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    known.flat_map(|value| value.split(',')).any(|known| {
        let known = known.trim();
        known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag
    })
}

fn send(mut head: HttpResponseBuilder, opened: Opened) -> HttpResponse {
    let file = tokio::fs::File::from_std(opened.file);
    head.body(SizedStream::new(opened.size, pieces(file)))
}

/// The bytes of a file, a piece at a time.
fn pieces(file: tokio::fs::File) -> impl Stream<Item = io::Result<Bytes>> {
    stream::try_unfold(file, async |mut file| {
        let mut piece = BytesMut::with_capacity(PIECE);
        let read = file.read_buf(&mut piece).await?;
        Ok((read > 0).then(|| (piece.freeze(), file)))
    })
}
