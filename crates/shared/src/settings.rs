//! Requests and answers about settings, branding and health.

use crate::accounts::User;
use crate::chat::{ModelList, Session};
use crate::colour::Accents;
use crate::diagnosis::Finding;
use crate::error::Language;
use crate::limits::{MAX_FILES_PER_MESSAGE, MAX_UPLOAD_BYTES};
use crate::oidc::ProviderButton;
use crate::organize::Folder;
use crate::second_factor::SecondFactorRule;
use crate::{Build, Page};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub mod fields;
pub mod kind;

pub use kind::Kind;

/// Chats keep the beginning of their first message as title.
pub const TITLES_OFF: &str = "off";
/// A small model of the chat's own connection names the chat, if there is one.
pub const TITLES_AUTO: &str = "auto";
/// The chat's own model names the chat.
pub const TITLES_BY_CHAT: &str = "chat";
/// An announcement that tells something.
pub const TONE_INFO: &str = "info";
/// An announcement that stands out.
pub const TONE_WARNING: &str = "warning";

/// Nobody has to have a second factor.
pub const FACTOR_OFF: &str = "off";
/// Administrators have to have a second factor.
pub const FACTOR_ADMINS: &str = "admins";
/// Everybody has to have a second factor.
pub const FACTOR_EVERYBODY: &str = "everybody";

/// Answers are traced that the web page or a program asks for.
pub const TRACE_BOTH: &str = "both";
/// Answers are traced that the web page asks for.
pub const TRACE_SPA: &str = "spa";
/// Answers are traced that programs ask for.
pub const TRACE_API: &str = "api";

/// Errors are logged.
pub const LOG_ERROR: &str = "error";
/// Warnings are logged as well.
pub const LOG_WARN: &str = "warn";
/// What happens is logged as well.
pub const LOG_INFO: &str = "info";
/// Every request is logged as well.
pub const LOG_DEBUG: &str = "debug";
/// Everything is logged.
pub const LOG_TRACE: &str = "trace";

/// Budgets count money in US dollars.
pub const CURRENCY_USD: &str = "USD";
/// Budgets count money in yuan.
pub const CURRENCY_CNY: &str = "CNY";

/// Answer of `GET /api/settings/branding`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Branding {
    /// The name that the interface shows.
    pub name: String,
    /// Where the logo is; it changes with the picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    /// The colour as it was chosen; none for the product's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    /// What that becomes in both themes, so that it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accents: Option<Accents>,
    /// Whether people may connect models of their own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub personal_connections: bool,
    /// Who has to have a second factor.
    #[serde(default, skip_serializing_if = "SecondFactorRule::is_off")]
    pub second_factor: SecondFactorRule,
}

/// What administrators tell everybody who is signed in, above the chat: answer of `GET /api/settings/announcement`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Announcement {
    /// Whether it is shown.
    pub shown: bool,
    /// What it says.
    pub text: String,
    /// How: [`TONE_INFO`] or [`TONE_WARNING`].
    pub tone: String,
    /// Whether a person may close it.
    pub dismissible: bool,
    /// A name for exactly this text and tone: who closes it remembers this, and sees the next one again.
    pub mark: String,
}

impl Announcement {
    /// Whether there is something to show.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.shown && !self.text.is_empty()
    }
}

/// Whether strangers may register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SignInMethod {
    /// User name and password.
    Password,
    /// Another service, one of the `providers`.
    Oidc,
}

/// Answer of `GET /api/auth/methods`: what a sign-in page may show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SignInMethods {
    /// Every way that works on this server.
    pub methods: Vec<SignInMethod>,
    /// The other services through which people may sign in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub providers: Vec<ProviderButton>,
    /// Whether strangers may register.
    pub registration: Registration,
}

/// Answer of `GET /api/bootstrap`: all that the first screen needs, signed in or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Bootstrap {
    /// Name.
    pub branding: Branding,
    /// Whether strangers may register.
    pub registration: Registration,
    /// The other services through which people may sign in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub providers: Vec<ProviderButton>,
    /// The signed-in person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<User>,
    /// What is announced, to those who are signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announcement: Option<Announcement>,
    /// What may be attached.
    #[serde(default)]
    pub uploads: Uploads,
    /// Where the signed-in person may have answers traced: whether theirs are, unless they say otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<bool>,
    /// What the signed-in person's first screen shows, so that nothing else has to be asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Start>,
}

/// The beginning of a person's lists, as their own addresses give them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Start {
    /// Where the event stream stood before these were read: `hello` says the same, or something was missed in between.
    pub mark: String,
    /// `GET /api/folders`.
    pub folders: Vec<Folder>,
    /// `GET /api/sessions?pinned=true&limit=200`.
    pub pinned: Page<Session>,
    /// `GET /api/sessions?pinned=false&folder=none`: [`crate::limits::DEFAULT_PAGE`] of them.
    pub loose: Page<Session>,
    /// `GET /api/models`; absent where there are more than [`START_MODELS`], since that list has an entity tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub models: Option<ModelList>,
}

/// Most models that come with the first answer.
pub const START_MODELS: u32 = 100;

/// What may be attached to messages: the limits of [`crate::limits`] and of this server, for programs too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Uploads {
    /// Largest file, in bytes.
    pub max_bytes: u64,
    /// Most files of one message.
    pub max_files: u64,
    /// Bytes that one person's files may take.
    pub quota: u64,
}

impl Uploads {
    /// The limits with this quota.
    #[must_use]
    pub fn new(quota: u64) -> Self {
        Self { max_bytes: MAX_UPLOAD_BYTES as u64, max_files: MAX_FILES_PER_MESSAGE as u64, quota }
    }
}

impl Default for Uploads {
    fn default() -> Self {
        Self::new(u64::MAX)
    }
}

/// Answer of `GET /api/settings/public-url`: the address that people use, which pictures get when somebody copies their
/// address. Within the product every address is relative.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PublicUrl {
    /// The address; none when the one of each request counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// The variable that says so, which also keeps it from being changed here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variable: Option<String>,
    /// Where the variable was set: `command line`, `environment`, `file …`, `.env`, or `default` when nobody did.
    pub source: String,
    /// The whole address that a picture would have.
    pub example: String,
}

/// Answer of the health routes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// `ok` or `unavailable`.
    pub status: String,
    /// Whether something works worse than it should. The server answers all the same, so the status stays `ok`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub degraded: bool,
    /// What does, for administrators who ask with `?detail=1`; empty where all is well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checks: Option<Vec<Finding>>,
    /// Which build of the server answers.
    #[serde(flatten)]
    pub build: Build,
}

/// Query of the health routes. What a probe adds beside these is passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct HealthQuery {
    /// `1` for what works worse than it should, which administrators are told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The language of the sentences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
}

/// A system setting, as administrators see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SettingView {
    /// Its key.
    pub key: String,
    /// What it holds, and within which limits.
    pub kind: Kind,
    /// Its value now.
    pub value: Value,
    /// Its value when nobody changed it.
    pub default: Value,
    /// The variable that fixes it: while that is set, nobody can change the setting here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked: Option<String>,
}

/// Body of `PUT /api/settings/system/{key}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetSetting {
    /// The new value.
    pub value: Value,
}
