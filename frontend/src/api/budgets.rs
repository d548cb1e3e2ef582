//! Calls about budgets: the rules for administrators, what is left for everybody.

use super::{ApiResult, delete, escape, get, patch, post};
use shared::BudgetId;
use shared::budgets::{Budget, Budgets, CreateBudget, MyBudget, UpdateBudget};

const PATH: &str = "/api/budgets";

fn one(id: &BudgetId) -> String {
    format!("{PATH}/{}", escape(id.as_str()))
}

/// The rules with what was used of them.
pub async fn list() -> ApiResult<Budgets<Budget>> {
    get(PATH).await
}

/// Makes a rule.
pub async fn create(wish: &CreateBudget) -> ApiResult<Budget> {
    post(PATH, wish).await
}

/// Changes a rule.
pub async fn update(id: &BudgetId, change: &UpdateBudget) -> ApiResult<Budget> {
    patch(&one(id), change).await
}

/// Removes a rule.
pub async fn remove(id: &BudgetId) -> ApiResult<()> {
    delete(&one(id)).await
}

/// What is left for the signed-in person.
pub async fn mine() -> ApiResult<Budgets<MyBudget>> {
    get("/api/my/budgets").await
}
