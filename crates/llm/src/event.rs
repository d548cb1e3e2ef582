//! What an answer is made of, in one form for all protocols, and the fold that makes a message of it.

use crate::request::{ChatMessage, Content, Role, ToolCall};
use shared::chat::Usage;

/// One step of an answer.
///
/// The order is `Started`, then text, thoughts and calls as they come, then at most one `Usage`, then `Stop`. Pieces of
/// one kind that follow each other belong together; joined, they are what the provider sent, to the letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompletionEvent {
    /// The provider began; its own id of the answer, empty when it gives none.
    Started {
        /// The provider's id.
        id: String,
    },
    /// More of the answer, to the letter; never empty.
    Text(String),
    /// More of the thoughts, or the seal on those that came before it.
    Thinking {
        /// The words; empty only where a seal comes.
        text: String,
        /// The provider's seal, which ends a block of thoughts. Without words before it, the block itself is secret.
        signature: Option<String>,
    },
    /// All text so far was thoughts: what closes them came, and what opens them stands in the prompt, as some templates of
    /// chats have it. At most once, and only where nothing but text came before.
    TextWasThinking,
    /// The model asks for a tool.
    ToolCall(ToolCallEvent),
    /// The final token counts; at most once, before the stop.
    Usage(Usage),
    /// The answer is complete. Nothing follows.
    Stop(StopReason),
}

/// One step of a call. Calls are numbered from 0 in the order in which they begin; several may be open at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolCallEvent {
    /// A call begins.
    Started {
        /// Its number.
        index: usize,
        /// The provider's id, or one that is unique within the answer; never empty.
        id: String,
        /// The tool's name; never empty.
        name: String,
    },
    /// More of its arguments; never empty.
    Arguments {
        /// The call's number.
        index: usize,
        /// More of the JSON.
        text: String,
    },
    /// The call is complete. An answer that fails may leave calls open.
    Done {
        /// The call's number.
        index: usize,
        /// The provider's seal, where it wants one back.
        signature: Option<String>,
    },
}

/// Why a model stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// It was done.
    End,
    /// It waits for the tools that it called.
    ToolUse,
    /// It reached a length limit.
    Length,
    /// The provider's inspection ended it.
    ContentFilter,
    /// The model declined to answer.
    Refusal,
    /// Something else, in the provider's word.
    Other(String),
}

impl StopReason {
    /// A word for logs.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::End => "end",
            Self::ToolUse => "tool_use",
            Self::Length => "length",
            Self::ContentFilter => "content_filter",
            Self::Refusal => "refusal",
            Self::Other(word) => word,
        }
    }
}

/// An answer as far as it has come: the fold of its events.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Text, thoughts and calls in their order.
    pub content: Vec<Content>,
    /// The token counts, once they are known.
    pub usage: Option<Usage>,
    /// Why it ended, once it has.
    pub stop: Option<StopReason>,
    /// Where each call stands in the content, by its number.
    calls: Vec<usize>,
}

impl Answer {
    /// Takes the next event.
    pub fn apply(&mut self, event: CompletionEvent) {
        match event {
            CompletionEvent::Started { .. } => {}
            CompletionEvent::Text(more) => self.say(more),
            CompletionEvent::Thinking { text, signature } => self.think(text, signature),
            CompletionEvent::TextWasThinking => self.rethink(),
            CompletionEvent::ToolCall(step) => self.call(step),
            CompletionEvent::Usage(usage) => self.usage = Some(usage),
            CompletionEvent::Stop(reason) => self.stop = Some(reason),
        }
    }

