//! Tries a connection step by step, the way a chat would use it, and says where it ends. All keys are tried at the same
//! time. Nothing is stored but a row of usage for each question.

mod ask;

use super::edit::target_of;
use super::facts::kind_of;
use super::input::{self, WantedKey};
use super::probe::{self, Probe};
use super::snapshot::{Entry, ReadyKey};
use super::target::Target;
use super::{Catalog, Scope};
use crate::error::{AppError, AppResult};
use crate::redact;
use ask::Asked;
use egress::{Method, Step};
use futures_util::{StreamExt as _, stream};
use llm::{Error, Hop, Secret};
use shared::connections::{KeyReport, NewConnection, Protocol, VerifyReport, VerifyStage, VerifyStep};
use shared::{ApiError, ApiKeyId, ConnectionId, ErrorCode, KeyId, RequestId, UserId};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Keys that are tried at the same time.
const AT_ONCE: usize = 10;

/// Who asks for a check; the usage rows name them.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The person; nobody for the doctor, who writes into no database.
    pub user: Option<UserId>,
    /// The API key that they showed; none for a login.
    pub key: Option<ApiKeyId>,
    /// The request, as in the log.
    pub request: RequestId,
}

/// What is checked.
struct Subject {
    id: ConnectionId,
    target: Target,
    candidates: Vec<String>,
    /// The keys to try; one without a secret where there is none.
    keys: Vec<Tried>,
    /// The model to ask; none takes the first of the list.
    model: Option<String>,
}

/// A key to try.
struct Tried {
    id: Option<KeyId>,
    label: String,
    secret: Option<Secret>,
    /// The models that it is for; empty means all.
    models: Vec<String>,
}

/// What became of a key, and where a model answered.
struct Outcome {
    report: KeyReport,
    base_url: String,
    error: Option<Error>,
}

/// A report that grows step by step.
struct Progress<'a> {
    report: VerifyReport,
    caller: &'a Caller,
}

impl Progress<'_> {
    fn step(&mut self, stage: VerifyStage, started: Instant, error: Option<AppError>) {
        self.took(stage, started.elapsed(), error);
    }

    fn took(&mut self, stage: VerifyStage, time: Duration, error: Option<AppError>) {
        let error = error.map(|error| clean(error.to_api(self.caller.request.as_str())));
        let ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.report.steps.push(VerifyStep { stage, ok: error.is_none(), ms, error });
    }
}

impl Catalog {
    /// Checks a connection that is not saved.
    ///
    /// # Errors
    /// `request.invalid` for a body that breaks a rule. What fails on the way is in the report.
    pub async fn verify_new(
        self: &Arc<Self>,
        scope: &Scope,
        new: &NewConnection,
        caller: &Caller,
    ) -> AppResult<VerifyReport> {
        let started = Instant::now();
        let wanted = match input::check(new, scope) {
            Ok(wanted) => wanted,
            Err(error) if error.code == ErrorCode::ConnectionUrl => {
                let mut progress = Progress { report: empty(&new.base_url), caller };
                progress.step(VerifyStage::Address, started, Some(error));
                return Ok(progress.report);
            }
            Err(error) => return Err(error),
        };
        let target = target_of(&wanted, scope);
        let subject = Subject {
            id: ConnectionId(String::new()),
            target,
            candidates: wanted.candidates,
            keys: or_none(wanted.keys.into_iter().filter(|key| key.enabled).map(Tried::from).collect()),
            model: wanted.models.into_iter().next(),
        };
        Ok(self.check(subject, caller).await)
    }

    /// Checks a saved connection with its keys. One that works rests no longer.
    ///
    /// # Errors
    /// `connection.not_found`. What fails on the way is in the report.
    pub async fn verify(
        self: &Arc<Self>,
        scope: &Scope,
        id: &ConnectionId,
        caller: &Caller,
    ) -> AppResult<VerifyReport> {
        let entry = self.entry(scope, id)?;
        let subject = Subject {
            id: entry.connection.id.clone(),
            target: entry.target.clone(),
            candidates: vec![entry.connection.base_url.clone()],
            keys: or_none(entry.keys.iter().filter(|key| key.enabled).map(Tried::from).collect()),
            model: self.model_to_ask(&entry),
        };
        Ok(self.check(subject, caller).await)
    }

