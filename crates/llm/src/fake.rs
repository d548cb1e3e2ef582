//! A provider that follows a script, for tests of whatever is built on [`Provider`]. It opens no connection.

use crate::{CompletionEvent, CompletionRequest, CompletionStream, Error, ModelInfo, Provider, StopReason};
use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream;
use shared::chat::Usage;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

/// One step of a scripted answer.
#[derive(Clone, Debug)]
pub enum FakeStep {
    /// More of the answer.
    Text(String),
    /// More of the thoughts.
    Thinking(String),
    /// Token counts.
    Usage(Usage),
    /// The end of a good answer.
    Stop(StopReason),
    /// The end of a bad one.
    Fail(Error),
    /// Waits until the test opens the gate.
    Hold(Gate),
}

impl FakeStep {
    /// A [`FakeStep::Text`].
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

/// Holds an answer open amid its stream.
#[derive(Clone, Debug)]
pub struct Gate {
    reached: Arc<Semaphore>,
    open: Arc<Semaphore>,
}

impl Default for Gate {
    fn default() -> Self {
        Self { reached: Arc::new(Semaphore::new(0)), open: Arc::new(Semaphore::new(0)) }
    }
}

impl Gate {
    /// A closed gate.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Waits until an answer stands before the gate: all its earlier steps have been taken out of the stream then.
    pub async fn reached(&self) {
        take(&self.reached).await;
    }

    /// Lets one waiting answer, or the next one to come, go on.
    pub fn release(&self) {
        self.open.add_permits(1);
    }

    async fn pass(&self) {
        self.reached.add_permits(1);
        take(&self.open).await;
    }
}

async fn take(semaphore: &Semaphore) {
    semaphore.acquire().await.expect("a gate is never closed for good").forget();
}

/// A scripted provider. Clones share everything, so a test keeps one to look at.
#[derive(Clone, Debug, Default)]
pub struct FakeProvider {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    models: Vec<ModelInfo>,
    answers: VecDeque<Result<Vec<FakeStep>, Error>>,
    requests: Vec<CompletionRequest>,
}

impl FakeProvider {
    /// Answers every request with these pieces of text and a good end.
    #[must_use]
    pub fn says<T: Into<String>>(pieces: impl IntoIterator<Item = T>) -> Self {
        let mut steps: Vec<_> = pieces.into_iter().map(FakeStep::text).collect();
        steps.push(FakeStep::Stop(StopReason::End));
        Self::script(steps)
    }

    /// Answers every request with these steps; nothing is added at the end.
    #[must_use]
    pub fn script(steps: Vec<FakeStep>) -> Self {
        Self::default().then(steps)
    }

    /// Refuses every request before anything of an answer comes.
    #[must_use]
    pub fn refuses(error: Error) -> Self {
        Self::default().then_refuses(error)
    }

    /// Offers these models and answers nothing.
    #[must_use]
    pub fn models<T: Into<String>>(names: impl IntoIterator<Item = T>) -> Self {
        Self::default().with_models(names)
    }

    /// Offers these models.
    #[must_use]
    pub fn with_models<T: Into<String>>(self, names: impl IntoIterator<Item = T>) -> Self {
        let infos = names.into_iter().map(|name| ModelInfo { name: name.into(), context_window: None });
        self.change(|state| state.models = infos.collect());
        self
    }

    /// Answers the next request with these steps; the last answer is given again to all that follow.
    #[must_use]
    pub fn then(self, steps: Vec<FakeStep>) -> Self {
        self.change(|state| state.answers.push_back(Ok(steps)));
        self
    }

    /// Refuses the next request.
    #[must_use]
    pub fn then_refuses(self, error: Error) -> Self {
        self.change(|state| state.answers.push_back(Err(error)));
        self
    }

    /// The requests so far.
    #[must_use]
    pub fn requests(&self) -> Vec<CompletionRequest> {
        self.change(|state| state.requests.clone())
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Provider for FakeProvider {
    async fn models(&self) -> Result<Vec<ModelInfo>, Error> {
        Ok(self.change(|state| state.models.clone()))
    }

    async fn stream(&self, request: CompletionRequest) -> Result<CompletionStream, Error> {
        let (number, answer) = self.change(|state| {
            state.requests.push(request);
            let only = state.answers.len() == 1;
            let answer = if only { state.answers.front().cloned() } else { state.answers.pop_front() };
            (state.requests.len(), answer)
        });
        let steps = answer.unwrap_or_else(|| Ok(Vec::new()))?;
        let started = Ok(CompletionEvent::Started { id: format!("fake-{number}") });
        let events = stream::iter(steps).filter_map(act);
        Ok(stream::iter([started]).chain(events).boxed())
    }
}

async fn act(step: FakeStep) -> Option<Result<CompletionEvent, Error>> {
    Some(match step {
        FakeStep::Text(text) => Ok(CompletionEvent::Text(text)),
        FakeStep::Thinking(text) => Ok(CompletionEvent::Thinking { text, signature: None }),
        FakeStep::Usage(usage) => Ok(CompletionEvent::Usage(usage)),
        FakeStep::Stop(reason) => Ok(CompletionEvent::Stop(reason)),
        FakeStep::Fail(error) => Err(error),
        FakeStep::Hold(gate) => {
            gate.pass().await;
            return None;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ChatMessage, Role};
    use futures_util::FutureExt;

    fn request(text: &str) -> CompletionRequest {
        CompletionRequest::new("m", vec![ChatMessage::new(Role::User, text)])
    }

    #[tokio::test]
    async fn a_gate_holds_the_answer_until_it_is_released() {
        let gate = Gate::new();
        let script = vec![FakeStep::text("a"), FakeStep::Hold(gate.clone()), FakeStep::text("b")];
        let provider = FakeProvider::script(script);
        let mut stream = provider.stream(request("hi")).await.expect("a stream");
        assert_eq!(stream.next().await, Some(Ok(CompletionEvent::Started { id: "fake-1".into() })));
        assert_eq!(stream.next().await, Some(Ok(CompletionEvent::Text("a".into()))));
        assert!(stream.next().now_or_never().is_none());
        gate.reached().await;
        gate.release();
        assert_eq!(stream.next().await, Some(Ok(CompletionEvent::Text("b".into()))));
        assert_eq!(stream.next().await, None);
        assert_eq!(provider.requests(), [request("hi")]);
    }

    #[tokio::test]
    async fn answers_follow_each_other_and_the_last_one_stays() {
        let error = Error::new(shared::ErrorCode::ProviderOverloaded);
        let provider = FakeProvider::refuses(error.clone()).then(vec![FakeStep::text("x")]).with_models(["m"]);
        assert_eq!(provider.stream(request("1")).await.err(), Some(error));
        for _ in 0..2 {
            let events: Vec<_> = provider.stream(request("2")).await.expect("a stream").collect().await;
            assert_eq!(events.len(), 2);
        }
        assert_eq!(Provider::models(&provider).await.expect("models")[0].name, "m");
    }
}
