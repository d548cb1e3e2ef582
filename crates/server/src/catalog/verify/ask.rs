//! One short answer of a model: whether it comes, what it costs, how fast it is.

use super::super::Catalog;
use super::super::probe::too_slow;
use super::{Caller, millis};
use crate::db::DbErr;
use crate::db::usage::{self, Purpose, Record};
use futures_util::StreamExt as _;
use llm::{ChatMessage, CompletionEvent, CompletionRequest, Error, Provider, Role, StopReason};
use shared::chat::Usage;
use shared::connections::Speed;
use shared::events::Status;
use shared::tokens::Estimate;
use shared::{ConnectionId, ErrorCode};
use std::time::{Duration, Instant};

/// What the model is asked: little, and yet enough to see how fast it writes.
const QUESTION: &str = "Write the numbers from 1 to 40 in digits, parted by blanks, and nothing else.";
/// Longest wait for the answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// This much of an answer proves that the model answers, in bytes of text and of thoughts.
const ENOUGH: (usize, usize) = (160, 400);
/// A shorter answer does not tell how fast a model is.
const LEAST: (f64, Duration) = (8.0, Duration::from_millis(100));

/// What came of a question.
pub(super) struct Asked {
    pub(super) outcome: Result<(), Error>,
    pub(super) speed: Option<Speed>,
    usage: Usage,
    started_at: i64,
}

/// One short answer. What it cost is known even when it failed.
pub(super) async fn ask(provider: &dyn Provider, model: &str, base_url: &str, started_at: i64) -> Asked {
    let started = Instant::now();
    let mut heard = Heard::new(started);
    let answered = tokio::time::timeout(PATIENCE, listen(provider, model, &mut heard)).await;
    let outcome = match answered {
        Ok(outcome) => outcome,
        // It thinks for long, but it is there.
        Err(_) if heard.text + heard.thoughts > 0 => Ok(()),
        Err(_) => Err(too_slow(base_url, PATIENCE)),
    };
    let speed = heard.speed();
    let mut usage = heard.usage.unwrap_or_else(|| Usage {
        prompt_tokens: estimate(QUESTION),
        completion_tokens: heard.all.tokens(),
        estimated: true,
        ..Usage::default()
    });
    usage.first_token_ms = speed.map(|speed| speed.first_token_ms);
    usage.total_ms = Some(millis(started));
    Asked { outcome, speed, usage, started_at }
}

fn estimate(text: &str) -> u64 {
    let mut estimate = Estimate::default();
    estimate.push(text);
    estimate.tokens()
}

/// What came of an answer so far.
struct Heard {
    started: Instant,
    text: usize,
    thoughts: usize,
    usage: Option<Usage>,
    /// When the first piece came, and how many tokens it had.
    first: Option<(Instant, u64)>,
    /// When the last piece came.
    last: Instant,
    all: Estimate,
}

impl Heard {
    fn new(started: Instant) -> Self {
        let all = Estimate::default();
        Self { started, text: 0, thoughts: 0, usage: None, first: None, last: started, all }
    }

    fn push(&mut self, piece: &str, at: Instant) {
        if piece.is_empty() {
            return;
        }
        self.all.push(piece);
        self.last = at;
        self.first.get_or_insert((at, self.all.tokens()));
    }

    /// How fast it came. The provider's own count is better than an estimate.
    #[expect(clippy::cast_precision_loss, reason = "a few hundred tokens")]
    fn speed(&self) -> Option<Speed> {
        let (first_at, first_tokens) = self.first?;
        let first_token_ms = u64::try_from((first_at - self.started).as_millis()).unwrap_or(u64::MAX);
        let estimated = self.all.tokens() as f64;
        let counted = self.usage.as_ref().map_or(0, |usage| usage.completion_tokens) as f64;
        let scale = if counted > 0.0 && estimated > 0.0 { counted / estimated } else { 1.0 };
        let (tokens, time) = ((estimated - first_tokens as f64) * scale, self.last - first_at);
        let tells = tokens >= LEAST.0 && time >= LEAST.1;
        let tokens_per_second = tells.then(|| (tokens / time.as_secs_f64() * 10.0).round() / 10.0);
        Some(Speed { first_token_ms, tokens_per_second })
    }
}

