//! Replaces secrets in text by `***`: those that were registered, to the letter, and whatever has the form of one.
//!
//! Everything that is logged passes through it, and words of others that are shown or stored. It does no IO; the
//! register holds the secrets of this process in memory only.

use regex::bytes::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use std::borrow::Cow;
use std::sync::{LazyLock, PoisonError, RwLock};

/// What stands in the place of a secret.
const STARS: &str = "***";
/// Shorter secrets are not registered: they would blot out ordinary words.
const MIN_SECRET_CHARS: usize = 6;
/// Shorter values of headers, and those without a digit, are mostly no secrets.
const MIN_HEADER_CHARS: usize = 8;
/// Most secrets of connections in the register; the oldest gives way.
const MAX_SECRETS: usize = 4096;

static SECRETS: RwLock<Register> = RwLock::new(Register { own: Vec::new(), others: Vec::new() });

/// What is known to be secret.
struct Register {
    /// The process's own secrets, which never give way.
    own: Vec<String>,
    /// Those of connections, the oldest first.
    others: Vec<String>,
}

impl Register {
    fn remember(&mut self, secret: &str, own: bool) {
        let secret = secret.trim();
        if secret.chars().count() < MIN_SECRET_CHARS {
            return;
        }
        for form in [secret.to_owned(), in_query(secret), in_json(secret)] {
            let kept = if own { &mut self.own } else { &mut self.others };
            if !kept.contains(&form) {
                kept.push(form);
            }
        }
        let surplus = self.others.len().saturating_sub(MAX_SECRETS);
        self.others.drain(..surplus);
    }
}

/// Remembers a secret of a connection. Empty and very short ones are ignored; of very many the oldest give way.
pub fn register(secret: &str) {
    SECRETS.write().unwrap_or_else(PoisonError::into_inner).remember(secret, false);
}

/// Remembers one of the process's own secrets for its life. There are a handful of them.
pub fn pin(secret: &str) {
    SECRETS.write().unwrap_or_else(PoisonError::into_inner).remember(secret, true);
}

/// Remembers the value of a header, unless it may well be an ordinary word, which would be blotted out everywhere.
pub fn register_header(value: &str) {
    let value = value.trim();
    if value.chars().count() >= MIN_HEADER_CHARS && value.chars().any(|letter| letter.is_ascii_digit()) {
        register(value);
    }
}

/// How it stands in a URL.
fn in_query(secret: &str) -> String {
    url::form_urlencoded::byte_serialize(secret.as_bytes()).collect()
}

/// How it stands in a JSON string.
fn in_json(secret: &str) -> String {
    let quoted = serde_json::Value::from(secret).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// The text without secrets; borrowed when there was none.
#[must_use]
pub fn redact(text: &str) -> Cow<'_, str> {
    let clean = without_registered(text);
    // One pass over a line that holds nothing, which is nearly every line.
    if !ANY_PATTERN.is_match(clean.as_bytes()) {
        return clean;
    }
    let clean = PATTERNS.iter().fold(clean.into_owned().into_bytes(), |text, (pattern, replacement)| {
        pattern.replace_all(&text, replacement.as_bytes()).into_owned()
    });
    Cow::Owned(String::from_utf8_lossy(&clean).into_owned())
}

/// The text with everything in double quotes left out: a parser's complaint without what it complains about.
#[must_use]
pub fn without_quotes(text: &str) -> Cow<'_, str> {
    static QUOTED: LazyLock<regex::Regex> =
        LazyLock::new(|| regex::Regex::new(r#""(?:[^"\\]|\\.)*""#).expect("the pattern is valid"));
    QUOTED.replace_all(text, "\"…\"")
}

fn without_registered(text: &str) -> Cow<'_, str> {
    let secrets = SECRETS.read().unwrap_or_else(PoisonError::into_inner);
    let all = secrets.own.iter().chain(&secrets.others);
    let mut found: Vec<&String> = all.filter(|secret| text.contains(secret.as_str())).collect();
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    // The longest first: a secret that begins another one must not leave the other's tail behind.
    found.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    let clean = found.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), STARS));
    Cow::Owned(clean)
}

/// Whether any of the patterns occurs.
static ANY_PATTERN: LazyLock<RegexSet> = LazyLock::new(|| {
    let patterns = PATTERNS.iter().map(|(pattern, _)| pattern.as_str());
    RegexSetBuilder::new(patterns).unicode(false).build().expect("the patterns are valid")
});

