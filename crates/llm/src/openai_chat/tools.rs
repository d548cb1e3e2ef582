//! Calls in the chunks of a stream. Vendors number and name them in their own ways:
//! Ollama gives every call the number 0, DashScope blanks the id after the first piece, Gemini leaves the number out, and
//! some repeat the name with every piece.

use crate::calls::Calls;
use crate::lenient::{Many, Words};
use crate::seal;
use crate::stream::Queue;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A piece of a call.
#[derive(Deserialize)]
pub(super) struct ToolDelta<'a> {
    #[serde(default)]
    index: Option<i64>,
    #[serde(borrow, default)]
    id: Words<'a>,
    #[serde(borrow, default)]
    function: Option<Function<'a>>,
    /// Gemini's proof that it thought of this call itself.
    #[serde(borrow, default)]
    extra_content: Option<ExtraContent<'a>>,
}

#[derive(Default, Deserialize)]
struct Function<'a> {
    #[serde(borrow, default)]
    name: Words<'a>,
    #[serde(default, deserialize_with = "arguments")]
    arguments: String,
}

#[derive(Deserialize)]
struct ExtraContent<'a> {
    #[serde(borrow, default)]
    google: Option<Google<'a>>,
}

#[derive(Deserialize)]
struct Google<'a> {
    #[serde(borrow, default)]
    thought_signature: Words<'a>,
}

/// Arguments are a text that is JSON; some send the JSON itself.
fn arguments<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    })
}

/// The calls of one answer.
#[derive(Default)]
pub(super) struct ToolCalls {
    calls: Calls,
    known: Vec<Known>,
}

/// How a call is recognised again.
struct Known {
    number: Option<i64>,
    id: String,
    signature: Option<String>,
}

impl ToolCalls {
    pub(super) fn any(&self) -> bool {
        self.calls.any()
    }

    pub(super) fn take(&mut self, deltas: Many<ToolDelta<'_>>, out: &mut Queue) {
        deltas.0.into_iter().for_each(|delta| self.delta(delta, out));
    }

    pub(super) fn finish(&mut self, out: &mut Queue) {
        for (index, known) in self.known.iter_mut().enumerate() {
            self.calls.finish(index, known.signature.take(), out);
        }
    }

    fn delta(&mut self, delta: ToolDelta<'_>, out: &mut Queue) {
        let function = delta.function.unwrap_or_default();
        let number = delta.index.filter(|number| *number >= 0);
        let Some(index) = self.find(number, &delta.id.text, &function.name.text, out) else { return };
        self.calls.argue(index, &function.arguments, out);
        let signature = delta.extra_content.and_then(|extra| extra.google).map(|google| google.thought_signature.text);
        if let Some(signature) = signature.filter(|signature| !signature.is_empty()) {
            self.known[index].signature = Some(seal::close(super::SEAL, &signature));
        }
    }

    /// The call that a piece belongs to. A piece without a name cannot begin one.
    fn find(&mut self, number: Option<i64>, id: &str, name: &str, out: &mut Queue) -> Option<usize> {
        let found = self.known.iter().rposition(|known| match number {
            Some(_) => known.number == number,
            None => id.is_empty() || known.id == id,
        });
        let another = |index: usize| !id.is_empty() && self.known[index].id != id;
        // Without a number or an id, a name begins the next call.
        let nameless = name.is_empty() || number.is_some() || !id.is_empty();
        match found {
            Some(index) if nameless && (name.is_empty() || !another(index)) => Some(index),
            _ if name.is_empty() => None,
            _ => {
                self.known.push(Known { number, id: id.to_owned(), signature: None });
                Some(self.calls.begin(id, name, out))
            }
        }
    }
}
