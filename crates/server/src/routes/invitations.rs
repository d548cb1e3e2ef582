//! Invitations: what administrators do with them, and what whoever holds a code is told.

use crate::App;
use crate::audit::Actor;
use crate::auth::CurrentUser;
use crate::error::AppResult;
use actix_web::{HttpRequest, HttpResponse, web};
use shared::invitations::{CreateInvitation, Invitation, InvitationNotice, LookUpInvitation};
use shared::{ErrorCode, InvitationId, Page};

/// `GET /api/admin/invitations`: the newest first. They are few, so there is one page.
pub async fn list_invitations(app: web::Data<App>) -> AppResult<web::Json<Page<Invitation>>> {
    Ok(web::Json(Page { items: app.auth.invitations().await?, next: None }))
}

/// `POST /api/admin/invitations`: 201 with the invitation and its code, which is told here and never again.
pub async fn create_invitation(
    app: web::Data<App>,
    caller: CurrentUser,
    by: Actor,
    body: web::Json<CreateInvitation>,
) -> AppResult<HttpResponse> {
    Ok(HttpResponse::Created().json(app.auth.create_invitation(&caller, &by, body.into_inner()).await?))
}

/// `DELETE /api/admin/invitations/{id}`: it lets nobody in from here on.
pub async fn revoke_invitation(app: web::Data<App>, by: Actor, id: web::Path<InvitationId>) -> AppResult<HttpResponse> {
    // What is no id of ours names nothing, whatever a database would say of it.
    uuid::Uuid::parse_str(id.as_str()).map_err(|_| ErrorCode::InvitationNotFound)?;
    app.auth.revoke_invitation(&by, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /api/auth/invitation`: by whom one is invited. The code is in the body, so that no log has it.
pub async fn look_up_invitation(
    app: web::Data<App>,
    request: HttpRequest,
    body: web::Json<LookUpInvitation>,
) -> AppResult<web::Json<InvitationNotice>> {
    let client = app.auth.trust().client(&request);
    Ok(web::Json(app.auth.look_up_invitation(&client, &body.code).await?))
}
