//! The interface for programs below `/v1`: what OpenAI's and Anthropic's own clients speak, with everything behind it that
//! the catalogue has. Nothing of it is stored as a chat.
//!
//! Follow one request: `routes/v1.rs` reads it and writes the answer's head; [`Gateway::answer`] finds the model, takes a
//! place and sets something of budgets aside; `call` asks one way after the other until somebody speaks; `source` is an
//! answer on its way, passed through or translated; `sink` writes it as the program wants it; `ledger` books every call.
//! `vectors`, `ranking`, `counting` and `gap` are for the interfaces beside chats, `models` for the list.

mod call;
mod counting;
mod gap;
mod ledger;
mod models;
mod places;
mod question;
mod ranking;
mod sink;
mod source;
mod vectors;

pub use models::{Listed, Listing};
pub use question::Standard;

use crate::auth::CurrentUser;
use crate::budgets::{self, Ask, Budgets, Left, Payer};
use crate::catalog::{Catalog, Resolved};
use crate::chat::Runs;
use crate::clock::{Clock, new_id};
use crate::db::Db;
use crate::error::{AppError, AppResult};
use crate::settings::Settings;
use crate::trace::{Origin, Subject, Traces};
use bytes::Bytes;
use call::{Call, Order};
use ledger::Ledger;
use llm::Interface;
use places::{Place, Places, Pool};
use question::Question;
use shared::ErrorCode;
use shared::trace::Stage;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a shutdown waits for calls to be booked.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(10);
/// Pieces of an answer that wait for a slow reader before the provider does.
const WAITING_PIECES: usize = 64;

/// What answers programs.
pub struct Gateway {
    db: Db,
    clock: Clock,
    settings: Arc<Settings>,
    catalog: Arc<Catalog>,
    budgets: Arc<Budgets>,
    /// Whose hub knows which calls are open.
    runs: Arc<Runs>,
    traces: Arc<Traces>,
    places: Arc<Places>,
    tasks: TaskTracker,
    shutdown: CancellationToken,
}

/// A request of a program.
pub struct Request {
    /// Who asks.
    pub who: CurrentUser,
    /// Its id, where it came from, and when its head was read.
    pub origin: Origin,
    /// Its body.
    pub body: Bytes,
    /// Headers that belong to the interface, such as `anthropic-beta`.
    pub headers: Vec<(&'static str, String)>,
}

/// What goes into the head of an answer.
#[derive(Clone, Debug, Default)]
pub struct Head {
    /// Our own time until the provider was called, where one was.
    pub admission: Option<Duration>,
    /// What is left of budgets.
    pub left: Vec<Left>,
}

/// An answer that has begun.
pub enum Reply {
    /// The whole, as JSON.
    Whole(Head, Bytes),
    /// Frames of a stream that follow.
    Stream(Head, mpsc::Receiver<Bytes>),
}

/// The model with those of its ways that have an interface.
fn able(model: Resolved, interface: Interface) -> AppResult<Resolved> {
    let mut model = model;
    model.routes.retain(|route| route.provider.takes(interface));
    if model.routes.is_empty() {
        return Err(question::invalid("model", "the provider of this model has no such interface"));
    }
    Ok(model)
}

impl Gateway {
    /// A gateway to what the catalogue has.
    #[must_use]
    pub fn new(
        db: Db,
        clock: Clock,
        settings: Arc<Settings>,
        catalog: Arc<Catalog>,
        budgets: Arc<Budgets>,
        runs: Arc<Runs>,
        traces: Arc<Traces>,
    ) -> Arc<Self> {
        let (places, tasks, shutdown) = (Arc::default(), TaskTracker::new(), CancellationToken::new());
        Arc::new(Self { db, clock, settings, catalog, budgets, runs, traces, places, tasks, shutdown })
    }

