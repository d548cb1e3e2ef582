//! The fields of a JSON object in their order, each to the letter: a request that is passed on changes only where somebody
//! changes it. Numbers keep their spelling, and what nobody here knows stays.

use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use std::fmt;

/// An object whose values are not read until somebody asks.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(String, Box<RawValue>)>);

impl Fields {
    /// Reads an object. Of a field that stands there twice the last one counts, and it alone is passed on: two readers of
    /// one text must not see two requests.
    ///
    /// # Errors
    /// What is no JSON object.
    pub fn parse(body: &[u8]) -> Result<Self, serde_json::Error> {
        let mut deserializer = serde_json::Deserializer::from_slice(body);
        let fields = deserializer.deserialize_map(FieldsVisitor)?;
        deserializer.end()?;
        Ok(fields)
    }

    /// Whether a field is there and not null.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.raw(name).is_some_and(|raw| raw != "null")
    }

    /// A field as it was written.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.get())
    }

    /// A field, read; nothing where it is absent, null or of another form.
    #[must_use]
    pub fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_str(self.raw(name)?).ok()
    }

    /// Puts a field, in its old place if it has one.
    pub fn set(&mut self, name: &str, value: &Value) {
        let Ok(raw) = serde_json::value::to_raw_value(value) else { return };
        self.put(name.to_owned(), raw);
    }

    /// Takes a field out.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| known != name);
    }

    /// Lays other fields over these: objects are merged, `null` removes a field, everything else replaces.
    pub fn lay_over(&mut self, extra: &serde_json::Map<String, Value>) {
        for (name, value) in extra {
            match (value, self.read::<Value>(name)) {
                (Value::Null, _) => self.remove(name),
                (Value::Object(above), Some(Value::Object(mut below))) => {
                    crate::client::lay_over(&mut below, above);
                    self.set(name, &Value::Object(below));
                }
                _ => self.set(name, value),
            }
        }
    }

    /// The object as text.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        let bytes = self.0.iter().map(|(name, value)| name.len() + value.get().len() + 4).sum::<usize>();
        let mut body = Vec::with_capacity(bytes + 2);
        body.push(b'{');
        for (place, (name, value)) in self.0.iter().enumerate() {
            if place > 0 {
                body.push(b',');
            }
            body.extend_from_slice(Value::from(name.as_str()).to_string().as_bytes());
            body.push(b':');
            body.extend_from_slice(value.get().as_bytes());
        }
        body.push(b'}');
        body
    }

    fn put(&mut self, name: String, value: Box<RawValue>) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name, value)),
        }
    }
}

struct FieldsVisitor;

/// Most fields of an object; no interface has a tenth of that.
const MAX_FIELDS: usize = 256;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Fields::default();
        while let Some((name, value)) = map.next_entry::<String, Box<RawValue>>()? {
            if fields.0.len() == MAX_FIELDS {
                return Err(serde::de::Error::custom("the object has too many fields"));
            }
            fields.put(name, value);
        }
        Ok(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn text(fields: &Fields) -> String {
        String::from_utf8(fields.to_vec()).expect("text")
    }

    #[test]
    fn what_nobody_changes_stays_to_the_letter() {
        let body = r#"{"z":1.00,"model":"a","n":12345678901234567890123,"x":{"b":[ 1 ],"a":"\u4e2d"}}"#;
        let mut fields = Fields::parse(body.as_bytes()).expect("an object");
        assert_eq!(text(&fields), body);
        fields.set("model", &json!("b"));
        assert_eq!(text(&fields), body.replace("\"a\",", "\"b\","));
        assert!(Fields::parse(b"[]").is_err() && Fields::parse(b"{} x").is_err() && Fields::parse(b"{").is_err());
    }

    #[test]
    fn a_field_that_stands_there_twice_is_passed_on_once() {
        let fields = Fields::parse(br#"{"model":"mine","mod\u0065l":"dear"}"#).expect("an object");
        assert_eq!(text(&fields), r#"{"model":"dear"}"#);
    }

    #[test]
    fn other_fields_are_merged_replace_and_remove() {
        let mut fields = Fields::parse(br#"{"a":{"x":1,"y":2},"b":1,"c":1}"#).expect("an object");
        let extra = json!({"a": {"x": null, "z": 3}, "b": null, "d": true});
        fields.lay_over(extra.as_object().expect("an object"));
        assert_eq!(text(&fields), r#"{"a":{"y":2,"z":3},"c":1,"d":true}"#);
        assert!(fields.has("d") && !fields.has("b"));
    }
}
