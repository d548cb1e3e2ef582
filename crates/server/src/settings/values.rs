//! What settings hold as types of Rust, and how a JSON value becomes one within its limits. Pure.

use crate::budgets::Calendar;
use serde_json::Value;
use shared::budgets::{money, parse_money};
use shared::colour::Rgb;
use shared::error::Language;
use shared::limits::MAX_NAME_CHARS;
use shared::models::Currency;
use shared::second_factor::SecondFactorRule;
use shared::settings::fields::Field;
use shared::settings::kind::Limits;

/// A type that a setting may hold.
pub(super) trait Held: Sized {
    /// The value within the limits of a row, or the rule that it breaks.
    fn check(value: &Value, field: &Field) -> Result<Self, String>;
    /// The value as it is stored and told.
    fn to_value(&self) -> Value;
}

/// The rule of a row in words.
fn rule(field: &Field) -> String {
    let words: Vec<&str> = field.words.iter().map(|word| word.value).collect();
    field.limits.rule(&words, Language::En)
}

impl Held for bool {
    fn check(value: &Value, field: &Field) -> Result<Self, String> {
        value.as_bool().filter(|_| field.limits == Limits::Switch).ok_or_else(|| rule(field))
    }

    fn to_value(&self) -> Value {
        (*self).into()
    }
}

impl Held for u32 {
    fn check(value: &Value, field: &Field) -> Result<Self, String> {
        let Limits::Number { least, most, .. } = field.limits else { return Err(rule(field)) };
        let number = value.as_u64().and_then(|number| Self::try_from(number).ok());
        number.filter(|number| (least..=most).contains(number)).ok_or_else(|| rule(field))
    }

    fn to_value(&self) -> Value {
        (*self).into()
    }
}

/// A number with at most six digits behind the point, as whole millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Millionths(pub(super) u64);

impl Held for Millionths {
    fn check(value: &Value, field: &Field) -> Result<Self, String> {
        let Limits::Decimal { least, most } = field.limits else { return Err(rule(field)) };
        let number = parse_money(&value.to_string()).filter(|nano| nano % 1_000 == 0).map(|nano| nano / 1_000);
        number.filter(|number| (least..=most).contains(number)).map(Self).ok_or_else(|| rule(field))
    }

    fn to_value(&self) -> Value {
        serde_json::from_str(&money(self.0.saturating_mul(1_000))).unwrap_or_default()
    }
}

impl Held for Currency {
    fn check(value: &Value, field: &Field) -> Result<Self, String> {
        value.as_str().and_then(Self::parse).filter(|_| field.limits == Limits::Choice).ok_or_else(|| rule(field))
    }

    fn to_value(&self) -> Value {
        self.as_str().into()
    }
}

impl Held for SecondFactorRule {
    fn check(value: &Value, field: &Field) -> Result<Self, String> {
        value.as_str().and_then(Self::parse).filter(|_| field.limits == Limits::Choice).ok_or_else(|| rule(field))
    }

    fn to_value(&self) -> Value {
        self.as_str().into()
    }
}

impl Held for Option<Rgb> {
    fn check(value: &Value, field: &Field) -> Result<Self, String> {
        match value.as_str().map(str::trim).filter(|_| field.limits == Limits::Colour) {
            Some("") => Ok(None),
            text => text.and_then(Rgb::parse).map(Some).ok_or_else(|| rule(field)),
        }
    }

    fn to_value(&self) -> Value {
        self.map(Rgb::hex).unwrap_or_default().into()
    }
}

impl Held for String {
    fn check(value: &Value, field: &Field) -> Result<Self, String> {
        let text = value.as_str().map(str::trim).filter(|text| is_good(text, field));
        text.map(str::to_owned).ok_or_else(|| rule(field))
    }

    fn to_value(&self) -> Value {
        self.clone().into()
    }
}

fn is_good(text: &str, field: &Field) -> bool {
    let count = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    match field.limits {
        Limits::Line { least, most } => (least..=most).contains(&count) && !text.chars().any(char::is_control),
        Limits::Text { most } => count <= most && !text.contains('\0'),
        Limits::Choice => field.words.iter().any(|word| word.value == text),
        // An id or one of a few words. Whether there is such a model is not asked: models come and go.
        Limits::Model => {
            text.len() <= MAX_NAME_CHARS && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        }
        Limits::Zone => text.is_empty() || Calendar::named(text).is_some(),
        Limits::Switch | Limits::Number { .. } | Limits::Decimal { .. } | Limits::Colour => false,
    }
}
