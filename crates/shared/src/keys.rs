//! API keys: what a program shows in place of a login, and what it may do with it.

use crate::budgets::{KeyBudget, KeyLimit};
use crate::{ApiKeyId, ModelId};
use serde::{Deserialize, Serialize};

/// How every secret begins.
pub const SECRET_PREFIX: &str = "sk-aichat-";

/// What a key may do. There is nothing beside these: whatever a route does not name a scope for, no key may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Chats, messages, answers, events, folders, tags, search and files of its person.
    Chat,
    /// The list of models.
    Models,
    /// What administrators may, as long as its person is one.
    Admin,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 3] = [Self::Chat, Self::Models, Self::Admin];

    /// The word on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Models => "models",
            Self::Admin => "admin",
        }
    }
}

/// A key as people are shown it. Its secret is in no answer but the one that made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ApiKey {
    /// The key.
    pub id: ApiKeyId,
    /// What its person calls it.
    pub name: String,
    /// How its secret begins, to recognise it.
    pub prefix: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// The only models that are there for it; empty for all of its person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<ModelId>,
    /// The only addresses and networks it is taken from; empty for anywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
    /// How much may be used with it, beside what its person may.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<KeyBudget>,
    /// Made at, RFC 3339.
    pub created_at: String,
    /// Good until, RFC 3339; none for as long as nobody revokes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// Whether that moment has passed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub expired: bool,
    /// Last used at, RFC 3339, to within a minute; none before its first use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<String>,
    /// Where it was last used from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_address: Option<String>,
}

/// Body of `POST /api/keys`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateKey {
    /// What to call it, at most [`crate::limits::MAX_KEY_NAME_CHARS`].
    pub name: String,
    /// What it may do; at least one.
    pub scopes: Vec<Scope>,
    /// The only models it may use, by id or name; none for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<ModelId>,
    /// The only addresses and networks (`10.0.0.0/8`) it is taken from; none for anywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
    /// Good until, RFC 3339; none for as long as nobody revokes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// How much may be used with it; none for as much as its person may.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<KeyLimit>,
}

/// Answer of `POST /api/keys`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CreatedKey {
    /// The key.
    pub key: ApiKey,
    /// Its secret. It is told here and never again.
    pub secret: String,
}

/// Body of `PATCH /api/keys/{id}`. Absent fields stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateKey {
    /// New name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// New scopes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<Scope>>,
    /// New models; empty for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub models: Option<Vec<ModelId>>,
    /// New addresses; empty for anywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addresses: Option<Vec<String>>,
    /// New end; `null` takes it away.
    #[serde(default, deserialize_with = "crate::chat::present", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Option<String>>,
    /// New limits; empty for none. One with the unit and window of another before it keeps what that one counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<Vec<KeyLimit>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_have_the_words_of_the_wire() {
        for scope in Scope::ALL {
            assert_eq!(serde_json::to_value(scope).expect("JSON"), scope.as_str());
        }
    }

    #[test]
    fn an_end_that_is_taken_away_is_told_from_one_that_stays() {
        let read = |text: &str| serde_json::from_str::<UpdateKey>(text).expect("a change").expires_at;
        assert_eq!(read("{}"), None);
        assert_eq!(read(r#"{"expiresAt":null}"#), Some(None));
        assert_eq!(read(r#"{"expiresAt":"x"}"#), Some(Some("x".to_owned())));
        let taken = UpdateKey { expires_at: Some(None), ..UpdateKey::default() };
        assert_eq!(serde_json::to_string(&taken).expect("JSON"), r#"{"expiresAt":null}"#);
    }
}
