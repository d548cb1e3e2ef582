//! The calls of providers that one answer takes: mostly one. A call that fails before anything of it was shown goes on
//! to another key, another connection, a little later, or with less to read; a model that called tools is asked again.
//!
//! Nothing here is on the way of an answer that comes at once.

mod budget;
mod share;
mod stages;

use super::{Opened, open, perform};
use crate::auth::CurrentUser;
use crate::budgets::Hold;
use crate::catalog::{Resolved, Route};
use crate::chat::Runs;
use crate::chat::compose::{self, Composed, End, Scope, Wishes};
use crate::chat::context::Room;
use crate::chat::failover::{Failover, Next};
use crate::chat::run::RunHandle;
use crate::chat::store::{self, Call, Plan, Target};
use crate::chat::turn::{Ending, Input, Turn};
use crate::db::sessions;
use crate::error::AppResult;
use crate::trace::Recorder;
use llm::{CompletionRequest, Correlation, Error};
use share::{share, share_of};
use shared::chat::Usage;
use shared::error::{Params, params};
use shared::events::Status;
use shared::message::LiveAnswer;
use shared::{ConnectionId, ErrorCode, Part};
use stages::wait_for;
use std::sync::Arc;
use std::time::Instant;

/// Least estimated tokens of a request that says something about how its model counts.
const CALIBRATING_TOKENS: u64 = 500;
/// What is tried where a provider refuses a conversation as too long and does not say how much it reads.
const SHRINK: f64 = 0.7;
/// A limit that nobody named is remembered only if it was met with so many tokens: a short request is refused for another
/// reason than its length.
const TELLING_TOKENS: u64 = 3_000;
/// What is tried where even that much was refused which should have fitted.
const LESS: f64 = 0.9;
/// No model reads less; a smaller number in a refusal is about something else.
const LEAST_LIMIT: u64 = 256;
/// No tokenizer is further off the estimate than this.
const RATIOS: (f64, f64) = (0.25, 4.0);

/// Who wants what from which model.
pub(in crate::chat) struct Wanted {
    /// Who asks.
    pub who: CurrentUser,
    /// The model and the ways to it.
    pub resolved: Resolved,
    /// What is wished beside what was set.
    pub wishes: Wishes,
    /// Whether the chat may be named by a model, as far as that is known.
    pub unnamed: bool,
    /// Notes what the answer goes through.
    pub trace: Recorder,
}

/// The calls of one answer.
pub(in crate::chat) struct Calls {
    wanted: Wanted,
    failover: Failover,
    room: Room,
    asked: Asked,
    started: Instant,
    /// When the call under way began, in milliseconds since the start.
    since_ms: u64,
    /// Whether a call was made that is not booked yet.
    under_way: bool,
    /// Whether the catalogue knows that the way is good.
    noted: bool,
    /// What the model reads here, as its refusal said, if it answers now.
    lesson: Option<u64>,
    /// What is set aside of budgets, where one holds.
    hold: Option<Hold>,
    /// The names of the latest call here and at the provider.
    correlation: Correlation,
    over: Vec<Call>,
}

/// What is known of the request under way.
#[derive(Clone, Copy)]
struct Asked {
    estimate: u64,
    tokens: u64,
    instructions: u64,
    left_out: u64,
    pictures: bool,
    /// The limit of the answer, if one was sent.
    max_tokens: Option<u32>,
}

impl From<&Composed> for Asked {
    fn from(of: &Composed) -> Self {
        let Composed { estimate, tokens, instructions, left_out, pictures, .. } = *of;
        Self { estimate, tokens, instructions, left_out, pictures, max_tokens: None }
    }
}

