//! The form about one model as data: a row per field, its place in the administrator's layer, and its rule. Pure.
//!
//! The layer is JSON on the wire, so a field is a place in it and the text that stands there.

use crate::i18n::{Text, fill, models as words, say};
use serde_json::{Map, Value};
use shared::models::{CatalogModel, FactSource, ModelOverride};

/// What a field takes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A line of so many characters.
    Line(usize),
    /// A whole number in this range.
    Whole(u64, u64),
    /// A number in this range.
    Number(f64, f64),
    /// One of these JSON values.
    Choice(&'static [(&'static str, Text)]),
    /// A JSON object.
    Object,
}

/// A field.
#[derive(Debug)]
pub struct Field {
    /// Its place in the layer, as a JSON pointer.
    pub place: &'static str,
    /// What it is called.
    pub label: Text,
    /// What it takes.
    pub kind: Kind,
}

const fn field(place: &'static str, label: Text, kind: Kind) -> Field {
    Field { place, label, kind }
}

const TOKENS: Kind = Kind::Whole(1, 100_000_000);
const YES_NO: Kind = Kind::Choice(&[("true", words::YES), ("false", words::NO)]);
const MONEY: Kind = Kind::Number(0.0, 1_000_000.0);

/// What people see of it.
pub const WORDS: &[Field] =
    &[field("/label", words::LABEL, Kind::Line(100)), field("/description", words::DESCRIPTION, Kind::Line(200))];

