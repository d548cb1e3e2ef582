//! Tries a connection step by step, the way a chat would use it, and says where it ends. Nothing is stored but one row
//! of usage.

use super::probe::{self, too_slow};
use super::snapshot::for_chat;
use super::{Catalog, input};
use crate::db::usage::{self, Purpose, Record};
use crate::error::{AppError, AppResult};
use crate::redact;
use egress::{Method, Trust};
use futures_util::StreamExt as _;
use llm::{ChatMessage, CompletionEvent, CompletionRequest, Error, Provider, Role, Secret, StopReason};
use shared::chat::Usage;
use shared::connections::{NewConnection, Protocol, VerifyReport, VerifyStage, VerifyStep};
use shared::events::Status;
use shared::{ApiError, ConnectionId, ErrorCode, RequestId, UserId};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What the model is asked. It says little, so that the answer is short too.
const QUESTION: &str = "Reply with the single word OK.";
/// Longest wait for the answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// This much of an answer proves that the model answers, in bytes of text and of thoughts.
const ENOUGH: (usize, usize) = (64, 400);

/// Who asks for a check; the usage row names them.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The administrator.
    pub user: UserId,
    /// The request, as in the log.
    pub request: RequestId,
}

/// What is checked.
struct Subject {
    id: ConnectionId,
    name: String,
    candidates: Vec<String>,
    key: Option<String>,
    /// The model to ask; none takes the first of the list.
    model: Option<String>,
    demo: bool,
}

/// A report that grows step by step.
struct Progress<'a> {
    report: VerifyReport,
    caller: &'a Caller,
}

impl Progress<'_> {
    fn step(&mut self, stage: VerifyStage, started: Instant, error: Option<AppError>) {
        let error = error.map(|error| clean(error.to_api(self.caller.request.as_str())));
        self.report.steps.push(VerifyStep { stage, ok: error.is_none(), ms: millis(started), error });
    }
}

impl Catalog {
    /// Checks a connection that is not saved.
    ///
    /// # Errors
    /// `request.invalid` for a body that breaks a rule. What fails on the way is in the report.
    pub async fn verify_new(&self, new: &NewConnection, caller: &Caller) -> AppResult<VerifyReport> {
        let started = Instant::now();
        let wanted = match input::check(new) {
            Ok(wanted) => wanted,
            Err(error) if error.code == ErrorCode::ConnectionUrl => {
                let mut progress = Progress { report: empty(&new.base_url), caller };
                progress.step(VerifyStage::Address, started, Some(error));
                return Ok(progress.report);
            }
            Err(error) => return Err(error),
        };
        wanted.key.as_deref().into_iter().for_each(redact::register);
        let subject = Subject {
            id: ConnectionId(String::new()),
            name: wanted.name,
            candidates: wanted.candidates,
            key: wanted.key,
            model: wanted.models.into_iter().next(),
            demo: new.protocol == Protocol::Demo,
        };
        Ok(self.check(subject, caller).await)
    }

    /// Checks a saved connection with its key.
    ///
    /// # Errors
    /// `connection.not_found`. What fails on the way is in the report.
    pub async fn verify(&self, id: &ConnectionId, caller: &Caller) -> AppResult<VerifyReport> {
        let entry = self.entry(id)?;
        let models = entry.connection.models;
        let model = models.iter().find(|name| for_chat(name)).or(models.first()).cloned();
        let subject = Subject {
            id: entry.connection.id,
            name: entry.connection.name,
            candidates: vec![entry.connection.base_url],
            key: entry.key.as_ref().map(Secret::expose).map(str::to_owned),
            model,
            demo: entry.connection.protocol == Protocol::Demo,
        };
        Ok(self.check(subject, caller).await)
    }

    async fn check(&self, mut subject: Subject, caller: &Caller) -> VerifyReport {
        let mut progress = Progress { report: empty(&subject.candidates[0]), caller };
        let started = Instant::now();
        let refused = self.refusal(&subject);
        let stop = refused.is_some();
        progress.step(VerifyStage::Address, started, refused);
        if stop {
            return progress.report;
        }
        let started = Instant::now();
        let error = self.check_models(&mut subject, &mut progress.report).await.err();
        progress.step(VerifyStage::Models, started, error.map(AppError::from));
        let Some(model) = subject.model.clone() else { return progress.report };
        let started = Instant::now();
        let error = self.check_chat(&subject, &model, &mut progress).await.err();
        progress.report.ok = error.is_none();
        progress.report.model = Some(model).filter(|_| error.is_none());
        progress.step(VerifyStage::Chat, started, error.map(AppError::from));
        progress.report
    }

    /// Why the address may not be asked at all, if so. No name is resolved here.
    fn refusal(&self, subject: &Subject) -> Option<AppError> {
        let failure = self.egress.request(Trust::Admin, Method::GET, &subject.candidates[0]).err()?;
        let error = AppError::new(ErrorCode::EgressBlocked).with("host", failure.host).with("detail", failure.detail);
        (!subject.demo).then_some(error)
    }

