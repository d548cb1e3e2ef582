//! Where the requests of a connection go, and with what: the one place that knows which protocol is spoken by whom.

use super::demo::Demo;
use super::loopback;
use super::{Catalog, unusable::Unusable};
use crate::db::connections::StoredConnection;
use crate::error::{AppError, AppResult};
use crate::redact;
use egress::{Egress, Trust};
use llm::{Anthropic, AzureOpenAi, Endpoint, Gemini, Ollama, OpenAiChat, OpenAiResponses, Provider, Secret, Timeouts};
use serde::{Deserialize, Serialize};
use shared::connections::{ConnectionTimeouts, Protocol};
use shared::{ConnectionId, ErrorCode, UserId};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// The parameter of Azure's older addresses, which stays in the base URL.
const API_VERSION: &str = "api-version";

/// Where requests go, and with what, but for the key.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) protocol: Protocol,
    /// The connection's name, for hints.
    pub(super) name: String,
    pub(super) base_url: String,
    pub(super) trust: Trust,
    pub(super) timeouts: ConnectionTimeouts,
    /// None where what is stored does not open.
    pub(super) hidden: Option<Hidden>,
}

/// What nobody sees again: the headers' values and the proxy with its password.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Hidden {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) headers: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) proxy: Option<String>,
}

impl Hidden {
    /// Keeps every secret of it out of the log. Only for everybody's connections: what people type must not fill the
    /// register, nor blot out words for others.
    pub(super) fn register(&self) {
        self.headers.values().for_each(|value| redact::register_header(value));
        let proxy = self.proxy.as_deref().and_then(|proxy| Url::parse(proxy).ok());
        let password = proxy.as_ref().and_then(Url::password);
        if let Some(password) = password {
            redact::register(password);
            redact::register(&decoded(password));
        }
    }

    /// The proxy without user name and password.
    pub(super) fn shown_proxy(&self) -> Option<String> {
        self.proxy.as_deref().map(without_login)
    }
}

/// Who vouches for the addresses of somebody's connections.
pub(super) fn trust_in(owner: Option<&UserId>) -> Trust {
    if owner.is_some() { Trust::User } else { Trust::Admin }
}

/// A proxy's address without user name and password.
pub(super) fn without_login(proxy: &str) -> String {
    let Ok(mut url) = Url::parse(proxy) else { return String::new() };
    let cleared = url.set_username("").and_then(|()| url.set_password(None));
    if cleared.is_err() { String::new() } else { url.as_str().trim_end_matches('/').to_owned() }
}

/// A password as it stands in a URL, without the percent signs.
fn decoded(text: &str) -> String {
    let pair = format!("p={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes()).map(|(_, value)| value.into_owned()).next().unwrap_or_default()
}

/// Where the headers and the proxy of a connection are sealed.
fn place(id: &ConnectionId) -> String {
    format!("connections/{id}/sealed")
}

impl Catalog {
    /// Seals headers and proxy; nothing needs no seal.
    pub(super) fn seal_hidden(&self, id: &ConnectionId, hidden: &Hidden) -> AppResult<Option<String>> {
        if *hidden == Hidden::default() {
            return Ok(None);
        }
        let text = serde_json::to_string(hidden).map_err(AppError::internal)?;
        Ok(Some(self.sealer.seal(&place(id), &text)))
    }

    /// Opens headers and proxy; none when they do not open.
    pub(super) fn open_hidden(&self, row: &StoredConnection) -> Option<Hidden> {
        let Some(sealed) = &row.about.sealed else { return Some(Hidden::default()) };
        let opened = self.sealer.open(&place(&row.id), sealed).map_err(|error| error.to_string());
        match opened.and_then(|text| serde_json::from_str::<Hidden>(&text).map_err(|_| "it is damaged".to_owned())) {
            Ok(hidden) => {
                if row.owner.is_none() {
                    hidden.register();
                }
                Some(hidden)
            }
            Err(error) => {
                let name = row.about.name.as_str();
                tracing::error!(connection = name, "headers and proxy cannot be opened; enter them again: {error}");
                None
            }
        }
    }

    /// Who answers there with this key.
    pub(super) fn provider(&self, target: &Target, key: Option<&Secret>) -> Arc<dyn Provider> {
        let Some(hidden) = &target.hidden else { return Unusable::locked(&target.name, "headers and proxy") };
        let egress = match self.way(hidden) {
            Ok(egress) => egress,
            Err(refused) => return refused,
        };
        let (base_url, version) = split_version(&target.base_url);
        let header = |(name, value): (&String, &String)| (name.clone(), Secret::new(value));
        let endpoint = Endpoint {
            name: target.name.clone(),
            base_url: base_url.to_owned(),
            key: key.cloned(),
            trust: target.trust,
            timeouts: timeouts(target.timeouts),
            headers: hidden.headers.iter().map(header).collect(),
        };
        let provider: Arc<dyn Provider> = match target.protocol {
            Protocol::Demo => return Arc::new(Demo),
            Protocol::OpenaiChat => Arc::new(OpenAiChat::new(egress, endpoint)),
            Protocol::OpenaiResponses => Arc::new(OpenAiResponses::new(egress, endpoint)),
            Protocol::AzureOpenai => Arc::new(AzureOpenAi::new(egress, endpoint, version)),
            Protocol::Anthropic => Arc::new(Anthropic::new(egress, endpoint)),
            Protocol::Gemini => Arc::new(Gemini::new(egress, endpoint)),
            Protocol::Ollama => Arc::new(Ollama::new(egress, endpoint)),
        };
        loopback::explained(provider, base_url, self.in_container)
    }

    /// The way out: the connection's own proxy, or everybody's. A proxy that cannot be used is not passed by.
    fn way(&self, hidden: &Hidden) -> Result<Egress, Arc<dyn Provider>> {
        let Some(proxy) = &hidden.proxy else { return Ok(self.egress.clone()) };
        self.egress.through(proxy).map_err(|error| {
            tracing::warn!("the proxy of a connection cannot be used: {error}");
            Unusable::proxy(&without_login(proxy))
        })
    }
}

fn timeouts(own: ConnectionTimeouts) -> Timeouts {
    let usual = Timeouts::default();
    let seconds = |own: Option<u32>, usual| own.map_or(usual, |seconds| Duration::from_secs(seconds.into()));
    Timeouts {
        first_byte: seconds(own.first_token_seconds, usual.first_byte),
        idle: seconds(own.idle_seconds, usual.idle),
    }
}

/// A base URL and the version of Azure's interface that it names.
fn split_version(base_url: &str) -> (&str, Option<String>) {
    match base_url.split_once('?') {
        Some((base, query)) => (base.trim_end_matches('/'), api_version(query)),
        None => (base_url, None),
    }
}

fn api_version(query: &str) -> Option<String> {
    let named = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == API_VERSION);
    named.map(|(_, version)| version.into_owned()).filter(|version| !version.is_empty())
}

