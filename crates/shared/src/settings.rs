//! Requests and answers about settings, branding and health.

use crate::Build;
use crate::accounts::User;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::ops::RangeInclusive;

/// Key of the name that the interface shows.
pub const BRAND_NAME: &str = "brand_name";
/// Key of whether strangers may register.
pub const REGISTRATION: &str = "registration_enabled";
/// Key of how many tokens a model reads that does not say so itself.
pub const CONTEXT_TOKENS: &str = "context_token_limit";
/// What that may be.
pub const CONTEXT_TOKENS_RANGE: RangeInclusive<u32> = 1_000..=10_000_000;
/// Key of how many answers one person may have written at once.
pub const RUNS_PER_USER: &str = "runs_per_user";
/// What that may be.
pub const RUNS_PER_USER_RANGE: RangeInclusive<u32> = 1..=1_000;

/// Answer of `GET /api/settings/branding`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Branding {
    /// The name that the interface shows.
    pub name: String,
}

/// Whether strangers may register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Registration {
    /// Nobody has registered yet: the first account becomes administrator.
    Setup,
    /// The time for the first account is over until the server is restarted.
    SetupExpired,
    /// Yes; an administrator approves.
    Open,
    /// No.
    Closed,
}

/// A way to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInMethod {
    /// User name and password.
    Password,
}

/// Answer of `GET /api/auth/methods`: what a sign-in page may show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignInMethods {
    /// Every way that works on this server.
    pub methods: Vec<SignInMethod>,
    /// Whether strangers may register.
    pub registration: Registration,
}

/// Answer of `GET /api/bootstrap`: all that the first screen needs, signed in or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bootstrap {
    /// Name.
    pub branding: Branding,
    /// Whether strangers may register.
    pub registration: Registration,
    /// The signed-in person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<User>,
}

/// Answer of the health routes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// `ok` or `unavailable`.
    pub status: String,
    /// Which build of the server answers.
    #[serde(flatten)]
    pub build: Build,
}

/// A system setting, as administrators see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettingView {
    /// Its key.
    pub key: String,
    /// Its value now.
    pub value: Value,
    /// Its value when nobody changed it.
    pub default: Value,
}

/// Body of `PUT /api/settings/system/{key}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetSetting {
    /// The new value.
    pub value: Value,
}
