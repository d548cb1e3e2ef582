//! How many tokens a conversation has, by a rule that is near to real tokenizers and the same everywhere: nobody's own, so
//! that an estimate cannot be right by accident.
//!
//! A Latin letter, digit, blank or mark is a quarter of a token, a Han character, kana or full-width mark seven tenths,
//! any other character half of one; each text is rounded up. A message costs three tokens beside its text, a picture 300,
//! and the answer three. Tools that are offered and documents that are no text cost nothing.

use crate::request::ChatRequest;

const PER_MESSAGE: u64 = 3;
const PER_ANSWER: u64 = 3;
const PER_PICTURE: u64 = 300;

/// The tokens of a conversation.
pub(crate) fn conversation(request: &ChatRequest) -> u64 {
    let texts: u64 = request.texts().map(|text| tokens(text) + PER_MESSAGE).sum();
    texts + PER_PICTURE * request.images() as u64 + PER_ANSWER
}

/// The tokens of a text by the rule of the fake server's models that count.
#[must_use]
pub fn tokens(text: &str) -> u64 {
    text.chars().map(hundredths).sum::<u64>().div_ceil(100)
}

fn hundredths(c: char) -> u64 {
    match c {
        '\0'..='\u{7f}' => 25,
        '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' => 70,
        _ => 50,
    }
}

#[cfg(test)]
mod tests {
    use super::tokens;

    #[test]
    fn scripts_weigh_what_the_rule_says() {
        for (text, count) in [("", 0), ("four", 1), ("eight...", 2), ("a", 1), ("汉字汉字汉字汉字汉字", 7), ("é", 1)]
        {
            assert_eq!(tokens(text), count, "{text}");
        }
    }
}
