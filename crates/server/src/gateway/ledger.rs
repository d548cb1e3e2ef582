//! What the calls of one request took: a row of usage for each, written together with the end of what was set aside.

use super::{Gateway, Request};
use crate::budgets::{self, Hold, Kept, Left};
use crate::catalog::{Resolved, Route};
use crate::clock::new_id;
use crate::db::usage::{self, Purpose, Record};
use crate::db::{Db, DbErr};
use crate::metrics::Metrics;
use llm::Correlation;
use shared::chat::Usage;
use shared::events::Status;
use shared::{ApiKeyId, ConnectionId, ErrorCode, KeyId, UserId};
use std::sync::Arc;

/// What is booked of one request.
pub(super) struct Ledger {
    db: Db,
    metrics: Arc<Metrics>,
    user: UserId,
    key: Option<ApiKeyId>,
    request_id: String,
    model: String,
    purpose: Purpose,
    rows: Vec<Row>,
    hold: Option<(String, Hold, Kept)>,
}

/// A call that is over.
struct Row {
    /// Of its row of usage, so that it is written once.
    id: String,
    connection_id: ConnectionId,
    key_id: Option<KeyId>,
    usage: Usage,
    status: Status,
    code: Option<ErrorCode>,
    /// Unix milliseconds.
    started_at: i64,
}

impl Ledger {
    pub(super) fn new(gateway: &Gateway, request: &Request, model: &Resolved, purpose: Purpose) -> Self {
        Self {
            db: gateway.db.clone(),
            metrics: Arc::clone(gateway.runs.metrics()),
            user: request.who.user.id.clone(),
            key: request.who.key.as_ref().map(|key| key.id.clone()),
            request_id: request.origin.request_id.0.clone(),
            model: model.model.clone(),
            purpose,
            rows: Vec::new(),
            hold: None,
        }
    }

    /// Something is set aside for a call of this name.
    pub(super) fn hold(&mut self, call: &str, hold: Hold, kept: Kept) {
        self.hold = Some((call.to_owned(), hold, kept));
    }

    /// Whether something is set aside.
    pub(super) fn is_held(&self) -> bool {
        self.hold.is_some()
    }

    /// Whether there is nothing to write down.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.hold.is_none()
    }

    /// What is left of budgets beside what was set aside.
    pub(super) fn left(&self) -> Vec<Left> {
        self.hold.as_ref().map(|(_, hold, _)| hold.left().to_vec()).unwrap_or_default()
    }

    /// The request's id, as in the log.
    pub(super) fn request_id(&self) -> &str {
        &self.request_id
    }

    /// A call is over. Its price is that of this moment.
    pub(super) fn book(
        &mut self,
        route: &Route,
        mut usage: Usage,
        (status, code): (Status, Option<ErrorCode>),
        started_at: i64,
        correlation: &Correlation,
    ) {
        usage.cost = route
            .facts
            .price
            .map(|price| price.cost(usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens));
        self.log(route, &usage, (status, code), correlation);
        self.rows.push(Row {
            id: new_id(),
            connection_id: route.connection_id.clone(),
            key_id: route.key_id.clone(),
            usage,
            status,
            code,
            started_at,
        });
    }

    /// Which way was gone and how it ended, never with which secret; of an answer that says nothing, what came instead.
    fn log(
        &self,
        route: &Route,
        usage: &Usage,
        (status, code): (Status, Option<ErrorCode>),
        correlation: &Correlation,
    ) {
        let (provider_request_id, received) = (correlation.theirs(), correlation.received().filter(|_| code.is_some()));
        let (chunks, bytes) = received.map(|received| (received.chunks, received.bytes)).unzip();
        let (request_id, model, status) = (self.request_id.as_str(), self.model.as_str(), status.as_str());
        let (connection, key) = (route.connection_id.as_str(), route.key_id.as_ref().map(KeyId::as_str));
        let code = code.map(ErrorCode::as_str);
        let (first_token_ms, total_ms) = (usage.first_token_ms, usage.total_ms);
        tracing::info!(
            request_id,
            model,
            connection,
            key,
            status,
            code,
            provider_request_id,
            chunks,
            bytes,
            first_token_ms,
            total_ms,
            "a call of a program ended"
        );
    }

    /// Writes everything, once; tried four times within some seconds, as a database may be away for a moment.
    pub(super) async fn close(&mut self) {
        if self.is_empty() {
            return;
        }
        let rows = std::mem::take(&mut self.rows);
        let hold = self.hold.take();
        self.count(&rows);
        for pause in [0, 100, 1_000, 5_000] {
            tokio::time::sleep(std::time::Duration::from_millis(pause)).await;
            match self.write(&rows, hold.as_ref().map(|(call, ..)| call.as_str())).await {
                Ok(()) => return,
                Err(cause) => {
                    let (request_id, calls) = (self.request_id.as_str(), rows.len());
                    tracing::error!(request_id, calls, %cause, "calls of a program could not be booked");
                }
            }
        }
    }

    /// The last call is how the answer ended.
    fn count(&self, rows: &[Row]) {
        let answers = &self.metrics.answers;
        rows.iter().for_each(|row| answers.took(&self.model, &row.usage));
        if let Some(last) = rows.last() {
            answers.ended(&self.model, last.status, &last.usage);
        }
    }

    async fn write(&self, rows: &[Row], held: Option<&str>) -> Result<(), DbErr> {
        let tx = self.db.begin().await?;
        for row in rows {
            let record = Record {
                run_id: None,
                user_id: &self.user,
                api_key: self.key.as_ref(),
                connection_id: &row.connection_id,
                key_id: row.key_id.as_ref(),
                model: &self.model,
                purpose: self.purpose,
                usage: &row.usage,
                status: row.status,
                code: row.code.map(ErrorCode::as_str),
                request_id: &self.request_id,
                started_at: row.started_at,
            };
            usage::insert_once(&tx, &row.id, &record).await?;
        }
        if let Some(call) = held {
            let answered = rows.iter().any(|row| row.status == Status::Completed || row.usage.completion_tokens > 0);
            budgets::settle(&tx, call, budgets::took(rows.iter().map(|row| &row.usage), answered)).await?;
        }
        tx.commit().await
    }
}
