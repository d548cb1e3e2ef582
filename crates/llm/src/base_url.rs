//! Turns what people paste as a base URL into the addresses to try, without asking the network.

use shared::limits::MAX_URL_BYTES;
use url::{Host, Url};

/// Endpoints that are often pasted along with the base URL.
const ENDPOINTS: &[&str] = &[
    "/chat/completions",
    "/completions",
    "/models",
    "/responses",
    "/embeddings",
    "/messages",
    "/api/chat",
    "/api/tags",
];

/// The base URLs to try, best first: the one given, then the same with `/v1` when it names no version.
///
/// # Errors
/// A sentence that says what is wrong with the text.
pub fn candidates(pasted: &str) -> Result<Vec<String>, String> {
    let base = normalise(pasted)?;
    let given = shown(&base);
    let with_version = (!has_version(&base)).then(|| format!("{given}/v1"));
    Ok([given].into_iter().chain(with_version).collect())
}

fn normalise(pasted: &str) -> Result<Url, String> {
    let text = pasted.trim_matches(|c: char| c.is_whitespace() || "\"'`<>".contains(c));
    if text.is_empty() {
        return Err("the address is empty".to_owned());
    }
    if text.len() > MAX_URL_BYTES {
        return Err(format!("the address is longer than {MAX_URL_BYTES} bytes"));
    }
    if text.chars().any(|c| c == '\\' || c.is_whitespace() || c.is_control()) {
        return Err("the address has a blank or a backslash in it".to_owned());
    }
    let mut url = parse(text)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("it starts with {}:// instead of https:// or http://", url.scheme()));
    }
    if text.split(['/', '?', '#']).nth(if text.contains("://") { 2 } else { 0 }).is_some_and(|part| part.contains('@'))
    {
        return Err("leave the user name and password out of the address and give the key below".to_owned());
    }
    url.set_query(None);
    url.set_fragment(None);
    let path = strip_endpoint(url.path()).to_owned();
    url.set_path(&path);
    Ok(url)
}

fn parse(text: &str) -> Result<Url, String> {
    let read = |text: &str| Url::parse(text).map_err(|error| format!("it cannot be read: {error}"));
    if text.contains("://") {
        return read(text);
    }
    // The host decides which scheme was meant, and it is only known once it is read as part of some URL.
    let secure = read(&format!("https://{}", text.trim_start_matches('/')))?;
    if is_near(&secure) { read(&format!("http://{}", text.trim_start_matches('/'))) } else { Ok(secure) }
}

/// Whether the host is of a kind that rarely has a certificate: an address, this machine, a name without a dot.
fn is_near(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            !name.contains('.') || name.ends_with(".localhost") || name == "host.docker.internal"
        }
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        None => false,
    }
}

fn strip_endpoint(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    let stripped = ENDPOINTS.iter().find_map(|endpoint| {
        let head = path.len().checked_sub(endpoint.len())?;
        path.get(head..)?.eq_ignore_ascii_case(endpoint).then(|| &path[..head])
    });
    stripped.map_or(path, |base| base.trim_end_matches('/'))
}

/// Whether some segment of the path is a version, such as `v1`, `v4` or `v1beta`.
fn has_version(url: &Url) -> bool {
    url.path().split('/').any(|segment| {
        let mut chars = segment.chars();
        matches!(chars.next(), Some('v' | 'V'))
            && matches!(chars.next(), Some('0'..='9'))
            && chars.all(|c| c.is_ascii_alphanumeric() || c == '.')
    })
}

/// A base URL with `version` behind it, unless it names one: for protocols whose own clients leave it out.
pub(crate) fn with_version(base: &str, version: &str) -> String {
    let base = base.trim_end_matches('/');
    match Url::parse(base) {
        Ok(url) if !has_version(&url) => format!("{base}/{version}"),
        _ => base.to_owned(),
    }
}

