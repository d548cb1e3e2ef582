//! The built web client over HTTP, for a first run, a bare binary and the tests. In production Caddy does this, by the same
//! rules. Which files there are is the affair of [`crate::spa`].

use crate::App;
use crate::error::{AppError, AppResult};
use crate::spa::{Coding, File, Spa, name};
use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderName, IF_NONE_MATCH, VARY,
};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use shared::ErrorCode;

/// Serves a file of the client, or its page for the client's own addresses.
///
/// # Errors
/// `route.not_found` when there is no such file, `method.not_allowed` for other methods than GET and HEAD.
pub async fn serve(request: &HttpRequest) -> AppResult<HttpResponse> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(ErrorCode::MethodNotAllowed.into());
    }
    let app = request.app_data::<web::Data<App>>().ok_or(ErrorCode::RouteNotFound)?.clone();
    if matches!(app.spa, Spa::Missing) {
        return Ok(no_client());
    }
    let name = name::behind(request.path()).ok_or(ErrorCode::RouteNotFound)?.to_owned();
    let codings = taken(header(request, ACCEPT_ENCODING).unwrap_or_default());
    let wanted = name.clone();
    let found = web::block(move || app.spa.find(&wanted, &codings)).await.map_err(AppError::internal)?;
    let (file, coding) = found.ok_or(ErrorCode::RouteNotFound)?;
    Ok(answer(&name, file, coding, header(request, IF_NONE_MATCH)))
}

fn header(request: &HttpRequest, name: HeaderName) -> Option<&str> {
    request.headers().get(name)?.to_str().ok()
}

fn answer(name: &str, file: File, coding: Coding, seen: Option<&str>) -> HttpResponse {
    let is_seen = seen.is_some_and(|seen| names(seen, &file.etag));
    let mut response = HttpResponse::build(if is_seen { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    response.insert_header((ETAG, file.etag)).insert_header((VARY, "Accept-Encoding"));
    keep(&mut response, name);
    if is_seen {
        return response.finish();
    }
    if coding != Coding::Identity {
        response.insert_header((CONTENT_ENCODING, coding.as_str()));
    }
    response.insert_header((CONTENT_TYPE, name::media_type(name))).body(file.bytes)
}

/// How long browsers and proxies may keep it.
fn keep(response: &mut HttpResponseBuilder, name: &str) {
    if name::is_constant(name) {
        response.insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"));
    } else {
        // 1Panel's proxy cache ignores Cache-Control and would show the old page after an update; this it obeys.
        response.insert_header((CACHE_CONTROL, "no-cache")).insert_header(("X-Accel-Expires", "0"));
    }
}

/// Whether an `If-None-Match` names this tag. A proxy that compresses makes the tag it passes on a weak one.
fn names(seen: &str, etag: &str) -> bool {
    seen.split(',').map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

/// The codings that an `Accept-Encoding` allows, best first. The file as it is stands at least at the end: refusing
/// everything would help nobody.
fn taken(accepted: &str) -> Vec<Coding> {
    let identity = weight(accepted, "identity").unwrap_or(f32::MIN_POSITIVE);
    let weigh = |coding: Coding| match coding {
        Coding::Identity => identity,
        _ => weight(accepted, coding.as_str()).or_else(|| weight(accepted, "*")).unwrap_or(0.0),
    };
    let mut codings = Coding::ALL.map(|coding| (weigh(coding), coding)).to_vec();
    codings.retain(|(weight, coding)| *weight > 0.0 || *coding == Coding::Identity);
    // A stable order: of equal weights the smaller file comes first.
    codings.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    codings.into_iter().map(|(_, coding)| coding).collect()
}

/// The weight of a coding where it is named; 1 without a `q`.
fn weight(accepted: &str, coding: &str) -> Option<f32> {
    accepted.split(',').find_map(|part| {
        let mut words = part.split(';').map(str::trim);
        if !words.next()?.eq_ignore_ascii_case(coding) {
            return None;
        }
        let given = words.find_map(|word| word.strip_prefix("q=").or_else(|| word.strip_prefix("Q=")));
        Some(given.map_or(1.0, |given| given.parse().unwrap_or(0.0)))
    })
}

fn no_client() -> HttpResponse {
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>AIChat</title>\
         <p>The API is running. The web client was not built: run <code>cargo xtask run</code>, or start with <code>--spa FOLDER</code>.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use Coding::{Brotli, Gzip, Identity};

    #[test]
    fn codings_are_taken_by_weight_and_never_against_a_refusal() {
        for (accepted, codings) in [
            ("", vec![Identity]),
            ("gzip, deflate, br, zstd", vec![Brotli, Gzip, Identity]),
            ("gzip", vec![Gzip, Identity]),
            ("GZIP;Q=0.5", vec![Gzip, Identity]),
            ("br;q=0, gzip", vec![Gzip, Identity]),
            ("br;q=0.1, gzip;q=0.9", vec![Gzip, Brotli, Identity]),
            ("*", vec![Brotli, Gzip, Identity]),
            ("*;q=0", vec![Identity]),
            ("gzip, *;q=0", vec![Gzip, Identity]),
            ("identity", vec![Identity]),
            ("identity, gzip;q=0.5", vec![Identity, Gzip]),
            ("identity;q=0, br", vec![Brotli, Identity]),
            ("brotli, xgzip", vec![Identity]),
            ("br;q=nonsense", vec![Identity]),
        ] {
            assert_eq!(taken(accepted), codings, "{accepted:?}");
        }
    }

    #[test]
    fn a_tag_is_known_again_in_a_list_and_from_a_proxy() {
        for seen in ["\"a\"", "W/\"a\"", "\"b\", \"a\"", "*"] {
            assert!(names(seen, "\"a\""), "{seen}");
        }
        assert!(!names("\"b\", \"aa\"", "\"a\""));
    }

    #[test]
    fn the_caddyfile_says_the_same() {
        let caddyfile = include_str!("../../../../Caddyfile");
        let constant = "Cache-Control \"public, max-age=31536000, immutable\"";
        let changing = ["@changing Cache-Control no-cache", "@changing X-Accel-Expires 0", "Vary Accept-Encoding"];
        for line in [crate::edge::CSP, crate::edge::PREVIEW_CSP, constant].into_iter().chain(changing) {
            assert!(caddyfile.contains(line), "Caddyfile: {line}");
        }
        let roots = crate::edge::ROOTS.map(|root| format!("{root} {root}/*")).join(" ");
        assert!(caddyfile.contains(&format!("@backend path {roots}\n")), "Caddyfile: {roots}");
    }

    #[test]
    fn the_caddyfile_speaks_of_an_absent_backend_in_the_words_of_the_table() {
        let caddyfile = include_str!("../../../../Caddyfile");
        let body = caddyfile.split('`').find(|text| text.starts_with('{')).expect("a body");
        let said: shared::ApiError = serde_json::from_str(body).expect("JSON");
        let [host, port] = ["{$BACKEND_HOST:127.0.0.1}", "{$BACKEND_INTERNAL_PORT:8001}"].map(str::to_owned);
        let params = shared::error::params([("host", host), ("port", port)]);
        let code = ErrorCode::EdgeBackendUnreachable;
        assert_eq!(said, shared::ApiError::new(code, params));
        assert!(caddyfile.contains(&format!("{body}` {}\n", code.status())));
    }
}
