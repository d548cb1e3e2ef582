//! The second factor of a sign-in: a code that an authenticator app shows for thirty seconds (RFC 6238), and recovery codes
//! for when the phone is gone.

use crate::accounts::UserRole;
use serde::{Deserialize, Serialize};

/// Digits of a code.
pub const CODE_DIGITS: usize = 6;
/// Recovery codes that are made at a time.
pub const RECOVERY_CODES: usize = 10;

/// Who has to have a second factor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SecondFactorRule {
    /// Nobody; everybody may.
    #[default]
    Off,
    /// Administrators.
    Admins,
    /// Everybody.
    Everybody,
}

impl SecondFactorRule {
    /// Every rule, from the mildest on.
    pub const ALL: [Self; 3] = [Self::Off, Self::Admins, Self::Everybody];

    /// The word on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Admins => "admins",
            Self::Everybody => "everybody",
        }
    }

    /// The rule of this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.as_str() == word)
    }

    /// Whether it holds for people with this role.
    #[must_use]
    pub fn binds(self, role: UserRole) -> bool {
        match self {
            Self::Off => false,
            Self::Admins => role == UserRole::Admin,
            Self::Everybody => true,
        }
    }

    /// Whether it holds for nobody.
    #[must_use]
    pub fn is_off(&self) -> bool {
        *self == Self::Off
    }
}

/// Answer of `GET /api/auth/second-factor`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SecondFactor {
    /// Set up at, RFC 3339; none when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Recovery codes that were not used yet.
    #[serde(default)]
    pub recovery_codes: u64,
}

/// Answer of `POST /api/auth/second-factor`: what an authenticator app has to be told. It counts once a code of it was shown.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NewSecondFactor {
    /// The secret in base32, for typing.
    pub secret: String,
    /// The same as an address that apps understand.
    pub uri: String,
    /// That address as a QR code: an SVG document.
    pub qr: String,
}

/// Body of `POST /api/auth/second-factor/confirm` and `…/recovery-codes`.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShowCode {
    /// A code of the app; blanks do not count.
    pub code: String,
}

/// Recovery codes. They are told in one answer and never again.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RecoveryCodes {
    /// Each is worth one sign-in.
    pub codes: Vec<String>,
}

/// Body of `POST /api/auth/second-factor/remove`.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RemoveSecondFactor {
    /// The password; whoever has none leaves it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// A code of the app, or a recovery code.
    pub code: String,
}

/// Body of `POST /api/auth/login/code`, the second step of a sign-in.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CodeSignIn {
    /// What the first step answered.
    pub ticket: String,
    /// A code of the app, or a recovery code.
    pub code: String,
    /// True answers with tokens in the body and sets no cookie (for programs).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tokens: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_holds_for_those_it_names() {
        let bound = |rule: SecondFactorRule| [UserRole::Admin, UserRole::User].map(|role| rule.binds(role));
        assert_eq!(SecondFactorRule::ALL.map(bound), [[false, false], [true, false], [true, true]]);
        for rule in SecondFactorRule::ALL {
            assert_eq!(SecondFactorRule::parse(rule.as_str()), Some(rule));
        }
    }
}
