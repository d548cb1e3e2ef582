//! The log as administrators follow it in the browser.

use crate::App;
use crate::auth::CurrentUser;
use crate::chat::hub::OpenCall;
use crate::error::{AppError, AppResult};
use crate::logging::Follower;
use crate::sse;
use actix_web::{HttpResponse, web};
use bytes::Bytes;
use shared::RequestId;
use shared::logs::{LogEvent, LogQuery, MAX_LINES};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Longest text or id that is looked for, in characters.
const MAX_WORD_CHARS: usize = 200;
/// Events that wait for a slow reader; then lines are left out.
const WAITING: usize = 4;
/// Who may follow at once, in all; the one who began first gives way.
const MAX_FOLLOWERS: usize = 16;

/// Those who follow this server's log.
static FOLLOWERS: Mutex<VecDeque<CancellationToken>> = Mutex::new(VecDeque::new());

/// `GET /api/logs`: the lines that this server kept, then every new one, as far as they are wanted.
pub async fn stream_logs(
    app: web::Data<App>,
    user: CurrentUser,
    query: web::Query<LogQuery>,
) -> AppResult<HttpResponse> {
    let query = query.into_inner();
    let words = [query.text.as_deref(), query.request.as_ref().map(RequestId::as_str), query.server.as_deref()];
    if words.into_iter().flatten().any(|word| word.chars().count() > MAX_WORD_CHARS) {
        return Err(AppError::invalid(format!("words may have at most {MAX_WORD_CHARS} characters")));
    }
    if query.tail.is_some_and(|tail| tail as usize > MAX_LINES) {
        return Err(AppError::invalid(format!("`tail` must be a whole number from 0 to {MAX_LINES}")));
    }
    let open = app.runs.hub().open_view(&user.user.id, &user.login, user.user.role);
    let (sender, receiver) = mpsc::channel(WAITING);
    let began = LogEvent::Began { level: app.settings.log_level(), server: Follower::server().to_owned() };
    // The channel is new and empty.
    let _ = sender.try_send(encode(&began));
    tokio::spawn(follow(Follower::new(&query), take_place(), open, sender));
    Ok(sse::respond(receiver))
}

/// A place among those who follow.
fn take_place() -> CancellationToken {
    let place = CancellationToken::new();
    let mut followers = FOLLOWERS.lock().unwrap_or_else(PoisonError::into_inner);
    followers.retain(|other| !other.is_cancelled());
    if followers.len() >= MAX_FOLLOWERS
        && let Some(first) = followers.pop_front()
    {
        first.cancel();
    }
    followers.push_back(place.clone());
    place
}

/// Until the reader leaves, its right is over, or its place is taken.
async fn follow(mut follower: Follower, place: CancellationToken, open: OpenCall, to: mpsc::Sender<Bytes>) {
    loop {
        let event = tokio::select! {
            () = to.closed() => break,
            () = open.ended() => break,
            () = place.cancelled() => break,
            event = follower.next() => event,
        };
        let sent = tokio::select! {
            () = open.ended() => break,
            () = place.cancelled() => break,
            sent = to.send(encode(&event)) => sent,
        };
        if sent.is_err() {
            break;
        }
    }
    place.cancel();
}

fn encode(event: &LogEvent) -> Bytes {
    let mut frame = b"data: ".to_vec();
    // Our own types always serialise.
    let _ = serde_json::to_writer(&mut frame, event);
    frame.extend_from_slice(b"\n\n");
    frame.into()
}
