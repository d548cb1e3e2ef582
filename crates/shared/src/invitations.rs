//! Invitations: a link by which people get an account at once, made by an administrator.

use crate::accounts::UserRole;
use crate::{InvitationId, UserId};
use serde::{Deserialize, Serialize};

/// Whether an invitation holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum InvitationState {
    /// It lets people in.
    Open,
    /// Its time is over.
    Expired,
    /// As many came as it was for.
    UsedUp,
    /// An administrator took it back.
    Revoked,
    /// Who made it is no active administrator any more.
    Void,
}

/// Somebody who came by an invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Invited {
    /// Who.
    pub id: UserId,
    /// Their name.
    pub username: String,
    /// When they came, RFC 3339.
    pub at: String,
}

/// An invitation as administrators see it. Its code is in no answer but the one that made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    /// The invitation.
    pub id: InvitationId,
    /// The name of who made it.
    pub by: String,
    /// What those who come by it may do.
    pub role: UserRole,
    /// What it is for, in its maker's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// For how many people it is.
    pub max_uses: u32,
    /// How many came by it.
    pub uses: u32,
    /// Those of them who are still there, who came first before the others.
    pub people: Vec<Invited>,
    /// Whether it holds.
    pub state: InvitationState,
    /// Made at, RFC 3339.
    pub created_at: String,
    /// Holds until, RFC 3339.
    pub expires_at: String,
}

/// Body of `POST /api/admin/invitations`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateInvitation {
    /// What those who come by it may do.
    #[serde(default)]
    pub role: UserRole,
    /// For how many days it holds, within [`crate::limits::INVITATION_DAYS`].
    pub days: u32,
    /// For how many people it is, within [`crate::limits::INVITATION_USES`].
    pub uses: u32,
    /// What it is for, at most [`crate::limits::MAX_NOTE_CHARS`]; only administrators see it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Answer of `POST /api/admin/invitations`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CreatedInvitation {
    /// The invitation.
    pub invitation: Invitation,
    /// Its code, for `/auth/register?invite=`. It is told here and never again.
    pub code: String,
}

/// Body of `POST /api/auth/invitation`.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LookUpInvitation {
    /// The code.
    pub code: String,
}

/// An invitation as whoever holds its code sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct InvitationNotice {
    /// The name of who made it.
    pub by: String,
    /// What those who come by it may do.
    pub role: UserRole,
    /// Holds until, RFC 3339.
    pub expires_at: String,
}

/// Body of `POST /api/auth/register`.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewAccount {
    /// The name.
    pub username: String,
    /// The password.
    pub password: String,
    /// True answers with tokens in the body and sets no cookie (for programs).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tokens: bool,
    /// The code of an invitation: it lets in at once, also where registration is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite: Option<String>,
}
