//! Rules about how much may be used. What was used of them is in [`spending`].

pub mod spending;

use super::engine::statement;
use super::entity::budget::{self, Column, Entity as Rules};
use super::parse_word;
use sea_orm::prelude::*;
use sea_orm::{ActiveValue::Set, QueryOrder as _};
use shared::budgets::{Subject, Unit, Window};
use shared::models::Currency;
use shared::{ApiKeyId, BudgetId, ModelId, UserId};

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The rule.
    pub id: BudgetId,
    /// Whom it is for.
    pub subject: Subject,
    /// The only model that it counts; none for all.
    pub model: Option<ModelId>,
    /// What it counts.
    pub unit: Unit,
    /// When it starts anew.
    pub window: Window,
    /// How much there is in a window.
    pub limit: u64,
    /// The currency of its amounts; it means something where they are money.
    pub currency: Currency,
    /// Whether it holds.
    pub enabled: bool,
    /// Whether the person of its key set it, and not an administrator.
    pub of_owner: bool,
    /// How often it was written.
    pub version: i64,
    /// When it was made, unix milliseconds.
    pub created_at: i64,
}

impl TryFrom<budget::Model> for Rule {
    type Error = DbErr;

    fn try_from(row: budget::Model) -> Result<Self, DbErr> {
        let nobody = || DbErr::Type(format!("the budget {} names nobody", row.id));
        let subject = match row.subject.as_str() {
            "each" => Subject::Each,
            "everyone" => Subject::Everyone,
            "person" => Subject::Person { user_id: UserId(row.user_id.clone().ok_or_else(nobody)?) },
            "key" => Subject::Key { key_id: ApiKeyId(row.api_key_id.clone().ok_or_else(nobody)?) },
            word => return Err(DbErr::Type(format!("unknown value `{word}` in budgets.subject"))),
        };
        Ok(Self {
            subject,
            model: row.model_id.map(ModelId),
            unit: parse_word("budgets.unit", &row.unit)?,
            window: parse_word("budgets.period", &row.period)?,
            limit: u64::try_from(row.amount).unwrap_or(0),
            currency: row.currency.as_deref().and_then(Currency::parse).unwrap_or_default(),
            enabled: row.enabled,
            of_owner: row.of_owner,
            version: row.version,
            created_at: row.created_at,
            id: BudgetId(row.id),
        })
    }
}

/// An amount as it is stored.
pub(crate) fn stored(amount: u64) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}

/// Every rule that may hold: none of a key that was revoked. In the order in which they were made.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Rule>, DbErr> {
    let text = "SELECT * FROM budgets WHERE api_key_id IS NULL \
        OR api_key_id IN (SELECT id FROM api_keys WHERE revoked_at IS NULL) ORDER BY created_at, id";
    let rows = Rules::find().from_raw_sql(statement(db, text, [])).all(db).await?;
    rows.into_iter().map(Rule::try_from).collect()
}

/// The limits that somebody set for a key of theirs.
pub async fn of_key(db: &impl ConnectionTrait, key: &ApiKeyId) -> Result<Vec<Rule>, DbErr> {
    let of_owner = Rules::find().filter(Column::ApiKeyId.eq(key.as_str())).filter(Column::OfOwner.eq(true));
    let rows = of_owner.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).all(db).await?;
    rows.into_iter().map(Rule::try_from).collect()
}

/// A rule that administrators set.
pub async fn get(db: &impl ConnectionTrait, id: &BudgetId) -> Result<Option<Rule>, DbErr> {
    let row = Rules::find_by_id(id.as_str()).filter(Column::OfOwner.eq(false)).one(db).await?;
    row.map(Rule::try_from).transpose()
}

/// How many rules administrators set.
pub async fn count(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    Rules::find().filter(Column::OfOwner.eq(false)).count(db).await
}

/// Adds a rule.
pub async fn insert(db: &impl ConnectionTrait, rule: &Rule) -> Result<(), DbErr> {
    let (user, key) = match &rule.subject {
        Subject::Each | Subject::Everyone => (None, None),
        Subject::Person { user_id } => (Some(user_id.0.clone()), None),
        Subject::Key { key_id } => (None, Some(key_id.0.clone())),
    };
    let row = budget::ActiveModel {
        id: Set(rule.id.0.clone()),
        subject: Set(rule.subject.as_str().to_owned()),
        user_id: Set(user),
        api_key_id: Set(key),
        model_id: Set(rule.model.as_ref().map(|id| id.0.clone())),
        unit: Set(rule.unit.as_str().to_owned()),
        period: Set(rule.window.as_str().to_owned()),
        amount: Set(stored(rule.limit)),
        currency: Set((rule.unit == Unit::Money).then(|| rule.currency.as_str().to_owned())),
        enabled: Set(rule.enabled),
        of_owner: Set(rule.of_owner),
        version: Set(rule.version),
        created_at: Set(rule.created_at),
    };
    Rules::insert(row).exec_without_returning(db).await.map(|_| ())
}

/// Changes how much there is and whether a rule holds. Whoever was warned of the old limit is warned of the new one, too.
pub async fn set(db: &impl ConnectionTrait, id: &BudgetId, limit: u64, enabled: bool) -> Result<(), DbErr> {
    let text = "UPDATE budgets SET amount = $1, enabled = $2, version = version + 1 WHERE id = $3";
    db.execute_raw(statement(db, text, [stored(limit).into(), enabled.into(), id.as_str().into()])).await?;
    let text = "UPDATE budget_spending SET warned = FALSE WHERE budget_id = $1 AND warned";
    db.execute_raw(statement(db, text, [id.as_str().into()])).await.map(|_| ())
}

/// Removes a rule with all that was counted. Answers whether it was there.
pub async fn delete(db: &impl ConnectionTrait, id: &BudgetId) -> Result<bool, DbErr> {
    let text = "DELETE FROM budgets WHERE id = $1";
    Ok(db.execute_raw(statement(db, text, [id.as_str().into()])).await?.rows_affected() > 0)
}
