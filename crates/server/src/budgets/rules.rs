//! The rules that hold, by whom they are for. Pure.

use crate::catalog::Resolved;
use crate::db::budgets::Rule;
use shared::budgets::Subject;
use shared::{ApiKeyId, UserId};
use std::collections::HashMap;
use std::sync::Arc;

/// The rules that hold.
#[derive(Debug, Default)]
pub(super) struct Rules {
    /// Those for everybody, each or together.
    general: Vec<Arc<Rule>>,
    of_people: HashMap<UserId, Vec<Arc<Rule>>>,
    of_keys: HashMap<ApiKeyId, Vec<Arc<Rule>>>,
}

/// The word for all people together, where it is counted for whom.
pub(super) const ALL: &str = "all";

impl Rules {
    /// Those of them that are switched on.
    pub(super) fn of(rules: Vec<Rule>) -> Self {
        let mut sorted = Self::default();
        for rule in rules.into_iter().filter(|rule| rule.enabled).map(Arc::new) {
            match &rule.subject {
                Subject::Each | Subject::Everyone => sorted.general.push(rule),
                Subject::Person { user_id } => sorted.of_people.entry(user_id.clone()).or_default().push(rule),
                Subject::Key { key_id } => sorted.of_keys.entry(key_id.clone()).or_default().push(rule),
            }
        }
        sorted
    }

    pub(super) fn is_empty(&self) -> bool {
        self.general.is_empty() && self.of_people.is_empty() && self.of_keys.is_empty()
    }

    /// The limits that somebody set for a key of theirs.
    pub(super) fn of_owner(&self, key: &ApiKeyId) -> impl Iterator<Item = &Arc<Rule>> {
        self.of_keys.get(key).into_iter().flatten().filter(|rule| rule.of_owner)
    }

    /// Those that hold for a person who shows this key, in the order of their ids: whoever sets something aside of several
    /// takes them in the same order as everybody else.
    pub(super) fn for_caller(&self, user: &UserId, key: Option<&ApiKeyId>) -> Vec<&Arc<Rule>> {
        let own = self.of_people.get(user).into_iter().flatten();
        let keys = key.and_then(|key| self.of_keys.get(key)).into_iter().flatten();
        let mut all: Vec<_> = self.general.iter().chain(own).chain(keys).collect();
        all.sort_by(|one, other| one.id.cmp(&other.id));
        all
    }
}

/// Whether a rule counts a call of this model. A rule for one model counts whatever that model may answer, also in another
/// one's stead: who answers is not known before. What a person pays for themselves counts for their keys alone.
pub(super) fn counts(rule: &Rule, model: &Resolved) -> bool {
    rule.model.as_ref().is_none_or(|only| model.may_be(only)) && (!model.personal || rule.of_owner)
}

/// For whom a rule counts what a person does.
pub(super) fn holder(rule: &Rule, user: &UserId) -> String {
    match &rule.subject {
        Subject::Each | Subject::Person { .. } => user.0.clone(),
        Subject::Everyone => ALL.to_owned(),
        Subject::Key { key_id } => key_id.0.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::budgets::{Unit, Window};
    use shared::models::{Facts, Parameters};

    fn rule(id: &str, subject: Subject) -> Rule {
        Rule {
            id: id.into(),
            subject,
            model: None,
            unit: Unit::Requests,
            window: Window::Day,
            limit: 1,
            currency: shared::models::Currency::Usd,
            enabled: true,
            of_owner: false,
            version: 1,
            created_at: 0,
        }
    }

    #[test]
    fn a_caller_is_held_to_everybodys_their_own_and_their_keys_rules() {
        let person = |user: &str| Subject::Person { user_id: user.into() };
        let key = |key: &str| Subject::Key { key_id: key.into() };
        let off = Rule { enabled: false, ..rule("off", Subject::Each) };
        let rules = Rules::of(vec![
            rule("5", key("k")),
            rule("4", person("ada")),
            rule("3", person("bob")),
            rule("2", Subject::Everyone),
            rule("1", Subject::Each),
            off,
        ]);
        let ids = |user: &str, key: Option<&ApiKeyId>| -> Vec<String> {
            rules.for_caller(&user.into(), key).iter().map(|rule| rule.id.0.clone()).collect()
        };
        assert_eq!(ids("ada", None), ["1", "2", "4"]);
        assert_eq!(ids("bob", Some(&"k".into())), ["1", "2", "3", "5"]);
        assert_eq!(ids("eve", Some(&"other".into())), ["1", "2"]);
        assert!(!rules.is_empty() && Rules::of(Vec::new()).is_empty());
    }

    #[test]
    fn a_rule_counts_its_model_whoever_it_stands_in_for_and_what_the_house_pays() {
        let called = |model: &str, personal| Resolved {
            model_id: model.into(),
            model: "gpt".into(),
            facts: Facts::default(),
            parameters: Parameters::default(),
            token_ratio: 1.0,
            personal,
            stand_ins: vec!["elsewhere".into()],
            routes: Vec::new(),
        };
        let only = |model: &str| Rule { model: Some(model.into()), ..rule("1", Subject::Each) };
        assert!(counts(&only("a"), &called("a", false)) && !counts(&only("a"), &called("b", false)));
        assert!(counts(&only("elsewhere"), &called("a", false)), "the same model of another connection");
        assert!(!counts(&rule("1", Subject::Each), &called("a", true)), "a person's own connection");
        let own = Rule { of_owner: true, ..rule("1", Subject::Key { key_id: "k".into() }) };
        assert!(counts(&own, &called("a", true)), "what a program may spend of it");
    }
}
