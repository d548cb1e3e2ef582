//! Budgets: the rules that administrators set, and to everybody what is left for them.

use crate::App;
use crate::audit::Actor;
use crate::auth::CurrentUser;
use crate::error::AppResult;
use actix_web::{HttpResponse, web};
use shared::budgets::{Budget, Budgets, CreateBudget, MyBudget, UpdateBudget};
use shared::{BudgetId, ErrorCode};

/// `GET /api/budgets`: every rule with what was used of it in the window that is running. They are few.
pub async fn list_budgets(app: web::Data<App>) -> AppResult<web::Json<Budgets<Budget>>> {
    Ok(web::Json(app.budgets.list().await?))
}

/// `POST /api/budgets`: 201 with the rule, which counts from the next request on.
pub async fn create_budget(
    app: web::Data<App>,
    caller: CurrentUser,
    by: Actor,
    body: web::Json<CreateBudget>,
) -> AppResult<HttpResponse> {
    let made = app.budgets.create(&caller.user, &by, body.into_inner(), &app.catalog).await?;
    Ok(HttpResponse::Created().json(made))
}

/// `PATCH /api/budgets/{id}`: another limit, or whether it holds.
pub async fn update_budget(
    app: web::Data<App>,
    by: Actor,
    id: web::Path<BudgetId>,
    body: web::Json<UpdateBudget>,
) -> AppResult<web::Json<Budget>> {
    check_id(&id)?;
    Ok(web::Json(app.budgets.update(&by, &id, body.into_inner()).await?))
}

/// `DELETE /api/budgets/{id}`: removes a rule with all that was counted.
pub async fn delete_budget(app: web::Data<App>, by: Actor, id: web::Path<BudgetId>) -> AppResult<HttpResponse> {
    check_id(&id)?;
    app.budgets.delete(&by, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /api/my/budgets`: the rules that hold for the caller, with what is left.
pub async fn list_own(app: web::Data<App>, caller: CurrentUser) -> AppResult<web::Json<Budgets<MyBudget>>> {
    Ok(web::Json(app.budgets.mine(&caller, &app.catalog).await?))
}

/// What is no id of ours names no rule, whatever a database would say of it.
fn check_id(id: &BudgetId) -> AppResult<()> {
    uuid::Uuid::parse_str(id.as_str()).map(|_| ()).map_err(|_| ErrorCode::BudgetNotFound.into())
}
