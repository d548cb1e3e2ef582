//! Task traces: what one answer went through, stage by stage, with our own time apart from the provider's.
//!
//! All times are microseconds; `at` counts from the moment the request came in.

use crate::audit::words;
use crate::error::{Language, Params};
use crate::events::Status;
use crate::{MessageId, RunId, SessionId, TraceId, UserId};
use serde::{Deserialize, Serialize};

/// Events kept of one trace; the last one says how many more there were.
pub const MAX_EVENTS: usize = 2_000;
/// Longest text of a message in a sample, in characters.
pub const MAX_SAMPLE_CHARS: usize = 1_000;
/// Traces kept in all, whatever the days say; the oldest are removed.
pub const MAX_TRACES: u64 = 100_000;

words! {
    /// Where a request came from.
    Via {
        Spa "spa" "Web page" "网页";
        Api "api" "Program" "程序";
    }
}

words! {
    /// What an event of a trace tells.
    Stage {
        Admission "admission" "Admission" "准入检查";
        Context "context" "Context" "组织上下文";
        Begin "begin" "Question stored" "保存提问";
        Call "call" "Provider" "服务商";
        Connect "connect" "Answer begins" "等待响应";
        FirstToken "first_token" "First token" "首个 token";
        Tokens "tokens" "Tokens" "输出";
        Tool "tool" "Tool" "工具";
        Wait "wait" "Pause before another try" "重试前等待";
        Notice "notice" "Notice" "提示";
        Saving "saving" "Answer stored" "保存回答";
        End "end" "End" "结束";
        LeftOut "left_out" "Events left out" "略去的事件";
    }
}

/// Whose time a stage takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Share {
    /// This server's.
    Own,
    /// The provider's, pauses that it asks for included.
    Provider,
    /// That of tools.
    Tools,
    /// Nobody's: it is a moment.
    Moment,
}

impl Stage {
    /// Whose time it takes.
    #[must_use]
    pub const fn share(self) -> Share {
        match self {
            Self::Admission | Self::Context | Self::Begin | Self::Saving => Share::Own,
            Self::Call | Self::Connect | Self::FirstToken | Self::Tokens | Self::Wait => Share::Provider,
            Self::Tool => Share::Tools,
            Self::Notice | Self::End | Self::LeftOut => Share::Moment,
        }
    }
}

/// One event of a trace: a moment, or a span of time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TraceEvent {
    /// What it tells.
    pub stage: Stage,
    /// When it began, in microseconds since the request came in.
    pub at: u64,
    /// How long it took, in microseconds; absent for a moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took: Option<u64>,
    /// The call of a provider that it belongs to, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<u32>,
    /// A connection, a tool, or where the answer stands in the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The model's name at the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// An error code, of a failure or a notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Values for the code's sentences, the provider's own words as `detail`.
    #[serde(default, skip_serializing_if = "Params::is_empty")]
    pub params: Params,
    /// The status that the provider answered with, where it refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http: Option<u16>,
    /// The provider's own name of the call, for asking it what happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_request_id: Option<String>,
    /// A count: estimated tokens of a context, characters of tokens, events left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
}

impl TraceEvent {
    /// A moment without anything else.
    #[must_use]
    pub fn new(stage: Stage, at: u64) -> Self {
        Self {
            stage,
            at,
            took: None,
            call: None,
            name: None,
            model: None,
            code: None,
            params: Params::new(),
            http: None,
            provider_request_id: None,
            count: None,
        }
    }

    /// The moment it was over.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.at.saturating_add(self.took.unwrap_or(0))
    }
}

/// Whose trace it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TracePerson {
    /// The person.
    pub id: UserId,
    /// What they are called.
    pub name: String,
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TraceBrief {
    /// Its id; later traces have greater ones.
    pub id: TraceId,
    /// Who asked.
    pub person: TracePerson,
    /// Where the request came from.
    pub via: Via,
    /// The run; absent for calls of programs that write no message, and for an answer that could not begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<RunId>,
    /// The chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// The answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<MessageId>,
    /// The model's name.
    pub model: String,
    /// Where the answer stands.
    pub status: Status,
    /// Why it failed or was interrupted: the code of the message and of the log line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The request, as in the log.
    pub request_id: String,
    /// When the request came in.
    pub started_at: String,
    /// When all was stored; absent while it goes on, and for a trace that never ended because its server died.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    /// Its times and counts.
    #[serde(flatten)]
    pub totals: Totals,
}

