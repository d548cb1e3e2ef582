//! Administrators look after people: approve, reject, disable, enable, change roles.

use crate::App;
use crate::auth::CurrentUser;
use crate::db::engine::lock_key;
use crate::db::users::Cursor;
use crate::db::{DatabaseTransaction, logins, users};
use crate::error::{AppError, AppResult};
use actix_web::web;
use shared::accounts::{UpdateUser, User, UserRole, UserStatus};
use shared::events::UserEvent;
use shared::page::PageQuery;
use shared::{ErrorCode, Page, UserId};

/// `GET /api/admin/users`: those who wait first, then the oldest account first.
pub async fn list_users(app: web::Data<App>, query: web::Query<PageQuery>) -> AppResult<web::Json<Page<User>>> {
    let parse =
        |text: &str| Cursor::parse(text).ok_or_else(|| AppError::invalid("`after` is not a cursor of this list"));
    let after = query.after.as_deref().map(parse).transpose()?;
    Ok(web::Json(users::list(app.db.read(), after.as_ref(), query.limit()).await?))
}

/// `PATCH /api/admin/users/{id}`: applies at once, to logins and streams that are open too.
pub async fn update_user(
    app: web::Data<App>,
    caller: CurrentUser,
    id: web::Path<UserId>,
    body: web::Json<UpdateUser>,
) -> AppResult<web::Json<User>> {
    if body.status == Some(UserStatus::Pending) {
        return Err(AppError::invalid("`status` must be active, rejected or disabled: nobody waits a second time"));
    }
    if uuid::Uuid::parse_str(id.as_str()).is_err() {
        return Err(ErrorCode::UserNotFound.into());
    }
    let tx = app.db.begin().await?;
    // Two administrators who disable each other at the same moment take turns, or both would see the other.
    lock_key(&tx, "administrators").await?;
    // And a sign-in at this moment is over before its login is looked for.
    lock_key(&tx, id.as_str()).await?;
    let before = users::get(&tx, &id).await?.ok_or(ErrorCode::UserNotFound)?;
    let after =
        User { role: body.role.unwrap_or(before.role), status: body.status.unwrap_or(before.status), ..before.clone() };
    if after == before {
        return Ok(web::Json(users::seen_by_others(after)));
    }
    keep_one_admin(&tx, &before, &after).await?;
    users::set_access(&tx, &id, after.role, after.status).await?;
    if after.status != UserStatus::Active {
        logins::revoke_all(&tx, &id, None, app.clock.now()).await?;
    }
    tx.commit().await?;
    tracing::info!(
        user = %id, by = %caller.user.id, role = after.role.as_str(), status = after.status.as_str(), "person changed"
    );
    tell(&app, &after);
    Ok(web::Json(users::seen_by_others(after)))
}

async fn keep_one_admin(tx: &DatabaseTransaction, before: &User, after: &User) -> AppResult<()> {
    let governs = |user: &User| user.role == UserRole::Admin && user.status == UserStatus::Active;
    if governs(before) && !governs(after) && users::other_active_admins(tx, &before.id).await? == 0 {
        return Err(ErrorCode::UserLastAdmin.into());
    }
    Ok(())
}

/// The person hears of it before their streams end. Those of a person whose role changed end too: they come back with
/// the rights of the new one.
fn tell(app: &App, after: &User) {
    app.auth.forget_user(&after.id);
    let hub = app.runs.hub();
    hub.publish(&after.id, &UserEvent::UserChanged { user: after.clone() });
    hub.close_user(&after.id);
    hub.publish_people();
}
