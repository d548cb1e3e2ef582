//! What an administrator may say about a model. Pure: it checks, cleans and names the rule that is broken.

use crate::error::{AppError, AppResult};
use serde_json::{Map, Value};
use shared::interfaces::{Gap, Interfaces, MAX_STOPS, MAX_TEMPLATE_BYTES, PREFIX, SUFFIX};
use shared::limits::MAX_NAME_CHARS;
use shared::models::{Effort, Facts, ModelOverride, Parameters, Price};
use std::ops::RangeInclusive;

/// Longest description, in characters.
const MAX_DESCRIPTION_CHARS: usize = 200;
/// Longest form of the vendor's own fields, in bytes.
const MAX_EXTRA_BYTES: usize = 16 * 1024;
/// What a window or a limit may be, in tokens.
const TOKENS: RangeInclusive<u32> = 1..=100_000_000;
/// Most that a million tokens cost, in any currency.
const MAX_PRICE: f64 = 1_000_000.0;
/// Fields that the program itself fills.
const RESERVED: &[&str] = &["contents", "input", "messages", "model", "stream"];

/// Checks and cleans the whole layer.
pub(super) fn check(overrides: ModelOverride) -> AppResult<ModelOverride> {
    check_facts(&overrides.facts)?;
    check_parameters(&overrides.parameters)?;
    Ok(ModelOverride {
        label: text("label", overrides.label, MAX_NAME_CHARS)?,
        description: text("description", overrides.description, MAX_DESCRIPTION_CHARS)?,
        facts: Facts { efforts: overrides.facts.efforts.map(ordered), ..overrides.facts },
        parameters: overrides.parameters,
    })
}

fn text(field: &str, text: Option<String>, most: usize) -> AppResult<Option<String>> {
    let text = text.unwrap_or_default().trim().to_owned();
    if text.chars().count() > most || text.chars().any(char::is_control) {
        return Err(AppError::invalid(format!("`{field}` must be one line of at most {most} characters")));
    }
    Ok(Some(text).filter(|text| !text.is_empty()))
}

fn ordered(mut efforts: Vec<Effort>) -> Vec<Effort> {
    efforts.sort_unstable();
    efforts.dedup();
    efforts
}

fn check_facts(facts: &Facts) -> AppResult<()> {
    within("contextWindow", facts.context_window, &TOKENS)?;
    within("maxOutput", facts.max_output, &TOKENS)?;
    facts.price.as_ref().map_or(Ok(()), check_price)
}

fn check_price(price: &Price) -> AppResult<()> {
    let figures = [Some(price.input), Some(price.output), price.cached_input];
    let fits = figures.into_iter().flatten().all(|figure| (0.0..=MAX_PRICE).contains(&figure));
    if fits { Ok(()) } else { Err(AppError::invalid(format!("`price` must be from 0 to {MAX_PRICE}"))) }
}

/// Checks what a person sets for a chat: the limits are an administrator's. The vendor's own fields are not a person's to
/// set: they could ask for what somebody else pays.
///
/// # Errors
/// The rule that is broken.
pub fn check_of_chat(parameters: &Parameters) -> AppResult<()> {
    if !parameters.extra.is_empty() {
        return Err(AppError::invalid("`extra` is set by administrators, for a model"));
    }
    check_parameters(parameters)
}

fn check_parameters(parameters: &Parameters) -> AppResult<()> {
    within("temperature", parameters.temperature, &(0.0..=2.0))?;
    within("topP", parameters.top_p, &(0.0..=1.0))?;
    within("topK", parameters.top_k, &(1..=100_000))?;
    within("presencePenalty", parameters.presence_penalty, &(-2.0..=2.0))?;
    within("frequencyPenalty", parameters.frequency_penalty, &(-2.0..=2.0))?;
    within("maxTokens", parameters.max_tokens, &TOKENS)?;
    check_extra(&parameters.extra)
}

