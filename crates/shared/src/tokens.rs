//! Token counts without a tokenizer: an estimate by kinds of characters, calibrated per model by what providers report.
//!
//! Vocabularies differ from model to model and cost megabytes; the sliding window needs only a number that is not too
//! low. The weights are close to o200k for English, Chinese and code; the ratio of a model corrects the rest.

/// Tokens that every message costs beside its text (role and separators).
pub const PER_MESSAGE: u64 = 4;
/// Pixels that make a token of a picture.
const PIXELS_A_TOKEN: u64 = 750;
/// What a picture costs at least and at most: providers shrink the large ones.
const PICTURE_TOKENS: (u64, u64) = (85, 1600);

/// A running estimate over text that arrives in pieces.
#[derive(Clone, Copy, Debug, Default)]
pub struct Estimate {
    hundredths: u64,
}

impl Estimate {
    /// Counts more text.
    pub fn push(&mut self, text: &str) {
        self.hundredths += text.chars().map(weight).sum::<u64>();
    }

    /// The estimate so far, rounded up.
    #[must_use]
    pub fn tokens(self) -> u64 {
        self.hundredths.div_ceil(100)
    }
}

/// Estimated tokens of one message with this text.
#[must_use]
pub fn message_tokens(text: &str) -> u64 {
    let mut estimate = Estimate::default();
    estimate.push(text);
    estimate.tokens() + PER_MESSAGE
}

/// Estimated tokens of a picture of this size in pixels; of an unknown size, those of the largest.
#[must_use]
pub fn picture_tokens(width: Option<u32>, height: Option<u32>) -> u64 {
    let (least, most) = PICTURE_TOKENS;
    let pixels = width.zip(height).map(|(width, height)| u64::from(width) * u64::from(height));
    pixels.map_or(most, |pixels| (pixels / PIXELS_A_TOKEN).clamp(least, most))
}

/// The longest beginning of a text that is a message of at most so many estimated tokens.
#[must_use]
pub fn beginning(text: &str, tokens: u64) -> &str {
    &text[..fitting(text.chars(), tokens)]
}

/// The longest end of a text that is a message of at most so many estimated tokens.
#[must_use]
pub fn end(text: &str, tokens: u64) -> &str {
    &text[text.len() - fitting(text.chars().rev(), tokens)..]
}

/// Bytes of the characters that go into a message of at most so many tokens.
fn fitting(characters: impl Iterator<Item = char>, tokens: u64) -> usize {
    let mut left = tokens.saturating_sub(PER_MESSAGE).saturating_mul(100);
    let mut bytes = 0;
    for c in characters {
        let Some(rest) = left.checked_sub(weight(c)) else { break };
        left = rest;
        bytes += c.len_utf8();
    }
    bytes
}

/// Hundredths of a token for one character.
fn weight(c: char) -> u64 {
    match c {
        'a'..='z' | 'A'..='Z' => 22,
        '0'..='9' => 40,
        ' ' => 4,
        '\n' => 40,
        '\0'..='\u{7f}' => 50,
        '\u{80}'..='\u{7ff}' => 45,
        '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' => 80,
        '\u{20000}'.. => 200,
        _ => 90,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_are_near_known_counts() {
        // Counts of o200k_base, looked up once.
        let english = "The quick brown fox jumps over the lazy dog and runs away into the deep forest."; // 17
        let chinese = "人工智能正在改变我们的生活方式和工作方式。"; // 13
        for (text, known) in [(english, 17), (chinese, 13)] {
            let mut estimate = Estimate::default();
            estimate.push(text);
            let (low, high) = (known * 7 / 10, known * 16 / 10);
            assert!((low..=high).contains(&estimate.tokens()), "{} for {known}: {text}", estimate.tokens());
        }
    }

    #[test]
    fn a_text_is_cut_between_characters_and_no_shorter_than_need_be() {
        let text = "Mixed 中文 text, 123 🎉\n";
        for tokens in 0..=message_tokens(text) {
            for cut in [beginning(text, tokens), end(text, tokens)] {
                assert!(cut.is_empty() || message_tokens(cut) <= tokens, "{cut}");
            }
        }
        let whole = message_tokens(text);
        assert_eq!((beginning(text, whole), end(text, whole)), (text, text));
        assert_eq!((beginning(text, 0), end(text, 0)), ("", ""));
        assert_eq!((beginning("中文", PER_MESSAGE + 1), end("中文", PER_MESSAGE + 1)), ("中", "文"));
    }

    #[test]
    fn a_picture_costs_by_its_size_within_bounds() {
        let sizes = [(Some(10), Some(10)), (Some(1000), Some(750)), (Some(8000), Some(8000)), (None, Some(1))];
        let tokens = sizes.map(|(width, height)| picture_tokens(width, height));
        assert_eq!(tokens, [85, 1000, 1600, 1600]);
    }

    #[test]
    fn pieces_add_up_to_the_whole() {
        let text = "Mixed 中文 text, 123 🎉\n";
        let mut pieces = Estimate::default();
        text.chars().for_each(|c| pieces.push(&c.to_string()));
        let mut whole = Estimate::default();
        whole.push(text);
        assert_eq!(pieces.tokens(), whole.tokens());
    }
}
