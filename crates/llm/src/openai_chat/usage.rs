//! Token counts, under the names of several vendors.

use crate::lenient::Count;
use serde::Deserialize;
use shared::chat::Usage;

/// The counts as they come.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct WireUsage {
    prompt_tokens: Count,
    completion_tokens: Count,
    total_tokens: Count,
    /// DeepSeek.
    prompt_cache_hit_tokens: Count,
    /// Kimi.
    cached_tokens: Count,
    prompt_tokens_details: Option<PromptDetails>,
    completion_tokens_details: Option<CompletionDetails>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PromptDetails {
    cached_tokens: Count,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CompletionDetails {
    reasoning_tokens: Count,
}

impl WireUsage {
    /// The counts in our terms; zeros are what servers send that do not count.
    pub(crate) fn read(self) -> Option<Usage> {
        let reasoning = self.completion_tokens_details.unwrap_or_default().reasoning_tokens.0;
        let cached = [
            self.prompt_tokens_details.unwrap_or_default().cached_tokens,
            self.prompt_cache_hit_tokens,
            self.cached_tokens,
        ];
        let (prompt, mut completion) = (self.prompt_tokens.0, self.completion_tokens.0);
        // Some count the thoughts apart; the total tells.
        if reasoning > 0 && self.total_tokens.0 == prompt + completion + reasoning {
            completion += reasoning;
        }
        (prompt > 0 || completion > 0).then(|| Usage {
            prompt_tokens: prompt,
            completion_tokens: completion,
            cached_tokens: cached.into_iter().map(|count| count.0).max().unwrap_or_default(),
            reasoning_tokens: reasoning,
            ..Usage::default()
        })
    }
}