    /// A model of the connection that people may choose, else any.
    fn model_to_ask(&self, entry: &Entry) -> Option<String> {
        let snapshot = self.snapshot();
        let shown = snapshot.usable.iter().find(|known| known.entry.connection.id == entry.connection.id);
        shown.map(|known| known.upstream.clone()).or_else(|| likeliest(&entry.connection.models))
    }

    async fn check(self: &Arc<Self>, mut subject: Subject, caller: &Caller) -> VerifyReport {
        let mut progress = Progress { report: empty(&subject.candidates[0]), caller };
        let started = Instant::now();
        let refused = self.refusal(&subject);
        let stop = refused.is_some();
        progress.step(VerifyStage::Address, started, refused);
        if stop {
            return progress.report;
        }
        if !self.check_way(&subject, &mut progress).await {
            return progress.report;
        }
        let started = Instant::now();
        let error = self.check_list(&mut subject, &mut progress.report).await.err();
        progress.step(VerifyStage::Models, started, error.map(AppError::from));
        let Some(model) = subject.model.clone() else {
            if subject.keys.len() > 1 {
                progress.report.keys = self.list_with_keys(&subject, caller).await;
            }
            return progress.report;
        };
        let started = Instant::now();
        let outcomes = self.ask_with_keys(&subject, &model, caller).await;
        self.conclude(outcomes, started, &mut progress);
        progress.report
    }

    /// Why the address may not be asked at all, if so. No name is resolved here.
    fn refusal(&self, subject: &Subject) -> Option<AppError> {
        let failure = self.egress.request(subject.target.trust, Method::GET, &subject.candidates[0]).err()?;
        let error = AppError::new(ErrorCode::EgressBlocked).with("host", failure.host).with("detail", failure.detail);
        (subject.target.protocol != Protocol::Demo).then_some(error)
    }

    /// The steps of the network; answers whether they lead there. All spellings of an address name one server.
    async fn check_way(&self, subject: &Subject, progress: &mut Progress<'_>) -> bool {
        let target = Target { base_url: subject.candidates[0].clone(), ..subject.target.clone() };
        let hops = self.provider(&target, None).reach().await;
        let leads_there = hops.iter().all(|hop| hop.error.is_none());
        for Hop { step, time, error } in hops {
            let stage = match step {
                Step::Dns => VerifyStage::Dns,
                Step::Tcp => VerifyStage::Tcp,
                Step::Tls => VerifyStage::Tls,
            };
            progress.took(stage, time, error.map(AppError::from));
        }
        leads_there
    }

    /// Fetches the list, settles on one spelling of the address and on the model to ask.
    async fn check_list(&self, subject: &mut Subject, report: &mut VerifyReport) -> Result<(), Error> {
        let secrets: Vec<Secret> = subject.keys.iter().filter_map(|key| key.secret.clone()).collect();
        let Probe { base_url, models } = self.probe(&subject.target, &subject.candidates, &secrets).await;
        report.base_url.clone_from(&base_url);
        let models = models?;
        subject.candidates = vec![base_url];
        report.models = models.into_iter().map(|model| model.name).collect();
        subject.model = subject.model.take().or_else(|| likeliest(&report.models));
        if report.models.is_empty() { Err(Error::new(ErrorCode::ProviderEmpty)) } else { Ok(()) }
    }

    async fn ask_with_keys(self: &Arc<Self>, subject: &Subject, model: &str, caller: &Caller) -> Vec<Outcome> {
        let tried = subject.keys.iter().map(|key| self.ask_with_key(subject, key, model, caller));
        stream::iter(tried).buffered(AT_ONCE).collect().await
    }

