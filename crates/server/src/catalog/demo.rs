//! The demo model: a provider that plays the fake model's script. It opens no connection and never pretends to think.

use async_trait::async_trait;
use futures_util::stream::{self, StreamExt as _};
use llm::{
    ChatMessage, CompletionEvent, CompletionRequest, CompletionStream, Error, ModelInfo, Provider, Role, StopReason,
};
use mock_llm::{Step, StepKind};
use std::time::Duration;

/// The name of the connection and of its one model.
pub(super) const NAME: &str = "Demo";

/// The demo model.
pub(super) struct Demo;

#[async_trait]
impl Provider for Demo {
    async fn models(&self) -> Result<Vec<ModelInfo>, Error> {
        Ok(vec![ModelInfo::new(NAME, None)])
    }

    async fn stream(&self, request: CompletionRequest) -> Result<CompletionStream, Error> {
        Ok(play(script(&request)))
    }
}

/// The reply to the last message of the person, in its language.
fn script(request: &CompletionRequest) -> Vec<Step> {
    let asked = request.messages.iter().rev().find(|message| message.role == Role::User);
    let prompt = asked.map(ChatMessage::text).unwrap_or_default();
    mock_llm::demo_script(&prompt, has_han(&prompt))
}

fn play(steps: Vec<Step>) -> CompletionStream {
    let events = stream::iter(steps).then(|step| async move {
        tokio::time::sleep(Duration::from_millis(step.delay_ms)).await;
        Ok(match step.kind {
            StepKind::Thinking(text) => CompletionEvent::Thinking { text, signature: None },
            StepKind::Text(text) => CompletionEvent::Text(text),
        })
    });
    let started = stream::iter([Ok(CompletionEvent::Started { id: String::new() })]);
    let end = stream::iter([Ok(CompletionEvent::Stop(StopReason::End))]);
    started.chain(events).chain(end).boxed()
}

fn has_han(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_answers_the_last_message_in_its_language() {
        for (prompt, label) in [("How are you?", "built-in demo"), ("你好吗", "内置演示")] {
            let messages = vec![
                ChatMessage::new(Role::User, "earlier"),
                ChatMessage::new(Role::Assistant, "reply"),
                ChatMessage::new(Role::User, prompt),
            ];
            let steps = script(&CompletionRequest::new(NAME, messages));
            let text: String = steps
                .iter()
                .filter_map(|step| if let StepKind::Text(text) = &step.kind { Some(text.as_str()) } else { None })
                .collect();
            assert!(text.contains(label) && text.contains(&format!("> {prompt}")), "{text}");
        }
    }

    #[tokio::test]
    async fn it_thinks_first_and_ends_well() {
        let step = |kind| Step { delay_ms: 1, kind };
        let steps = vec![step(StepKind::Thinking("hm".into())), step(StepKind::Text("hi".into()))];
        let events: Vec<_> = play(steps).map(|event| event.expect("no failure")).collect().await;
        let thinking = CompletionEvent::Thinking { text: "hm".into(), signature: None };
        let started = CompletionEvent::Started { id: String::new() };
        let end = CompletionEvent::Stop(StopReason::End);
        assert_eq!(events, [started, thinking, CompletionEvent::Text("hi".into()), end]);
    }
}
