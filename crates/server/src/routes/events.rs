//! `GET /api/events`: everything of the signed-in person on one connection.

use crate::App;
use crate::auth::CurrentUser;
use crate::sse;
use actix_web::{HttpResponse, web};

/// Streams `hello`, a snapshot of every running answer, then every event of the person's runs, chats and settings.
pub async fn stream_events(app: web::Data<App>, user: CurrentUser) -> HttpResponse {
    sse::respond(app.runs.open_tab(&user).await)
}
