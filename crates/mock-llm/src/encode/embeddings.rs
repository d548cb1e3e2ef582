//! Vectors, as OpenAI's embeddings or Google's `batchEmbedContents` tell them. They come whole and never stream.

use super::{Encoder, Identity, Whole};
use crate::likeness;
use crate::request::{Ask, Form};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

pub(super) struct Vectors {
    identity: Identity,
    texts: Vec<String>,
    form: Form,
}

impl Vectors {
    pub(super) fn new(ask: &Ask) -> Self {
        let texts = ask.request.texts().map(str::to_owned).collect();
        Self { identity: ask.identity.clone(), texts, form: ask.request.form }
    }

    /// The vector: numbers, or the bytes of numbers of four bytes each, the lowest first.
    fn written(&self, text: &str) -> Value {
        let Form::Vectors { dimensions, base64, .. } = self.form else { return Value::Null };
        let vector = likeness::vector(text, dimensions);
        if base64 {
            STANDARD.encode(vector.into_iter().flat_map(f32::to_le_bytes).collect::<Vec<u8>>()).into()
        } else {
            vector.into()
        }
    }
}

impl Encoder for Vectors {
    fn whole(&self, whole: &Whole) -> Value {
        let entry = |(index, text): (usize, &String)| {
            let vector = self.written(text);
            json!({"object": "embedding", "index": index, "embedding": vector})
        };
        let data = whole.results(self.texts.iter().enumerate().map(entry).collect());
        if let Form::Vectors { of_google: true, .. } = self.form {
            return of_google(&data, whole);
        }
        let mut document = json!({"object": "list", "data": data, "model": self.identity.model});
        if let Some(counts) = whole.usage {
            document["usage"] = json!({"prompt_tokens": counts.prompt, "total_tokens": counts.prompt});
        }
        document
    }
}

/// Google's vectors have no numbers: each stands where its text stood.
fn of_google(data: &[Value], whole: &Whole) -> Value {
    let embeddings: Vec<Value> = data.iter().map(|entry| json!({"values": entry["embedding"]})).collect();
    let mut document = json!({"embeddings": embeddings});
    if let Some(counts) = whole.usage {
        document["usageMetadata"] = json!({"promptTokenCount": counts.prompt});
    }
    document
}
