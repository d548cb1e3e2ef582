//! The definitions fit the table, obey their own rules, and are read by code.

use super::*;
use serde_json::json;
use std::path::Path;

#[test]
fn every_row_of_the_table_is_a_setting_in_the_same_order() {
    let defined: Vec<&str> = DEFINITIONS.iter().map(Definition::key).collect();
    let rows: Vec<&str> = fields::ALL.iter().map(|field| field.key).collect();
    assert_eq!(defined, rows);
}

#[test]
fn every_setting_keeps_what_is_written_and_touches_no_other() {
    for definition in DEFINITIONS {
        let sample = sample(definition.field);
        let mut values = Values::default();
        (definition.write)(&mut values, &sample).expect("a good value");
        for other in DEFINITIONS {
            let untouched = (other.read)(&Values::default());
            let wanted = if other.key() == definition.key() { sample.clone() } else { untouched };
            assert_eq!((other.read)(&values), wanted, "{}", definition.key());
        }
    }
}

/// A good value that is not the default.
fn sample(field: &Field) -> Value {
    use shared::settings::kind::Limits;
    match field.limits {
        Limits::Switch => {
            (!(find(field.key).expect("defined").read)(&Values::default()).as_bool().expect("a switch")).into()
        }
        Limits::Number { most, .. } => most.into(),
        Limits::Decimal { .. } => json!(7.1234),
        Limits::Zone => "Asia/Shanghai".into(),
        Limits::Line { .. } => "Team 聊天".into(),
        Limits::Text { .. } => "Be brief.\nSpeak Chinese.".into(),
        Limits::Colour => "#aa3377".into(),
        Limits::Choice | Limits::Model => field.words.last().map_or("0190-a", |word| word.value).into(),
    }
}

#[test]
fn defaults_obey_their_own_rules() {
    for definition in DEFINITIONS {
        let default = (definition.read)(&Values::default());
        assert_eq!((definition.write)(&mut Values::default(), &default), Ok(()), "{}", definition.key());
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
        ("announcement_text", json!("x".repeat(501)), "at most 500 characters"),
        ("announcement_tone", json!("loud"), "one of `info`, `warning`"),
        ("context_token_limit", json!(999), "from 1000 to 10000000"),
        ("context_token_limit", json!(1000.5), "a whole number"),
        ("runs_per_user", json!(-1), "from 1 to 1000"),
        ("runs_per_user", json!(null), "a whole number"),
        ("access_token_seconds", json!(1), "from 2 to 2592000"),
        ("budget_currency", json!("EUR"), "one of `USD`, `CNY`"),
        ("usd_in_cny", json!(0), "a number from 0.01 to 1000"),
        ("usd_in_cny", json!(-7), "a number"),
        ("usd_in_cny", json!(7.123_456_7), "at most 6 decimals"),
        ("budget_time_zone", json!("Shanghai"), "such as `Asia/Shanghai`"),
        ("title_model", json!("a b"), "the id of a model, or one of `auto`"),
    ] {
        let refused = (find(key).expect("a setting").write)(&mut Values::default(), &bad).expect_err(key);
        assert!(refused.contains(rule), "{key}: {refused}");
    }
    assert!(find("catalog").is_none(), "bookkeeping rows are no settings");
}

#[test]
fn every_accessor_is_called_by_code_outside_of_the_settings() {
    let mut code = String::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut code);
    for definition in DEFINITIONS {
        let (call, named) = (format!(".{}()", definition.accessor), format!("Settings::{}", definition.accessor));
        let is_read = code.contains(&call) || code.contains(&named);
        assert!(is_read, "nothing reads `{}`: no `settings{call}` in the code", definition.key());
    }
}

/// The code that is neither ours nor a test.
fn collect(folder: &Path, code: &mut String) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if path.is_dir() && name != "settings" {
            collect(&path, code);
        } else if name.ends_with(".rs") && !name.ends_with("tests.rs") && name != "settings.rs" {
            code.push_str(&std::fs::read_to_string(&path).expect("text"));
        }
    }
}

#[test]
fn a_lock_gives_a_value_that_the_setting_may_have() {
    let env = |name: &str| (name == "ACCESS_TOKEN_EXPIRE_MINUTES").then(|| "43200".to_owned());
    let config = Config::load(&crate::cli::Cli::default(), env, "").expect("valid");
    let locked = find("access_token_seconds").expect("defined").locked(&config).expect("locked");
    assert_eq!(locked, ("ACCESS_TOKEN_EXPIRE_MINUTES", json!(2_592_000)));
    let (write, mut values) = (find("access_token_seconds").expect("defined").write, Values::default());
    assert_eq!(write(&mut values, &locked.1), Ok(()));
    let free = Config::load(&crate::cli::Cli::default(), |_| None, "").expect("valid");
    assert!(DEFINITIONS.iter().all(|definition| definition.locked(&free).is_none()));
}
