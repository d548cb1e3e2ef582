//! The models that a signed-in person may choose.

use crate::App;
use crate::auth::CurrentUser;
use crate::error::{AppError, AppResult};
use actix_web::http::header::{ContentType, ETAG, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use shared::page::PageQuery;

/// `GET /api/models`: those that can be used, by connection and name, and the one that a new chat uses. Whoever has this
/// very answer already (`If-None-Match`) is told so.
pub async fn list_models(
    app: web::Data<App>,
    user: CurrentUser,
    request: HttpRequest,
    query: web::Query<PageQuery>,
) -> AppResult<HttpResponse> {
    let list = app.catalog.models(&query, &user)?;
    let body = serde_json::to_vec(&list).map_err(AppError::internal)?;
    let tag = tag(&body);
    let known = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| has(known, &tag)) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag)).finish());
    }
    Ok(HttpResponse::Ok().insert_header((ETAG, tag)).insert_header(ContentType::json()).body(body))
}

/// The tag of a body.
pub(super) fn tag(body: &[u8]) -> String {
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(body)[..16]))
}

/// Whether a list of tags has this one. A proxy that compresses makes it a weak one.
pub(super) fn has(known: &str, tag: &str) -> bool {
    known.split(',').map(|other| other.trim().trim_start_matches("W/")).any(|other| other == tag || other == "*")
}

#[cfg(test)]
mod tests {
    use super::has;

    #[test]
    fn a_tag_is_found_in_a_list_strong_or_weak() {
        for known in ["\"a\"", "W/\"a\"", "\"x\", W/\"a\"", "*"] {
            assert!(has(known, "\"a\""), "{known}");
        }
        assert!(!has("\"b\"", "\"a\"") && !has("", "\"a\""));
    }
}