async fn listen(provider: &dyn Provider, model: &str, heard: &mut Heard) -> Result<(), Error> {
    let request = CompletionRequest::new(model, vec![ChatMessage::new(Role::User, QUESTION)]);
    let mut stream = provider.stream(request).await?;
    while let Some(event) = stream.next().await {
        match event? {
            CompletionEvent::Text(text) => {
                heard.text += text.len();
                heard.push(&text, Instant::now());
            }
            CompletionEvent::Thinking { text, .. } => {
                heard.thoughts += text.len();
                heard.push(&text, Instant::now());
            }
            CompletionEvent::Usage(usage) => heard.usage = Some(usage),
            CompletionEvent::Stop(reason) => return judge(&reason, heard),
            CompletionEvent::TextWasThinking => heard.thoughts += std::mem::take(&mut heard.text),
            CompletionEvent::Started { .. } | CompletionEvent::ToolCall(_) => {}
        }
        if heard.text > ENOUGH.0 || heard.thoughts > ENOUGH.1 {
            return Ok(());
        }
    }
    Err(Error::new(ErrorCode::ProviderCut))
}

/// A model that only thought, or that was cut at its limit, works; one that said nothing at all does not.
fn judge(reason: &StopReason, heard: &Heard) -> Result<(), Error> {
    match reason {
        StopReason::ContentFilter => Err(Error::new(ErrorCode::ProviderContentFiltered)),
        StopReason::Length => Ok(()),
        _ if heard.text + heard.thoughts > 0 => Ok(()),
        _ => Err(Error::new(ErrorCode::ProviderEmpty)),
    }
}

impl Catalog {
    /// Writes what a question of a person cost.
    pub(super) async fn record(&self, id: &ConnectionId, model: &str, caller: &Caller, asked: &Asked) {
        let Some(user) = &caller.user else { return };
        let record = Record {
            run_id: None,
            user_id: user,
            api_key: caller.key.as_ref(),
            connection_id: id,
            key_id: None,
            model,
            purpose: Purpose::Verify,
            usage: &asked.usage,
            status: if asked.outcome.is_ok() { Status::Completed } else { Status::Failed },
            code: asked.outcome.as_ref().err().map(|error| error.code.as_str()),
            request_id: caller.request.as_str(),
            started_at: asked.started_at,
        };
        let written = async {
            let tx = self.db.begin().await?;
            usage::insert(&tx, &record).await?;
            tx.commit().await
        };
        let written: Result<(), DbErr> = written.await;
        if let Err(error) = written {
            tracing::error!(request_id = %caller.request, "the usage of a check was not stored: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An answer of two pieces, so many milliseconds after the question.
    fn heard(first: (u64, &str), last: (u64, &str), completion_tokens: u64) -> Heard {
        let started = Instant::now();
        let after = |ms| started + Duration::from_millis(ms);
        let mut heard = Heard::new(started);
        heard.push(first.1, after(first.0));
        heard.push(last.1, after(last.0));
        heard.usage = Some(Usage { completion_tokens, ..Usage::default() });
        heard
    }

    #[test]
    fn speed_is_counted_from_the_first_token_on() {
        let words = "seven words of a very plain answer ".repeat(8);
        let speed = heard((200, "Well, "), (2_200, &words), 0).speed().expect("a speed");
        assert_eq!(speed.first_token_ms, 200);
        let estimated = speed.tokens_per_second.expect("long enough");
        let counted = heard((200, "Well, "), (2_200, &words), 1_000).speed().expect("a speed");
        assert!(counted.tokens_per_second.expect("long enough") > estimated, "the provider's count wins");
    }

    #[test]
    fn a_short_answer_does_not_tell_how_fast_a_model_is() {
        let speed = heard((50, "O"), (60, "K"), 1).speed().expect("it came");
        assert_eq!((speed.first_token_ms, speed.tokens_per_second), (50, None));
        assert_eq!(Heard::new(Instant::now()).speed(), None);
    }
}
