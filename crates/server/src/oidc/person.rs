//! What a service says of a person: who they are to it, what they might be called here, and whether they may govern. Services
//! differ in the same words: Casdoor's own tokens call the login name `name`, the standard calls it `preferred_username`. Pure.

use crate::error::AppResult;
use serde_json::{Map, Value};
use shared::ErrorCode;
use shared::limits::{MAX_NAME_CHARS, USERNAME_CHARS};

/// A person as a service tells of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Who they are to it, for ever.
    pub subject: String,
    /// What they might be called here; none when it says nothing that could be a name.
    pub name: Option<String>,
    /// What it calls them.
    pub label: Option<String>,
    /// Whether they govern here, where a claim decides that.
    pub governs: Option<bool>,
}

/// Characters that are kept of a name, so that a number may follow.
const NAME_CHARS: usize = *USERNAME_CHARS.end() - 6;

/// Whether a claim says what a person is called: without one the service is asked for more.
pub(super) fn has_name(claims: &Map<String, Value>) -> bool {
    text(claims, "preferred_username").is_some() || is_casdoor(claims)
}

/// Casdoor's own format: `displayName` beside `name`, which is the login name there.
fn is_casdoor(claims: &Map<String, Value>) -> bool {
    claims.contains_key("displayName") && text(claims, "name").is_some()
}

impl Profile {
    /// Reads claims that were checked. `admin` is the claim, with its value, that makes administrators.
    ///
    /// # Errors
    /// `oidc.forbidden` for somebody whom the service no longer lets in.
    pub(super) fn of(claims: &Map<String, Value>, admin: Option<&(String, String)>) -> AppResult<Self> {
        if claims.get("isForbidden") == Some(&Value::Bool(true)) {
            return Err(ErrorCode::OidcForbidden.into());
        }
        let mail = text(claims, "email").and_then(|mail| mail.split('@').next().map(str::to_owned));
        let casdoor = text(claims, "name").filter(|_| is_casdoor(claims));
        let names = [text(claims, "preferred_username"), casdoor, mail, text(claims, "name")];
        let label = [
            text(claims, "displayName"),
            text(claims, "name"),
            text(claims, "preferred_username"),
            text(claims, "email"),
        ];
        Ok(Self {
            subject: claims.get("sub").and_then(Value::as_str).unwrap_or_default().to_owned(),
            name: names.into_iter().flatten().find_map(|name| usable(&name)),
            label: label.into_iter().flatten().next().map(|label| label.chars().take(MAX_NAME_CHARS).collect()),
            governs: admin.map(|(claim, value)| claims.get(claim).is_some_and(|said| says(said, value))),
        })
    }
}

/// A claim that is a text with something in it.
fn text(claims: &Map<String, Value>, name: &str) -> Option<String> {
    let text = claims.get(name)?.as_str()?.trim();
    let text: String = text.chars().filter(|c| !c.is_control()).take(1_000).collect();
    Some(text).filter(|text| !text.is_empty())
}

/// What of a name could be one here.
fn usable(name: &str) -> Option<String> {
    let name: String = name.chars().take(NAME_CHARS).collect();
    crate::auth::names::Username::parse(&name).ok().map(|name| name.shown)
}

/// Whether a claim has this value: is it, or has it among others.
fn says(claim: &Value, value: &str) -> bool {
    match claim {
        Value::String(text) => text == value,
        Value::Bool(is) => value == if *is { "true" } else { "false" },
        Value::Number(number) => number.to_string() == value,
        Value::Array(several) => several.iter().any(|one| !one.is_array() && says(one, value)),
        Value::Null | Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn profile(claims: &Value) -> Profile {
        Profile::of(claims.as_object().expect("claims"), None).expect("a profile")
    }

    #[test]
    fn a_name_is_found_in_what_each_service_calls_it() {
        for (claims, name, label) in [
            (json!({"sub": "1", "preferred_username": "ada", "name": "Ada L."}), Some("ada"), Some("Ada L.")),
            (json!({"sub": "1", "name": "ada", "displayName": "Ada L."}), Some("ada"), Some("Ada L.")),
            (json!({"sub": "1", "name": "ada", "displayName": ""}), Some("ada"), Some("ada")),
            (json!({"sub": "1", "name": "Ada L.", "email": "ada@x.example"}), Some("ada"), Some("Ada L.")),
            (json!({"sub": "1", "name": "王小明"}), Some("王小明"), Some("王小明")),
            (json!({"sub": "1", "preferred_username": " ", "email": ""}), None, None),
            (json!({"sub": "1", "preferred_username": "a", "email": "bob@x.example"}), Some("bob"), Some("a")),
            (json!({"sub": "1", "preferred_username": ["ada"], "name": 5}), None, None),
            (json!({"sub": "1"}), None, None),
        ] {
            let found = profile(&claims);
            assert_eq!((found.name.as_deref(), found.label.as_deref()), (name, label), "{claims}");
        }
        let long = profile(&json!({"sub": "1", "preferred_username": "x".repeat(500)}));
        assert_eq!(long.name.map(|name| name.len()), Some(NAME_CHARS));
    }

    #[test]
    fn nobody_governs_by_a_claim_that_was_not_named() {
        let claims =
            json!({"sub": "1", "isAdmin": true, "role": "admin", "groups": ["staff", "chat-admins"], "level": 3});
        let governs = |admin: Option<(&str, &str)>| {
            let admin = admin.map(|(claim, value)| (claim.to_owned(), value.to_owned()));
            Profile::of(claims.as_object().expect("claims"), admin.as_ref()).expect("a profile").governs
        };
        assert_eq!(governs(None), None);
        for (claim, value, due) in [
            ("isAdmin", "true", true),
            ("role", "admin", true),
            ("groups", "chat-admins", true),
            ("level", "3", true),
            ("role", "adm", false),
            ("groups", "chat", false),
            ("missing", "", false),
        ] {
            assert_eq!(governs(Some((claim, value))), Some(due), "{claim}");
        }
    }

    #[test]
    fn whom_the_service_no_longer_lets_in_is_nobody_here() {
        let refused = Profile::of(json!({"sub": "1", "isForbidden": true}).as_object().expect("claims"), None);
        assert_eq!(refused.expect_err("forbidden").code, ErrorCode::OidcForbidden);
    }
}
