//! A request of a program on its way to a server of the same dialect: it changes only where something is set for the model.

use super::dialect::Traits;
use super::request::settings;
use crate::{Fields, Interface, Passing};
use serde_json::{Map, Value, json};

/// The names under which a program limits an answer.
const LIMITS: [&str; 2] = ["max_completion_tokens", "max_tokens"];
/// The names under which a program says how hard to think.
const THINKING: [&str; 6] =
    ["reasoning_effort", "reasoning", "thinking", "enable_thinking", "thinking_budget", "chat_template_kwargs"];

/// Lays what is set for the model over the fields. Answers whether it wished for usage that nobody asked for.
pub(super) fn dress(passing: &Passing, fields: &mut Fields, traits: &Traits, wishes_usage: bool) -> bool {
    let rules = &passing.rules;
    fields.set("model", &rules.model.as_str().into());
    let speaks = matches!(passing.interface, Interface::Chat | Interface::Completions);
    if speaks {
        let mut set = Map::new();
        settings(&mut set, rules, traits);
        set.retain(|name, _| !is_said(fields, name) && (passing.interface == Interface::Chat || !is_of_chats(name)));
        set.iter().for_each(|(name, value)| fields.set(name, value));
        if let Some(limit) = passing.limit {
            hold_to(fields, limit, if passing.interface == Interface::Chat { traits.max_tokens } else { LIMITS[1] });
        }
    }
    fields.lay_over(&rules.extra);
    let options = fields.read::<Map<String, Value>>("stream_options").unwrap_or_default();
    let wishes = speaks && passing.stream && wishes_usage && options.get("include_usage") != Some(&true.into());
    if wishes {
        let mut options = options;
        options.insert("include_usage".to_owned(), true.into());
        fields.set("stream_options", &json!(options));
    }
    wishes
}

/// Whether a program says the same by this name or another one.
fn is_said(fields: &Fields, name: &str) -> bool {
    let others: &[&str] = match name {
        name if LIMITS.contains(&name) => &LIMITS,
        name if THINKING.contains(&name) => &THINKING,
        _ => &[],
    };
    fields.has(name) || others.iter().any(|other| fields.has(other))
}

/// Whether completions of texts have no such field.
fn is_of_chats(name: &str) -> bool {
    THINKING.contains(&name) || name == LIMITS[0]
}

/// Makes the answer no longer than that, under the name that the program chose.
fn hold_to(fields: &mut Fields, limit: u32, usual: &str) {
    let said: Vec<&str> = LIMITS.into_iter().filter(|name| fields.has(name)).collect();
    for name in &said {
        let asked = fields.read::<u32>(name).unwrap_or(limit);
        fields.set(name, &asked.min(limit).into());
    }
    if said.is_empty() {
        fields.set(usual, &limit.into());
    }
}

#[cfg(test)]
mod tests {
    use super::super::dialect;
    use super::*;
    use crate::CompletionRequest;
    use crate::request::Sampling;
    use shared::models::Effort;

    fn dressed(body: &str, rules: CompletionRequest, limit: Option<u32>, stream: bool) -> (Value, bool) {
        let mut fields = Fields::parse(body.as_bytes()).expect("an object");
        let passing =
            Passing { interface: Interface::Chat, fields: fields.clone(), stream, headers: Vec::new(), rules, limit };
        let traits = &dialect::of("https://a.example/v1", &passing.rules.model).traits;
        let wished = dress(&passing, &mut fields, traits, true);
        (serde_json::from_slice(&fields.to_vec()).expect("JSON"), wished)
    }

    #[test]
    fn only_the_name_of_the_model_changes_where_nothing_is_set() {
        let (body, wished) = dressed(r#"{"model":"a","x":[1]}"#, CompletionRequest::new("b", Vec::new()), None, false);
        assert_eq!((body, wished), (json!({"model": "b", "x": [1]}), false));
        let (body, wished) = dressed(
            r#"{"model":"a","stream_options":{"include_usage":true,"y":1}}"#,
            CompletionRequest::new("b", Vec::new()),
            None,
            true,
        );
        let options = json!({"include_usage": true, "y": 1});
        assert_eq!((body, wished), (json!({"model": "b", "stream_options": options}), false));
        let (body, wished) = dressed(r#"{"model":"a"}"#, CompletionRequest::new("b", Vec::new()), None, true);
        assert_eq!((body["stream_options"].clone(), wished), (json!({"include_usage": true}), true));
    }

    #[test]
    fn what_is_set_for_the_model_stands_where_the_program_says_nothing() {
        let rules = || CompletionRequest {
            sampling: Sampling { temperature: Some(0.5), top_p: Some(0.9), ..Sampling::default() },
            max_tokens: Some(100),
            effort: Some(Effort::Low),
            extra: json!({"vendor": {"a": 1}, "user": null}).as_object().cloned().unwrap_or_default(),
            ..CompletionRequest::new("b", Vec::new())
        };
        let said = r#"{"model":"a","temperature":1.5,"max_completion_tokens":7,"thinking":{},"user":"u"}"#;
        let expected = json!({"model": "b", "temperature": 1.5, "max_completion_tokens": 7, "thinking": {},
            "top_p": 0.9, "vendor": {"a": 1}});
        assert_eq!(dressed(said, rules(), None, false).0, expected);
        let silent = json!({"model": "b", "temperature": 0.5, "max_tokens": 100, "reasoning_effort": "low",
            "top_p": 0.9, "vendor": {"a": 1}});
        assert_eq!(dressed(r#"{"model":"a"}"#, rules(), None, false).0, silent);
    }

    #[test]
    fn an_answer_is_held_to_its_limit_under_the_name_that_was_chosen() {
        let limited = |body: &str| dressed(body, CompletionRequest::new("b", Vec::new()), Some(50), false).0;
        assert_eq!(limited(r#"{"model":"a"}"#)["max_tokens"], 50);
        assert_eq!(limited(r#"{"model":"a","max_tokens":10}"#)["max_tokens"], 10);
        let renamed = limited(r#"{"model":"a","max_completion_tokens":1000}"#);
        assert_eq!((&renamed["max_completion_tokens"], renamed.get("max_tokens")), (&json!(50), None));
    }
}
