//! Administrators look after people: make, find, approve, reject, disable and enable them, change their roles and names, give
//! them another password, sign them out.

use crate::App;
use crate::audit::{self, Actor, Deed};
use crate::auth::{CurrentUser, rename};
use crate::db::engine::lock_key;
use crate::db::users::Cursor;
use crate::db::{DatabaseTransaction, logins, users};
use crate::error::{AppError, AppResult};
use actix_web::{HttpResponse, web};
use shared::accounts::{CreateUser, GivenPassword, PeopleQuery, ResetPassword, UpdateUser, User, UserRole, UserStatus};
use shared::audit::Act;
use shared::events::UserEvent;
use shared::limits::{MAX_NAME_CHARS, MAX_REASON_CHARS};
use shared::page::PageQuery;
use shared::{ErrorCode, Page, UserId};

/// `GET /api/admin/users`: those who wait first, then the oldest account first.
pub async fn list_users(app: web::Data<App>, query: web::Query<PeopleQuery>) -> AppResult<web::Json<Page<User>>> {
    let parse =
        |text: &str| Cursor::parse(text).ok_or_else(|| AppError::invalid("`after` is not a cursor of this list"));
    let after = query.after.as_deref().map(parse).transpose()?;
    // A NUL would end the pattern early, and no name has one.
    if query.q.as_ref().is_some_and(|text| text.chars().count() > MAX_NAME_CHARS || text.contains('\0')) {
        return Err(AppError::invalid(format!("`q` must have at most {MAX_NAME_CHARS} characters and no NUL")));
    }
    let limit = PageQuery { after: None, limit: query.limit }.limit();
    Ok(web::Json(users::list(app.db.read(), &query, after.as_ref(), limit).await?))
}

/// `POST /api/admin/users`: 201 with the person, and the password if the server made it.
pub async fn create_user(
    app: web::Data<App>,
    caller: CurrentUser,
    by: Actor,
    body: web::Json<CreateUser>,
) -> AppResult<HttpResponse> {
    let created = app.auth.create_user(&caller, &by, body.into_inner()).await?;
    app.runs.hub().publish_people();
    Ok(HttpResponse::Created().json(created))
}

/// `POST /api/admin/users/{id}/password`: a new password, and the end of all logins and keys of the person.
pub async fn reset_password(
    app: web::Data<App>,
    caller: CurrentUser,
    by: Actor,
    id: web::Path<UserId>,
    body: web::Json<ResetPassword>,
) -> AppResult<web::Json<GivenPassword>> {
    check_id(&id)?;
    let password = app.auth.give_password(&caller, &by, &id, body.into_inner().password).await?;
    app.runs.hub().close_user(&id);
    app.runs.hub().publish_people();
    Ok(web::Json(GivenPassword { password }))
}

/// `DELETE /api/admin/users/{id}/logins`: signs a person out everywhere.
pub async fn end_logins(app: web::Data<App>, by: Actor, id: web::Path<UserId>) -> AppResult<HttpResponse> {
    check_id(&id)?;
    let user = users::get(app.db.read(), &id).await?.ok_or(ErrorCode::UserNotFound)?;
    app.auth.end_logins(&user, &by, None).await?;
    app.runs.hub().close_logins(&id, None);
    Ok(HttpResponse::NoContent().finish())
}

/// What is no id of ours names nobody, whatever a database would say of it.
pub(super) fn check_id(id: &UserId) -> AppResult<()> {
    uuid::Uuid::parse_str(id.as_str()).map(|_| ()).map_err(|_| ErrorCode::UserNotFound.into())
}

