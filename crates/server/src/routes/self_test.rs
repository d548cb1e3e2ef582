//! A few events at known times: what `aichat doctor` asks for through the proxies in front, and the page of administrators
//! from where it is, to see what becomes of a stream on the way.

use crate::App;
use crate::auth::self_test::SelfTest;
use crate::clock::new_id;
use crate::sse;
use crate::version;
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use serde::Deserialize;
use shared::self_test::{EVENTS, GAP_MS, SelfTestEvent};
use std::time::Duration;
use tokio::sync::mpsc;

/// Query of `GET /api/self-test`.
#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// One plain answer instead of a stream: caches treat the two differently.
    #[serde(default)]
    once: bool,
}

/// Streams a few events at known times, or answers with the first one.
pub async fn stream_self_test(
    app: web::Data<App>,
    pass: SelfTest,
    form: web::Query<Form>,
    request: HttpRequest,
) -> HttpResponse {
    let event = first(&app, pass.0, &request);
    if form.once {
        return HttpResponse::Ok().json(event);
    }
    stream(event)
}

/// `GET /api/diagnosis/stream`: the same for the browser of an administrator.
pub async fn stream_to_browser(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    stream(first(&app, new_id(), &request))
}

fn first(app: &App, nonce: String, request: &HttpRequest) -> SelfTestEvent {
    SelfTestEvent {
        number: 1,
        nonce,
        instance: app.instance.clone(),
        build: version::build(),
        seen: app.auth.trust().seen(request),
    }
}

fn stream(event: SelfTestEvent) -> HttpResponse {
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(send(event, sender));
    sse::respond(receiver)
}

async fn send(mut event: SelfTestEvent, to: mpsc::Sender<Bytes>) {
    for number in 1..=EVENTS {
        event.number = number;
        let data = serde_json::to_string(&event).expect("strings and numbers always serialise");
        if to.send(Bytes::from(format!("id: {number}\ndata: {data}\n\n"))).await.is_err() {
            return;
        }
        if number < EVENTS {
            tokio::time::sleep(Duration::from_millis(GAP_MS)).await;
        }
    }
}
