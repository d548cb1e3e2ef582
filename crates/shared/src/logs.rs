//! The log as administrators follow it in the browser: lines that were kept, then those that come.

use crate::RequestId;
use crate::audit::words;
use crate::error::Language;
use serde::{Deserialize, Serialize};

/// Lines that a server keeps for whoever begins to follow; it may be fewer, where they are long.
pub const MAX_LINES: usize = 2_000;
/// Longest text of a line, in characters; the rest is cut.
pub const MAX_LINE_CHARS: usize = 4_000;

words! {
    /// How grave a line is, the gravest first.
    Level {
        Error "error" "Error" "错误";
        Warn "warn" "Warning" "警告";
        Info "info" "Info" "信息";
        Debug "debug" "Debug" "调试";
        Trace "trace" "Trace" "跟踪";
    }
}

impl Level {
    /// Whether a line of this level is shown where lines down to another one are.
    #[must_use]
    pub fn is_within(self, least: Self) -> bool {
        self as u8 <= least as u8
    }
}

/// One line of the log. Secrets are replaced, as in every place where the log goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LogLine {
    /// Its number since this server started.
    pub seq: u64,
    /// When it was written, RFC 3339.
    pub at: String,
    /// How grave it is.
    pub level: Level,
    /// The message, then its fields as `name=value`.
    pub text: String,
    /// The error code in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The request that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<RequestId>,
}

/// What somebody who follows hears: `data` of an event of `GET /api/logs`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum LogEvent {
    /// The first event: where the reader stands.
    #[serde(rename = "log.began")]
    Began {
        /// What is written now.
        level: Level,
        /// Which server this is, where several share a database; another one after each start.
        server: String,
    },
    /// Lines in their order.
    #[serde(rename = "log.lines")]
    Lines {
        /// At most [`MAX_LINES`].
        lines: Vec<LogLine>,
    },
    /// The reader was too slow: so many lines are left out here, whether they would have been shown or not.
    #[serde(rename = "log.lost")]
    Lost {
        /// How many.
        count: u64,
    },
}

/// Query of `GET /api/logs`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LogQuery {
    /// The least grave lines wanted; absent for all that are written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// A part of the text, small and capital letters alike.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The request, in full.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestId>,
    /// Lines that were written before and are wanted, at most [`MAX_LINES`]; absent for all that are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tail: Option<u32>,
    /// The number of the last line that is known already, after a connection broke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// Which server that number is of, as [`LogEvent::Began`] said; another one begins with all that it kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
}

/// Which lines somebody wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogFilter {
    level: Option<Level>,
    text: Option<String>,
    request: Option<RequestId>,
}

impl LogFilter {
    /// What a query wants; empty words want everything.
    #[must_use]
    pub fn of(query: &LogQuery) -> Self {
        let text = query.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        Self {
            level: query.level,
            text: text.map(str::to_lowercase),
            request: query.request.clone().filter(|request| !request.as_str().trim().is_empty()),
        }
    }

    /// Whether a line is wanted.
    #[must_use]
    pub fn wants(&self, line: &LogLine) -> bool {
        self.level.is_none_or(|least| line.level.is_within(least))
            && self.request.as_ref().is_none_or(|request| line.request_id.as_ref() == Some(request))
            && self.text.as_ref().is_none_or(|text| line.text.to_lowercase().contains(text.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(level: Level, text: &str, request: Option<&str>) -> LogLine {
        let request_id = request.map(RequestId::from);
        LogLine { seq: 1, at: String::new(), level, text: text.to_owned(), code: None, request_id }
    }

    #[test]
    fn lines_are_chosen_by_level_words_and_request() {
        let all = [
            line(Level::Error, "request failed code=internal", Some("r-1")),
            line(Level::Info, "Answer ended 回答", Some("r-2")),
            line(Level::Debug, "answered", None),
        ];
        let chosen = |query: LogQuery| {
            let filter = LogFilter::of(&query);
            all.iter().map(|line| filter.wants(line)).collect::<Vec<_>>()
        };
        assert_eq!(chosen(LogQuery::default()), [true, true, true]);
        assert_eq!(chosen(LogQuery { level: Some(Level::Info), ..LogQuery::default() }), [true, true, false]);
        let words = |text: &str| LogQuery { text: Some(text.to_owned()), ..LogQuery::default() };
        assert_eq!(chosen(words("ANSWER ")), [false, true, true]);
        assert_eq!(chosen(words("回答")), [false, true, false]);
        assert_eq!(chosen(words(" ")), [true, true, true]);
        assert_eq!(chosen(LogQuery { request: Some("r-1".into()), ..LogQuery::default() }), [true, false, false]);
    }

    #[test]
    fn events_are_told_apart_by_their_type() {
        let lost = serde_json::to_value(LogEvent::Lost { count: 3 }).expect("JSON");
        assert_eq!(lost, serde_json::json!({"type": "log.lost", "count": 3}));
        let lines = LogEvent::Lines { lines: vec![line(Level::Warn, "x", Some("r"))] };
        let text = serde_json::to_string(&lines).expect("JSON");
        assert!(text.contains(r#""type":"log.lines""#) && text.contains(r#""requestId":"r""#), "{text}");
        assert_eq!(serde_json::from_str::<LogEvent>(&text).expect("an event"), lines);
    }
}
