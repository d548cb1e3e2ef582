//! The name of a chat by a small model, after its first completed answer, or the second or third where that did not
//! work. It runs beside everything: no answer waits for it, no name that a person gave is replaced, and where it fails
//! the beginning of the first message stays.

use super::driver::publish_session;
use super::failover::{Failover, Next};
use super::run::RunHandle;
use super::{Runs, title};
use crate::auth::CurrentUser;
use crate::budgets::{self, Ask, Payer};
use crate::catalog::{Resolved, Route};
use crate::clock::new_id;
use crate::db::usage::{self, Purpose, Record};
use crate::db::{messages, sessions};
use crate::error::AppResult;
use futures_util::StreamExt as _;
use llm::{ChatMessage, CompletionEvent, CompletionRequest, Correlation, Error, Role, table};
use shared::chat::{Model, Usage};
use shared::events::Status;
use shared::part::plain_text;
use shared::settings::{TITLES_AUTO, TITLES_BY_CHAT, TITLES_OFF};
use shared::tokens::{Estimate, message_tokens};
use shared::{ErrorCode, MessageId, SessionId};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How many names are asked for at once; a chat that finds no place is named after its next answer.
const AT_ONCE: usize = 32;
/// Longest path, in messages of a request, at the end of which a chat may still want a name.
pub(super) const SHORT: u64 = 10;
/// Longest wait for a name.
const PATIENCE: Duration = Duration::from_secs(60);
/// How much of the question and of the answer a name is made from, in characters.
const LOOKED_AT: (usize, usize) = (2_000, 1_000);
/// Nobody reads a longer answer to find a name in it, in bytes.
const ENOUGH: usize = 1_000;
/// Tokens that a name may take of budgets, thoughts included.
const LONGEST: u32 = 512;

const TASK: &str = "You name conversations. Read the beginning of one and answer with a title for it: at most 8 words, in \
    the language of the person, without quotation marks and without a full stop. Answer with nothing but the title.";

/// The chats that are being named.
#[derive(Default)]
pub(super) struct Names(Mutex<HashSet<SessionId>>);

impl Names {
    fn lock(&self) -> MutexGuard<'_, HashSet<SessionId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place; none while this chat has one, or when all are taken.
    fn take(&self, chat: &SessionId) -> bool {
        let mut chats = self.lock();
        chats.len() < AT_ONCE && chats.insert(chat.clone())
    }
}

/// What is needed to name a chat. It has a place among those that are being named, and leaves it in the end.
struct Naming {
    runs: Arc<Runs>,
    chat: SessionId,
    answer: MessageId,
    who: CurrentUser,
    model: Resolved,
    request_id: String,
}

impl Drop for Naming {
    fn drop(&mut self) {
        self.runs.names.lock().remove(&self.chat);
    }
}

/// Sees to the name of a chat whose answer was completed, beside everything else.
pub(super) fn consider(runs: &Arc<Runs>, run: &RunHandle, request_id: &str, who: &CurrentUser, of_chat: &Resolved) {
    let Some(model) = namer(runs, who, of_chat) else { return };
    if !runs.names.take(&run.session_id) {
        return;
    }
    let (chat, answer) = (run.session_id.clone(), run.message_id.clone());
    let (runs, who, request_id) = (Arc::clone(runs), who.clone(), request_id.to_owned());
    let naming = Naming { runs: Arc::clone(&runs), chat, answer, who, model, request_id };
    runs.tasks.spawn(async move {
        if let Err(error) = naming.perform().await {
            let (request_id, code) = (&naming.request_id, error.code.as_str());
            tracing::debug!(request_id, code, cause = ?error.cause, "a chat keeps the beginning of its first message as title");
        }
    });
}

