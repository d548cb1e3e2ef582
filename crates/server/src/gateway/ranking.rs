//! Rankings: a question and documents in, the documents by relevance out. One form is served; three are spoken.

use super::question::{Question, Standard, invalid, no_model};
use super::{Gateway, Reply, Request};
use crate::catalog::Route;
use crate::error::AppResult;
use bytes::Bytes;
use llm::{Error, Fields, Interface, Ranking};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::ErrorCode;
use shared::interfaces::RankingForm;
use shared::models::ModelKind;
use std::sync::Arc;

/// Most documents of one request.
const MAX_DOCUMENTS: usize = 2_048;

impl Gateway {
    /// Answers `POST /v1/rerank`.
    ///
    /// # Errors
    /// As [`Gateway::answer`].
    pub async fn rank(self: &Arc<Self>, request: Request) -> AppResult<Reply> {
        let mut question = Question::read(Standard::Rerank, request.body.clone())?;
        question.stream = false;
        if question.fields.read::<String>("query").is_none_or(|query| query.trim().is_empty()) {
            return Err(invalid("query", "must be a text"));
        }
        match documents(&question) {
            Some(list) if (1..=MAX_DOCUMENTS).contains(&list.len()) => {}
            _ => return Err(invalid("documents", &format!("must be 1 to {MAX_DOCUMENTS} texts"))),
        }
        let (set, kinds) = (self.settings.rerank_model(), [ModelKind::Rerank]);
        let wanted = question.model.as_deref();
        let model = self.catalog.resolve_for(&kinds, wanted, &set, &request.who)?.ok_or_else(no_model)?;
        let model = super::able(model, Interface::Rerank(Ranking::Standard))?;
        self.order(Standard::Rerank, question, model, request).await
    }
}

/// The documents' texts.
fn documents(question: &Question) -> Option<Vec<String>> {
    let list = question.fields.read::<Vec<Value>>("documents")?;
    let text = |document: Value| match document {
        Value::String(text) => Some(text),
        Value::Object(fields) => fields.get("text")?.as_str().map(str::to_owned),
        _ => None,
    };
    list.into_iter().map(text).collect()
}

/// How a route wants to be asked.
pub(super) fn shape(question: &Question, route: &Route) -> (Interface, Fields) {
    let form = match route.interfaces.ranking {
        None | Some(RankingForm::Standard) => Ranking::Standard,
        Some(RankingForm::Plural) => Ranking::Plural,
        Some(RankingForm::Texts) => Ranking::Texts,
    };
    let mut fields = question.fields.clone();
    if form == Ranking::Texts {
        fields = Fields::default();
        fields.set("query", &question.fields.read::<String>("query").into());
        fields.set("texts", &documents(question).into());
        // What is longer than it reads is cut, as the others do by themselves.
        fields.set("truncate", &true.into());
    }
    (Interface::Rerank(form), fields)
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Bare(Vec<Scored>),
    Results {
        results: Vec<Scored>,
        #[serde(default)]
        id: Option<Value>,
        #[serde(default)]
        usage: Option<Value>,
        #[serde(default)]
        meta: Option<Value>,
    },
}

#[derive(Deserialize)]
struct Scored {
    index: usize,
    #[serde(alias = "score")]
    relevance_score: f64,
    #[serde(default)]
    document: Option<Value>,
}

/// The ranking in the one form, best first, each document at most once and no more of them than asked for.
pub(super) fn mend(question: &Question, model: &str, body: &[u8]) -> Result<Bytes, Error> {
    let wrong = |words: &str| Error::new(ErrorCode::ProviderMalformed).with_detail(words, None);
    let answer: Answer = serde_json::from_slice(body).map_err(|_| wrong("the answer is no ranking"))?;
    let (mut results, id, usage, meta) = match answer {
        Answer::Bare(results) => (results, None, None, None),
        Answer::Results { results, id, usage, meta } => (results, id, usage, meta),
    };
    let texts = documents(question).unwrap_or_default();
    let mut seen = vec![false; texts.len()];
    for result in &results {
        let free = seen.get_mut(result.index).filter(|seen| !**seen);
        *free.ok_or_else(|| wrong("a result has a number that was not sent, or one twice"))? = true;
    }
    results.sort_by(|one, other| other.relevance_score.total_cmp(&one.relevance_score));
    results.truncate(question.fields.read::<usize>("top_n").unwrap_or(usize::MAX));
    if results.is_empty() {
        return Err(Error::new(ErrorCode::ProviderEmpty));
    }
    let with_documents = question.fields.read("return_documents").unwrap_or(false);
    let shown = |result: Scored| {
        let mut shown = json!({"index": result.index, "relevance_score": result.relevance_score});
        if with_documents {
            let known = result.document.filter(Value::is_object);
            shown["document"] = known.unwrap_or_else(|| json!({"text": texts[result.index]}));
        }
        shown
    };
    let results: Vec<Value> = results.into_iter().map(shown).collect();
    let mut answer = json!({"object": "list", "model": model, "results": results});
    for (name, value) in [("id", id), ("usage", usage), ("meta", meta)] {
        if let Some(value) = value.filter(|value| !value.is_null()) {
            answer[name] = value;
        }
    }
    Ok(answer.to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(body: &Value) -> Question {
        Question::read(Standard::Rerank, Bytes::from(body.to_string())).expect("a question")
    }

    fn mended(asked: &Value, said: &str) -> Result<Value, Error> {
        mend(&question(asked), "m", said.as_bytes()).map(|body| serde_json::from_slice(&body).expect("JSON"))
    }

    #[test]
    fn both_forms_of_answers_become_the_one_best_first() {
        let asked = json!({"query": "q", "documents": ["a", {"text": "b"}, "c"], "top_n": 2, "return_documents": true});
        let bare = r#"[{"index":0,"score":0.1},{"index":1,"score":0.9},{"index":2,"score":0.5}]"#;
        let standard = r#"{"id":"r","results":[{"index":0,"relevance_score":0.1},{"index":1,"relevance_score":0.9},
            {"index":2,"relevance_score":0.5}],"usage":{"total_tokens":3}}"#;
        let results = json!([{"index": 1, "relevance_score": 0.9, "document": {"text": "b"}},
            {"index": 2, "relevance_score": 0.5, "document": {"text": "c"}}]);
        for said in [bare, standard] {
            assert_eq!(mended(&asked, said).expect("a ranking")["results"], results, "{said}");
        }
        assert_eq!(mended(&asked, standard).expect("a ranking")["usage"]["total_tokens"], 3);
    }

    #[test]
    fn a_number_that_was_not_sent_is_no_result() {
        let asked = json!({"query": "q", "documents": ["a"]});
        for said in [r#"[{"index":1,"score":1}]"#, r#"[{"index":0,"score":1},{"index":0,"score":1}]"#, "{}"] {
            assert_eq!(mended(&asked, said).expect_err(said).code, ErrorCode::ProviderMalformed);
        }
        assert_eq!(mended(&asked, "[]").expect_err("nothing").code, ErrorCode::ProviderEmpty);
    }
}
