//! The parameters of one chat as a form: a row per number, its rule, and what stands in it. Pure. What the form does not
//! show stays as it was.

use crate::i18n::{Text, composer as words};
use serde_json::{Map, Number, Value};
use shared::models::Parameters;

/// A number that can be set for a chat.
#[derive(Debug)]
pub struct Field {
    /// Its name on the wire.
    pub name: &'static str,
    /// What it is called.
    pub label: Text,
    /// The least and the greatest.
    pub range: (f64, f64),
    /// Whether it is whole.
    pub whole: bool,
}

const fn number(name: &'static str, label: Text, low: f64, high: f64) -> Field {
    Field { name, label, range: (low, high), whole: false }
}

const fn whole(name: &'static str, label: Text, high: f64) -> Field {
    Field { name, label, range: (1.0, high), whole: true }
}

/// Every number, in the order of the form.
pub const FIELDS: [Field; 6] = [
    number("temperature", words::TEMPERATURE, 0.0, 2.0),
    number("topP", words::TOP_P, 0.0, 1.0),
    whole("maxTokens", words::MAX_TOKENS, 100_000_000.0),
    whole("topK", words::TOP_K, 1_000.0),
    number("presencePenalty", words::PRESENCE, -2.0, 2.0),
    number("frequencyPenalty", words::FREQUENCY, -2.0, 2.0),
];

/// What was typed is no number of the field's range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfit;

impl Field {
    /// Its id on the page.
    #[must_use]
    pub fn id(&self) -> String {
        format!("parameter-{}", self.name)
    }

    /// What stands in it at first.
    #[must_use]
    pub fn stored(&self, parameters: &Parameters) -> String {
        let all = serde_json::to_value(parameters).unwrap_or_default();
        all.get(self.name).and_then(Value::as_f64).map(|number| number.to_string()).unwrap_or_default()
    }

    /// The value that was typed: none leaves it to the model.
    ///
    /// # Errors
    /// When it is no number, or not one of its range.
    pub fn parse(&self, text: &str) -> Result<Option<f64>, Unfit> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        // Where people write a comma before decimals, they do so here, too.
        let number: f64 = text.replace(',', ".").parse().map_err(|_| Unfit)?;
        let fits = (self.range.0..=self.range.1).contains(&number) && (!self.whole || number.fract() == 0.0);
        if fits { Ok(Some(number)) } else { Err(Unfit) }
    }
}

/// The parameters that were typed, over what was there before; none while a field is wrong.
#[must_use]
pub fn parameters(before: &Parameters, typed: &[String]) -> Option<Parameters> {
    let Ok(Value::Object(mut all)) = serde_json::to_value(before) else { return None };
    for (field, text) in FIELDS.iter().zip(typed) {
        set(&mut all, field, field.parse(text).ok()?);
    }
    serde_json::from_value(Value::Object(all)).ok()
}

fn set(all: &mut Map<String, Value>, field: &Field, value: Option<f64>) {
    let number =
        value.and_then(|value| if field.whole { Some(Number::from(value as u64)) } else { Number::from_f64(value) });
    match number {
        Some(number) => all.insert(field.name.to_owned(), Value::Number(number)),
        None => all.remove(field.name),
    };
}

#[cfg(test)]
mod tests {
    use super::{FIELDS, Unfit, parameters};
    use shared::models::{Effort, Parameters};

    fn typed(texts: [&str; 6]) -> Vec<String> {
        texts.map(str::to_owned).to_vec()
    }

    #[test]
    fn what_is_typed_is_laid_over_what_was_there() {
        let before = Parameters { top_k: Some(40), effort: Some(Effort::High), ..Parameters::default() };
        let after = parameters(&before, &typed(["0,7", "", "4096", "", " -1.5 ", ""])).expect("all are numbers");
        let expected = Parameters {
            temperature: Some(0.7),
            max_tokens: Some(4096),
            presence_penalty: Some(-1.5),
            effort: Some(Effort::High),
            ..Parameters::default()
        };
        assert_eq!(after, expected);
        let shown: Vec<_> = FIELDS.iter().map(|field| field.stored(&after)).collect();
        assert_eq!(shown, ["0.7", "", "4096", "", "-1.5", ""]);
    }

    #[test]
    fn what_is_no_number_of_the_range_is_refused() {
        for wrong in ["hot", "2.1", "-0.1", "NaN", "inf"] {
            assert_eq!(FIELDS[0].parse(wrong), Err(Unfit), "{wrong}");
        }
        assert_eq!((FIELDS[2].parse("1.5"), FIELDS[2].parse("0")), (Err(Unfit), Err(Unfit)));
        assert_eq!(parameters(&Parameters::default(), &typed(["hot", "", "", "", "", ""])), None);
    }
}