/// Who names chats, if anybody does.
fn namer(runs: &Runs, who: &CurrentUser, of_chat: &Resolved) -> Option<Resolved> {
    match runs.settings.title_model().as_str() {
        TITLES_OFF => None,
        TITLES_BY_CHAT => Some(of_chat.clone()),
        TITLES_AUTO => {
            let connection = &of_chat.routes[0].connection_id;
            let small = |model: &Model| model.connection_id == *connection && table::is_small(&model.name);
            runs.catalog.find(who, small).and_then(|id| runs.catalog.resolve(Some(id.as_str()), who).ok())
        }
        id => runs.catalog.resolve(Some(id), who).ok(),
    }
}

impl Naming {
    async fn perform(&self) -> AppResult<()> {
        let runs = &self.runs;
        if !sessions::wants_name(runs.db.read(), &self.chat).await? {
            return Ok(());
        }
        let title = self.find(&self.words().await?).await?;
        let tx = runs.db.begin().await?;
        let named = sessions::name(&tx, &self.chat, &title).await?;
        tx.commit().await?;
        if named {
            publish_session(runs, &self.who.user.id, &self.chat).await;
        }
        Ok(())
    }

    /// Asks on one way after the other, as long as the failure is one of the way.
    async fn find(&self, words: &str) -> AppResult<String> {
        let (routes, until) = (&self.model.routes, Instant::now() + PATIENCE);
        let mut failover = Failover::new(routes.len());
        loop {
            let route = &routes[failover.at()];
            let error = match self.ask(route, self.request(route, words), until).await? {
                Ok(title) => return Ok(title),
                Err(error) => error,
            };
            let next = failover.next(routes, &error, false);
            if !matches!(next, Next::Key { .. } | Next::Connection) || Instant::now() >= until {
                return Err(error.into());
            }
        }
    }

    /// The question and the beginning of its answer.
    async fn words(&self) -> AppResult<String> {
        let path = messages::path(self.runs.db.read(), &self.chat, &self.answer, 2).await?;
        let [answer, question] = &path[..] else { return Err(ErrorCode::MessageNotFound.into()) };
        let beginning = |text: String, most: usize| text.chars().take(most).collect::<String>();
        let (asked, said) = (plain_text(&question.parts), plain_text(&answer.parts));
        let asked = if asked.trim().is_empty() { title::from_question(&question.parts) } else { asked };
        let (asked, said) = (beginning(asked, LOOKED_AT.0), beginning(said, LOOKED_AT.1));
        Ok(format!("<person>\n{asked}\n</person>\n\n<answer>\n{said}\n</answer>\n\nTitle:"))
    }

    fn request(&self, route: &Route, words: &str) -> CompletionRequest {
        let messages = vec![ChatMessage::new(Role::System, TASK), ChatMessage::new(Role::User, words)];
        let extra = route.parameters.extra.clone();
        // As little thought as it can be told to have: a title is no riddle.
        let effort = route.facts.efforts.as_ref().and_then(|efforts| efforts.first().copied());
        let correlation = Correlation::new(&self.request_id);
        CompletionRequest { extra, effort, correlation, ..CompletionRequest::new(route.model.clone(), messages) }
    }

    /// Asks the model and books the call, whatever came of it, also when the server goes down meanwhile.
    async fn ask(&self, route: &Route, request: CompletionRequest, until: Instant) -> AppResult<Result<String, Error>> {
        let runs = &self.runs;
        if runs.shutdown.is_cancelled() {
            return Ok(Err(Error::new(ErrorCode::ServerRestarting)));
        }
        let prompt_tokens = request.messages.iter().map(|message| message_tokens(&message.text())).sum();
        let (call, held) = self.set_aside(route, prompt_tokens).await?;
        let (started, started_at) = (Instant::now(), runs.clock.now());
        let mut said =
            Said { usage: Usage { prompt_tokens, estimated: true, ..Usage::default() }, text: String::new() };
        let heard = tokio::select! {
            biased;
            () = runs.shutdown.cancelled() => Err(Error::new(ErrorCode::ServerRestarting)),
            heard = tokio::time::timeout_at(until, said.hear(route, request)) => {
                heard.unwrap_or_else(|_| Err(Error::new(ErrorCode::ProviderTimeout)))
            }
        };
        // Titles come in bursts. A limit that they meet is no reason to let a key rest that answers need.
        if !heard.as_ref().is_err_and(|error| error.code == ErrorCode::ProviderRateLimited) {
            runs.catalog.note(route, heard.as_ref().map(|&()| ()), started_at);
        }
        let title = title::from_model(&said.text);
        let outcome =
            heard.and_then(|()| if title.is_empty() { Err(Error::new(ErrorCode::ProviderEmpty)) } else { Ok(title) });
        said.usage.total_ms = u64::try_from(started.elapsed().as_millis()).ok();
        said.usage.cost = route.facts.price.map(|price| {
            let Usage { prompt_tokens, cached_tokens, completion_tokens, .. } = said.usage;
            price.cost(prompt_tokens, cached_tokens, completion_tokens)
        });
        self.book(route, &said.usage, outcome.as_ref().err(), started_at, held.then_some(&call)).await?;
        Ok(outcome)
    }

