//! How many tokens a request has: by the provider where it counts, else by our own estimate, learnt from what the model's
//! answers were counted at.

use super::question::{Question, Standard, rules};
use super::{Gateway, Reply, Request};
use crate::error::AppResult;
use bytes::Bytes;
use futures_util::StreamExt as _;
use llm::{Interface, Passing};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// A provider that counts for longer is not waited for: an estimate is there at once.
const PATIENCE: Duration = Duration::from_secs(10);

impl Gateway {
    /// Counts the tokens of a request. Nothing is booked: providers count for nothing.
    ///
    /// # Errors
    /// The request's own faults and rights.
    pub async fn count(self: &Arc<Self>, request: Request) -> AppResult<Reply> {
        let question = Question::read(Standard::CountTokens, request.body.clone())?;
        let model = self.catalog.resolve(question.model.as_deref(), &request.who)?;
        let counting = model.routes.iter().find(|route| route.provider.takes(Interface::CountTokens));
        if let Some(route) = counting {
            let passing = Passing {
                interface: Interface::CountTokens,
                fields: question.fields.clone(),
                stream: false,
                headers: request.headers.clone(),
                rules: rules(route),
                limit: None,
            };
            let counted = tokio::time::timeout(PATIENCE, async {
                let mut pieces = route.provider.pass(passing).await.ok()?.pieces;
                let mut body = Vec::new();
                while let Some(piece) = pieces.next().await {
                    if piece.events.iter().any(Result::is_err) {
                        return None;
                    }
                    body.extend_from_slice(&piece.bytes);
                }
                let counted = serde_json::from_slice::<serde_json::Value>(&body).ok()?;
                counted["input_tokens"].is_u64().then(|| Bytes::from(body))
            });
            if let Ok(Some(body)) = counted.await {
                return Ok(Reply::Whole(super::Head::default(), body));
            }
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
        Ok(Reply::Whole(super::Head::default(), json!({"input_tokens": tokens}).to_string().into()))
    }
}
