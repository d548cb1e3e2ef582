//! History in, request out: the active path, newest first, held inside the model's window.
//!
//! Pure. Only finished text of the path goes in: answers that failed without a word, thoughts and notices stay out.
//! An answer to be continued is always among it, with its question.

use super::tokens::{self, message_tokens};
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
    /// How many of them stay, whatever comes first then.
    kept: usize,
    taken: usize,
    noticed: bool,
    full: bool,
}

/// Least estimated tokens of an answer to continue, and of its question, that go in however small the window is.
const LEAST_PIECE: u64 = 32;

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
        Self { budget, used: 0, ratio, newest_first: Vec::new(), kept: 1, taken: 0, noticed: false, full: false }
    }

    /// Offers the next older message. Answers whether still older ones are wanted.
    pub fn offer(&mut self, past: &Past) -> bool {
        if self.full {
            return false;
        }
        let text = plain_text(&past.parts);
        // The newest message goes in however long it is: the provider's own refusal says more than ours could.
        let newest = self.newest_first.is_empty();
        if !newest && self.calibrated(self.used + message_tokens(&text)) > self.budget {
            self.full = true;
            return false;
        }
        self.take(past, &text);
        true
    }

    /// Begins with what an answer cannot be continued without: `instruction`, the answer, and its question. Of what does
    /// not fit, the end of the answer goes in, and the beginning of the question.
    pub fn continue_answer(&mut self, instruction: &str, answer: &Past, question: Option<&Past>) {
        let (said, asked) = (plain_text(&answer.parts), question.map(|past| plain_text(&past.parts)));
        let asked = asked.unwrap_or_default();
        let room = self.room().saturating_sub(message_tokens(instruction));
        // A quarter of the room says what a long question is about; it gets more where the answer leaves more.
        let left = room.saturating_sub(message_tokens(&said)).max(room / 4);
        let asked_piece = tokens::beginning(&asked, left.max(LEAST_PIECE));
        let left = room.saturating_sub(message_tokens(asked_piece));
        let said_piece = tokens::end(&said, left.max(LEAST_PIECE));
        self.full = said_piece.len() < said.len() || asked_piece.len() < asked.len();
        self.take(&Past { from_user: true, parts: Vec::new() }, instruction);
        self.take(answer, said_piece);
        if let Some(question) = question {
            self.take(question, asked_piece);
        }
        self.kept = self.newest_first.len();
    }

    fn take(&mut self, past: &Past, text: &str) {
        self.taken += 1;
        self.noticed |= past.parts.iter().any(is_trim_notice);
        // Several providers refuse a message of blanks, which an answer that failed may be.
        if !text.trim().is_empty() {
            self.used += message_tokens(text);
            let role = if past.from_user { Role::User } else { Role::Assistant };
            self.newest_first.push(ChatMessage::new(role, text));
        }
    }

    /// The request's messages.
    #[must_use]
    pub fn fit(mut self) -> Fitted {
        // A path that was cut must not begin with an answer to nothing: several providers refuse that.
        while self.full
            && self.newest_first.len() > self.kept
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

    /// Estimated tokens that fill the window.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "token counts are small"
    )]
    fn room(&self) -> u64 {
        (self.budget as f64 / self.ratio) as u64
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

    fn continued(tokens: u32, newest_first: &[Past]) -> Fitted {
        let mut window = Window::new(tokens, 1.0);
        window.continue_answer("go on", &newest_first[0], newest_first.get(1));
        newest_first.iter().skip(2).all(|past| window.offer(past));
        window.fit()
    }

    #[test]
    fn an_answer_to_continue_goes_in_with_its_question_and_what_is_older_as_it_fits() {
        let path = [past(false, "half"), past(true, "why?"), past(false, "b"), past(true, "a")];
        assert_eq!(texts(&continued(8000, &path)), ["a", "b", "why?", "half", "go on"]);
        let long = "word ".repeat(2000);
        let path = [past(false, "half"), past(true, "why?"), past(false, "b"), past(true, &long)];
        let fitted = continued(1000, &path);
        assert_eq!(texts(&fitted), ["why?", "half", "go on"], "and begins with the person");
        assert_eq!(fitted.taken, 3);
    }

    #[test]
    fn of_an_answer_longer_than_the_window_the_end_goes_in_and_its_question_whole() {
        let answer = format!("{}the end", "汉字 ".repeat(5000));
        let fitted = continued(1000, &[past(false, &answer), past(true, "why?"), past(false, "old")]);
        let said = texts(&fitted);
        assert_eq!((said.len(), said[0].as_str(), said[2].as_str()), (3, "why?", "go on"));
        assert!(said[1].len() < answer.len() && answer.ends_with(&said[1]), "{}", said[1]);
        assert!((700..=750).contains(&fitted.estimate), "{}", fitted.estimate);
    }

    #[test]
    fn of_a_long_question_to_a_long_answer_the_beginning_goes_in() {
        let (answer, question) = ("and ".repeat(5000) + "the end", "the beginning ".to_owned() + &"or ".repeat(5000));
        let fitted = continued(1000, &[past(false, &answer), past(true, &question), past(false, "old")]);
        let said = texts(&fitted);
        assert!(said[0].starts_with("the beginning ") && said[1].ends_with("the end"), "{said:?}");
        assert!(said[1].len() > 2 * said[0].len(), "most of the room is the answer's");
        assert!(fitted.estimate <= 750, "{}", fitted.estimate);
    }

    #[test]
    fn no_window_is_too_small_for_the_end_of_the_answer() {
        let fitted = continued(16, &[past(false, &("and ".repeat(500) + "the end")), past(true, "why?")]);
        assert!(texts(&fitted)[1].ends_with("the end"), "{fitted:?}");
        let alone = continued(16, &[past(false, "half")]);
        assert_eq!(texts(&alone), ["half", "go on"], "also without a question");
    }

    #[test]
    fn a_question_goes_in_however_long_it_is_if_its_answer_said_nothing() {
        let question = "word ".repeat(5000);
        let fitted = fit(100, 1.0, &[past(false, " \n"), past(true, &question), past(false, "old")]);
        assert_eq!(texts(&fitted), [question]);
    }

    #[test]
    fn an_answer_without_text_is_left_out() {
        let empty = Past { from_user: false, parts: vec![Part::reasoning("hm")] };
        let fitted = fit(8000, 1.0, &[past(true, "b"), empty, past(true, "a")]);
        assert_eq!(texts(&fitted), ["a\n\nb"], "two questions in a row are one");
        assert_eq!(fitted.taken, 3);
    }
}
