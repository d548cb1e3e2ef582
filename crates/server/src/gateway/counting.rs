//! How many tokens a request has: by the provider where it counts, else by our own estimate, learnt from what the model's
//! answers were counted at.

use super::question::{Question, Standard, rules};
use super::{Gateway, Head, Reply, Request};
use crate::catalog::Route;
use crate::error::AppResult;
use bytes::Bytes;
use futures_util::StreamExt as _;
use llm::{Correlation, Error, Interface, Passing};
use serde_json::json;
use shared::{ErrorCode, KeyId};
use std::sync::Arc;
use std::time::Duration;

/// Providers that count for longer are not waited for: an estimate is there at once.
const PATIENCE: Duration = Duration::from_secs(10);

impl Gateway {
    /// Counts the tokens of a request. Nothing is booked: providers count for nothing.
    ///
    /// # Errors
    /// The request's own faults and rights, and `run.limit`.
    pub async fn count(self: &Arc<Self>, request: Request) -> AppResult<Reply> {
        let question = Question::read(Standard::CountTokens, request.body.clone())?;
        let model = self.catalog.resolve(question.model.as_deref(), &request.who)?;
        let _place = self.place(&request.who, Standard::CountTokens)?;
        let admission = Some(request.origin.since.elapsed());
        let counted = async {
            for route in model.routes.iter().filter(|route| route.provider.takes(Interface::CountTokens)) {
                if let Some(counted) = self.counted(route, &question, &request).await {
                    return Some(counted);
                }
            }
            None
        };
        if let Ok(Some(body)) = tokio::time::timeout(PATIENCE, counted).await {
            return Ok(Reply::Whole(Head { admission, ..Head::default() }, body));
        }
        // Only what can be understood can be counted.
        question.understood()?;
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "token counts are small"
        )]
        let tokens = (question.estimate() as f64 * model.token_ratio).round() as u64;
        Ok(Reply::Whole(Head::default(), json!({"input_tokens": tokens}).to_string().into()))
    }

    /// What one way counts, if it does. A key that is refused rests, as it does when it is to answer.
    async fn counted(&self, route: &Route, question: &Question, request: &Request) -> Option<Bytes> {
        let correlation = Correlation::new(&request.origin.request_id.0);
        let mut rules = rules(route);
        rules.correlation = correlation.clone();
        let passing = Passing {
            interface: Interface::CountTokens,
            fields: question.fields.clone(),
            stream: false,
            headers: request.headers.clone(),
            rules,
            limit: None,
        };
        let began = self.clock.now();
        let counted = ask(route, passing).await;
        let error = counted.as_ref().err();
        if let Some(error) = error {
            self.catalog.note(route, Err(error), began);
        }
        let (request_id, model) = (request.origin.request_id.0.as_str(), route.model.as_str());
        let (connection, key) = (route.connection_id.as_str(), route.key_id.as_ref().map(KeyId::as_str));
        let (code, provider_request_id) = (error.map(|error| error.code.as_str()), correlation.theirs());
        tracing::info!(
            request_id,
            model,
            connection,
            key,
            code,
            provider_request_id,
            "the tokens of a request were counted"
        );
        counted.ok()
    }
}

async fn ask(route: &Route, passing: Passing) -> Result<Bytes, Error> {
    let mut pieces = route.provider.pass(passing).await?.pieces;
    let mut body = Vec::new();
    while let Some(piece) = pieces.next().await {
        if let Some(error) = piece.events.into_iter().find_map(Result::err) {
            return Err(error);
        }
        body.extend_from_slice(&piece.bytes);
    }
    let counted = serde_json::from_slice::<serde_json::Value>(&body).unwrap_or_default();
    if counted["input_tokens"].is_u64() { Ok(body.into()) } else { Err(Error::new(ErrorCode::ProviderMalformed)) }
}
