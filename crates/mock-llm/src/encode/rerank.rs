//! Rankings, the best first, as Cohere, Jina and vLLM tell them, or as the bare list of Text Embeddings Inference.

use super::{Encoder, Identity, Whole};
use crate::likeness;
use crate::request::{Ask, Form};
use serde_json::{Value, json};

pub(super) struct Ranking {
    identity: Identity,
    query: String,
    documents: Vec<String>,
    form: Form,
}

impl Ranking {
    pub(super) fn new(ask: &Ask) -> Self {
        let mut texts = ask.request.texts().map(str::to_owned);
        let query = texts.next().unwrap_or_default();
        Self { identity: ask.identity.clone(), query, documents: texts.collect(), form: ask.request.form }
    }

    /// Numbers and scores of the documents. Equally good ones stay in the order in which they came.
    fn ranked(&self) -> Vec<(usize, f64)> {
        let scored = self.documents.iter().map(|document| likeness::score(&self.query, document));
        let mut ranked: Vec<_> = scored.enumerate().collect();
        ranked.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        ranked
    }

    fn result(&self, (index, score): (usize, f64), bare: bool, documents: bool) -> Value {
        let name = if bare { "score" } else { "relevance_score" };
        let mut result = json!({"index": index, name: score});
        if documents {
            let text = &self.documents[index];
            let (name, value) = if bare { ("text", json!(text)) } else { ("document", json!({ "text": text })) };
            result[name] = value;
        }
        result
    }

    fn document(&self, results: &[Value], whole: &Whole) -> Value {
        let Identity { number, model, .. } = &self.identity;
        let mut document = json!({
            "id": format!("rerank-{number}"), "object": "list", "model": model, "results": results,
            "meta": {"billed_units": {"search_units": 1}},
        });
        if let Some(counts) = whole.usage {
            document["usage"] = json!({"prompt_tokens": counts.prompt, "total_tokens": counts.prompt});
        }
        document
    }
}

impl Encoder for Ranking {
    fn whole(&self, whole: &Whole) -> Value {
        let Form::Ranking { top, documents, bare } = self.form else { return Value::Null };
        let best = self.ranked().into_iter().take(top);
        let results = whole.results(best.map(|ranked| self.result(ranked, bare, documents)).collect());
        if bare { results.into() } else { self.document(&results, whole) }
    }
}