    /// Sets aside of budgets what a name may take. Answers what the call is called there, and whether a rule holds.
    async fn set_aside(&self, route: &Route, prompt: u64) -> AppResult<(String, bool)> {
        let (budgets, call) = (&self.runs.budgets, new_id());
        if budgets.is_idle() {
            return Ok((call, false));
        }
        let payer = Payer { who: &self.who, model: &self.model };
        let prices = route.facts.price.into_iter().collect();
        let ask = Ask { is_answer: false, prompt, answer: LONGEST, prices };
        let reserved = budgets.reserve(payer, &call, &ask).await?;
        Ok((call, reserved.is_some()))
    }

    async fn book(
        &self,
        route: &Route,
        usage: &Usage,
        error: Option<&Error>,
        started_at: i64,
        held: Option<&String>,
    ) -> AppResult<()> {
        let record = Record {
            run_id: None,
            user_id: &self.who.user.id,
            api_key: self.who.key.as_ref().map(|key| &key.id),
            connection_id: &route.connection_id,
            key_id: route.key_id.as_ref(),
            model: &self.model.model,
            purpose: Purpose::Title,
            usage,
            status: match error {
                None => Status::Completed,
                Some(error) if error.code == ErrorCode::ServerRestarting => Status::Interrupted,
                Some(_) => Status::Failed,
            },
            code: error.map(|error| error.code.as_str()),
            request_id: &self.request_id,
            started_at,
        };
        self.runs.metrics.answers.took(&self.model.model, usage);
        let tx = self.runs.db.begin().await?;
        usage::insert(&tx, &record).await?;
        if let Some(call) = held {
            budgets::settle(&tx, call, budgets::took([usage], false)).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// What the model said, as far as it was heard.
struct Said {
    text: String,
    usage: Usage,
}

impl Said {
    async fn hear(&mut self, route: &Route, request: CompletionRequest) -> Result<(), Error> {
        let mut stream = route.provider.stream(request).await?;
        let mut written = Estimate::default();
        while let Some(event) = stream.next().await {
            match event? {
                CompletionEvent::Text(more) => {
                    written.push(&more);
                    self.text.push_str(&more);
                }
                CompletionEvent::Thinking { text, .. } => written.push(&text),
                CompletionEvent::TextWasThinking => self.text.clear(),
                CompletionEvent::Usage(usage) => self.usage = usage,
                CompletionEvent::Started { .. } | CompletionEvent::ToolCall(_) | CompletionEvent::Stop(_) => {}
            }
            if self.usage.estimated {
                self.usage.completion_tokens = written.tokens();
            }
            if self.text.len() > ENOUGH {
                break;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_is_named_once_at_a_time_and_not_many_are() {
        let names = Names::default();
        let chat = |number: usize| SessionId::from(number.to_string().as_str());
        assert!(names.take(&chat(0)) && !names.take(&chat(0)));
        assert_eq!((1..100).filter(|&number| names.take(&chat(number))).count(), AT_ONCE - 1);
    }
}
