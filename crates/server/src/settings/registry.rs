//! The settings there are: key, type, default, rule, and what the operator says first. Pure.

use crate::config::Config;
use serde_json::Value;
use shared::limits::MAX_NAME_CHARS;
use shared::settings::{
    BRAND_NAME, CONTEXT_TOKENS, CONTEXT_TOKENS_RANGE, REGISTRATION, RUNS_PER_USER, RUNS_PER_USER_RANGE, SettingView,
};
use std::ops::RangeInclusive;

/// Every setting with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Values {
    pub(super) registration_enabled: bool,
    pub(super) brand_name: String,
    pub(super) context_token_limit: u32,
    pub(super) runs_per_user: u32,
}

impl Default for Values {
    fn default() -> Self {
        Self {
            registration_enabled: true,
            brand_name: "AIChat".to_owned(),
            context_token_limit: 32_000,
            runs_per_user: 20,
        }
    }
}

/// One setting.
pub(super) struct Definition {
    /// Its name on the wire and in the database.
    pub(super) key: &'static str,
    /// Its first value, where a `DEFAULT_…` variable gives one.
    pub(super) seed: fn(&Config) -> Option<Value>,
    /// Takes its value out.
    pub(super) read: fn(&Values) -> Value,
    /// Puts a value in, or names the rule that it breaks: "must be …".
    pub(super) write: fn(&mut Values, &Value) -> Result<(), String>,
}

impl Definition {
    /// The setting as administrators see it.
    pub(super) fn view(&self, values: &Values) -> SettingView {
        SettingView { key: self.key.to_owned(), value: (self.read)(values), default: (self.read)(&Values::default()) }
    }
}

/// All settings, in the order in which administrators see them.
pub(super) const DEFINITIONS: &[Definition] = &[
    Definition {
        key: REGISTRATION,
        seed: |config| config.seed_registration.map(Value::from),
        read: |values| values.registration_enabled.into(),
        write: |values, value| switch(value).map(|value| values.registration_enabled = value),
    },
    Definition {
        key: BRAND_NAME,
        seed: |_| None,
        read: |values| values.brand_name.clone().into(),
        write: |values, value| name(value).map(|value| values.brand_name = value),
    },
    Definition {
        key: CONTEXT_TOKENS,
        seed: |config| config.seed_context_token_limit.map(Value::from),
        read: |values| values.context_token_limit.into(),
        write: |values, value| number(value, CONTEXT_TOKENS_RANGE).map(|value| values.context_token_limit = value),
    },
    Definition {
        key: RUNS_PER_USER,
        seed: |_| None,
        read: |values| values.runs_per_user.into(),
        write: |values, value| number(value, RUNS_PER_USER_RANGE).map(|value| values.runs_per_user = value),
    },
];

/// The setting with this key.
pub(super) fn find(key: &str) -> Option<&'static Definition> {
    DEFINITIONS.iter().find(|definition| definition.key == key)
}

fn switch(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| "true or false".to_owned())
}

fn number(value: &Value, range: RangeInclusive<u32>) -> Result<u32, String> {
    let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
    let rule = || format!("a whole number from {} to {}", range.start(), range.end());
    number.filter(|number| range.contains(number)).ok_or_else(rule)
}

fn name(value: &Value) -> Result<String, String> {
    let name = value.as_str().map(str::trim).unwrap_or_default();
    let good = (1..=MAX_NAME_CHARS).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if good { Ok(name.to_owned()) } else { Err(format!("a name of 1 to {MAX_NAME_CHARS} characters on one line")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_setting_keeps_what_is_written_and_touches_no_other() {
        let samples = [
            ("registration_enabled", json!(false)),
            ("brand_name", json!("Team 聊天")),
            ("context_token_limit", json!(120_000)),
            ("runs_per_user", json!(3)),
        ];
        assert_eq!(DEFINITIONS.len(), samples.len(), "a new setting needs a line here");
        for (key, sample) in samples {
            let mut values = Values::default();
            (find(key).expect("a setting").write)(&mut values, &sample).expect("a good value");
            for definition in DEFINITIONS {
                let value = (definition.read)(&values);
                let untouched = (definition.read)(&Values::default());
                assert_eq!(value, if definition.key == key { sample.clone() } else { untouched }, "{key}");
            }
        }
    }

    #[test]
    fn defaults_obey_their_own_rules() {
        for definition in DEFINITIONS {
            let default = (definition.read)(&Values::default());
            assert_eq!((definition.write)(&mut Values::default(), &default), Ok(()), "{}", definition.key);
        }
    }

    #[test]
    fn a_value_that_breaks_the_rule_names_it() {
        for (key, bad, rule) in [
            ("registration_enabled", json!("yes"), "true or false"),
            ("brand_name", json!("  "), "1 to 100 characters"),
            ("brand_name", json!("x".repeat(101)), "1 to 100 characters"),
            ("brand_name", json!("two\nlines"), "one line"),
            ("context_token_limit", json!(999), "from 1000 to 10000000"),
            ("context_token_limit", json!(1000.5), "a whole number"),
            ("runs_per_user", json!(-1), "from 1 to 1000"),
            ("runs_per_user", json!(null), "a whole number"),
        ] {
            let refused = (find(key).expect("a setting").write)(&mut Values::default(), &bad).expect_err(key);
            assert!(refused.contains(rule), "{key}: {refused}");
        }
        assert!(find("catalog").is_none(), "bookkeeping rows are no settings");
    }
}
