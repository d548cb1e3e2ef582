//! Shares of tokens.

/// How much of a whole a part is.
#[expect(clippy::cast_precision_loss, reason = "token counts are small")]
pub(super) fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

/// A share of so many tokens.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "token counts are small"
)]
pub(super) fn share_of(tokens: u64, share: f64) -> u64 {
    (tokens as f64 * share) as u64
}