    /// The words of the answer.
    #[must_use]
    pub fn text(&self) -> String {
        let texts = self.content.iter().filter_map(|content| match content {
            Content::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    }

    /// The thoughts of the answer.
    #[must_use]
    pub fn thoughts(&self) -> String {
        let thoughts = self.content.iter().filter_map(|content| match content {
            Content::Reasoning { text, .. } => Some(text.as_str()),
            _ => None,
        });
        thoughts.collect()
    }

    /// The calls of the answer, in the order in which they began.
    pub fn calls(&self) -> impl Iterator<Item = &ToolCall> {
        self.content.iter().filter_map(|content| match content {
            Content::ToolCall(call) => Some(call),
            _ => None,
        })
    }

    /// The answer as a message of the conversation that goes on.
    #[must_use]
    pub fn into_message(self) -> ChatMessage {
        ChatMessage { role: Role::Assistant, content: self.content }
    }

    fn say(&mut self, more: String) {
        match self.content.last_mut() {
            Some(Content::Text(text)) => text.push_str(&more),
            _ => self.content.push(Content::Text(more)),
        }
    }

    fn think(&mut self, more: String, seal: Option<String>) {
        match self.content.last_mut() {
            Some(Content::Reasoning { text, signature: signature @ None }) => {
                text.push_str(&more);
                *signature = seal;
            }
            _ => self.content.push(Content::Reasoning { text: more, signature: seal }),
        }
    }

    fn rethink(&mut self) {
        for content in &mut self.content {
            if let Content::Text(text) = content {
                *content = Content::Reasoning { text: std::mem::take(text), signature: None };
            }
        }
    }

    fn call(&mut self, step: ToolCallEvent) {
        match step {
            ToolCallEvent::Started { id, name, .. } => {
                self.calls.push(self.content.len());
                self.content.push(Content::ToolCall(ToolCall { id, name, ..ToolCall::default() }));
            }
            ToolCallEvent::Arguments { index, text } => {
                if let Some(call) = self.called(index) {
                    call.arguments.push_str(&text);
                }
            }
            ToolCallEvent::Done { index, signature } => {
                if let Some(call) = self.called(index) {
                    call.signature = signature;
                }
            }
        }
    }

    fn called(&mut self, index: usize) -> Option<&mut ToolCall> {
        match self.content.get_mut(*self.calls.get(index)?)? {
            Content::ToolCall(call) => Some(call),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thinking(text: &str, signature: Option<&str>) -> CompletionEvent {
        CompletionEvent::Thinking { text: text.into(), signature: signature.map(str::to_owned) }
    }

    fn folded(events: impl IntoIterator<Item = CompletionEvent>) -> Answer {
        let mut answer = Answer::default();
        events.into_iter().for_each(|event| answer.apply(event));
        answer
    }

    #[test]
    fn a_seal_ends_a_block_of_thoughts() {
        let answer = folded([
            thinking("a", None),
            thinking("b", None),
            thinking("", Some("s1")),
            thinking("", Some("secret")),
            thinking("c", None),
            CompletionEvent::Text("x".into()),
        ]);
        let reasoning = |text: &str, signature: Option<&str>| Content::Reasoning {
            text: text.into(),
            signature: signature.map(str::to_owned),
        };
        let expected = [
            reasoning("ab", Some("s1")),
            reasoning("", Some("secret")),
            reasoning("c", None),
            Content::Text("x".into()),
        ];
        assert_eq!(answer.content, expected);
        assert_eq!((answer.text().as_str(), answer.thoughts().as_str()), ("x", "abc"));
    }

    #[test]
    fn calls_that_grow_by_turns_stay_apart() {
        let started = |index, name: &str| ToolCallEvent::Started { index, id: format!("id{index}"), name: name.into() };
        let more = |index, text: &str| ToolCallEvent::Arguments { index, text: text.into() };
        let steps = [
            started(0, "f"),
            started(1, "g"),
            more(1, "{\"b\""),
            more(0, "{}"),
            more(1, ":2}"),
            ToolCallEvent::Done { index: 1, signature: Some("s".into()) },
        ];
        let answer = folded(steps.map(CompletionEvent::ToolCall));
        let calls: Vec<_> = answer.calls().map(|call| (call.name.as_str(), call.arguments.as_str())).collect();
        assert_eq!(calls, [("f", "{}"), ("g", "{\"b\":2}")]);
        assert_eq!(answer.calls().last().and_then(|call| call.signature.as_deref()), Some("s"));
    }
}
