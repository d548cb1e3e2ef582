//! The two interfaces that are measured: how a stream is asked for, and what its events say.

use crate::http;
use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::json;
use std::borrow::Cow;
use std::net::SocketAddr;

/// What the person writes in every request.
const PROMPT: &str = "Please count.";

/// Where to send requests, and in which language.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    pub(crate) address: SocketAddr,
    /// Streams take turns with these.
    pub(crate) bearers: Vec<String>,
    pub(crate) wire: Wire,
}

/// The language of an endpoint.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wire {
    /// OpenAI Chat Completions below this path.
    OpenAi {
        /// For instance `/v1`.
        base: String,
    },
    /// AIChat's own `POST /api/chat/stream`: a new chat for every request.
    AiChat,
}

/// What an event says.
#[derive(Debug, PartialEq)]
pub(crate) enum Heard<'a> {
    /// More of the answer.
    Text(Cow<'a, str>),
    /// The answer is complete.
    End,
    /// It will not be.
    Failed(String),
    /// Nothing that is measured.
    Nothing,
}

/// The fields of a chunk that matter; the rest is skipped without being kept.
#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(borrow, default)]
    choices: Vec<Choice<'a>>,
    #[serde(default)]
    error: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(borrow)]
    delta: Text<'a>,
}

#[derive(Default, Deserialize)]
struct Text<'a> {
    #[serde(borrow, default, alias = "content")]
    text: Option<Cow<'a, str>>,
}

/// The fields of a run's event that matter. Not the shared type: this one borrows and costs the generator less.
#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    text: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    part: Option<Text<'a>>,
    #[serde(default)]
    error: Option<serde_json::Value>,
}

impl Endpoint {
    /// An endpoint that speaks OpenAI, from its base URL.
    pub(crate) fn openai(url: &str, bearer: &str) -> Result<Self> {
        let rest = url.strip_prefix("http://").with_context(|| format!("{url} is no http:// address"))?;
        let (host, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
        let host = host.replace("localhost", "127.0.0.1");
        let address: SocketAddr = host.parse().with_context(|| format!("{host} is no address with a port"))?;
        ensure!(address.ip().is_loopback(), "{address} is not on loopback");
        let base = path.trim_end_matches('/').to_owned();
        Ok(Self { address, bearers: vec![bearer.to_owned()], wire: Wire::OpenAi { base } })
    }

    /// The same for the `number`th stream only: its turn decides whose it is.
    pub(crate) fn of(&self, number: u32) -> Self {
        let bearer = self.bearers.get(number as usize % self.bearers.len().max(1));
        Self { bearers: bearer.cloned().into_iter().collect(), ..self.clone() }
    }

    /// The request that makes `model` answer as a stream.
    pub(crate) fn request(&self, model: &str) -> Vec<u8> {
        let (path, body) = match &self.wire {
            Wire::OpenAi { base } => {
                let messages = json!([{"role": "user", "content": PROMPT}]);
                (format!("{base}/chat/completions"), json!({"model": model, "stream": true, "messages": messages}))
            }
            Wire::AiChat => ("/api/chat/stream".to_owned(), json!({"content": PROMPT, "model": model})),
        };
        http::encode("POST", &path, self.bearers.first().map(String::as_str), Some(&body))
    }

    /// What this event says.
    pub(crate) fn hear<'a>(&self, data: &'a str) -> Heard<'a> {
        let heard = match &self.wire {
            Wire::OpenAi { .. } if data == "[DONE]" => Ok(Heard::End),
            Wire::OpenAi { .. } => hear_chunk(data),
            Wire::AiChat => hear_event(data),
        };
        heard.unwrap_or_else(|error| Heard::Failed(format!("{error}: {data}")))
    }
}

