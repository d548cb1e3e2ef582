//! Stages of an answer that take time and are traced: asking a provider, tools, pauses before another try.

use super::Calls;
use crate::chat::Runs;
use crate::chat::driver::{Step, perform};
use crate::chat::run::RunHandle;
use crate::chat::tools;
use crate::chat::turn::{Input, ToolCall, Turn};
use crate::trace::{Asked, sample};
use llm::{CompletionRequest, Correlation};
use shared::trace::Stage;
use std::time::Duration;

impl Calls {
    /// Names the request and notes that the provider is asked.
    pub(in crate::chat::driver) fn begin_call(&mut self, request: &mut CompletionRequest, request_id: &str) {
        self.correlation = Correlation::new(request_id);
        request.correlation = self.correlation.clone();
        let route = self.route();
        let asked = Asked { connection: &route.connection, model: &route.model };
        self.wanted.trace.asks(&asked, || sample::of_request(request));
    }

    /// Makes the calls that the model asked for. Stop and shutdown do not wait for tools.
    pub(in crate::chat::driver) async fn run_tools(
        &self,
        runs: &Runs,
        run: &RunHandle,
        turn: &mut Turn,
        list: Vec<ToolCall>,
    ) -> Step {
        let mut step = Step::Go;
        for call in list {
            let (since, name) = (run.trace.now(), call.name.clone());
            let input = tokio::select! {
                biased;
                () = run.stop.cancelled() => Input::Stop,
                () = runs.shutdown.cancelled() => Input::Shutdown,
                done = tools::call(call) => Input::ToolDone(done),
            };
            let failed = !matches!(&input, Input::ToolDone(done) if !done.failed);
            run.trace.tool(since, &name, failed);
            step = perform(run, turn.handle(self.now_ms(), input));
            if matches!(step, Step::Ended(_)) {
                break;
            }
        }
        step
    }
}

/// Waits; answers what ended the wait early.
pub(super) async fn wait_for(runs: &Runs, run: &RunHandle, wait: Duration) -> Option<Input> {
    let since = run.trace.now();
    let ended = tokio::select! {
        biased;
        () = run.stop.cancelled() => Some(Input::Stop),
        () = runs.shutdown.cancelled() => Some(Input::Shutdown),
        () = tokio::time::sleep(wait) => None,
    };
    run.trace.span(Stage::Wait, since);
    ended
}
