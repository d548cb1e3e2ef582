//! One line of the audit log: what was done to what, by whom and from where, and what it was before.

use crate::i18n::{Text, audit as words, fill, language, say};
use crate::state::audit::{Audit, Change, changes};
use crate::time;
use leptos::prelude::*;
use serde_json::Value;
use shared::audit::fields as audit_words;
use shared::audit::{AuditEntry, Thing, ThingKind};
use shared::settings::fields;

/// Longest value that is shown whole, in characters.
const MOST_CHARS: usize = 160;

/// One entry. It never changes.
#[component]
pub fn EntryRow(
    /// Where it is kept.
    audit: Audit,
    /// Which one.
    id: StoredValue<String>,
) -> AnyView {
    let is_it = |entry: &&AuditEntry| id.with_value(|id| entry.id == *id);
    let Some(entry) = audit.state.with_untracked(|state| state.items.iter().find(is_it).cloned()) else {
        return ().into_any();
    };
    let entry = StoredValue::new(entry);
    let object = move || entry.with_value(|entry| entry.object.as_ref().map(called));
    let changed = move || {
        let lines = entry.with_value(what);
        lines.into_iter().map(|line| view! { <p class="row-note audit-change">{line}</p> }).collect_view()
    };
    view! {
        <li class="row">
            <div class="row-words">
                <p class="row-title">
                    <strong>{move || entry.with_value(|entry| entry.act.name(language()))}</strong>
                    {move || object().map(|name| view! { <span>{name}</span> })}
                </p>
                {changed}
                <p class="row-note">{move || entry.with_value(origin)}</p>
            </div>
        </li>
    }
    .into_any()
}

/// What it was done to; settings by the name that they have in the reader's language.
fn called(thing: &Thing) -> String {
    let setting = fields::find(&thing.id).filter(|_| thing.kind == ThingKind::Setting);
    match setting {
        Some(field) => say(Text::name(field)).to_owned(),
        None if thing.name.is_empty() => thing.kind.name(language()).to_owned(),
        None => thing.name.clone(),
    }
}

/// Who, by which key, from where, with what, when.
fn origin(entry: &AuditEntry) -> String {
    let who = match (&entry.person, &entry.address) {
        (Some(person), _) => person.name.clone(),
        (None, Some(_)) => say(words::STRANGER).to_owned(),
        (None, None) => say(words::COMMAND_LINE).to_owned(),
    };
    let key = entry.key.as_ref().map(|key| fill(words::BY_KEY, &[("name", &key.name)]));
    let parts =
        [Some(who), key, entry.address.clone(), entry.device.clone(), Some(time::date_time(&entry.at, language()))];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// What changed, a line each; of something that came or went what it is or was, on one line.
fn what(entry: &AuditEntry) -> Vec<String> {
    match (&entry.before, &entry.after) {
        (None, Some(whole @ Value::Object(_))) | (Some(whole @ Value::Object(_)), None) => {
            Some(read("", whole)).filter(|line| !line.is_empty()).into_iter().collect()
        }
        _ => changes(entry).iter().map(worded).collect(),
    }
}

fn worded(change: &Change) -> String {
    let field = change.field.as_deref().unwrap_or_default();
    let (before, after) = (value(field, change.before.as_ref()), value(field, change.after.as_ref()));
    match &change.field {
        Some(field) => fill(words::CHANGE, &[("field", name(field)), ("before", &before), ("after", &after)]),
        None => fill(words::CHANGE_PLAIN, &[("before", &before), ("after", &after)]),
    }
}

/// A field by its name in the reader's language.
fn name(field: &str) -> &str {
    audit_words::field(field, language()).unwrap_or(field)
}

/// A value as people read it; long ones are cut.
fn value(field: &str, value: Option<&Value>) -> String {
    let text = value
        .map(|value| read(field, value))
        .filter(|text| !text.is_empty())
        .unwrap_or_else(|| say(words::EMPTY).to_owned());
    if text.chars().count() <= MOST_CHARS {
        return text;
    }
    text.chars().take(MOST_CHARS).chain(['…']).collect()
}

/// The value of a field in words: what is in it by name, one after the other. Nothing where there is nothing.
fn read(field: &str, value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(on) => say(if *on { words::ON } else { words::OFF }).to_owned(),
        Value::String(text) => audit_words::value(field, text, language()).unwrap_or(text).to_owned(),
        Value::Array(items) => items.iter().map(|item| read(field, item)).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => {
            let said = fields.iter().map(|(field, value)| (name(field), read(field, value)));
            let said = said.filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name} {value}"));
            said.collect::<Vec<_>>().join(" · ")
        }
        Value::Number(number) => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_read_and_not_parsed() {
        crate::i18n::set_language(shared::error::Language::En);
        assert_eq!(value("", Some(&json!(true))), "on");
        assert_eq!(value("", Some(&json!(""))), "empty");
        assert_eq!(value("", Some(&json!(["a", "b"]))), "a, b");
        assert_eq!(value("", Some(&json!(7))), "7");
        assert_eq!(value("", Some(&json!("x".repeat(500)))).chars().count(), MOST_CHARS + 1);
        let change = Change { field: Some("role".to_owned()), before: Some(json!("user")), after: None };
        assert_eq!(worded(&change), "Role: user → empty");
        let limits = json!([{"limit": "12.5", "unit": "money", "window": "day"}]);
        assert_eq!(value("limits", Some(&limits)), "Limit 12.5 · Counts money · Per day");
        crate::i18n::set_language(shared::error::Language::ZhCn);
        assert_eq!(worded(&change), "角色：普通用户 → 空");
        crate::i18n::set_language(shared::error::Language::En);
    }
}