    /// Asks a model with one key, at every spelling of the address that is left.
    async fn ask_with_key(self: &Arc<Self>, subject: &Subject, key: &Tried, model: &str, caller: &Caller) -> Outcome {
        let (started, began) = (Instant::now(), self.clock.now());
        let model = key.models.first().map_or(model, String::as_str);
        let (mut first, mut answer) = (None, None);
        for base_url in &subject.candidates {
            let target = Target { base_url: base_url.clone(), ..subject.target.clone() };
            let provider = self.provider(&target, key.secret.as_ref());
            let asked = ask::ask(&*provider, model, base_url, self.clock.now()).await;
            self.record(&subject.id, model, caller, &asked).await;
            match &asked.outcome {
                Err(error) if error.code.is_elsewhere() => _ = first.get_or_insert_with(|| error.clone()),
                _ => {
                    answer = Some((base_url, asked));
                    break;
                }
            }
        }
        let base_url = answer.as_ref().map_or(&subject.candidates[0], |(base_url, _)| *base_url).clone();
        let (speed, error) = match answer {
            Some((_, Asked { outcome: Ok(()), speed, .. })) => (speed, None),
            Some((_, Asked { outcome: Err(error), .. })) => (None, Some(error)),
            None => (None, first),
        };
        if let Some(id) = &key.id {
            self.note_key(&subject.id, id, model, error.as_ref().map_or(Ok(()), Err), began);
        }
        let report = KeyReport {
            model: error.is_none().then(|| model.to_owned()),
            speed,
            ..key.report(error.as_ref(), started, caller)
        };
        Outcome { report, base_url, error }
    }

    /// Where no model is known that could be asked, a key is judged by whether it gets the list.
    async fn list_with_keys(self: &Arc<Self>, subject: &Subject, caller: &Caller) -> Vec<KeyReport> {
        let base_url = &subject.candidates[0];
        let tried = subject.keys.iter().map(|key| async move {
            let started = Instant::now();
            let target = Target { base_url: base_url.clone(), ..subject.target.clone() };
            let listed = probe::fetch(&self.provider(&target, key.secret.as_ref()), &target).await;
            key.report(listed.err().as_ref(), started, caller)
        });
        stream::iter(tried).buffered(AT_ONCE).collect().await
    }

    /// The last step: chatting works when one key does.
    fn conclude(&self, outcomes: Vec<Outcome>, started: Instant, progress: &mut Progress<'_>) {
        let several = outcomes.len() > 1;
        let best = outcomes.iter().find(|outcome| outcome.error.is_none());
        let error = match best {
            Some(best) => {
                progress.report.base_url.clone_from(&best.base_url);
                progress.report.model.clone_from(&best.report.model);
                progress.report.speed = best.report.speed;
                None
            }
            None => outcomes.first().and_then(|outcome| outcome.error.clone()),
        };
        progress.report.ok = best.is_some();
        progress.step(VerifyStage::Chat, started, error.map(AppError::from));
        if several {
            progress.report.keys = outcomes.into_iter().map(|outcome| outcome.report).collect();
        }
    }
}

impl Tried {
    /// What became of the key, as far as the error tells.
    fn report(&self, error: Option<&Error>, started: Instant, caller: &Caller) -> KeyReport {
        let told = |error: &Error| clean(AppError::from(error.clone()).to_api(caller.request.as_str()));
        KeyReport {
            id: self.id.clone(),
            label: self.label.clone(),
            ok: error.is_none(),
            ms: millis(started),
            model: None,
            speed: None,
            error: error.map(told),
        }
    }
}

impl From<WantedKey> for Tried {
    fn from(key: WantedKey) -> Self {
        Self { id: key.id, label: key.label, secret: key.secret, models: key.models }
    }
}

impl From<&ReadyKey> for Tried {
    fn from(key: &ReadyKey) -> Self {
        let (id, label) = (Some(key.id.clone()), key.label.clone());
        Self { id, label, secret: Some(key.secret.clone()), models: key.models.clone() }
    }
}

/// The keys, or the attempt without one.
fn or_none(keys: Vec<Tried>) -> Vec<Tried> {
    if !keys.is_empty() {
        return keys;
    }
    vec![Tried { id: None, label: String::new(), secret: None, models: Vec::new() }]
}

/// The first model that looks made for chat, else the first.
fn likeliest(models: &[String]) -> Option<String> {
    models.iter().find(|name| kind_of(name).is_none()).or(models.first()).cloned()
}

fn empty(base_url: &str) -> VerifyReport {
    VerifyReport {
        ok: false,
        base_url: base_url.to_owned(),
        models: Vec::new(),
        model: None,
        steps: Vec::new(),
        speed: None,
        keys: Vec::new(),
    }
}

/// The error as it may be shown. Providers like to repeat the key that they refuse.
pub(super) fn clean(error: ApiError) -> ApiError {
    let params = error.params.into_iter().map(|(name, value)| (name, redact::redact(&value).into_owned())).collect();
    let message = redact::redact(&error.message).into_owned();
    let hint = error.hint.map(|hint| redact::redact(&hint).into_owned());
    ApiError { message, hint, params, ..error }
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