/// What is known of it.
pub const FACTS: &[Field] = &[
    field("/facts/contextWindow", words::CONTEXT_WINDOW, TOKENS),
    field("/facts/maxOutput", words::MAX_OUTPUT, TOKENS),
    field("/facts/vision", words::VISION, YES_NO),
    field("/facts/tools", words::TOOLS, YES_NO),
    field("/facts/reasoning", words::REASONING, YES_NO),
    field(
        "/facts/efforts",
        words::EFFORTS,
        Kind::Choice(&[
            ("[]", words::EFFORTS_NONE),
            (r#"["off","high"]"#, words::EFFORTS_SWITCH),
            (r#"["low","medium","high"]"#, words::EFFORTS_THREE),
            (r#"["minimal","low","medium","high"]"#, words::EFFORTS_MINIMAL),
            (r#"["off","low","medium","high"]"#, words::EFFORTS_ALL),
        ]),
    ),
    field("/facts/json", words::JSON, YES_NO),
    field("/facts/webSearch", words::WEB_SEARCH, YES_NO),
    field(
        "/facts/kind",
        words::KIND,
        Kind::Choice(&[
            (r#""chat""#, words::KIND_CHAT),
            (r#""embedding""#, words::KIND_EMBEDDING),
            (r#""rerank""#, words::KIND_RERANK),
            (r#""image""#, words::KIND_IMAGE),
            (r#""audio""#, words::KIND_AUDIO),
            (r#""other""#, words::KIND_OTHER),
        ]),
    ),
    field("/facts/price/input", words::PRICE_INPUT, MONEY),
    field("/facts/price/output", words::PRICE_OUTPUT, MONEY),
    field("/facts/price/cachedInput", words::PRICE_CACHED, MONEY),
    field(
        "/facts/price/currency",
        words::CURRENCY,
        Kind::Choice(&[(r#""USD""#, words::USD), (r#""CNY""#, words::CNY)]),
    ),
];

/// What every request carries.
pub const PARAMETERS: &[Field] = &[
    field("/parameters/temperature", words::TEMPERATURE, Kind::Number(0.0, 2.0)),
    field("/parameters/topP", words::TOP_P, Kind::Number(0.0, 1.0)),
    field("/parameters/topK", words::TOP_K, Kind::Whole(1, 1_000)),
    field("/parameters/presencePenalty", words::PRESENCE, Kind::Number(-2.0, 2.0)),
    field("/parameters/frequencyPenalty", words::FREQUENCY, Kind::Number(-2.0, 2.0)),
    field("/parameters/maxTokens", words::MAX_TOKENS, TOKENS),
    field(
        "/parameters/effort",
        words::EFFORT,
        Kind::Choice(&[
            (r#""off""#, words::EFFORT_OFF),
            (r#""minimal""#, words::EFFORT_MINIMAL),
            (r#""low""#, words::EFFORT_LOW),
            (r#""medium""#, words::EFFORT_MEDIUM),
            (r#""high""#, words::EFFORT_HIGH),
        ]),
    ),
    field("/parameters/webSearch", words::SEARCH_ALWAYS, YES_NO),
    field("/parameters/extra", words::EXTRA, Kind::Object),
];

/// Every field.
pub fn all() -> impl Iterator<Item = &'static Field> {
    [WORDS, FACTS, PARAMETERS].into_iter().flatten()
}

impl Field {
    /// Its id on the page.
    #[must_use]
    pub fn id(&self) -> String {
        format!("model{}", self.place.replace('/', "-"))
    }

    /// What stands in it at first: the administrator's own value.
    #[must_use]
    pub fn stored(&self, layer: &ModelOverride) -> String {
        let layer = serde_json::to_value(layer).unwrap_or_default();
        layer.pointer(self.place).map(|value| self.typed(value)).unwrap_or_default()
    }

    /// What holds without it, for facts.
    #[must_use]
    pub fn known(&self, model: &CatalogModel) -> Option<String> {
        let place = self.place.strip_prefix("/facts")?;
        let facts = serde_json::to_value(&model.facts).ok()?;
        let value = facts.pointer(place)?;
        Some(match self.kind {
            Kind::Choice(options) => {
                let json = value.to_string();
                let named = options.iter().find(|(option, _)| *option == json);
                named.map_or(json, |(_, words)| say(*words).to_owned())
            }
            _ => self.typed(value),
        })
    }

    /// Where a fact comes from.
    #[must_use]
    pub fn source(&self, model: &CatalogModel) -> Option<FactSource> {
        let name = self.place.strip_prefix("/facts/")?.split('/').next()?;
        model.sources.get(name).copied()
    }

    fn typed(&self, value: &Value) -> String {
        match (self.kind, value) {
            (Kind::Line(_), Value::String(line)) => line.clone(),
            (Kind::Object, value) => serde_json::to_string_pretty(value).unwrap_or_default(),
            (_, value) => value.to_string(),
        }
    }

    /// The value of a typed text; nothing for an empty one. `Err` breaks the rule.
    fn parsed(&self, typed: &str) -> Result<Option<Value>, ()> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Ok(None);
        }
        // Digits are often grouped when they are pasted.
        let plain = || typed.chars().filter(|c| !matches!(c, ' ' | ',' | '_')).collect::<String>();
        let value = match self.kind {
            Kind::Line(most) => (typed.chars().count() <= most).then(|| typed.into()),
            Kind::Whole(low, high) => plain().parse::<u64>().ok().filter(|n| (low..=high).contains(n)).map(Value::from),
            Kind::Number(low, high) => {
                typed.parse::<f64>().ok().filter(|number| (low..=high).contains(number)).map(Value::from)
            }
            Kind::Choice(_) => serde_json::from_str(typed).ok(),
            Kind::Object => serde_json::from_str::<Map<String, Value>>(typed).ok().map(Value::Object),
        };
        value.map(Some).ok_or(())
    }

    /// Why a typed text cannot be taken; tracks the language.
    #[must_use]
    pub fn fault(&self, typed: &str) -> Option<String> {
        self.parsed(typed).is_err().then(|| match self.kind {
            Kind::Line(most) => fill(words::RULE_TEXT, &[("high", &most.to_string())]),
            Kind::Whole(low, high) => range(words::RULE_WHOLE, &low.to_string(), &high.to_string()),
            Kind::Number(low, high) => range(words::RULE_NUMBER, &low.to_string(), &high.to_string()),
            Kind::Choice(_) | Kind::Object => fill(words::RULE_JSON, &[("example", r#"{"seed": 1}"#)]),
        })
    }
}

fn range(rule: Text, low: &str, high: &str) -> String {
    fill(rule, &[("low", low), ("high", high)])
}

/// What cannot be sent as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// This field breaks its rule.
    Rule(&'static str),
    /// A price lacks one of its two values.
    Price,
}

/// The layer that the fields make together.
///
/// # Errors
/// The first field that cannot be sent as it is.
pub fn layer<'a>(typed: impl Iterator<Item = (&'static Field, &'a str)>) -> Result<ModelOverride, Fault> {
    let mut layer = Value::Object(Map::new());
    for (field, typed) in typed {
        if let Some(value) = field.parsed(typed).map_err(|()| Fault::Rule(field.place))? {
            put(&mut layer, field.place, value);
        }
    }
    // Only a price has fields that need each other; everything else was just checked.
    serde_json::from_value(layer).map_err(|_| Fault::Price)
}

/// Puts a value at its place, and makes the objects on the way.
fn put(layer: &mut Value, place: &str, value: Value) {
    let mut here = layer;
    for name in place.split('/').skip(1) {
        let Value::Object(object) = here else { return };
        here = object.entry(name).or_insert_with(|| Value::Object(Map::new()));
    }
    *here = value;
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::models::{Effort, Facts, Parameters, Price};
    use std::collections::BTreeSet;

    fn typed(pairs: &[(&str, &str)]) -> Result<ModelOverride, Fault> {
        let known = |place: &str| all().find(|field| field.place == place).expect("a field");
        layer(pairs.iter().map(|(place, text)| (known(place), *text)))
    }

    fn full() -> ModelOverride {
        let price = Price { input: 1.0, output: 4.5, cached_input: Some(0.25), ..Price::default() };
        ModelOverride {
            label: Some("Quick".into()),
            description: Some("For everyday questions".into()),
            facts: Facts {
                kind: Some(shared::models::ModelKind::Chat),
                vision: Some(true),
                tools: Some(false),
                reasoning: Some(true),
                efforts: Some(vec![Effort::Low, Effort::Medium, Effort::High]),
                json: Some(true),
                web_search: Some(false),
                context_window: Some(128_000),
                max_output: Some(8_192),
                price: Some(price),
            },
            parameters: Parameters {
                temperature: Some(0.7),
                top_p: Some(0.9),
                top_k: Some(40),
                presence_penalty: Some(-1.0),
                frequency_penalty: Some(0.5),
                max_tokens: Some(4_096),
                effort: Some(Effort::Off),
                web_search: Some(true),
                extra: serde_json::from_str(r#"{"seed": 1, "user": null}"#).expect("an object"),
            },
        }
    }

    #[test]
    fn every_field_of_the_layer_survives_the_form() {
        let stored: Vec<_> = all().map(|field| (field, field.stored(&full()))).collect();
        assert!(stored.iter().all(|(_, text)| !text.is_empty()), "a field is missing: {stored:?}");
        assert_eq!(layer(stored.iter().map(|(field, text)| (*field, text.as_str()))), Ok(full()));
    }

    #[test]
    fn empty_fields_say_nothing() {
        assert_eq!(layer(all().map(|field| (field, " "))), Ok(ModelOverride::default()));
    }

    #[test]
    fn a_field_outside_its_rule_is_named() {
        for (place, text) in [
            ("/parameters/temperature", "2.1"),
            ("/parameters/topP", "-0.1"),
            ("/parameters/topK", "1.5"),
            ("/facts/contextWindow", "0"),
            ("/parameters/extra", "[1]"),
            ("/parameters/extra", "{"),
        ] {
            assert_eq!(typed(&[(place, text)]), Err(Fault::Rule(place)), "{text}");
        }
        assert!(typed(&[("/description", &"很".repeat(201))]).is_err());
    }

    #[test]
    fn half_a_price_is_none() {
        assert_eq!(typed(&[("/facts/price/input", "1")]), Err(Fault::Price));
        assert_eq!(typed(&[("/facts/price/currency", r#""CNY""#)]), Err(Fault::Price));
        assert!(typed(&[("/facts/price/input", "1"), ("/facts/price/output", "0")]).is_ok());
    }

    #[test]
    fn every_choice_is_a_value_of_its_field() {
        for field in all() {
            let Kind::Choice(options) = field.kind else { continue };
            for (option, _) in options {
                // A currency alone is half a price.
                let alone = layer([(field, *option)].into_iter());
                assert!(alone.is_ok() || alone == Err(Fault::Price), "{} {option}", field.place);
            }
        }
    }

    #[test]
    fn grouped_digits_are_a_number_and_ids_are_unique() {
        let window = typed(&[("/facts/contextWindow", "128,000")]).expect("a number");
        assert_eq!(window.facts.context_window, Some(128_000));
        let ids: BTreeSet<_> = all().map(Field::id).collect();
        assert_eq!(ids.len(), all().count());
    }
}