/// `PATCH /api/admin/users/{id}`: applies at once, to logins and streams that are open too.
pub async fn update_user(
    app: web::Data<App>,
    caller: CurrentUser,
    by: Actor,
    id: web::Path<UserId>,
    body: web::Json<UpdateUser>,
) -> AppResult<web::Json<User>> {
    if body.status == Some(UserStatus::Pending) {
        return Err(AppError::invalid("`status` must be active, rejected or disabled: nobody waits a second time"));
    }
    check_id(&id)?;
    let reason = body.reason.as_deref().map(clean_reason).transpose()?;
    let tx = app.db.begin().await?;
    // Two administrators who disable each other at the same moment take turns, or both would see the other.
    lock_key(&tx, users::ADMINISTRATORS).await?;
    // And a sign-in at this moment is over before its login is looked for.
    lock_key(&tx, id.as_str()).await?;
    let before = users::get(&tx, &id).await?.ok_or(ErrorCode::UserNotFound)?;
    let now = app.clock.now();
    let named = match &body.username {
        Some(name) => rename(&tx, &by, &before, name, now).await?,
        None => before.clone(),
    };
    let after = changed(&named, &body, reason)?;
    if after == before {
        return Ok(web::Json(users::seen_by_others(after)));
    }
    if governs(&after) && !governs(&before) {
        by.check_signed_in()?;
    }
    keep_one_admin(&tx, &before, &after).await?;
    users::set_access(&tx, &after).await?;
    if after.status != UserStatus::Active {
        logins::revoke_all(&tx, &id, None, now).await?;
    }
    for act in acts(&before, &after) {
        let deed = Deed::on_person(act, &after).changes(audit::rights(&before), audit::rights(&after));
        audit::write(&tx, &by, &deed, now).await?;
    }
    tx.commit().await?;
    tracing::info!(
        user = %id, by = %caller.user.id, role = after.role.as_str(), status = after.status.as_str(), "person changed"
    );
    tell(&app, &after, audit::rights(&before) != audit::rights(&after));
    Ok(web::Json(users::seen_by_others(after)))
}

/// What an administrator did to a person, as it is written down.
fn acts(before: &User, after: &User) -> impl Iterator<Item = Act> {
    let decided = before.status != after.status || before.reason != after.reason;
    let decision = match after.status {
        UserStatus::Active if before.status == UserStatus::Pending => Some(Act::PersonApproved),
        UserStatus::Active => Some(Act::PersonEnabled),
        UserStatus::Rejected => Some(Act::PersonRejected),
        UserStatus::Disabled => Some(Act::PersonDisabled),
        UserStatus::Pending => None,
    };
    let role = (before.role != after.role).then_some(Act::RoleChanged);
    decision.filter(|_| decided).into_iter().chain(role)
}

/// A reason as it is stored; empty for none.
fn clean_reason(text: &str) -> AppResult<String> {
    let text = text.trim();
    if text.chars().count() > MAX_REASON_CHARS {
        return Err(AppError::invalid(format!("`reason` must have at most {MAX_REASON_CHARS} characters")));
    }
    if text.chars().any(char::is_control) {
        return Err(AppError::invalid("`reason` must not contain control characters or line breaks"));
    }
    Ok(text.to_owned())
}

/// The person as they will be. A reason belongs to the decision it was given for, and goes with it.
fn changed(before: &User, wish: &UpdateUser, reason: Option<String>) -> AppResult<User> {
    let (role, status) = (wish.role.unwrap_or(before.role), wish.status.unwrap_or(before.status));
    let out = matches!(status, UserStatus::Rejected | UserStatus::Disabled);
    let reason = match reason {
        Some(text) if text.is_empty() => None,
        Some(_) if !out => return Err(AppError::invalid("`reason` is for rejecting or disabling somebody")),
        None if out && status == before.status => before.reason.clone(),
        reason => reason,
    };
    Ok(User { role, status, reason, ..before.clone() })
}

fn governs(user: &User) -> bool {
    user.role == UserRole::Admin && user.status == UserStatus::Active
}

async fn keep_one_admin(tx: &DatabaseTransaction, before: &User, after: &User) -> AppResult<()> {
    if governs(before) && !governs(after) && users::other_active_admins(tx, &before.id).await? == 0 {
        return Err(ErrorCode::UserLastAdmin.into());
    }
    Ok(())
}

/// The person hears of it before their streams end. Those of a person whose role changed end too: they come back with
/// the rights of the new one.
fn tell(app: &App, after: &User, has_other_rights: bool) {
    app.auth.forget_user(&after.id);
    let hub = app.runs.hub();
    hub.publish(&after.id, &UserEvent::UserChanged { user: after.clone() });
    if has_other_rights {
        hub.close_user(&after.id);
    }
    hub.publish_people();
}
