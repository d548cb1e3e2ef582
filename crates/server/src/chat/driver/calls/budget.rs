//! What the calls of an answer may take of budgets. Where no rule holds, nothing here does anything.

use super::Calls;
use crate::budgets::{self, Ask, Payer};
use crate::chat::Runs;
use crate::error::AppResult;
use llm::CompletionRequest;
use shared::error::Params;
use shared::{ErrorCode, RunId};

impl Calls {
    /// Sets aside what the first call may take, and holds its answer to that. Answers what to tell the reader.
    pub(in crate::chat) async fn set_aside(
        &mut self,
        runs: &Runs,
        run: &RunId,
        request: &mut CompletionRequest,
    ) -> AppResult<Vec<(ErrorCode, Params)>> {
        if runs.budgets.is_idle() {
            return Ok(Vec::new());
        }
        let payer = Payer { who: &self.wanted.who, model: &self.wanted.resolved };
        let reserved = runs.budgets.reserve(payer, run.as_str(), &self.ask_for(request)).await?;
        let Some((hold, notices)) = reserved else { return Ok(Vec::new()) };
        self.hold = Some(hold);
        self.shorten(request);
        Ok(notices)
    }

    /// The same for a call that follows another one.
    pub(super) async fn set_aside_more(&mut self, runs: &Runs, request: &mut CompletionRequest) -> AppResult<()> {
        let ask = self.ask_for(request);
        if let Some(hold) = &mut self.hold {
            runs.budgets.extend(hold, &ask).await?;
            self.shorten(request);
        }
        Ok(())
    }

    /// Whether something is set aside for this answer.
    pub(in crate::chat) fn is_held(&self) -> bool {
        self.hold.is_some()
    }

    fn shorten(&self, request: &mut CompletionRequest) {
        if let Some(answer) = self.hold.as_ref().and_then(budgets::Hold::answer) {
            request.max_tokens = Some(answer);
        }
    }

    /// What is about to be asked. Whoever may answer it in the end is thought to be the dearest.
    fn ask_for(&self, request: &CompletionRequest) -> Ask {
        let resolved = &self.wanted.resolved;
        let longest = budgets::longest(request.max_tokens, resolved);
        let room = request.answer_room.unwrap_or(longest).max(1);
        Ask {
            is_answer: true,
            prompt: self.asked.tokens,
            answer: longest.min(room),
            prices: resolved.routes.iter().filter_map(|route| route.facts.price).collect(),
        }
    }
}
