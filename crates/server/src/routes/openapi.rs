//! What the whole API is: the document that programs read, and the page that draws it. All of it is part of this program.

use crate::openapi;
use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};

/// The page runs its own script and asks its own server.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

/// `GET /api/openapi.json`: the document, in OpenAPI 3.1.
pub async fn get_document() -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, "application/json")).body(openapi::text())
}

/// `GET /docs`: the page.
pub async fn get_page() -> HttpResponse {
    send("text/html; charset=utf-8", openapi::PAGE)
}

/// `GET /docs/page.js`: what draws it.
pub async fn get_script() -> HttpResponse {
    send("text/javascript; charset=utf-8", openapi::SCRIPT)
}

/// `GET /docs/page.css`: how it looks.
pub async fn get_style() -> HttpResponse {
    send("text/css; charset=utf-8", openapi::STYLE)
}

fn send(kind: &'static str, text: &'static str) -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, kind)).insert_header((CONTENT_SECURITY_POLICY, POLICY)).body(text)
}
