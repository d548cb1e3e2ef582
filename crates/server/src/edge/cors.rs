//! Pages of other websites. Those that the operator listed may call the API with a bearer token; cookies never count
//! from there, so no answer ever allows credentials. Whoever is refused is named once in the log.

use crate::auth::client::Trust;
use crate::config::Config;
use actix_cors::Cors;
use actix_web::HttpRequest;
use actix_web::http::header::{HeaderName, ORIGIN, RETRY_AFTER};
use actix_web::middleware::Condition;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Seconds that a browser need not ask again.
const MAX_AGE: usize = 3600;
/// Refused origins that are remembered; beyond them the log says nothing more.
const MAX_REFUSED: usize = 64;
/// Longer ones are no address of a website.
const MAX_ORIGIN_BYTES: usize = 253 + "https://:65535".len();
/// What requests of pages may be.
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// What a page may read of an answer below `/v1`: its id, as Anthropic's clients look for it, and our own time.
const OF_PROGRAMS: [&str; 2] = ["request-id", "x-aichat-admission-ms"];

/// What a page may read of a budget that is used up.
const LIMITS: [&str; 9] = [
    "x-ratelimit-limit-requests",
    "x-ratelimit-remaining-requests",
    "x-ratelimit-reset-requests",
    "x-ratelimit-limit-tokens",
    "x-ratelimit-remaining-tokens",
    "x-ratelimit-reset-tokens",
    "x-ratelimit-limit-money",
    "x-ratelimit-remaining-money",
    "x-ratelimit-reset-money",
];

/// Which other websites may call the API.
#[derive(Debug)]
pub struct Origins {
    /// None where no website may.
    listed: Option<Arc<[String]>>,
    refused: Mutex<BTreeSet<String>>,
}

impl Origins {
    /// What the operator said.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        Self { listed: config.cors_origins.clone().map(Arc::from), refused: Mutex::default() }
    }

    /// The layer that answers browsers who ask first, and adds to every answer what lets a page read it.
    #[must_use]
    pub fn layer(&self) -> Condition<Cors> {
        let listed = self.listed.clone().unwrap_or_default();
        let cors = Cors::default()
            .allowed_origin_fn(move |origin, head| {
                super::is_api(head.uri.path()) && listed.iter().any(|listed| origin == listed.as_str())
            })
            .allowed_methods(METHODS)
            // Any header: libraries of programs send their own, and without credentials none of them says who calls.
            .allow_any_header()
            .expose_headers([HeaderName::from_static(super::REQUEST_ID), RETRY_AFTER])
            .expose_headers(LIMITS)
            .expose_headers(OF_PROGRAMS)
            .max_age(MAX_AGE);
        Condition::new(self.listed.is_some(), cors)
    }

    /// What the log should say about a request: something for the first one of every page that is refused.
    #[must_use]
    pub fn complaint(&self, request: &HttpRequest, trust: &Trust) -> Option<String> {
        let origin = request.headers().get(ORIGIN)?.to_str().ok()?;
        let listed = self.listed.as_deref().unwrap_or_default();
        let is_site = origin.contains("://") && origin.len() <= MAX_ORIGIN_BYTES;
        if !is_site || listed.iter().any(|listed| listed == origin) || trust.is_own_page(request) {
            return None;
        }
        if !self.is_new(origin) {
            return None;
        }
        let mut wanted = listed.to_vec();
        wanted.push(origin.to_owned());
        Some(format!(
            "cors.refused a page of {origin} called the API: set ENABLE_CORS=true and CORS_ORIGIN={} if it may, or \
             PUBLIC_URL={origin} if it is AIChat's own page behind a proxy",
            wanted.join(",")
        ))
    }

    fn is_new(&self, origin: &str) -> bool {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.len() < MAX_REFUSED && refused.insert(origin.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use actix_web::test::TestRequest;

    fn config(values: &[(&str, &str)]) -> Config {
        let env = |name: &str| values.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Config::load(&Cli::default(), env, "").expect("good")
    }

    fn complaint(origins: &Origins, trust: &Trust, origin: &str) -> Option<String> {
        let request = TestRequest::default().insert_header(("host", "chat.example")).insert_header(("origin", origin));
        origins.complaint(&request.to_http_request(), trust)
    }

    #[test]
    fn a_refused_page_is_named_once_with_the_value_to_set() {
        let config = config(&[("ENABLE_CORS", "true"), ("CORS_ORIGIN", "https://a.example, http://b.example:3000/")]);
        let (origins, trust) = (Origins::new(&config), Trust::new(&config));
        let line = complaint(&origins, &trust, "https://c.example").expect("the first time");
        let value = "CORS_ORIGIN=https://a.example,http://b.example:3000,https://c.example ";
        assert!(line.contains(value) && line.contains("ENABLE_CORS=true") && !line.contains('\n'), "{line}");
        assert_eq!(complaint(&origins, &trust, "https://c.example"), None, "once");
        for fine in ["https://a.example", "http://b.example:3000", "http://chat.example", "null"] {
            assert_eq!(complaint(&origins, &trust, fine), None, "{fine}");
        }
    }

    #[test]
    fn strangers_cannot_fill_the_log() {
        let config = config(&[]);
        let (origins, trust) = (Origins::new(&config), Trust::new(&config));
        let told = (0..1000).filter_map(|number| complaint(&origins, &trust, &format!("https://{number}.example")));
        assert_eq!(told.count(), MAX_REFUSED);
        assert_eq!(complaint(&origins, &trust, &format!("https://{}.example", "x".repeat(300))), None);
    }
}
