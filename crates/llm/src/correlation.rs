//! One request by its two names: ours, which goes to providers that write it into their log, and the provider's own,
//! which comes back in a header. With either of them somebody can be asked what became of it. Beside them stands what came
//! back as long as that says nothing.

use crate::received::Received;
use egress::header::{HeaderMap, HeaderName, HeaderValue};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use url::Url;

/// Longest name that is taken over from a provider, in bytes.
const MAX_BYTES: usize = 128;

/// Who writes our name into its log when it stands in this header: a domain with everything below it.
///
/// OpenAI: <https://developers.openai.com/api/reference/overview#debugging-requests>. Azure's services and libraries all
/// have a name for it of their own. Elsewhere nothing is sent: who does not log it has no use for it.
const WANTED: &[(&str, &str)] = &[
    ("api.openai.com", CLIENT_REQUEST_ID),
    ("openai.azure.com", "x-ms-client-request-id"),
    ("cognitiveservices.azure.com", "x-ms-client-request-id"),
    ("services.ai.azure.com", "x-ms-client-request-id"),
];

/// The header for machines of one's own: OpenAI's, which no server gives a meaning of its own. vLLM names its request by
/// `X-Request-Id`, so two calls of one request would meet there.
const CLIENT_REQUEST_ID: &str = "x-client-request-id";

/// Where providers say their own name of a request, the plainest first: nearly everybody, Anthropic, Azure, Alibaba,
/// DeepSeek, SiliconFlow, ByteDance, Amazon.
const SAID: &[&str] = &[
    "x-request-id",
    "request-id",
    "apim-request-id",
    "x-ms-request-id",
    "x-dashscope-request-id",
    "x-ds-trace-id",
    "x-siliconcloud-trace-id",
    "x-tt-logid",
    "x-amzn-requestid",
];

/// One request by its two names; clones share what the provider says. The default one has no name of ours.
#[derive(Clone, Debug, Default)]
pub struct Correlation {
    ours: Option<Arc<str>>,
    heard: Arc<Mutex<Heard>>,
}

#[derive(Debug, Default)]
struct Heard {
    theirs: Option<String>,
    received: Received,
}

impl PartialEq for Correlation {
    /// What a provider said is no part of what it is asked.
    fn eq(&self, other: &Self) -> bool {
        self.ours == other.ours
    }
}

impl Correlation {
    /// A request with this name.
    #[must_use]
    pub fn new(ours: &str) -> Self {
        Self { ours: Some(ours.into()), heard: Arc::default() }
    }

    /// The provider's own name of the latest call, once it answered and said one.
    #[must_use]
    pub fn theirs(&self) -> Option<String> {
        self.lock().theirs.clone()
    }

    /// What came of the latest call, unless it said something.
    #[must_use]
    pub fn received(&self) -> Option<Received> {
        Some(self.lock().received.clone()).filter(|received| received.chunks > 0)
    }

    fn lock(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The header in which this endpoint is told our name, if it is.
    pub(crate) fn header(&self, base_url: &str) -> Option<(HeaderName, HeaderValue)> {
        let ours = self.ours.as_deref()?;
        let name = wanted_in(base_url)?;
        Some((HeaderName::from_static(name), HeaderValue::from_str(ours).ok()?))
    }

    /// Takes in what an answer says of itself.
    pub(crate) fn hear(&self, headers: &HeaderMap) {
        let said = SAID.iter().find_map(|name| headers.get(*name)?.to_str().ok()).filter(|said| is_name(said));
        *self.lock() = Heard { theirs: said.map(str::to_owned), received: Received::default() };
    }

    /// A piece of an answer that has said nothing yet.
    pub(crate) fn receive(&self, chunk: &[u8]) {
        self.lock().received.push(chunk);
    }

    /// The answer says something, so nobody has to look at how it began.
    pub(crate) fn forget(&self) {
        self.lock().received = Received::default();
    }
}

/// A name, and nothing that a log or a page would have to be protected from.
fn is_name(said: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/+=".contains(&byte);
    (1..=MAX_BYTES).contains(&said.len()) && said.bytes().all(is_sign)
}

fn wanted_in(base_url: &str) -> Option<&'static str> {
    let url = Url::parse(base_url).ok()?;
    let host = url.host_str()?;
    let below = |domain: &str| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let vendor = WANTED.iter().find(|(domain, _)| below(domain)).map(|(_, header)| *header);
    vendor.or_else(|| egress::is_near(&url).then_some(CLIENT_REQUEST_ID))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_name_goes_to_those_who_log_it_and_to_machines_of_ones_own() {
        let correlation = Correlation::new("0193-abc");
        let sent = |base_url: &str| correlation.header(base_url).map(|(name, _)| name.to_string());
        for (base_url, expected) in [
            ("https://api.openai.com/v1", Some("x-client-request-id")),
            ("https://eu.api.openai.com/v1", Some("x-client-request-id")),
            ("https://mine.openai.azure.com", Some("x-ms-client-request-id")),
            ("http://127.0.0.1:8000/v1", Some("x-client-request-id")),
            ("http://192.168.1.7:8000/v1", Some("x-client-request-id")),
            ("http://ollama:11434", Some("x-client-request-id")),
            ("https://api.anthropic.com", None),
            ("https://api.deepseek.com", None),
            ("https://notapi.openai.com.example/v1", None),
            ("https://evilapi.openai.com", None),
            ("nonsense", None),
        ] {
            assert_eq!(sent(base_url).as_deref(), expected, "{base_url}");
        }
        assert!(Correlation::default().header("http://127.0.0.1:8000/v1").is_none(), "without a name nothing is sent");
        assert!(Correlation::new("a\nb").header("http://127.0.0.1:8000/v1").is_none());
    }

    #[test]
    fn a_provider_is_known_by_the_name_that_it_says() {
        let correlation = Correlation::new("ours");
        let clone = correlation.clone();
        let say = |name: &'static str, value: &str| {
            let value = HeaderValue::from_str(value).expect("a header");
            correlation.hear(&HeaderMap::from_iter([(HeaderName::from_static(name), value)]));
        };
        correlation.receive(b"x");
        assert_eq!(clone.received().map(|received| received.bytes), Some(1), "clones share it");
        correlation.forget();
        assert_eq!(clone.received(), None);
        say("request-id", "req_011CSHoEeqs5C35K2UUqR7Fy");
        assert_eq!(clone.theirs().as_deref(), Some("req_011CSHoEeqs5C35K2UUqR7Fy"), "clones share it");
        for nonsense in ["", "two words", "<script>", &"x".repeat(MAX_BYTES + 1)] {
            say("x-request-id", nonsense);
            assert_eq!(clone.theirs(), None, "{nonsense}");
        }
    }
}
