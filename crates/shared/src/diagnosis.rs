//! What `aichat doctor` finds, as programs and the page of administrators read it.

use crate::error::{Language, Params};
use serde::{Deserialize, Serialize};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it should be.
    Ok,
    /// Works, and should be looked at.
    Warn,
    /// Does not work.
    Fail,
}

/// Body of `POST /api/diagnosis`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Diagnose {
    /// The language of the sentences.
    #[serde(default)]
    pub language: Language,
}

/// Everything that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Diagnosis {
    /// Whether nothing failed.
    pub ok: bool,
    /// The version of the program that looked.
    pub version: String,
    /// In the order of looking.
    pub findings: Vec<Finding>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// What was looked at: `data`, `database`, `files`, `secrets`, `port`, `clock`, `public`, `stream`, `sign_in`, `connection`,
    /// `traces`, `log`.
    pub step: String,
    /// How bad it is.
    pub state: State,
    /// The code: the doctor's own, or the API's for a fault of a connection or a service.
    pub code: String,
    /// The connection or service it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
    /// The step of its check: `address`, `models`, `chat`, `sign_in`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// What was found.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// The values in the sentences.
    #[serde(default, skip_serializing_if = "Params::is_empty")]
    pub params: Params,
}
