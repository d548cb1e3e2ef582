//! OpenAI's older Completions, read: a text that goes on, or the gap between a prompt and its suffix. Mistral answers the
//! same question in the form of chats.

use crate::classify::Asked;
use crate::client::{misfit, say};
use crate::error::Error;
use crate::lenient::{First, Words};
use crate::openai_chat::{WireUsage, stop_reason};
use crate::stream::{Flow, Framing, Mapper, Queue};
use crate::{CompletionEvent, StopReason};
use serde::Deserialize;
use serde::de::IgnoredAny;
use shared::ErrorCode;
use shared::chat::Usage;
use shared::sse::Frame;

/// A chunk of a stream, or a whole answer.
#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(borrow)]
    choices: Option<First<Choice<'a>>>,
    #[serde(default)]
    usage: Option<WireUsage>,
    #[serde(default)]
    error: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(borrow, default)]
    text: Words<'a>,
    /// In the form of chats: the whole, or a piece of a stream.
    #[serde(borrow, default, alias = "delta")]
    message: Option<Message<'a>>,
    #[serde(borrow, default)]
    finish_reason: Words<'a>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow, default)]
    content: Words<'a>,
}

pub(super) struct TextMapper {
    asked: Asked,
    started: bool,
    stop: Option<StopReason>,
    usage: Option<Usage>,
}

impl TextMapper {
    pub(super) fn new(asked: Asked) -> Self {
        Self { asked, started: false, stop: None, usage: None }
    }

    fn chunk(&mut self, chunk: Chunk<'_>, out: &mut Queue) -> Result<(), Error> {
        if !std::mem::replace(&mut self.started, true) {
            out.push_back(Ok(CompletionEvent::Started { id: String::new() }));
        }
        if let Some(usage) = chunk.usage.and_then(WireUsage::read) {
            self.usage = Some(usage);
        }
        let Some(choice) = chunk.choices.and_then(|choices| choices.0) else { return Ok(()) };
        say(&choice.text.text, out);
        if let Some(message) = &choice.message {
            say(&message.content.text, out);
        }
        if !choice.finish_reason.text.is_empty() {
            self.stop = Some(stop_reason(&choice.finish_reason.text)?);
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut Queue) {
        out.extend(self.usage.take().map(|usage| Ok(CompletionEvent::Usage(usage))));
        out.push_back(Ok(CompletionEvent::Stop(self.stop.take().unwrap_or(StopReason::End))));
    }

    fn read<'a>(&self, data: &'a [u8]) -> Result<Chunk<'a>, Error> {
        match serde_json::from_slice::<Chunk<'_>>(data) {
            Ok(chunk) if chunk.error.is_none() && (chunk.choices.is_some() || chunk.usage.is_some()) => Ok(chunk),
            Err(error) if error.is_eof() => Err(Error::new(ErrorCode::ProviderCut)),
            _ => Err(misfit(&self.asked, data)),
        }
    }
}

impl Mapper for TextMapper {
    const FRAMING: Framing = Framing::Events;

    fn frame(&mut self, frame: &Frame, out: &mut Queue) -> Result<Flow, Error> {
        let data = frame.data.trim();
        if data == "[DONE]" && !self.started {
            return Err(Error::new(ErrorCode::ProviderEmpty));
        }
        if data == "[DONE]" {
            self.finish(out);
            return Ok(Flow::Done);
        }
        if data.is_empty() {
            return Ok(Flow::More);
        }
        self.chunk(self.read(data.as_bytes())?, out)?;
        Ok(if self.stop.is_some() { Flow::Ending } else { Flow::More })
    }

    fn whole(&mut self, body: &[u8], out: &mut Queue) -> Result<(), Error> {
        self.chunk(self.read(body)?, out)?;
        self.finish(out);
        Ok(())
    }

    fn end(&mut self, out: &mut Queue) -> Result<(), Error> {
        if self.stop.is_none() {
            out.extend(self.usage.take().map(|usage| Ok(CompletionEvent::Usage(usage))));
            return Err(Error::new(ErrorCode::ProviderCut));
        }
        self.finish(out);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(frames: &[&str]) -> Vec<Result<CompletionEvent, Error>> {
        let (mut mapper, mut queue) = (TextMapper::new(crate::replay::asked()), Queue::new());
        for data in frames {
            let frame = Frame { data: (*data).to_owned(), ..Frame::default() };
            if let Err(error) = mapper.frame(&frame, &mut queue) {
                queue.push_back(Err(error));
            }
        }
        queue.into()
    }

    #[test]
    fn both_forms_say_the_same() {
        let plain = [r#"{"choices":[{"text":"a"}]}"#, r#"{"choices":[{"text":"b","finish_reason":"stop"}]}"#, "[DONE]"];
        let chats = [
            r#"{"choices":[{"delta":{"role":"assistant","content":"a"}}]}"#,
            r#"{"choices":[{"delta":{"content":"b"},"finish_reason":"stop"}]}"#,
            "[DONE]",
        ];
        let events = read(&plain);
        assert_eq!(events.len(), 4, "{events:?}");
        assert_eq!(format!("{events:?}"), format!("{:?}", read(&chats)));
        let (mut mapper, mut queue) = (TextMapper::new(crate::replay::asked()), Queue::new());
        let whole = br#"{"choices":[{"message":{"content":"ab"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3}}"#;
        mapper.whole(whole, &mut queue).expect("an answer");
        assert!(matches!(&queue[1], Ok(CompletionEvent::Text(text)) if text == "ab"), "{queue:?}");
    }

    #[test]
    fn an_end_before_anything_came_is_an_empty_answer() {
        let events = read(&["[DONE]"]);
        assert!(matches!(&events[..], [Err(error)] if error.code == ErrorCode::ProviderEmpty), "{events:?}");
    }
}
