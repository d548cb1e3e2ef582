//! What somebody is told whose budget is used up, or nearly so. Pure.
//!
//! The sentences name whom and what a rule counts. Those words differ by language and stand in the table of errors, where
//! a value decides whether they are said: one that is empty says them and nothing more.

use super::Calendar;
use crate::db::budgets::Rule;
use crate::error::AppError;
use shared::ErrorCode;
use shared::budgets::{Subject, Unit, Window, money};
use shared::error::Params;
use std::sync::Arc;

/// A rule that was in the way.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) rule: Arc<Rule>,
    /// When its window ends, unix milliseconds.
    pub(super) ends_at: Option<i64>,
    /// What is left of it.
    pub(super) left: u64,
}

/// The refusal by the rule that is in the way for the longest time.
pub(super) fn of_the_longest(refused: &[Refused], calendar: &Calendar, now: i64) -> AppError {
    let until = |rule: &&Refused| rule.ends_at.unwrap_or(i64::MAX);
    let Some(of) = refused.iter().max_by_key(until) else { return ErrorCode::BudgetExceeded.into() };
    let mut params = words(&of.rule, of.ends_at, calendar);
    let mut add = |name: &str, value: String| params.insert(name.to_owned(), value);
    add("unit", of.rule.unit.as_str().to_owned());
    add("limit", of.rule.limit.to_string());
    add("remaining", of.left.to_string());
    if let Some(end) = of.ends_at {
        // Rounded up: whoever waits for so long finds the new window open.
        add("seconds", u64::try_from(end.saturating_sub(now)).unwrap_or(0).div_ceil(1000).max(1).to_string());
    }
    AppError { params, ..ErrorCode::BudgetExceeded.into() }
}

/// The notice that most of a rule is used.
pub(super) fn warning(rule: &Rule, ends_at: Option<i64>, calendar: &Calendar) -> (ErrorCode, Params) {
    (ErrorCode::BudgetWarning, words(rule, ends_at, calendar))
}

fn words(rule: &Rule, ends_at: Option<i64>, calendar: &Calendar) -> Params {
    let mut params = Params::new();
    let mut say = |name: &str, value: String| params.insert(name.to_owned(), value);
    match rule.subject {
        Subject::Each | Subject::Person { .. } => say("own", String::new()),
        Subject::Everyone => say("everyone", String::new()),
        Subject::Key { .. } => say("key", String::new()),
    };
    if rule.model.is_some() {
        say("model", String::new());
    }
    match rule.unit {
        Unit::Requests => say("requests", rule.limit.to_string()),
        Unit::Tokens => say("tokens", rule.limit.to_string()),
        Unit::Money => say("money", format!("{} {}", money(rule.limit), rule.currency.as_str())),
    };
    match rule.window {
        Window::Day => say("day", String::new()),
        Window::Month => say("month", String::new()),
        Window::Total => say("total", String::new()),
    };
    match ends_at {
        Some(end) => say("reset", calendar.shown(end)),
        // What a person set for their key they change themselves.
        None if !rule.of_owner => say("ask", String::new()),
        None => None,
    };
    params
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::error::Language;
    use shared::models::Currency;

    fn rule(subject: Subject, unit: Unit, window: Window, limit: u64) -> Arc<Rule> {
        Arc::new(Rule {
            id: "1".into(),
            subject,
            model: None,
            unit,
            window,
            limit,
            currency: Currency::Cny,
            enabled: true,
            of_owner: false,
            version: 1,
            created_at: 0,
        })
    }

    fn calendar() -> Calendar {
        Calendar::named("Asia/Shanghai").expect("a zone")
    }

    #[test]
    fn a_refusal_names_the_limit_and_when_it_starts_anew_in_both_languages() {
        let (now, end) = (1_796_050_799_001, 1_796_054_400_000);
        let day = Refused { rule: rule(Subject::Each, Unit::Requests, Window::Day, 100), ends_at: Some(end), left: 0 };
        let error = of_the_longest(&[day], &calendar(), now);
        let said = |language| {
            let hint = error.code.hint(language, &error.params).unwrap_or_default();
            format!("{} {hint}", error.code.message(language, &error.params))
        };
        let english =
            "You have reached your limit of 100 requests a day. It starts anew at 2026-12-01 00:00 (UTC+08:00).";
        assert_eq!(said(Language::En), english);
        assert_eq!(
            said(Language::ZhCn),
            "已达到你的额度上限：每天 100 次请求。 将于 2026-12-01 00:00 (UTC+08:00) 重新开始计算。"
        );
        assert_eq!((error.params["seconds"].as_str(), error.params["remaining"].as_str()), ("3601", "0"));
        assert_eq!(error.code.status(), 429);
    }

    #[test]
    fn the_rule_that_is_in_the_way_for_longest_is_told() {
        let of = |rule, ends_at| Refused { rule, ends_at, left: 7 };
        let money = rule(Subject::Everyone, Unit::Money, Window::Total, 12_500_000_000);
        let day = rule(Subject::Each, Unit::Tokens, Window::Day, 5);
        let error = of_the_longest(&[of(money, None), of(day, Some(1))], &calendar(), 0);
        let message = error.code.message(Language::En, &error.params);
        assert_eq!(message, "You have reached the limit of everybody together of 12.50 CNY in total.");
        assert_eq!(error.code.hint(Language::En, &error.params).as_deref(), Some("Ask your administrator for more."));
        assert!(!error.params.contains_key("seconds"), "no time will do");
    }

    #[test]
    fn a_warning_says_of_what_most_is_used() {
        let mut of = Rule::clone(&rule(Subject::Key { key_id: "k".into() }, Unit::Tokens, Window::Month, 5_000));
        of.model = Some("m".into());
        let (code, params) = warning(&of, Some(1_796_054_400_000), &calendar());
        let message = code.message(Language::En, &params);
        let expected = "At least 80 % of the limit of this API key for this model is used: 5000 tokens a month. It starts anew at 2026-12-01 00:00 (UTC+08:00).";
        assert_eq!(message, expected);
        assert!(code.message(Language::ZhCn, &params).contains("此 API 密钥"));
    }
}
