//! A browser: it keeps cookies by name and path, and sends the header that our pages send.

use crate::support::{Reply, TestApp, TestUser};
use reqwest::header::{COOKIE, HeaderMap, SET_COOKIE};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use std::collections::BTreeMap;

/// One browser with its cookies.
#[derive(Clone)]
pub(crate) struct Browser {
    nobody: TestUser,
    /// Values of the cookies and the paths they are sent to.
    pub(crate) cookies: BTreeMap<String, (String, String)>,
    /// Headers sent with every request beside the cookies.
    pub(crate) headers: Vec<(String, String)>,
}

impl Browser {
    /// A browser that was never here, on a page of ours.
    pub(crate) fn new(app: &TestApp) -> Self {
        let headers = vec![("x-aichat-request".to_owned(), "1".to_owned())];
        Self { nobody: app.nobody(), cookies: BTreeMap::new(), headers }
    }

    /// The same browser with other headers.
    pub(crate) fn with(&self, headers: &[(&str, &str)]) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { headers, ..self.clone() }
    }

    /// The value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> String {
        self.cookies.get(name).map(|(value, _)| value.clone()).expect("the cookie is set")
    }

    /// Whether it holds no login; that somebody was here it may know.
    pub(crate) fn is_signed_out(&self) -> bool {
        self.cookies.keys().all(|name| name == "aichat_device")
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let sent = self.cookies.iter().filter(|(_, (_, scope))| path.starts_with(scope.as_str()));
        let sent: Vec<String> = sent.map(|(name, (value, _))| format!("{name}={value}")).collect();
        let request = self.nobody.request(method, path);
        let request = if sent.is_empty() { request } else { request.header(COOKIE, sent.join("; ")) };
        self.headers.iter().fold(request, |request, (name, value)| request.header(name, value))
    }

    fn keep(&mut self, headers: &HeaderMap) {
        for line in headers.get_all(SET_COOKIE) {
            let line = line.to_str().expect("text");
            let (pair, attributes) = line.split_once(';').expect("attributes");
            let (name, value) = pair.split_once('=').expect("a pair");
            let path = attributes.split(';').find_map(|part| part.trim().strip_prefix("Path=")).expect("a path");
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), (value.to_owned(), path.to_owned()));
            }
        }
    }

    /// GET.
    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.nobody.call(self.request(Method::GET, path)).await
    }

    /// POST; null sends no body.
    pub(crate) async fn post(&mut self, path: &str, body: Value) -> Reply {
        let request = self.request(Method::POST, path);
        let reply = self.nobody.call(if body.is_null() { request } else { request.json(&body) }).await;
        self.keep(&reply.headers);
        reply
    }

    /// DELETE with a body.
    pub(crate) async fn delete_with(&mut self, path: &str, body: Value) -> Reply {
        let reply = self.nobody.call(self.request(Method::DELETE, path).json(&body)).await;
        self.keep(&reply.headers);
        reply
    }

    /// DELETE.
    pub(crate) async fn delete(&mut self, path: &str) -> Reply {
        let reply = self.nobody.call(self.request(Method::DELETE, path)).await;
        self.keep(&reply.headers);
        reply
    }

    /// PATCH.
    pub(crate) async fn patch(&self, path: &str, body: Value) -> Reply {
        self.nobody.call(self.request(Method::PATCH, path).json(&body)).await
    }
}