/// The spellings of a pasted address to try, the likeliest first; at least one.
pub(super) fn addresses(protocol: Protocol, pasted: &str) -> AppResult<Vec<String>> {
    let wrong = |reason: String| AppError::new(ErrorCode::ConnectionUrl).with("reason", reason);
    let mut found = llm::base_url::candidates(pasted).map_err(wrong)?;
    let cut = |base: &str, tails: &[&str]| {
        let host = base.find("://").map_or(0, |scheme| scheme + 3);
        let path = base[host..].find('/').map_or(base.len(), |slash| host + slash);
        let tail = tails.iter().find_map(|tail| base[path..].find(tail)).map_or(base.len(), |tail| path + tail);
        base[..tail].trim_end_matches('/').to_owned()
    };
    match protocol {
        Protocol::OpenaiChat | Protocol::OpenaiResponses | Protocol::Demo => return Ok(found),
        // The clients of the others add what their protocol wants behind the host.
        Protocol::Anthropic => {}
        Protocol::Gemini => found[0] = cut(&found[0], &["/openai", "/models/"]),
        Protocol::Ollama => {
            let base = found[0].as_str();
            let bare = ["/v1", "/api"].iter().find_map(|tail| base.strip_suffix(tail)).unwrap_or(base);
            found[0] = bare.trim_end_matches('/').to_owned();
        }
        Protocol::AzureOpenai => {
            let version = pasted.split_once('?').and_then(|(_, query)| api_version(query.trim_end_matches(['"', '`'])));
            found[0] = cut(&found[0], &["/openai"]);
            if let Some(version) = version {
                let query: String = url::form_urlencoded::Serializer::new(String::new())
                    .append_pair(API_VERSION, version.trim())
                    .finish();
                found[0] = format!("{}?{query}", found[0]);
            }
        }
    }
    found.truncate(1);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_protocol_has_its_own_idea_of_a_base_url() {
        for (protocol, pasted, expected) in [
            (Protocol::OpenaiChat, "https://a.example", &["https://a.example", "https://a.example/v1"][..]),
            (Protocol::OpenaiResponses, "https://api.openai.com/v1/responses", &["https://api.openai.com/v1"]),
            (Protocol::Anthropic, "https://api.anthropic.com/v1/messages", &["https://api.anthropic.com/v1"]),
            (Protocol::Anthropic, "https://api.anthropic.com", &["https://api.anthropic.com"]),
            (Protocol::Gemini, "https://g.example/v1beta/openai/", &["https://g.example/v1beta"]),
            (
                Protocol::Gemini,
                "https://g.example/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
                &["https://g.example/v1beta"],
            ),
            (Protocol::Ollama, "localhost:11434/v1/", &["http://localhost:11434"]),
            (Protocol::Ollama, "http://box:11434/api/chat", &["http://box:11434"]),
            (
                Protocol::AzureOpenai,
                "https://r.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21",
                &["https://r.openai.azure.com?api-version=2024-10-21"],
            ),
            (Protocol::AzureOpenai, "https://r.openai.azure.com/openai/v1/", &["https://r.openai.azure.com"]),
            (Protocol::AzureOpenai, "https://openai.gate.example/azure", &["https://openai.gate.example/azure"]),
            (
                Protocol::AzureOpenai,
                "https://r.openai.azure.com?api-version=2024-10-21",
                &["https://r.openai.azure.com?api-version=2024-10-21"],
            ),
        ] {
            assert_eq!(addresses(protocol, pasted).expect(pasted), expected, "{pasted}");
        }
        assert!(addresses(Protocol::Gemini, "ftp://g.example").is_err());
    }

    #[test]
    fn the_version_of_azure_is_parted_from_its_address() {
        let (base, version) = split_version("https://r.openai.azure.com/?api-version=2024-10-21&x=1");
        assert_eq!((base, version.as_deref()), ("https://r.openai.azure.com", Some("2024-10-21")));
        assert_eq!(split_version("https://a.example/v1"), ("https://a.example/v1", None));
    }

    #[test]
    fn a_proxy_is_shown_without_its_login() {
        assert_eq!(without_login("http://me:secret@10.0.0.2:3128/"), "http://10.0.0.2:3128");
        assert_eq!(without_login("http://10.0.0.2:3128"), "http://10.0.0.2:3128");
        assert_eq!(decoded("pass%21word+1"), "pass!word+1");
    }
}