/// Checks how a model is asked beside chats.
pub(super) fn check_interfaces(interfaces: Interfaces) -> AppResult<Interfaces> {
    if let Some(Gap::Template { template, stop }) = &interfaces.completion {
        if template.len() > MAX_TEMPLATE_BYTES
            || [PREFIX, SUFFIX].iter().any(|mark| template.matches(mark).count() != 1)
        {
            let rule =
                format!("`template` must have {PREFIX} and {SUFFIX} once each, in at most {MAX_TEMPLATE_BYTES} bytes");
            return Err(AppError::invalid(rule));
        }
        if stop.len() > MAX_STOPS || stop.iter().any(|text| text.is_empty() || text.len() > MAX_NAME_CHARS) {
            return Err(AppError::invalid(format!("`stop` must be at most {MAX_STOPS} short texts")));
        }
    }
    Ok(interfaces)
}

fn within<T: PartialOrd + std::fmt::Display>(
    field: &str,
    value: Option<T>,
    range: &RangeInclusive<T>,
) -> AppResult<()> {
    let (least, most) = (range.start(), range.end());
    match value {
        Some(value) if !range.contains(&value) => {
            Err(AppError::invalid(format!("`{field}` must be from {least} to {most}")))
        }
        _ => Ok(()),
    }
}

fn check_extra(extra: &Map<String, Value>) -> AppResult<()> {
    if let Some(name) = extra.keys().find(|name| RESERVED.contains(&name.as_str())) {
        return Err(AppError::invalid(format!("`extra` must not have `{name}`, which AIChat itself fills")));
    }
    let bytes = Value::from(extra.clone()).to_string().len();
    if bytes > MAX_EXTRA_BYTES {
        return Err(AppError::invalid(format!("`extra` must have at most {} KiB", MAX_EXTRA_BYTES / 1024)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn checked(overrides: Value) -> AppResult<ModelOverride> {
        check(serde_json::from_value(overrides).expect("of the right form"))
    }

    #[test]
    fn blanks_go_and_an_empty_label_is_none() {
        let clean =
            checked(json!({"label": " Fast ", "description": " ", "facts": {"efforts": ["high", "low", "high"]}}));
        let clean = clean.expect("a good one");
        assert_eq!((clean.label.as_deref(), clean.description), (Some("Fast"), None));
        assert_eq!(clean.facts.efforts, Some(vec![Effort::Low, Effort::High]));
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_rule() {
        for (overrides, field) in [
            (json!({"label": "x".repeat(101)}), "label"),
            (json!({"description": "a\nb"}), "description"),
            (json!({"description": "字".repeat(201)}), "description"),
            (json!({"facts": {"contextWindow": 0}}), "contextWindow"),
            (json!({"facts": {"maxOutput": 100_000_001}}), "maxOutput"),
            (json!({"facts": {"price": {"input": -1.0, "output": 0.0}}}), "price"),
            (json!({"parameters": {"temperature": 2.1}}), "temperature"),
            (json!({"parameters": {"topP": -0.1}}), "topP"),
            (json!({"parameters": {"topK": 0}}), "topK"),
            (json!({"parameters": {"presencePenalty": 3.0}}), "presencePenalty"),
            (json!({"parameters": {"maxTokens": 0}}), "maxTokens"),
            (json!({"parameters": {"extra": {"stream": false}}}), "stream"),
            (json!({"parameters": {"extra": {"messages": []}}}), "messages"),
            (json!({"parameters": {"extra": {"x": "y".repeat(MAX_EXTRA_BYTES)}}}), "extra"),
        ] {
            let error = checked(overrides).expect_err(field);
            assert!(error.params["detail"].contains(field), "{field}: {error:?}");
        }
        let all = json!({"temperature": 0.0, "topP": 1.0, "topK": 40, "extra": {"enable_thinking": false}});
        assert!(checked(json!({"parameters": all})).is_ok());
    }
}