fn hear_chunk(data: &str) -> serde_json::Result<Heard<'_>> {
    let mut chunk: Chunk<'_> = serde_json::from_str(data)?;
    if let Some(error) = chunk.error {
        return Ok(Heard::Failed(error.to_string()));
    }
    let text = chunk.choices.pop().and_then(|choice| choice.delta.text);
    Ok(text.map_or(Heard::Nothing, Heard::Text))
}

fn hear_event(data: &str) -> serde_json::Result<Heard<'_>> {
    let event: Event<'_> = serde_json::from_str(data)?;
    Ok(match event.kind.as_ref() {
        "part.delta" => event.text.map_or(Heard::Nothing, Heard::Text),
        // A part may begin with its first words.
        "part.started" => event.part.and_then(|part| part.text).map_or(Heard::Nothing, Heard::Text),
        "run.completed" => Heard::End,
        "run.stopped" | "run.interrupted" | "run.failed" => {
            Heard::Failed(format!("{}: {}", event.kind, event.error.unwrap_or_default()))
        }
        _ => Heard::Nothing,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::events::{RunEventBody, Status, Terminal};
    use shared::{Part, RunEvent};

    fn aichat() -> Endpoint {
        Endpoint { address: ([127, 0, 0, 1], 1).into(), bearers: vec!["a".into(), "b".into()], wire: Wire::AiChat }
    }

    fn event(body: RunEventBody) -> String {
        serde_json::to_string(&RunEvent { run_id: "r".into(), seq: 1, body }).expect("JSON")
    }

    #[test]
    fn events_of_aichat_are_understood_as_the_shared_vocabulary_writes_them() {
        let endpoint = aichat();
        let delta = event(RunEventBody::PartDelta { index: 0, text: "w1 \"\n".into() });
        assert_eq!(endpoint.hear(&delta), Heard::Text("w1 \"\n".into()));
        let started = event(RunEventBody::PartStarted { index: 0, part: Part::text("w0 ") });
        assert_eq!(endpoint.hear(&started), Heard::Text("w0 ".into()));
        let ended = |status| event(RunEventBody::ending(status, Terminal::default()).expect("an end"));
        assert_eq!(endpoint.hear(&ended(Status::Completed)), Heard::End);
        for status in [Status::Stopped, Status::Interrupted, Status::Failed] {
            assert!(matches!(endpoint.hear(&ended(status)), Heard::Failed(_)));
        }
        let done = event(RunEventBody::PartDone { index: 0, duration_ms: None, signature: None });
        assert_eq!(endpoint.hear(&done), Heard::Nothing);
    }

    #[test]
    fn chunks_of_openai_are_understood() {
        let endpoint = Endpoint::openai("http://localhost:9/v1/", "k").expect("an endpoint");
        assert_eq!(endpoint.wire, Wire::OpenAi { base: "/v1".into() });
        assert_eq!(endpoint.hear(r#"{"choices":[{"index":0,"delta":{"content":"w0 "}}]}"#), Heard::Text("w0 ".into()));
        assert_eq!(endpoint.hear(r#"{"choices":[{"delta":{"role":"assistant","content":null}}]}"#), Heard::Nothing);
        assert_eq!(endpoint.hear(r#"{"choices":[]}"#), Heard::Nothing);
        assert_eq!(endpoint.hear("[DONE]"), Heard::End);
        assert!(matches!(endpoint.hear(r#"{"error":{"message":"x"}}"#), Heard::Failed(_)));
        assert!(matches!(endpoint.hear("{"), Heard::Failed(_)));
    }

    #[test]
    fn streams_take_turns_with_the_people() {
        let request = |number| String::from_utf8(aichat().of(number).request("m")).expect("text");
        assert!(request(0).contains("Bearer a\r\n") && request(1).contains("Bearer b\r\n"));
        assert_eq!(request(2), request(0));
    }

    #[test]
    fn addresses_beyond_loopback_are_refused() {
        assert!(Endpoint::openai("http://192.0.2.1:80/v1", "k").is_err());
        assert!(Endpoint::openai("https://127.0.0.1:80/v1", "k").is_err());
    }
}