impl Calls {
    /// The first call of an answer, not made yet.
    pub(in crate::chat) fn first(wanted: Wanted, room: Room, composed: Composed) -> (CompletionRequest, Box<Self>) {
        let mut asked = Asked::from(&composed);
        let request = compose::request(&wanted.resolved.routes[0], wanted.wishes, room, composed);
        asked.max_tokens = request.max_tokens;
        let failover = Failover::new(wanted.resolved.routes.len());
        let (started, over) = (Instant::now(), Vec::new());
        let (since_ms, under_way, noted, lesson, hold) = (0, false, false, None, None);
        let correlation = Correlation::default();
        let calls = Self {
            wanted,
            failover,
            room,
            asked,
            started,
            since_ms,
            under_way,
            noted,
            lesson,
            hold,
            correlation,
            over,
        };
        (request, Box::new(calls))
    }

    /// The way that is being tried.
    pub(super) fn route(&self) -> &Route {
        &self.wanted.resolved.routes[self.failover.at()]
    }

    /// Who asks.
    pub(super) fn who(&self) -> &CurrentUser {
        &self.wanted.who
    }

    /// The model and the ways to it.
    pub(super) fn resolved(&self) -> &Resolved {
        &self.wanted.resolved
    }

    /// Whether the chat may be named by a model, as far as that is known.
    pub(super) fn unnamed(&self) -> bool {
        self.wanted.unnamed
    }

    /// The names of the latest call, and what came of it.
    pub(super) fn correlation(&self) -> &Correlation {
        &self.correlation
    }

    /// Tokens of the request under way, as far as that is known.
    pub(super) fn tokens(&self) -> u64 {
        self.asked.tokens
    }

    /// Estimated tokens of the instructions in it.
    pub(super) fn instructions(&self) -> u64 {
        self.asked.instructions
    }

    /// Whether a call was made that is not booked yet. It is set by whoever makes one.
    pub(super) fn under_way(&mut self) -> &mut bool {
        &mut self.under_way
    }

    /// Milliseconds since the start.
    pub(super) fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// When the call under way began, in unix milliseconds.
    fn began(&self, runs: &Runs) -> i64 {
        let ago = self.now_ms().saturating_sub(self.since_ms);
        runs.clock.now().saturating_sub(i64::try_from(ago).unwrap_or(i64::MAX))
    }

    /// Tells the catalogue, once, that the way is good.
    pub(super) fn note_good(&mut self, runs: &Runs) {
        if !std::mem::replace(&mut self.noted, true) {
            runs.catalog.note(self.route(), Ok(()), self.began(runs));
            if let Some(window) = self.lesson.take() {
                runs.learnt.learn(self.route(), window, runs.clock.now());
            }
        }
    }

    /// The call under way, if any, is over. Answers all of them.
    pub(super) fn end(&mut self, runs: &Runs, plan: &Plan, ending: &Ending) -> &[Call] {
        if !self.under_way {
            return &self.over;
        }
        self.note_answer(runs, &ending.call);
        if ending.status == Status::Completed && !ending.call.estimated {
            self.calibrate(runs, ending.call.prompt_tokens);
        }
        let code = ending.error.as_ref().map(|error| error.code.clone());
        self.book(plan, self.failover.at(), ending.call.clone(), ending.status, code);
        &self.over
    }

    /// An answer may come whole in one read, and ends before anybody looked whether it began.
    fn note_answer(&mut self, runs: &Runs, call: &Usage) {
        if call.first_token_ms.is_some() {
            self.note_good(runs);
        }
    }

    /// What a call cost that was made for an answer that could not begin.
    pub(super) fn refused(mut self, plan: &Plan, prompt_tokens: u64, code: &str) -> Option<Call> {
        let total_ms = Some(self.now_ms());
        let usage = Usage { prompt_tokens, estimated: true, total_ms, ..Usage::default() };
        self.book(plan, self.failover.at(), usage, Status::Failed, Some(code.to_owned()));
        self.over.pop()
    }