/// What has the form of a secret, and what to put there.
static PATTERNS: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    [
        // Cookies carry logins; the whole line goes. Quoted, it ends with the quote.
        (r#"(?i)\b((?:set-)?cookie"?\s*[:=]\s*"?)[^"\r\n]+"#, "${1}***"),
        (r"(?i)\b(bearer\s+)[\w.~+/=-]{6,}", "${1}***"),
        (r"(?i)\b(basic\s+)[A-Za-z0-9+/]{12,}={0,2}", "${1}***"),
        // Passwords in URLs such as postgres://user:password@host.
        (r"(\w://[^\s/:@]*:)[^\s/@]+@", "${1}***@"),
        (r"\beyJ[\w-]{6,}\.[\w-]{6,}(?:\.[\w-]*)?", STARS),
        // Keys of providers and our own API keys (`sk-aichat-…`) by their beginning.
        (r"\b(?:sk|pk|rk|gsk|hf|xai|nvapi|pplx|tvly|ghp|github_pat)[-_][\w*-]{8,}", STARS),
        (r"\bAIza[\w-]{20,}", STARS),
        // Fields by their name, in JSON, in a query or in a log line.
        (
            r#"(?i)((?:api[-_]?key|access[-_]?token|refresh[-_]?token|(?:client|jwt)[-_]?secret|secret[-_]?key|master[-_]?key|password|authorization)\\?"?\s*[:=]\s*\\?"?)[^\s"\\&,;}]{3,}"#,
            "${1}***",
        ),
        (r"(?i)([?&](?:key|token|sig|signature)=)[^\s&#]+", "${1}***"),
    ]
    .map(|(pattern, replacement)| (compile(pattern), replacement))
    .into()
});

/// Keys and field names are ASCII: without Unicode's tables a pattern takes kilobytes instead of megabytes.
fn compile(pattern: &str) -> Regex {
    RegexBuilder::new(pattern).unicode(false).build().expect("the pattern is valid")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_the_form_of_a_secret_is_replaced() {
        for (text, clean) in [
            ("Authorization: Bearer abc.def-123", "Authorization: *** ***"),
            ("sent bearer AbCdEf123456 twice", "sent bearer *** twice"),
            ("Basic dXNlcjpwYXNzd29yZA==", "Basic ***"),
            ("wrong key sk-proj-abc_DEF-123456.", "wrong key ***."),
            ("wrong key sk-abcd****wxyz", "wrong key ***"),
            ("shown sk-aichat-Zb3_-f0QWERTYuiopASDFghjklZXCVbnm1234567890 once", "shown *** once"),
            ("key beginning with sk-aichat-Zb3_", "key beginning with ***"),
            (r#"{"apiKey": "abc123", "model": "m"}"#, r#"{"apiKey": "***", "model": "m"}"#),
            (r#"{\"api_key\":\"abc123\"}"#, r#"{\"api_key\":\"***\"}"#),
            ("GET /v1?key=abc123&model=m", "GET /v1?key=***&model=m"),
            ("access_token=abc123&x=1", "access_token=***&x=1"),
            ("jwt eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl end", "jwt *** end"),
            ("Cookie: aichat=1; other=2\nHost: x", "Cookie: ***\nHost: x"),
            ("set-cookie: aichat_refresh=abc; HttpOnly", "set-cookie: ***"),
            ("postgres://aichat:hunter2@db/aichat", "postgres://aichat:***@db/aichat"),
            ("password=hunter2 user=a", "password=*** user=a"),
            ("AIzaSyA1234567890abcdefghij", "***"),
        ] {
            assert_eq!(redact(text), clean);
        }
    }

    #[test]
    fn ordinary_words_stay_and_cost_nothing() {
        for text in [
            "listening on http://127.0.0.1:8001/",
            "tokens=120 key=brand_name took 3 ms",
            "basic settings and the bearer of news",
            "the disk-space of task-manager, risk-free",
            "密钥有误，请检查",
            "",
        ] {
            assert!(matches!(redact(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn a_parsers_complaint_does_not_repeat_the_value() {
        let complaint = r#"invalid type: string "sk \" x", expected a sequence at line 1"#;
        assert_eq!(without_quotes(complaint), r#"invalid type: string "…", expected a sequence at line 1"#);
        assert_eq!(without_quotes("unknown field `owner`, expected `name`"), "unknown field `owner`, expected `name`");
    }

    #[test]
    fn registered_secrets_go_in_every_form() {
        register("  glm 4\"32b+x \n");
        for text in ["was glm 4\"32b+x, wrong", "?k=glm+4%2232b%2Bx", r#"{"k":"glm 4\"32b+x"}"#] {
            let clean = redact(text);
            assert!(clean.contains(STARS) && !clean.contains("32b"), "{clean}");
        }
        register("abc");
        assert_eq!(redact("abc"), "abc", "too short to be told from a word");
    }

    #[test]
    fn the_process_own_secrets_never_give_way() {
        let mut register = Register { own: Vec::new(), others: Vec::new() };
        register.remember("the master key", true);
        for number in 0..MAX_SECRETS {
            register.remember(&format!("of a connection {number}"), false);
        }
        assert!(register.own.contains(&"the master key".to_owned()) && register.others.len() == MAX_SECRETS);
        assert!(!register.others.contains(&"of a connection 0".to_owned()), "the oldest gave way");
    }

    #[test]
    fn values_of_headers_that_are_ordinary_words_are_not_blotted_out() {
        for word in ["application-a", "v1beta2"] {
            register_header(word);
            assert_eq!(redact(word), word);
        }
        register_header("team-key-0042");
        assert_eq!(redact("team-key-0042"), STARS);
    }

    #[test]
    fn a_secret_that_begins_another_one_leaves_no_tail() {
        register("begin-me-not");
        register("begin-me-not-and-the-rest");
        assert_eq!(redact("x begin-me-not-and-the-rest y"), "x *** y");
    }
}
