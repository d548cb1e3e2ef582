//! The built web client, served by the server itself for a first run, a bare binary and the tests. In production Caddy does this.

use crate::App;
use crate::error::{AppError, AppResult};
use actix_web::http::Method;
use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use actix_web::{HttpRequest, HttpResponse, web};
use shared::ErrorCode;
use std::path::{Component, Path, PathBuf};

/// Serves a file of the client, or its page for the client's own addresses.
///
/// # Errors
/// `route.not_found` when there is no client or no such file, `method.not_allowed` for other methods.
pub async fn serve(request: &HttpRequest) -> AppResult<HttpResponse> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(ErrorCode::MethodNotAllowed.into());
    }
    let app = request.app_data::<web::Data<App>>().ok_or(ErrorCode::RouteNotFound)?;
    let Some(root) = app.config.spa_dir.clone() else { return Ok(no_client()) };
    let path = request.path().trim_start_matches('/').to_owned();
    // A last part with a dot is a file; anything else is an address inside the client.
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    let relative = if is_file { safe(&path).ok_or(ErrorCode::RouteNotFound)? } else { PathBuf::from("index.html") };
    let accepted = request.headers().get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let encodings: Vec<&'static str> = ["br", "gzip"].into_iter().filter(|name| accepted.contains(name)).collect();
    let file = relative.clone();
    let found = web::block(move || read(&root, &file, &encodings)).await.map_err(AppError::internal)?;
    let Some((body, encoding)) = found else { return Err(ErrorCode::RouteNotFound.into()) };
    Ok(answer(request, &relative, body, encoding))
}

fn answer(request: &HttpRequest, file: &Path, body: Vec<u8>, encoding: Option<&'static str>) -> HttpResponse {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let (length, hash) = shared::message::digest(&String::from_utf8_lossy(&body));
    let etag = format!("\"{length:x}-{}\"", &hash[..16]);
    let mut response = HttpResponse::Ok();
    response.insert_header((CONTENT_TYPE, content_type(name))).insert_header((VARY, "Accept-Encoding"));
    response.insert_header((
        CACHE_CONTROL,
        if is_hashed(file) { "public, max-age=31536000, immutable" } else { "no-cache" },
    ));
    response.insert_header((ETAG, etag.clone()));
    if request.headers().get(IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == etag.as_bytes()) {
        return response.status(actix_web::http::StatusCode::NOT_MODIFIED).finish();
    }
    if let Some(encoding) = encoding {
        response.insert_header((CONTENT_ENCODING, encoding));
    }
    response.body(body)
}

fn no_client() -> HttpResponse {
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>AIChat</title>\
         <p>The API is running. The web client was not built: run <code>cargo xtask run</code>, or start with <code>--spa DIR</code>.",
    )
}

/// A path below the root, without tricks.
fn safe(path: &str) -> Option<PathBuf> {
    let decoded = PathBuf::from(path);
    let plain = decoded.components().all(|part| matches!(part, Component::Normal(_)));
    (plain && !path.contains(['\\', '\0', '%'])).then_some(decoded)
}

/// The file in the first encoding that exists, else as it is.
fn read(root: &Path, file: &Path, encodings: &[&'static str]) -> Option<(Vec<u8>, Option<&'static str>)> {
    for encoding in encodings {
        let ending = if *encoding == "gzip" { "gz" } else { encoding };
        let mut packed = root.join(file).into_os_string();
        packed.push(format!(".{ending}"));
        if let Ok(body) = std::fs::read(PathBuf::from(packed)) {
            return Some((body, Some(encoding)));
        }
    }
    std::fs::read(root.join(file)).ok().map(|body| (body, None))
}

/// Whether the name carries a hash of the content (`name-0123456789abcdef….ext`) or its folder a version.
fn is_hashed(file: &Path) -> bool {
    let name = file.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    let hex = |part: &str| part.len() >= 8 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let versioned = file.components().any(|part| {
        part.as_os_str().to_str().and_then(|name| name.rsplit_once('-')).is_some_and(|(_, version)| {
            version.contains('.') && version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        })
    });
    versioned || name.split(['-', '_', '.']).any(hex)
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "webmanifest" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_or_a_version_are_cached_for_ever() {
        for name in
            ["frontend-0123456789abcdef_bg.wasm", "boot-0123456789abcdef.js", "vendor/highlight-11.12.0/core.js"]
        {
            assert!(is_hashed(Path::new(name)), "{name}");
        }
        for name in ["index.html", "favicon.svg", "boot.js", "vendor/highlight/core.js"] {
            assert!(!is_hashed(Path::new(name)), "{name}");
        }
    }

    #[test]
    fn paths_stay_below_the_root() {
        for path in ["../secrets.json", "a/../../b.js", "/etc/passwd.x", "a\\..\\b.js", "%2e%2e/x.js"] {
            assert_eq!(safe(path), None, "{path}");
        }
        assert!(safe("vendor/x.js").is_some());
    }
}