    /// Learns how a model counts. In a short request the template around it weighs more than its words; pictures and what
    /// a search of the web found are no words at all.
    fn calibrate(&self, runs: &Runs, counted: u64) {
        let words = !self.asked.pictures && !self.wanted.wishes.searches(&self.route().parameters);
        if words && self.asked.estimate >= CALIBRATING_TOKENS && counted > 0 {
            runs.catalog.calibrate(&self.route().model_id, share(counted, self.asked.estimate));
        }
    }

    fn book(&mut self, plan: &Plan, way: usize, usage: Usage, status: Status, code: Option<String>) {
        let Route { connection_id, key_id, .. } = self.wanted.resolved.routes[way].clone();
        self.under_way = false;
        self.wanted.trace.answered(&usage, code.as_deref(), &self.correlation);
        if let Some(hold) = &mut self.hold {
            hold.add(&usage);
        }
        let started_at = plan.run.created_at + i64::try_from(self.since_ms).unwrap_or(0);
        self.over.push(Call { connection_id, key_id, usage, status, code, started_at });
    }

    /// Asks again after the results of tools.
    pub(super) async fn ask_again(
        &mut self,
        runs: &Runs,
        run: &RunHandle,
        plan: &mut Plan,
        turn: &mut Turn,
        usage: Usage,
    ) -> Opened {
        self.note_answer(runs, &usage);
        self.book(plan, self.failover.at(), usage, Status::Completed, None);
        self.failover.next_round();
        self.ask(runs, run, plan, turn).await
    }

    /// Goes on after a failure of which nothing was shown.
    pub(super) async fn recover(
        &mut self,
        runs: &Runs,
        run: &RunHandle,
        plan: &mut Plan,
        turn: &mut Turn,
        error: Error,
    ) -> Opened {
        let resolved = &self.wanted.resolved;
        runs.catalog.note(self.route(), Err(&error), self.began(runs));
        self.log(plan, &error);
        self.lesson = None;
        let failed = self.failover.at();
        let next = self.failover.next(&resolved.routes, &error, !turn.rounds().is_empty());
        if next == Next::GiveUp {
            let told = match self.failover.instead_of(&error) {
                Some(busy) => {
                    self.book_failed(plan, failed, &error);
                    busy
                }
                None => self.with_numbers(error),
            };
            return Opened::Ended(Input::Model(Err(told)));
        }
        if next == Next::Refit {
            return self.refit(runs, run, plan, turn, error).await;
        }
        self.book_failed(plan, failed, &error);
        if self.wanted.resolved.routes[failed].model_id != self.route().model_id {
            // The one that stands in may read more, or less.
            self.room = runs.room(self.route());
        }
        let (code, params) = self.notice(&next);
        perform(run, vec![turn.notice(code, params)]);
        if let Next::Wait(wait) = next
            && let Some(input) = wait_for(runs, run, wait).await
        {
            return Opened::Ended(input);
        }
        self.ask(runs, run, plan, turn).await
    }

    /// The row of a call of which nothing came.
    fn book_failed(&mut self, plan: &Plan, way: usize, error: &Error) {
        let total_ms = Some(self.now_ms().saturating_sub(self.since_ms));
        let usage = Usage { estimated: true, total_ms, ..Usage::default() };
        self.book(plan, way, usage, Status::Failed, Some(error.code.as_str().to_owned()));
    }

    fn notice(&self, next: &Next) -> (ErrorCode, Params) {
        match next {
            Next::Key { number, of } => {
                let params = params([("number", number.to_string()), ("of", of.to_string())]);
                (ErrorCode::ProviderNextKey, params)
            }
            Next::Wait(wait) => {
                let seconds = wait.as_secs_f64().ceil().max(1.0).to_string();
                (ErrorCode::ProviderWaiting, params([("seconds", seconds)]))
            }
            Next::Connection | Next::Refit | Next::GiveUp => {
                let connection = self.route().connection.clone();
                (ErrorCode::ProviderNextConnection, params([("connection", connection)]))
            }
        }
    }