/// Times and counts of a trace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Totals {
    /// From the request to the stored answer, in microseconds.
    pub total_us: u64,
    /// What of it was this server's, in microseconds: neither provider nor tools were waited for.
    pub own_us: u64,
    /// What of it a provider was waited for, in microseconds.
    pub provider_us: u64,
    /// What of it tools were waited for, in microseconds.
    pub tools_us: u64,
    /// From the request to the first thing that was shown, in microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_token_us: Option<u64>,
    /// Calls of providers.
    pub calls: u32,
    /// Tokens read, of all calls.
    pub prompt_tokens: u64,
    /// Tokens written, of all calls.
    pub completion_tokens: u64,
}

/// `GET /api/task-trace/{id}`: a trace with its events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TraceDetail {
    /// The line of the list.
    #[serde(flatten)]
    pub brief: TraceBrief,
    /// The events in the order of their begin, at most [`MAX_EVENTS`].
    pub events: Vec<TraceEvent>,
    /// A sample of what the provider was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Sample>,
    /// A sample of what came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Sample>,
    /// Whether the words of the samples are kept back: the trace is somebody else's.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub words_hidden: bool,
}

/// A sample of what went to a provider or came back: bounded, without secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    /// What was set beside the words: `temperature`, `maxTokens` … in order.
    #[serde(default, skip_serializing_if = "Params::is_empty")]
    pub set: Params,
    /// Messages or parts that the sample leaves out.
    #[serde(default)]
    pub left_out: u64,
    /// The messages of a request, the parts of an answer.
    pub pieces: Vec<SamplePiece>,
}

/// One message of a request, or one part of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SamplePiece {
    /// `system`, `user`, `assistant`, `tool`; of an answer `text`, `reasoning`, `tool`, `notice`; `raw` is what came of one
    /// that says nothing.
    pub kind: String,
    /// Characters of its words.
    pub chars: u64,
    /// Pictures, documents and calls in it.
    #[serde(default)]
    pub things: u64,
    /// The words, cut after [`MAX_SAMPLE_CHARS`] (of `raw` after 4 KiB); absent where they are kept back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Sample {
    /// The same without the words.
    #[must_use]
    pub fn without_words(mut self) -> Self {
        self.pieces.iter_mut().for_each(|piece| piece.text = None);
        self
    }
}

/// Query of `GET /api/task-trace`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TraceQuery {
    /// Where the answer stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// A part of the model's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The id of a person, or a part of their name; for administrators.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// An error code, or its beginning: `provider.` for all of providers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageId>,
    /// The first moment, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The moment before which, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Cursor from the previous page's `next`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Traces wanted, from 1 to [`crate::limits::MAX_PAGE`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// Body of `POST /api/task-trace/cleanup`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CleanUpTraces {
    /// Traces that are older than so many days are removed, 0 removes all; absent takes the setting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
}

/// Answer of `POST /api/task-trace/cleanup`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TracesCleaned {
    /// How many were removed.
    pub removed: u64,
}

/// A duration as people read it: `340 µs`, `12.4 ms`, `3.21 s`.
#[must_use]
pub fn duration(us: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let value = us as f64;
    match us {
        0..1_000 => format!("{us} µs"),
        1_000..100_000 => format!("{:.1} ms", value / 1e3),
        100_000..1_000_000 => format!("{:.0} ms", value / 1e3),
        _ => format!("{:.2} s", value / 1e6),
    }
}

/// Where an answer stands, as people read it.
#[must_use]
pub const fn status_name(status: Status, language: Language) -> &'static str {
    let (en, zh) = match status {
        Status::Streaming => ("Not ended", "未结束"),
        Status::Completed => ("Completed", "已完成"),
        Status::Stopped => ("Stopped", "已停止"),
        Status::Interrupted => ("Interrupted", "已中断"),
        Status::Failed => ("Failed", "失败"),
    };
    match language {
        Language::En => en,
        Language::ZhCn => zh,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_at_a_glance() {
        let read = [340, 1_000, 12_440, 340_000, 3_210_000, 75_000_000].map(duration);
        assert_eq!(read, ["340 µs", "1.0 ms", "12.4 ms", "340 ms", "3.21 s", "75.00 s"]);
    }

    #[test]
    fn a_sample_without_words_keeps_its_shape() {
        let piece = SamplePiece { kind: "user".into(), chars: 5, things: 1, text: Some("hello".into()) };
        let sample = Sample { pieces: vec![piece.clone()], ..Sample::default() };
        assert_eq!(sample.without_words().pieces, [SamplePiece { text: None, ..piece }]);
    }

    #[test]
    fn an_event_tells_only_what_it_knows() {
        let event = TraceEvent { took: Some(7), ..TraceEvent::new(Stage::FirstToken, 3) };
        let json = serde_json::to_string(&event).expect("json");
        assert_eq!(json, r#"{"stage":"first_token","at":3,"took":7}"#);
        assert_eq!((serde_json::from_str::<TraceEvent>(&json).expect("an event"), event.end()), (event, 10));
    }
}
