//! People by the list: what an import would do or did. Passwords are in no line of it.

use crate::accounts::{UserRole, UserStatus};
use crate::error::ApiError;
use serde::{Deserialize, Serialize};

/// Query of `POST /api/admin/users/import`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImportQuery {
    /// True only says what would happen.
    #[serde(default)]
    pub check: bool,
}

/// One line of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ImportRow {
    /// Where it stands in the file, from 1 on.
    pub line: u64,
    /// The name, as it would be shown.
    pub username: String,
    /// What they may do.
    pub role: UserRole,
    /// Whether they may sign in.
    pub status: UserStatus,
    /// Whether the list gives them a password; else the server makes one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_password: bool,
    /// Why this person cannot be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ApiError>,
}

/// Answer of `POST /api/admin/users/import`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ImportReport {
    /// Line by line.
    pub rows: Vec<ImportRow>,
    /// Columns that mean nothing here and were passed over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<String>,
    /// Whether the people were made. They never are when a line has an error.
    pub done: bool,
    /// The people with the passwords that were made, as CSV to save. It is told here and never again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub csv: Option<String>,
}
