//! People whom another service vouches for (OpenID Connect): the services that administrators set up, signing in through
//! one, and which of them know a person.

use crate::accounts::{SecondStep, Tokens, User};
use crate::{ApiError, IdentityId, ProviderId};
use serde::{Deserialize, Serialize};

/// The page that services send the browser back to, below the address of this site.
pub const CALLBACK: &str = "/auth/callback";

/// What becomes of people whom a service vouches for and whom nobody knows here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AccountCreation {
    /// They stay outside.
    Off,
    /// They get an account that waits for approval.
    #[default]
    Pending,
    /// They get an account and are in.
    Active,
}

impl AccountCreation {
    /// All of them, from the most careful on.
    pub const ALL: [Self; 3] = [Self::Off, Self::Pending, Self::Active];

    /// The word on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Pending => "pending",
            Self::Active => "active",
        }
    }
}

/// A service as the sign-in page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProviderButton {
    /// The service.
    pub id: ProviderId,
    /// What it is called.
    pub name: String,
}

/// A service as administrators see it. Its secret is in no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct IdentityProvider {
    /// The service.
    pub id: ProviderId,
    /// What the sign-in page calls it.
    pub name: String,
    /// Its address as browsers see it, which is its name in tokens.
    pub issuer: String,
    /// Its address as this server reaches it, where that is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub internal_url: Option<String>,
    /// Who this server is to it.
    pub client_id: String,
    /// Whether a secret is stored.
    pub has_secret: bool,
    /// What is asked for, `openid` among it.
    pub scopes: Vec<String>,
    /// What becomes of people whom nobody knows here.
    pub creation: AccountCreation,
    /// The claim that makes administrators; none for no claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin_claim: Option<String>,
    /// The value of that claim that does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin_value: Option<String>,
    /// Whether people may sign in through it.
    pub enabled: bool,
    /// Set up at, RFC 3339.
    pub created_at: String,
    /// The address that has to be registered with it.
    pub redirect_url: String,
}

/// Body of `POST /api/identity-providers` and `…/check`.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateProvider {
    /// What the sign-in page calls it.
    pub name: String,
    /// Its address as browsers see it.
    pub issuer: String,
    /// Its address as this server reaches it, where that is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub internal_url: Option<String>,
    /// Who this server is to it.
    pub client_id: String,
    /// The secret; none for a public client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// What is asked for; `openid profile email` if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// What becomes of people whom nobody knows here; they wait for approval if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation: Option<AccountCreation>,
    /// The claim that makes administrators, together with its value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin_claim: Option<String>,
    /// The value of that claim that does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin_value: Option<String>,
    /// Whether people may sign in through it; they may if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// Body of `PATCH /api/identity-providers/{id}`. Absent fields stay as they are. The issuer does not change: people are known
/// by it.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateProvider {
    /// What the sign-in page calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its address as this server reaches it; empty for the issuer's. A stored secret has to be given again with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub internal_url: Option<String>,
    /// Who this server is to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Another secret; empty for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// What is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// What becomes of people whom nobody knows here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation: Option<AccountCreation>,
    /// The claim that makes administrators; empty for no claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin_claim: Option<String>,
    /// The value of that claim that does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin_value: Option<String>,
    /// Whether people may sign in through it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// Answer of `…/check`: whether the service can be used, as far as that is known without a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProviderCheck {
    /// What is wrong; none if nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<ApiError>,
    /// The address that has to be registered with the service.
    pub redirect_url: String,
}

/// Body of `POST /api/auth/oidc/{id}/start` and of `POST /api/auth/identities/{id}/start`.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StartSignIn {
    /// Where the person wanted to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// True answers with the flow in the body and sets no cookie (for programs).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tokens: bool,
}

/// Where to send the browser.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StartedSignIn {
    /// The address at the service.
    pub url: String,
    /// What to finish with, for programs that asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<String>,
}

/// Body of `POST /api/auth/oidc/finish`: what the browser brought back.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FinishSignIn {
    /// What was sent along.
    pub state: String,
    /// What the service's token is to be had for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The same in the service's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
    /// Which service it was (RFC 9207).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// What the start answered, for programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<String>,
    /// True answers with tokens in the body and sets no cookie (for programs).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tokens: bool,
}

/// Answer of `POST /api/auth/oidc/finish`: somebody is signed in, or a code is needed first (202), or the service is linked to
/// the person who asked for that.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FinishedSignIn {
    /// The person, once they are signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<User>,
    /// Tokens, when they were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<Tokens>,
    /// What to send a code with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_factor: Option<SecondStep>,
    /// Whether the service knows the person from now on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub linked: bool,
    /// Where the person wanted to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A service that knows a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// The link between the two.
    pub id: IdentityId,
    /// What the service is called here, or its address if it is gone.
    pub provider: String,
    /// What the service calls the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Linked at, RFC 3339.
    pub created_at: String,
    /// Last signed in through it at, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<String>,
}

/// Answer of `GET /api/auth/identities`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Identities {
    /// Those that know the person.
    pub items: Vec<Identity>,
    /// Those that could be linked.
    pub providers: Vec<ProviderButton>,
}
