//! History in, request out: the active path, newest first, held inside the model's window.
//!
//! Pure. Only finished text of the path goes in: answers that failed without a word, thoughts and notices stay out.

use super::tokens::message_tokens;
use llm::{ChatMessage, Role};
use shared::Part;
use shared::part::plain_text;

/// A message of the active path.
#[derive(Clone, Debug)]
pub struct Past {
    /// Whether the person wrote it.
    pub from_user: bool,
    /// What it is made of.
    pub parts: Vec<Part>,
}

/// Collects the path from its newest message upwards until the window is full.
#[derive(Debug)]
pub struct Window {
    budget: u64,
    used: u64,
    ratio: f64,
    newest_first: Vec<ChatMessage>,
    taken: usize,
    noticed: bool,
    full: bool,
}

/// What goes to the model.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// The messages, oldest first.
    pub messages: Vec<ChatMessage>,
    /// Estimated tokens of all of them, uncalibrated; compare with what the provider reports to calibrate.
    pub estimate: u64,
    /// How many messages of the path were looked at and found to fit.
    pub taken: usize,
    /// Whether an answer on the kept path already says that older messages were left out.
    pub noticed: bool,
}

impl Window {
    /// A window of `tokens`, of which a quarter (at most 4,096) is kept free for the answer. `ratio` is the model's
    /// real tokens per estimated token.
    #[must_use]
    pub fn new(tokens: u32, ratio: f64) -> Self {
        let tokens = u64::from(tokens);
        let budget = tokens - (tokens / 4).min(4096);
        Self { budget, used: 0, ratio, newest_first: Vec::new(), taken: 0, noticed: false, full: false }
    }

    /// Offers the next older message. Answers whether still older ones are wanted.
    pub fn offer(&mut self, past: &Past) -> bool {
        if self.full {
            return false;
        }
        let text = plain_text(&past.parts);
        let tokens = message_tokens(&text);
        // The newest message goes in however long it is: the provider's own refusal says more than ours could.
        if self.taken > 0 && self.calibrated(self.used + tokens) > self.budget {
            self.full = true;
            return false;
        }
        self.taken += 1;
        self.noticed |= past.parts.iter().any(is_trim_notice);
        if !text.is_empty() {
            self.used += tokens;
            let role = if past.from_user { Role::User } else { Role::Assistant };
            self.newest_first.push(ChatMessage::new(role, text));
        }
        true
    }

    /// The request's messages.
    #[must_use]
    pub fn fit(mut self) -> Fitted {
        // A path that was cut must not begin with an answer to nothing: several providers refuse that.
        while self.full
            && self.newest_first.len() > 1
            && self.newest_first.last().is_some_and(|m| m.role == Role::Assistant)
        {
            self.newest_first.pop();
            self.taken -= 1;
        }
        let mut messages: Vec<ChatMessage> = Vec::with_capacity(self.newest_first.len());
        for message in self.newest_first.into_iter().rev() {
            match messages.last_mut() {
                // An answer that failed without a word leaves two questions in a row, which many templates refuse.
                Some(last) if last.role == message.role => {
                    *last = ChatMessage::new(last.role, format!("{}\n\n{}", last.text(), message.text()));
                }
                _ => messages.push(message),
            }
        }
        Fitted { messages, estimate: self.used, taken: self.taken, noticed: self.noticed }
    }

    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "token counts are small"
    )]
    fn calibrated(&self, tokens: u64) -> u64 {
        (tokens as f64 * self.ratio).ceil() as u64
    }
}

fn is_trim_notice(part: &Part) -> bool {
    matches!(part, Part::Notice { code, .. } if code == shared::ErrorCode::ContextTrimmed.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past(from_user: bool, text: &str) -> Past {
        Past { from_user, parts: vec![Part::reasoning("hidden"), Part::text(text)] }
    }

    fn fit(tokens: u32, ratio: f64, newest_first: &[Past]) -> Fitted {
        let mut window = Window::new(tokens, ratio);
        for message in newest_first {
            if !window.offer(message) {
                break;
            }
        }
        window.fit()
    }

    fn texts(fitted: &Fitted) -> Vec<String> {
        fitted.messages.iter().map(ChatMessage::text).collect()
    }

    #[test]
    fn a_short_path_goes_in_whole_in_reading_order_without_thoughts() {
        let fitted = fit(8000, 1.0, &[past(true, "c"), past(false, "b"), past(true, "a")]);
        assert_eq!(texts(&fitted), ["a", "b", "c"]);
        assert_eq!(fitted.taken, 3);
    }

    #[test]
    fn the_oldest_fall_out_first_and_the_rest_begins_with_the_person() {
        let long = "word ".repeat(200);
        let path = [past(true, "now"), past(false, &long), past(true, &long), past(false, &long), past(true, &long)];
        let fitted = fit(1000, 1.0, &path);
        assert_eq!(fitted.taken, 3);
        assert_eq!(fitted.messages[0].role, Role::User);
        assert_eq!(texts(&fitted).last().map(String::as_str), Some("now"));
    }

    #[test]
    fn a_model_that_counts_more_gets_less() {
        let path: Vec<Past> = (0..40).map(|n| past(n % 2 == 0, &"word ".repeat(20))).collect();
        assert!(fit(1000, 2.0, &path).taken < fit(1000, 1.0, &path).taken);
    }

    #[test]
    fn the_newest_message_is_sent_however_long_it_is() {
        let fitted = fit(100, 1.0, &[past(true, &"word ".repeat(5000)), past(false, "old")]);
        assert_eq!(fitted.messages.len(), 1);
    }

    #[test]
    fn an_answer_without_text_is_left_out() {
        let empty = Past { from_user: false, parts: vec![Part::reasoning("hm")] };
        let fitted = fit(8000, 1.0, &[past(true, "b"), empty, past(true, "a")]);
        assert_eq!(texts(&fitted), ["a\n\nb"], "two questions in a row are one");
        assert_eq!(fitted.taken, 3);
    }
}
