//! Usage: what calls of models took, day by day, and by whom, with what and for what.
//!
//! Days are those of the time zone that is set for budgets, written `2026-11-30`; money is in billionths of one currency.

use crate::audit::words;
use crate::error::Language;
use crate::models::Currency;
use serde::{Deserialize, Serialize};

/// Most days of one report.
pub const MAX_DAYS: u32 = 400;
/// Days of a report that names none.
pub const DEFAULT_DAYS: u32 = 30;
/// Most groups of a report; what the others took is in [`UsageReport::rest`].
pub const MAX_GROUPS: usize = 200;
/// Groups that a day tells apart; what the others took is what these leave of the day.
pub const MAX_SERIES: usize = 5;
/// In place of an id: calls without a key, or of people who left.
pub const NONE: &str = "none";
/// In place of the id of a connection: those that are people's own.
pub const OWN: &str = "own";
/// In place of the id of a connection: those that are not there any more.
pub const GONE: &str = "gone";

words! {
    /// Why a provider was called.
    Purpose {
        Chat "chat" "Answers in chats" "对话回答";
        Verify "verify" "Checks of connections" "检查连接";
        Title "title" "Names of chats" "对话标题";
        Api "api" "Answers to programs" "程序调用的回答";
        Completion "completion" "Completions" "文本补全";
        Embedding "embedding" "Embeddings" "向量";
        Rerank "rerank" "Rankings" "重排";
    }
}

words! {
    /// By what usage is told apart.
    By {
        Day "day" "Day" "日期";
        Model "model" "Model" "模型";
        Key "key" "API key" "API 密钥";
        Purpose "purpose" "Purpose" "用途";
        Person "person" "Person" "用户";
        Connection "connection" "Connection" "连接";
    }
}

impl By {
    /// Whether only administrators see it so.
    #[must_use]
    pub const fn is_for_admins(self) -> bool {
        matches!(self, Self::Person | Self::Connection)
    }
}

words! {
    /// By what groups are compared.
    Measure {
        Calls "calls" "Calls" "调用次数";
        Tokens "tokens" "Tokens" "token 数";
        Cost "cost" "Cost" "费用";
    }
}

words! {
    /// Whose usage it is.
    Extent {
        Mine "mine" "Mine" "我的";
        All "all" "Everybody's" "所有人的";
    }
}

/// Query of `GET /api/usage`, and without `by` and `measure` of `GET /api/usage/export`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UsageQuery {
    /// Whose; one's own if it is not said. Everybody's is for administrators.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Extent>,
    /// By what it is told apart; by nothing but the day if it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
    /// By what groups are compared; by calls if it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
    /// The last so many days, today among them, from 1 to [`MAX_DAYS`]; in place of `from` and `to`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// The first day, as `2026-11-01`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The last day; today if it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The id of a person, or [`NONE`] for those who left; with everybody's usage only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// The name of a model, to the letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The id of an API key, or [`NONE`] for calls without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Why a provider was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// The id of a connection, [`OWN`] or [`GONE`]; with everybody's usage only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
}

/// What some calls took together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Sums {
    /// Calls of providers.
    pub calls: u64,
    /// Those that failed or were interrupted.
    pub failed: u64,
    /// Tokens that were read.
    pub prompt_tokens: u64,
    /// Those of them that the provider had cached.
    pub cached_tokens: u64,
    /// Tokens that were written, thoughts included.
    pub completion_tokens: u64,
    /// Those of them that were thoughts.
    pub reasoning_tokens: u64,
    /// Calls whose tokens are our estimate, because the provider counted none.
    pub estimated: u64,
    /// What it cost by the prices of then, in billionths of the report's currency.
    pub cost: u64,
    /// Calls that took tokens and had no price.
    pub unpriced: u64,
    /// Milliseconds to the first token, on the average; absent where none came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_token_ms: Option<u64>,
    /// Milliseconds to the end, on the average; absent where nothing was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_ms: Option<u64>,
}

impl Sums {
    /// Tokens read and written.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        self.prompt_tokens.saturating_add(self.completion_tokens)
    }

    /// How much of a measure that is.
    #[must_use]
    pub fn amount(&self, of: Measure) -> u64 {
        match of {
            Measure::Calls => self.calls,
            Measure::Tokens => self.tokens(),
            Measure::Cost => self.cost,
        }
    }
}

/// What a group took on one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct UsagePart {
    /// Calls of providers.
    pub calls: u64,
    /// Tokens read and written.
    pub tokens: u64,
    /// Billionths of the report's currency.
    pub cost: u64,
}

impl UsagePart {
    /// How much of a measure that is.
    #[must_use]
    pub fn amount(&self, of: Measure) -> u64 {
        match of {
            Measure::Calls => self.calls,
            Measure::Tokens => self.tokens,
            Measure::Cost => self.cost,
        }
    }
}

/// One day; a day without a call is there, too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct UsageDay {
    /// The day, as `2026-11-30`.
    pub day: String,
    /// All of it.
    pub sums: Sums,
    /// What each group of [`UsageReport::series`] took of it, in their order.
    pub parts: Vec<UsagePart>,
}

/// One group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct UsageGroup {
    /// What narrows a report to it: an id, the name of a model, a word.
    pub key: String,
    /// What it is called, where that is something else and still known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Of an API key, whose it is, where it is not the caller's own usage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// What it took.
    pub sums: Sums,
}

/// What the things are called that a query names by their ids, as far as they are known to the caller.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Narrowed {
    /// The person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// The API key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
}

/// The answer of `GET /api/usage`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct UsageReport {
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// The time zone whose days these are, where it has a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// The currency of all costs. What was paid in the other one is converted at the rate that is set now.
    pub currency: Currency,
    /// By what it is told apart.
    pub by: By,
    /// All of it.
    pub totals: Sums,
    /// Every day, the first one first.
    pub days: Vec<UsageDay>,
    /// Keys of the groups that days tell apart, the largest first.
    pub series: Vec<String>,
    /// The groups, the largest first; none where only days are told apart.
    pub groups: Vec<UsageGroup>,
    /// What groups took that are not listed, where there are more than [`MAX_GROUPS`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rest: Option<Sums>,
    /// What the things are called that the query names.
    pub narrowed: Narrowed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_those_read_and_written_and_their_parts_count_once() {
        let sums = Sums {
            calls: 2,
            prompt_tokens: 10,
            cached_tokens: 4,
            completion_tokens: 5,
            reasoning_tokens: 3,
            cost: 7,
            ..Sums::default()
        };
        let amounts = Measure::ALL.iter().map(|of| sums.amount(*of)).collect::<Vec<_>>();
        assert_eq!(amounts, [2, 15, 7]);
    }
}