    /// Lets the oldest turns go until the provider can read the rest, and asks once more. Where nothing can go, the
    /// refusal stands, with the numbers.
    async fn refit(&mut self, runs: &Runs, run: &RunHandle, plan: &mut Plan, turn: &mut Turn, error: Error) -> Opened {
        let relieved = self.shrink(runs, &error);
        let before = self.asked;
        let composed = match self.compose(runs, run, plan, turn).await {
            Ok(composed) if relieved || composed.estimate < before.estimate => composed,
            _ => return Opened::Ended(Input::Model(Err(self.with_numbers(error)))),
        };
        self.book_failed(plan, self.failover.at(), &error);
        if composed.left_out > before.left_out {
            let (limit, count) = (self.room.window.to_string(), composed.left_out.to_string());
            perform(run, vec![turn.notice(ErrorCode::ContextRetried, params([("limit", limit), ("count", count)]))]);
        }
        self.send(runs, run, plan, turn, composed).await
    }

    /// Believes what the provider said of its limit and of what it was sent; guesses what it did not say. Answers whether
    /// a limit of the answer alone will do: `140000 + 64000 > 200000` was refused for what might be written.
    fn shrink(&mut self, runs: &Runs, error: &Error) -> bool {
        let asked = self.asked;
        let limit = number(error, "limit").filter(|limit| *limit >= LEAST_LIMIT);
        let used = number(error, "used");
        let mut ratio = self.room.ratio;
        if let Some(used) = used.filter(|_| asked.estimate > 0) {
            ratio = share(used, asked.estimate).clamp(RATIOS.0, RATIOS.1).max(ratio);
            self.calibrate(runs, used);
        }
        let mut room = match limit {
            Some(limit) => runs.room_of(self.route(), limit, ratio),
            None => Room { ratio, ..self.room.with_budget(share_of(used.unwrap_or(asked.tokens), SHRINK)) },
        };
        let mut relieved = false;
        match used {
            Some(used) if used <= room.budget() => {
                relieved = asked.max_tokens.is_none_or(|sent| u64::from(sent) > room.reserved);
                if !relieved {
                    room = room.with_budget(share_of(used, LESS));
                }
            }
            // That should have sufficed: the estimate was too low, and nobody says by how much.
            None if room.budget() >= asked.tokens => room = room.with_budget(share_of(asked.tokens, SHRINK)),
            _ => {}
        }
        self.room = Room { measured: true, refused: true, ..room };
        self.lesson = lesson(error, limit, &asked, room);
        relieved
    }

    /// A refusal of what is too long names what it was and what would do.
    fn with_numbers(&self, error: Error) -> Error {
        if error.code != ErrorCode::ProviderContextLength {
            return error;
        }
        let fallback = [("used", self.asked.tokens), ("limit", self.room.window)];
        fallback.into_iter().fold(error, |error, (name, value)| {
            if error.params.contains_key(name) { error } else { error.with(name, value.to_string()) }
        })
    }

    /// Asks on the way that is to be tried now.
    async fn ask(&mut self, runs: &Runs, run: &RunHandle, plan: &mut Plan, turn: &mut Turn) -> Opened {
        let since = run.trace.now();
        let composed = self.compose(runs, run, plan, turn).await;
        run.trace.context(since, composed.as_ref().map_or(0, |composed| composed.tokens));
        match composed {
            Ok(composed) => self.send(runs, run, plan, turn, composed).await,
            Err(error) => {
                tracing::error!(
                    request_id = plan.run.request_id, code = error.code.as_str(), cause = ?error.cause,
                    "a conversation could not be read to ask again"
                );
                Opened::Ended(Input::Model(Err(Error::new(error.code))))
            }
        }
    }

