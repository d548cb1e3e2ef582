//! A real tokenizer, for the one moment in which an estimate is not enough: a conversation comes near the limit of a
//! model of which nothing has been measured yet. It costs tens of megabytes, so it is loaded on first need, and neither
//! that nor counting happens on a thread that serves others.

use std::sync::OnceLock;
use tiktoken_rs::CoreBPE;

/// Most tokenizers are within a quarter of this one; the estimate may be further off.
fn o200k() -> Option<&'static CoreBPE> {
    static LOADED: OnceLock<Option<CoreBPE>> = OnceLock::new();
    LOADED.get_or_init(|| tiktoken_rs::o200k_base().ok()).as_ref()
}

/// Real tokens of a text over its estimate; none if it cannot be counted.
pub(super) async fn ratio(text: String, estimate: u64) -> Option<f64> {
    // A text that the tokenizer stumbles over ends its task, and the estimate stands.
    let counted = tokio::task::spawn_blocking(move || Some(o200k()?.encode_ordinary(&text).len()));
    let tokens = counted.await.ok().flatten()?;
    #[expect(clippy::cast_precision_loss, reason = "token counts are small")]
    let ratio = tokens as f64 / estimate as f64;
    Some(ratio)
}

#[cfg(test)]
mod tests {
    use super::ratio;

    #[tokio::test]
    async fn it_counts_as_the_vocabulary_does() {
        // Counts of o200k_base, looked up once.
        let english = "The quick brown fox jumps over the lazy dog and runs away into the deep forest.";
        let chinese = "人工智能正在改变我们的生活方式和工作方式。";
        let counted = (ratio(english.into(), 1).await, ratio(chinese.into(), 1).await);
        assert_eq!(counted, (Some(17.0), Some(11.0)));
    }
}
