//! What a behaviour is made of: a sequence of acts, performed on a stream or folded into one JSON answer.

use crate::request::Ask;
use actix_web::http::StatusCode;
use serde_json::Value;
use std::borrow::Cow;
use std::time::Duration;

/// The proof that stands behind thoughts and calls, in protocols that have one.
pub(crate) const SEAL: &str = "c2VhbA==";

/// Acts in order. Lazy, so that a long answer costs no memory.
pub(crate) type Script = Box<dyn Iterator<Item = Act>>;

/// One thing that happens in an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Act {
    /// A delta of visible text.
    Text(Cow<'static, str>),
    /// A delta of visible text whose frame is cut inside its first character of several bytes: two writes.
    Split(&'static str),
    /// A delta of thoughts.
    Thinking(Cow<'static, str>),
    /// A step of a call.
    Call(CallStep),
    /// A frame that has no place for words.
    NoChoices,
    /// In which order a list of results comes.
    Order(Order),
    /// What keeps a connection alive.
    Comment(&'static str),
    /// A data line whose JSON breaks off in the middle.
    Broken,
    /// Silence until this long after the start of the answer.
    Until(Duration),
    /// An error inside the stream.
    Fail(Refused),
    /// Why the answer ends.
    Finish(Finish),
    /// The token counts: counted, or all zero.
    Usage {
        /// Whether all counts are zero.
        zero: bool,
    },
    /// The formal end.
    Done,
    /// Silence for ever, until the client leaves.
    Stall,
    /// The connection is closed here.
    Cut,
}

/// A step of a call. Calls come one after the other.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum CallStep {
    /// It begins.
    Begin {
        /// Its number.
        index: usize,
        /// Its id.
        id: String,
        /// The tool's name.
        name: String,
    },
    /// More of its arguments.
    Argue {
        /// Its number.
        index: usize,
        /// More of the JSON.
        text: String,
    },
    /// It is complete.
    End,
}

/// In which order the results of an answer that is a list come.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Order {
    /// As it should be.
    #[default]
    Kept,
    /// The last one first, each with its right number.
    Reversed,
    /// With numbers that nothing in the request has.
    Beyond,
}

/// Why an answer ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Finish {
    /// It is complete.
    Stop,
    /// A limit.
    Length,
    /// The provider's inspection.
    Filter,
    /// Tools are waited for.
    Tools,
    /// The model declines.
    Refusal,
}

/// A refusal, before each protocol puts it into its own words.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refused {
    /// Status.
    pub(crate) status: u16,
    /// OpenAI's type of the error.
    pub(crate) kind: &'static str,
    /// OpenAI's code.
    pub(crate) code: Option<&'static str>,
    /// The field that is to blame.
    pub(crate) param: Option<&'static str>,
    /// The sentence.
    pub(crate) message: String,
}

/// How the frames of a stream are written.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Style {
    /// `data: {…}` and LF.
    #[default]
    Plain,
    /// `data:{…}` and LF.
    NoSpace,
    /// `data: {…}` and CRLF.
    Crlf,
}

/// What a behaviour answers.
pub(crate) enum Reply {
    /// A chat completion: streamed when asked, else one JSON.
    Chat {
        /// What happens.
        script: Script,
        /// How frames look.
        style: Style,
        /// Silence before the headers.
        delay: Duration,
    },
    /// A chat completion as one JSON, although a stream may have been asked for.
    WholeChat(Script),
    /// A refusal, in the words of the protocol.
    Refusal(Refused, Vec<(&'static str, &'static str)>),
    /// Something else than a completion.
    Plain {
        /// Status.
        status: StatusCode,
        /// Headers beside the content type.
        headers: Vec<(&'static str, &'static str)>,
        /// Content type.
        content_type: &'static str,
        /// Body.
        body: String,
    },
}

impl Reply {
    /// A completion with these acts.
    pub(crate) fn acts(acts: impl IntoIterator<Item = Act, IntoIter: 'static>) -> Self {
        Self::Chat { script: Box::new(acts.into_iter()), style: Style::Plain, delay: Duration::ZERO }
    }

    /// The same with another way to write frames.
    pub(crate) fn styled(self, style: Style) -> Self {
        match self {
            Self::Chat { script, delay, .. } => Self::Chat { script, style, delay },
            other => other,
        }
    }

    /// The same with a silence before the headers.
    pub(crate) fn after(self, delay: Duration) -> Self {
        match self {
            Self::Chat { script, style, .. } => Self::Chat { script, style, delay },
            other => other,
        }
    }

    /// A JSON document with a status.
    pub(crate) fn json(status: StatusCode, body: &Value) -> Self {
        Self::Plain { status, headers: Vec::new(), content_type: "application/json", body: body.to_string() }
    }

    /// A refusal.
    pub(crate) fn error(status: u16, kind: &'static str, code: Option<&'static str>, message: &str) -> Self {
        Self::Refusal(Refused { status, kind, code, param: None, message: message.to_owned() }, Vec::new())
    }

    /// The same with one more header.
    pub(crate) fn header(mut self, name: &'static str, value: &'static str) -> Self {
        if let Self::Plain { headers, .. } | Self::Refusal(_, headers) = &mut self {
            headers.push((name, value));
        }
        self
    }
}

/// Cuts text into deltas as models do: after white space, and at the latest after six characters.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut chars = rest.char_indices().enumerate().peekable();
        while let Some((count, (_, char))) = chars.next() {
            let end = chars.peek().map_or(rest.len(), |(_, (at, _))| *at);
            let next_is_space = rest[end..].starts_with(char::is_whitespace);
            if (char.is_whitespace() && !next_is_space) || count >= 5 || end == rest.len() {
                let (piece, after) = rest.split_at(end);
                rest = after;
                return Some(piece);
            }
        }
        None
    })
}

/// Deltas of text, a normal end, and usage when it was asked for.
pub(crate) fn says(ask: &Ask, text: &str) -> Vec<Act> {
    let texts = pieces(text).map(|piece| Act::Text(piece.to_owned().into()));
    texts.chain(ending(ask, Finish::Stop)).collect()
}

/// The end of an answer: reason, usage when it was asked for, the formal end.
pub(crate) fn ending(ask: &Ask, reason: Finish) -> impl Iterator<Item = Act> + use<> {
    let usage = ask.wants_usage().then_some(Act::Usage { zero: false });
    std::iter::once(Act::Finish(reason)).chain(usage).chain([Act::Done])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_lose_nothing_and_stay_small() {
        for text in ["", "one two  three\n\n\tfour", "汉字没有空格也要分开来写", "   ", "a\n"] {
            assert_eq!(pieces(text).collect::<String>(), text);
            assert!(pieces(text).all(|piece| !piece.is_empty() && piece.chars().count() <= 6));
        }
        assert_eq!(pieces("one two  three").collect::<Vec<_>>(), ["one ", "two  ", "three"]);
    }
}
