//! Budgets: how much of a window somebody may use, in requests, tokens or money, and what is left of it.
//!
//! Amounts are whole numbers: requests, tokens, and billionths of a unit of money.

use crate::models::Currency;
use crate::{ApiKeyId, BudgetId, ModelId, UserId};
use serde::{Deserialize, Serialize};

/// Billionths in a unit of money.
pub const NANO: u64 = 1_000_000_000;

/// What a budget counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Answers that were asked for.
    #[default]
    Requests,
    /// Tokens read and written.
    Tokens,
    /// Billionths of a unit of money.
    Money,
}

impl Unit {
    /// Every unit.
    pub const ALL: [Self; 3] = [Self::Requests, Self::Tokens, Self::Money];

    /// The word on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Tokens => "tokens",
            Self::Money => "money",
        }
    }
}

/// The time after which a budget starts anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// A day of the time zone that is set for budgets.
    #[default]
    Day,
    /// A month there.
    Month,
    /// It never does.
    Total,
}

impl Window {
    /// Every window.
    pub const ALL: [Self; 3] = [Self::Day, Self::Month, Self::Total];

    /// The word on the wire and in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
            Self::Total => "total",
        }
    }
}

/// Whom a budget is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Subject {
    /// Everybody has one of their own.
    #[default]
    Each,
    /// One person.
    Person {
        /// Who.
        user_id: UserId,
    },
    /// All people together.
    Everyone,
    /// One API key.
    Key {
        /// Which one.
        key_id: ApiKeyId,
    },
}

impl Subject {
    /// The word on the wire and in the database.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Each => "each",
            Self::Person { .. } => "person",
            Self::Everyone => "everyone",
            Self::Key { .. } => "key",
        }
    }
}

/// What was used of a budget in the window that is running.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Used {
    /// What is over.
    pub spent: u64,
    /// What is set aside for answers that are being written.
    pub reserved: u64,
    /// When it starts anew, RFC 3339; none for one that never does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resets_at: Option<String>,
}

impl Used {
    /// What is left of a limit.
    #[must_use]
    pub fn remaining(&self, limit: u64) -> u64 {
        limit.saturating_sub(self.spent.saturating_add(self.reserved))
    }
}

/// A rule, as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Budget {
    /// The rule.
    pub id: BudgetId,
    /// Whom it is for.
    pub subject: Subject,
    /// What the person or the key is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_name: Option<String>,
    /// The only model that it counts; none for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_id: Option<ModelId>,
    /// What it counts.
    pub unit: Unit,
    /// When it starts anew.
    pub window: Window,
    /// How much there is in a window.
    pub limit: u64,
    /// The currency of its amounts, where they are money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// Whether it holds.
    pub enabled: bool,
    /// What was used; where everybody has their own, by the one who used most.
    pub used: Used,
    /// Who that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_by: Option<String>,
    /// Made at, RFC 3339.
    pub created_at: String,
}

/// Body of `POST /api/budgets`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateBudget {
    /// Whom it is for.
    pub subject: Subject,
    /// The only model that it counts, by id or name; none for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_id: Option<ModelId>,
    /// What it counts.
    pub unit: Unit,
    /// When it starts anew.
    pub window: Window,
    /// How much there is in a window; see [`crate::limits::MAX_BUDGET`]. Money in billionths of its unit.
    pub limit: u64,
    /// Whether it holds.
    #[serde(default = "yes")]
    pub enabled: bool,
}

fn yes() -> bool {
    true
}

/// Body of `PATCH /api/budgets/{id}`. Absent fields stay as they are. Whom and what a rule counts does not change: that
/// would be another rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateBudget {
    /// How much there is in a window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// Whether it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// A budget that holds for the caller. Item of `GET /api/my/budgets`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MyBudget {
    /// The rule.
    pub id: BudgetId,
    /// Whose it is.
    pub whose: Whose,
    /// The only model that it counts, by the name that the caller knows it by; none for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What it counts.
    pub unit: Unit,
    /// When it starts anew.
    pub window: Window,
    /// How much there is in a window.
    pub limit: u64,
    /// What is left of it.
    pub remaining: u64,
    /// The currency of its amounts, where they are money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// What was used of it.
    pub used: Used,
}

/// Answer of `GET /api/budgets` and `GET /api/my/budgets`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Budgets<T> {
    /// The budgets in the order in which they were made.
    pub items: Vec<T>,
    /// The currency in which a new one counts money.
    pub currency: Currency,
}

/// Whose a budget is, to somebody for whom it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// The person's own.
    #[default]
    Own,
    /// All people's together.
    Everyone,
    /// The API key's that was shown.
    Key,
}

/// A limit that a person sets for a key of theirs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeyLimit {
    /// What it counts.
    pub unit: Unit,
    /// When it starts anew.
    pub window: Window,
    /// How much there is in a window.
    pub limit: u64,
}

/// A limit of a key, with what was used of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct KeyBudget {
    /// What it counts.
    pub unit: Unit,
    /// When it starts anew.
    pub window: Window,
    /// How much there is in a window.
    pub limit: u64,
    /// The currency of its amounts, where they are money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// What was used of it.
    pub used: Used,
}

/// An amount of money as it is written: `12.5`, without its currency.
#[must_use]
pub fn money(nano: u64) -> String {
    let (whole, part) = (nano / NANO, nano % NANO);
    let part = format!("{part:09}");
    let part = part.trim_end_matches('0');
    match part.len() {
        0 => whole.to_string(),
        1 => format!("{whole}.{part}0"),
        _ => format!("{whole}.{part}"),
    }
}

/// The amount that a text writes, in billionths: `12`, `0.5`, `12.50`. None for anything else.
#[must_use]
pub fn parse_money(text: &str) -> Option<u64> {
    let (whole, part) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > 9 || !digits(whole) || !digits(part) {
        return None;
    }
    let part: u64 = format!("{part:0<9}").parse().ok()?;
    whole.parse::<u64>().ok()?.checked_mul(NANO)?.checked_add(part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn money_is_written_and_read_without_loss() {
        for (nano, text) in
            [(0, "0"), (NANO, "1"), (12_500_000_000, "12.50"), (1, "0.000000001"), (1_050_000_000, "1.05")]
        {
            assert_eq!((money(nano), parse_money(text)), (text.to_owned(), Some(nano)));
        }
        for text in ["", ".5", "-1", "1,5", "1.0000000001", "99999999999", "1e3"] {
            assert_eq!(parse_money(text), None, "{text}");
        }
    }

    #[test]
    fn whom_a_budget_is_for_stands_on_the_wire_with_its_id() {
        let person = Subject::Person { user_id: "u".into() };
        assert_eq!(serde_json::to_value(&person).expect("JSON"), json!({"kind": "person", "userId": "u"}));
        assert_eq!(serde_json::from_value::<Subject>(json!({"kind": "each"})).expect("read"), Subject::Each);
        assert!(serde_json::from_value::<Subject>(json!({"kind": "person"})).is_err(), "nobody is named");
        for unit in Unit::ALL {
            assert_eq!(serde_json::to_value(unit).expect("JSON"), unit.as_str());
        }
        for window in Window::ALL {
            assert_eq!(serde_json::to_value(window).expect("JSON"), window.as_str());
        }
    }

    #[test]
    fn what_is_set_aside_does_not_remain() {
        let used = Used { spent: 60, reserved: 30, resets_at: None };
        assert_eq!((used.remaining(100), used.remaining(80)), (10, 0));
    }
}