    /// Fetches the list, settles on one spelling of the address and on the model to ask.
    async fn check_models(&self, subject: &mut Subject, report: &mut VerifyReport) -> Result<(), Error> {
        let models = if subject.demo {
            probe::fetch(&self.answerer(subject, ""), "").await?
        } else {
            let found = self.probe(&subject.name, &subject.candidates, subject.key.as_deref()).await;
            report.base_url.clone_from(&found.base_url);
            let models = found.models?;
            subject.candidates = vec![found.base_url];
            models
        };
        report.models = models.into_iter().map(|model| model.name).collect();
        let first = report.models.iter().find(|name| for_chat(name)).or(report.models.first());
        subject.model = subject.model.take().or(first.cloned());
        if report.models.is_empty() { Err(Error::new(ErrorCode::ProviderEmpty)) } else { Ok(()) }
    }

    /// Asks the model, at every spelling of the address that is left.
    async fn check_chat(&self, subject: &Subject, model: &str, progress: &mut Progress<'_>) -> Result<(), Error> {
        let mut first = None;
        for base_url in &subject.candidates {
            let provider = self.answerer(subject, base_url);
            let started_at = self.clock.now();
            let (usage, outcome) = ask(&*provider, model, base_url).await;
            self.record(subject, model, progress.caller, &usage, &outcome, started_at).await;
            match outcome {
                Ok(()) => {
                    progress.report.base_url.clone_from(base_url);
                    return Ok(());
                }
                Err(error) if error.code.is_elsewhere() => {
                    first.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
        }
        first.map_or(Ok(()), Err)
    }

    fn answerer(&self, subject: &Subject, base_url: &str) -> Arc<dyn Provider> {
        if subject.demo {
            return Arc::new(super::demo::Demo);
        }
        self.endpoint(&subject.name, base_url, subject.key.as_deref())
    }

    async fn record(
        &self,
        subject: &Subject,
        model: &str,
        caller: &Caller,
        usage: &Usage,
        outcome: &Result<(), Error>,
        started_at: i64,
    ) {
        let record = Record {
            run_id: None,
            user_id: &caller.user,
            connection_id: &subject.id,
            model,
            purpose: Purpose::Verify,
            usage,
            status: if outcome.is_ok() { Status::Completed } else { Status::Failed },
            code: outcome.as_ref().err().map(|error| error.code.as_str()),
            request_id: caller.request.as_str(),
            started_at,
        };
        let written = async {
            let tx = self.db.begin().await?;
            usage::insert(&tx, &record).await?;
            tx.commit().await
        };
        if let Err(error) = written.await {
            tracing::error!(request_id = %caller.request, "the usage of a check was not stored: {error}");
        }
    }
}

/// One short answer. What it cost is known even when it failed.
async fn ask(provider: &dyn Provider, model: &str, base_url: &str) -> (Usage, Result<(), Error>) {
    let started = Instant::now();
    let mut heard = Heard::default();
    let answered = tokio::time::timeout(PATIENCE, listen(provider, model, &mut heard)).await;
    let outcome = match answered {
        Ok(outcome) => outcome,
        // It thinks for long, but it is there.
        Err(_) if heard.text + heard.thoughts > 0 => Ok(()),
        Err(_) => Err(too_slow(base_url, PATIENCE)),
    };
    let mut usage = heard.usage.unwrap_or_else(|| Usage {
        prompt_tokens: estimate(QUESTION.len()),
        completion_tokens: estimate(heard.text + heard.thoughts),
        estimated: true,
        ..Usage::default()
    });
    usage.first_token_ms = heard.first_token_ms;
    usage.total_ms = Some(millis(started));
    (usage, outcome)
}

fn estimate(bytes: usize) -> u64 {
    u64::try_from(bytes.div_ceil(4)).unwrap_or(u64::MAX)
}

/// What came of an answer.
#[derive(Default)]
struct Heard {
    text: usize,
    thoughts: usize,
    usage: Option<Usage>,
    first_token_ms: Option<u64>,
}

async fn listen(provider: &dyn Provider, model: &str, heard: &mut Heard) -> Result<(), Error> {
    let started = Instant::now();
    let messages = vec![ChatMessage::new(Role::User, QUESTION)];
    let request = CompletionRequest::new(model, messages);
    let mut stream = provider.stream(request).await?;
    while let Some(event) = stream.next().await {
        match event? {
            CompletionEvent::Text(text) => heard.text += text.len(),
            CompletionEvent::Thinking { text, .. } => heard.thoughts += text.len(),
            CompletionEvent::Usage(usage) => heard.usage = Some(usage),
            CompletionEvent::Stop(reason) => return judge(&reason, heard),
            CompletionEvent::Started { .. } | CompletionEvent::ToolCall(_) => {}
        }
        if heard.text + heard.thoughts > 0 {
            heard.first_token_ms.get_or_insert_with(|| millis(started));
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

fn empty(base_url: &str) -> VerifyReport {
    VerifyReport { ok: false, base_url: base_url.to_owned(), models: Vec::new(), model: None, steps: Vec::new() }
}

/// The error as it may be shown. Providers like to repeat the key that they refuse.
fn clean(error: ApiError) -> ApiError {
    let params = error.params.into_iter().map(|(name, value)| (name, redact::redact(&value).into_owned())).collect();
    let message = redact::redact(&error.message).into_owned();
    let hint = error.hint.map(|hint| redact::redact(&hint).into_owned());
    ApiError { message, hint, params, ..error }
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