    /// Answers a request. Whoever drops this future has left: the provider is hung up on, and the call booked.
    ///
    /// # Errors
    /// Whatever is known before the first word: the request's own faults, rights, budgets, the provider's refusals.
    pub async fn answer(self: &Arc<Self>, standard: Standard, request: Request) -> AppResult<Reply> {
        let question = Question::read(standard, request.body.clone())?;
        let model = self.catalog.resolve(question.model.as_deref(), &request.who)?;
        self.order(standard, question, model, request).await
    }

    /// Answers a question to a model that may be asked it.
    async fn order(
        self: &Arc<Self>,
        standard: Standard,
        question: Question,
        model: Resolved,
        request: Request,
    ) -> AppResult<Reply> {
        if self.shutdown.is_cancelled() {
            return Err(ErrorCode::ServerRestarting.into());
        }
        let trace = self.traces.begin(&request.who.user, &request.origin, None);
        let place = self.place(&request.who, standard)?;
        let id = new_id();
        let mut ledger = Ledger::new(self, &request, &model, standard.purpose());
        let order = Order { id, standard, question, model, headers: request.headers.clone(), limit: None };
        let order = self.set_aside(order, &request.who, &mut ledger).await?;
        trace.arm(Subject { model: order.model.model.clone(), ..Subject::default() });
        trace.span(Stage::Admission, 0);
        let open = self.runs.hub().open_call(&request.who.user.id, &request.who.login);
        let (begin, begun) = oneshot::channel();
        let (frames, read) = mpsc::channel(WAITING_PIECES);
        let head = Head { left: ledger.left(), ..Head::default() };
        let arrived = request.origin.since;
        let call = Call { gateway: Arc::clone(self), order, ledger, head, arrived, open, trace };
        self.tasks.spawn(async move {
            call.run(begin, frames).await;
            drop(place);
        });
        // The sender is dropped only where the task ended by a fault.
        match begun.await.unwrap_or_else(|_| Err(ErrorCode::Internal.into()))? {
            (head, Some(body)) => Ok(Reply::Whole(head, body)),
            (head, None) => Ok(Reply::Stream(head, read)),
        }
    }

    /// One of the places that a person has for requests of this kind.
    fn place(&self, who: &CurrentUser, standard: Standard) -> AppResult<Place> {
        let limit = self.settings.runs_per_user() as usize;
        let place = self.places.take(&who.user.id, Pool::of(standard), limit);
        place.ok_or_else(|| AppError::new(ErrorCode::RunLimit).with("limit", limit))
    }

    /// Sets aside of budgets what the answer may take, and holds it to that.
    async fn set_aside(&self, mut order: Order, who: &CurrentUser, ledger: &mut Ledger) -> AppResult<Order> {
        if self.budgets.is_idle() {
            return Ok(order);
        }
        let (model, question) = (&order.model, &order.question);
        let answers = question.answers();
        let ask = Ask {
            is_answer: true,
            prompt: question.estimate(),
            answer: if order.standard.writes() {
                budgets::longest(question.limit().or(model.parameters.max_tokens), model).saturating_mul(answers)
            } else {
                0
            },
            prices: model.routes.iter().filter_map(|route| route.facts.price).collect(),
        };
        let kept = self.budgets.keep(&order.id);
        if let Some((hold, _)) = self.budgets.reserve(Payer { who, model }, &order.id, &ask).await? {
            order.limit = hold.answer().filter(|_| order.standard.writes()).map(|all| (all / answers).max(1));
            ledger.hold(&order.id, hold, kept);
        }
        Ok(order)
    }

    /// Number of requests being answered.
    #[must_use]
    pub fn running(&self) -> usize {
        self.tasks.len()
    }

    /// Interrupts every answer, books it, and takes no new requests.
    pub async fn shut_down(&self) {
        self.shutdown.cancel();
        self.tasks.close();
        if tokio::time::timeout(SHUTDOWN_PATIENCE, self.tasks.wait()).await.is_err() {
            tracing::warn!("some calls of programs could not be booked in time");
        }
    }
}
