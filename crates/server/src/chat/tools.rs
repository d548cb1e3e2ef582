//! The tools that a model may call while it answers. There are none yet: a model that calls one all the same is told so
//! and asked again, and the way of a call is the one that tools will take.
//!
//! Whatever a tool does, it never writes into the answer: what it says goes through the turn.

use super::turn::{ToolCall, ToolDone};
use llm::Tool as Offered;

/// What a call is told whose answer ended before the tool did.
pub(super) const CUT_OFF: &str = "The answer ended before the tool did.";

/// A tool of the product.
#[derive(Clone, Copy, Debug)]
pub(super) enum Tool {}

impl Tool {
    /// All of them.
    const ALL: &[Self] = &[];

    fn name(self) -> &'static str {
        match self {}
    }

    /// What a model has to know to call it.
    fn offer(self) -> Offered {
        match self {}
    }

    /// Does its work. `Err` is why it failed, in words for the model.
    async fn run(self, _arguments: &str) -> Result<String, String> {
        match self {}
    }
}

/// What models are offered.
pub(super) fn offered() -> Vec<Offered> {
    Tool::ALL.iter().map(|tool| tool.offer()).collect()
}

/// Makes a call that a model asked for.
pub(super) async fn call(call: ToolCall) -> ToolDone {
    let said = match Tool::ALL.iter().find(|tool| tool.name() == call.name) {
        Some(tool) => tool.run(&call.arguments).await,
        None => Err(format!("There is no tool named {}. Answer without it.", call.name)),
    };
    let failed = said.is_err();
    ToolDone { index: call.index, result: said.unwrap_or_else(|why| why), failed }
}