    async fn send(
        &mut self,
        runs: &Runs,
        run: &RunHandle,
        plan: &mut Plan,
        turn: &mut Turn,
        composed: Composed,
    ) -> Opened {
        self.asked = Asked::from(&composed);
        let mut request = compose::request(self.route(), self.wanted.wishes, self.room, composed);
        if let Err(error) = self.set_aside_more(runs, &mut request).await {
            return Opened::Ended(Input::Model(Err(Error { params: error.params, ..Error::new(error.code) })));
        }
        (self.since_ms, self.noted) = (self.now_ms(), false);
        turn.ask(self.since_ms, self.asked.tokens, self.asked.instructions);
        let route = self.route();
        turn.charge(route.facts.price);
        follow(runs, plan, &route.connection_id).await;
        let provider = Arc::clone(&route.provider);
        self.asked.max_tokens = request.max_tokens;
        self.begin_call(&mut request, &plan.run.request_id);
        open(runs, run, provider.stream(request), &mut self.under_way).await
    }

    /// The conversation as it is stored by now, with what this answer has so far.
    async fn compose(&self, runs: &Runs, run: &RunHandle, plan: &Plan, turn: &Turn) -> AppResult<Composed> {
        let row = sessions::get(runs.db.read(), &run.user_id, &run.session_id).await?;
        let row = row.ok_or(ErrorCode::ChatNotFound)?;
        let continues = matches!(plan.target, Target::Continue { .. });
        let rounds = turn.rounds().to_vec();
        let unfinished = if rounds.is_empty() { Vec::new() } else { written(run.live(), plan.run.parts_before) };
        let before = |live: LiveAnswer| live.message.parts.iter().take(plan.run.parts_before).any(says_something);
        let had_text = continues && before(run.live());
        let from = if continues { Some(run.message_id.clone()) } else { run.user_message_id.clone() };
        let scope = Scope {
            who: &self.wanted.who.user,
            resolved: &self.wanted.resolved,
            route: self.route(),
            room: self.room,
            session: Some(&run.session_id),
            folder: row.folder_instructions.as_deref(),
            instructions: row.session.instructions.as_deref(),
            end: if had_text { End::Answer } else { End::Question },
            from,
            unfinished: (unfinished, rounds),
        };
        runs.compose(scope).await
    }

    /// Which way failed, never with which secret.
    fn log(&self, plan: &Plan, error: &Error) {
        let route = self.route();
        let (request_id, code) = (&plan.run.request_id, error.code.as_str());
        let (connection, key) = (route.connection_id.as_str(), route.key_id.as_ref().map(shared::KeyId::as_str));
        let (status, provider_request_id) = (error.status, self.correlation.theirs());
        tracing::info!(request_id, code, connection, key, status, provider_request_id, "a call of a provider failed");
    }
}

/// The run follows who answers, also for whoever ends it after a crash of this server.
async fn follow(runs: &Runs, plan: &mut Plan, connection: &ConnectionId) {
    if plan.run.connection_id == *connection {
        return;
    }
    plan.run.connection_id = connection.clone();
    if let Err(cause) = store::move_run(&runs.db, &plan.run).await {
        tracing::warn!(request_id = plan.run.request_id, %cause, "the connection of an answer could not be written");
    }
}

/// What a refusal teaches, if the model answers what is tried next. A server or a proxy that takes no large bodies says
/// nothing about the model, and nobody knows what pictures take.
fn lesson(error: &Error, limit: Option<u64>, asked: &Asked, room: Room) -> Option<u64> {
    if error.status == Some(413) || asked.pictures {
        return None;
    }
    limit.or_else(|| (asked.tokens >= TELLING_TOKENS).then_some(room.window))
}

/// What this run has written so far.
fn written(live: LiveAnswer, before: usize) -> Vec<Part> {
    live.message.parts.into_iter().skip(before).collect()
}

fn says_something(part: &Part) -> bool {
    part.as_text().is_some_and(|text| !text.trim().is_empty())
}

/// A number that a refusal names.
fn number(error: &Error, name: &str) -> Option<u64> {
    error.params.get(name)?.parse().ok().filter(|number| *number > 0)
}