fn shown(url: &Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

/// The base URL to use instead, when a provider redirects one of its endpoints to `location`.
pub(crate) fn from_redirect(asked: &str, location: &str) -> String {
    let target = Url::parse(asked).and_then(|asked| asked.join(location));
    let base = target.ok().and_then(|target| normalise(target.as_str()).ok());
    base.map_or_else(|| "another address".to_owned(), |base| shown(&base))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(pasted: &str) -> Vec<String> {
        candidates(pasted).unwrap_or_else(|error| panic!("{pasted}: {error}"))
    }

    #[test]
    fn documented_addresses_of_vendors_are_tried_as_given_first() {
        for (pasted, expected) in [
            // DeepSeek documents both forms.
            ("https://api.deepseek.com", &["https://api.deepseek.com", "https://api.deepseek.com/v1"][..]),
            ("https://api.deepseek.com/v1", &["https://api.deepseek.com/v1"]),
            (
                "https://dashscope.aliyuncs.com/compatible-mode/v1",
                &["https://dashscope.aliyuncs.com/compatible-mode/v1"],
            ),
            ("https://open.bigmodel.cn/api/paas/v4/", &["https://open.bigmodel.cn/api/paas/v4"]),
            ("https://api.z.ai/api/coding/paas/v4", &["https://api.z.ai/api/coding/paas/v4"]),
            ("https://api.moonshot.cn/v1", &["https://api.moonshot.cn/v1"]),
            ("https://api.siliconflow.cn/v1", &["https://api.siliconflow.cn/v1"]),
            ("https://api.openai.com/v1", &["https://api.openai.com/v1"]),
            ("https://openrouter.ai/api/v1", &["https://openrouter.ai/api/v1"]),
            ("https://ark.cn-beijing.volces.com/api/v3", &["https://ark.cn-beijing.volces.com/api/v3"]),
            (
                "https://generativelanguage.googleapis.com/v1beta/openai/",
                &["https://generativelanguage.googleapis.com/v1beta/openai"],
            ),
            ("http://localhost:11434", &["http://localhost:11434", "http://localhost:11434/v1"]),
            ("http://localhost:8000/v1", &["http://localhost:8000/v1"]),
            ("http://localhost:1234/v1", &["http://localhost:1234/v1"]),
        ] {
            assert_eq!(tried(pasted), expected, "{pasted}");
        }
    }

    #[test]
    fn a_pasted_endpoint_query_or_slash_is_removed() {
        for (pasted, first) in [
            ("https://api.deepseek.com/chat/completions", "https://api.deepseek.com"),
            ("https://api.openai.com/v1/chat/completions/", "https://api.openai.com/v1"),
            ("https://api.openai.com/v1/Responses", "https://api.openai.com/v1"),
            ("https://api.openai.com/v1/models?limit=1#x", "https://api.openai.com/v1"),
            ("https://api.openai.com/v1//completions", "https://api.openai.com/v1"),
            ("https://api.siliconflow.cn/v1/embeddings", "https://api.siliconflow.cn/v1"),
            ("https://api.anthropic.com/v1/messages", "https://api.anthropic.com/v1"),
            ("http://localhost:11434/api/chat", "http://localhost:11434"),
            ("https://open.bigmodel.cn/api/paas/v4/chat/completions", "https://open.bigmodel.cn/api/paas/v4"),
            ("  \"https://API.OpenAI.com:443/v1/\" ", "https://api.openai.com/v1"),
            ("`https://gate.example/proxy/`", "https://gate.example/proxy"),
        ] {
            assert_eq!(tried(pasted)[0], first, "{pasted}");
        }
    }

    #[test]
    fn a_missing_scheme_is_https_far_away_and_http_nearby() {
        for (pasted, first) in [
            ("api.openai.com/v1", "https://api.openai.com/v1"),
            ("gate.example:8443", "https://gate.example:8443"),
            ("localhost:11434", "http://localhost:11434"),
            ("127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
            ("[::1]:8000", "http://[::1]:8000"),
            ("192.168.1.20:1234", "http://192.168.1.20:1234"),
            ("host.docker.internal:11434", "http://host.docker.internal:11434"),
            ("ollama:11434", "http://ollama:11434"),
            ("//api.openai.com", "https://api.openai.com"),
        ] {
            assert_eq!(tried(pasted)[0], first, "{pasted}");
        }
    }

    #[test]
    fn nothing_is_appended_behind_a_version() {
        for versioned in
            ["v1", "v4", "V1", "v1beta", "api/v3", "compatible-mode/v1", "api/paas/v4", "v1/openai", "v1.1"]
        {
            assert_eq!(tried(&format!("https://a.example/{versioned}")).len(), 1, "{versioned}");
        }
        for plain in ["", "api", "vllm", "openai", "v", "serving-v1"] {
            assert_eq!(tried(&format!("https://a.example/{plain}")).len(), 2, "{plain}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_a_sentence() {
        let long = format!("https://a.example/{}", "x".repeat(MAX_URL_BYTES));
        for (pasted, words) in [
            ("", "empty"),
            ("  ", "empty"),
            ("ftp://a.example", "ftp://"),
            ("file:///etc/passwd", "file://"),
            ("https://me:secret@a.example/v1", "user name"),
            ("me@a.example/v1", "user name"),
            ("https://", "cannot be read"),
            ("https://a b.example", "blank"),
            ("https://good.example\\@evil.example", "backslash"),
            ("https://a.example:99999", "cannot be read"),
            ("sk-1234 https://a.example", "blank"),
            (&long, "longer"),
        ] {
            let error = candidates(pasted).expect_err(pasted);
            assert!(error.contains(words), "{pasted}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
        assert!(candidates("https://a.example/v1/@latest").is_ok());
    }

    #[test]
    fn a_version_is_added_where_there_is_none() {
        for (base, expected) in [
            ("https://api.anthropic.com", "https://api.anthropic.com/v1"),
            ("https://api.anthropic.com/v1/", "https://api.anthropic.com/v1"),
            ("https://api.deepseek.com/anthropic", "https://api.deepseek.com/anthropic/v1"),
            ("https://open.bigmodel.cn/api/v4", "https://open.bigmodel.cn/api/v4"),
            ("no address", "no address"),
        ] {
            assert_eq!(with_version(base, "v1"), expected);
        }
    }

    #[test]
    fn a_redirect_names_the_base_url_to_use() {
        let asked = "http://a.example/v1/chat/completions";
        for (location, base) in [
            ("https://a.example/v1/chat/completions", "https://a.example/v1"),
            ("/api/v1/chat/completions?x=1", "http://a.example/api/v1"),
            ("//b.example/v1/models", "http://b.example/v1"),
            ("mailto:x", "another address"),
        ] {
            assert_eq!(from_redirect(asked, location), base);
        }
    }
}
