//! The settings there are: key, type, default, rule, and what the operator says first. Pure.

use crate::config::Config;
use serde_json::Value;
use shared::colour::Rgb;
use shared::limits::{MAX_INSTRUCTIONS_CHARS, MAX_NAME_CHARS};
use shared::second_factor::SecondFactorRule;
use shared::settings::{
    BRAND_COLOUR, BRAND_NAME, CONTEXT_TOKENS, CONTEXT_TOKENS_RANGE, DEFAULT_MODEL, FILE_QUOTA_MIB,
    FILE_QUOTA_MIB_RANGE, PERSONAL_CONNECTIONS, REFRESH_HOURS, REFRESH_HOURS_RANGE, REGISTRATION, RUNS_PER_USER,
    RUNS_PER_USER_RANGE, SECOND_FACTOR, SYSTEM_PROMPT, SettingView, TITLE_MODEL, TITLES_AUTO,
};
use std::ops::RangeInclusive;

/// Every setting with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Values {
    pub(super) registration_enabled: bool,
    pub(super) brand_name: String,
    pub(super) brand_colour: Option<Rgb>,
    pub(super) context_token_limit: u32,
    pub(super) runs_per_user: u32,
    pub(super) system_prompt: String,
    pub(super) default_model: String,
    pub(super) title_model: String,
    pub(super) personal_connections: bool,
    pub(super) second_factor: SecondFactorRule,
    pub(super) file_quota_mib: u32,
    pub(super) model_refresh_hours: u32,
}

impl Default for Values {
    fn default() -> Self {
        Self {
            registration_enabled: true,
            brand_name: "AIChat".to_owned(),
            brand_colour: None,
            context_token_limit: 32_000,
            runs_per_user: 20,
            system_prompt: String::new(),
            default_model: String::new(),
            title_model: TITLES_AUTO.to_owned(),
            personal_connections: false,
            second_factor: SecondFactorRule::Off,
            file_quota_mib: 1_024,
            model_refresh_hours: 6,
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
        key: BRAND_COLOUR,
        seed: |_| None,
        read: |values| values.brand_colour.map(Rgb::hex).unwrap_or_default().into(),
        write: |values, value| colour(value).map(|value| values.brand_colour = value),
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
    Definition {
        key: SYSTEM_PROMPT,
        seed: |_| None,
        read: |values| values.system_prompt.clone().into(),
        write: |values, value| text(value).map(|value| values.system_prompt = value),
    },
    Definition {
        key: DEFAULT_MODEL,
        seed: |_| None,
        read: |values| values.default_model.clone().into(),
        write: |values, value| word(value).map(|value| values.default_model = value),
    },
    Definition {
        key: TITLE_MODEL,
        seed: |_| None,
        read: |values| values.title_model.clone().into(),
        write: |values, value| word(value).map(|value| values.title_model = value),
    },
    Definition {
        key: PERSONAL_CONNECTIONS,
        seed: |_| None,
        read: |values| values.personal_connections.into(),
        write: |values, value| switch(value).map(|value| values.personal_connections = value),
    },
    Definition {
        key: SECOND_FACTOR,
        seed: |_| None,
        read: |values| values.second_factor.as_str().into(),
        write: |values, value| rule(value).map(|value| values.second_factor = value),
    },
    Definition {
        key: FILE_QUOTA_MIB,
        seed: |_| None,
        read: |values| values.file_quota_mib.into(),
        write: |values, value| number(value, FILE_QUOTA_MIB_RANGE).map(|value| values.file_quota_mib = value),
    },
    Definition {
        key: REFRESH_HOURS,
        seed: |_| None,
        read: |values| values.model_refresh_hours.into(),
        write: |values, value| number(value, REFRESH_HOURS_RANGE).map(|value| values.model_refresh_hours = value),
    },
];

/// The setting with this key.
pub(super) fn find(key: &str) -> Option<&'static Definition> {
    DEFINITIONS.iter().find(|definition| definition.key == key)
}

fn switch(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| "true or false".to_owned())
}

fn rule(value: &Value) -> Result<SecondFactorRule, String> {
    value.as_str().and_then(SecondFactorRule::parse).ok_or_else(|| "off, admins or everybody".to_owned())
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

fn colour(value: &Value) -> Result<Option<Rgb>, String> {
    match value.as_str().map(str::trim) {
        Some("") => Ok(None),
        text => text.and_then(Rgb::parse).map(Some).ok_or_else(|| "a colour as `#1f6b52`, or empty".to_owned()),
    }
}

fn text(value: &Value) -> Result<String, String> {
    let text = value.as_str().map(str::trim);
    let text = text.filter(|text| text.chars().count() <= MAX_INSTRUCTIONS_CHARS && !text.contains('\0'));
    text.map(str::to_owned).ok_or_else(|| format!("a text of at most {MAX_INSTRUCTIONS_CHARS} characters"))
}

/// An id or one of a few words. Whether there is such a model is not asked: models come and go.
fn word(value: &Value) -> Result<String, String> {
    let word = value.as_str().map(str::trim).filter(|word| word.len() <= MAX_NAME_CHARS);
    let word = word.filter(|word| word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    word.map(str::to_owned).ok_or_else(|| "the id of a model, or one of the words of this setting".to_owned())
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
            ("brand_colour", json!("#aa3377")),
            ("context_token_limit", json!(120_000)),
            ("runs_per_user", json!(3)),
            ("system_prompt", json!("Be brief.\nSpeak Chinese.")),
            ("default_model", json!("0190-a")),
            ("title_model", json!("off")),
            ("personal_connections", json!(true)),
            ("second_factor", json!("admins")),
            ("file_quota_mib", json!(0)),
            ("model_refresh_hours", json!(24)),
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
            ("brand_colour", json!("red"), "a colour as `#1f6b52`"),
            ("brand_colour", json!(null), "a colour"),
            ("context_token_limit", json!(999), "from 1000 to 10000000"),
            ("context_token_limit", json!(1000.5), "a whole number"),
            ("second_factor", json!("some"), "off, admins or everybody"),
            ("runs_per_user", json!(-1), "from 1 to 1000"),
            ("runs_per_user", json!(null), "a whole number"),
        ] {
            let refused = (find(key).expect("a setting").write)(&mut Values::default(), &bad).expect_err(key);
            assert!(refused.contains(rule), "{key}: {refused}");
        }
        assert!(find("catalog").is_none(), "bookkeeping rows are no settings");
    }
}
