//! Calls about invitations: what administrators do with them, and what whoever holds a code is told.

use super::{ApiResult, delete, escape, get, post};
use shared::invitations::{CreateInvitation, CreatedInvitation, Invitation, InvitationNotice, LookUpInvitation};
use shared::{InvitationId, Page};

const PATH: &str = "/api/admin/invitations";

/// All of them, the newest first.
pub async fn list() -> ApiResult<Page<Invitation>> {
    get(PATH).await
}

/// Makes one. Its code is told in the answer alone.
pub async fn create(wish: &CreateInvitation) -> ApiResult<CreatedInvitation> {
    post(PATH, wish).await
}

/// Takes one back.
pub async fn revoke(id: &InvitationId) -> ApiResult<()> {
    delete(&format!("{PATH}/{}", escape(id.as_str()))).await
}

/// By whom one is invited.
pub async fn look_up(code: &str) -> ApiResult<InvitationNotice> {
    post("/api/auth/invitation", &LookUpInvitation { code: code.to_owned() }).await
}
