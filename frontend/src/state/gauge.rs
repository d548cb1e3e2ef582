//! How full the context of the chosen model is, as plain data: what the server counted, and what is typed and attached
//! since. The server's count is right; what is added here is an estimate, which it corrects with the next answer.

use shared::chat::ContextGauge;
use shared::files::{FileInfo, FileKind};

/// From which share on, in percent, somebody wants to know.
const WORTH_A_RING: u64 = 50;

/// What is typed and attached and not sent yet, in tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// Of texts, as this client estimates them.
    pub texts: u64,
    /// Of pictures, which need no correction.
    pub pictures: u64,
}

impl Weight {
    /// Of a text with files.
    #[must_use]
    pub fn of(text: u64, files: &[FileInfo]) -> Self {
        let sum = |kind| files.iter().filter(|file| file.kind == kind).map(|file| file.tokens).sum::<u64>();
        Self { texts: text + sum(FileKind::Document), pictures: sum(FileKind::Image) }
    }

    fn tokens(self, ratio: f64) -> u64 {
        (self.texts as f64 * ratio).round() as u64 + self.pictures
    }
}

/// How full the context is. All but `left_out` in tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measure {
    /// What the model reads and writes together.
    pub limit: u64,
    /// What of that is kept free for the answer.
    pub reserved: u64,
    /// What the chat takes.
    pub used: u64,
    /// What is typed and attached.
    pub draft: u64,
    /// How many messages are left out already.
    pub left_out: u64,
    /// Real tokens over estimated ones.
    pub ratio: f64,
}

/// What there is to say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// All of it fits.
    Fits,
    /// Old messages are left out already.
    OldOut(u64),
    /// So many will be left out for what is typed; none where nobody counted them.
    WillOut(Option<u64>),
    /// What is typed does not fit by itself.
    TooLong,
}

impl Measure {
    /// Adds what is typed to what the server counted.
    #[must_use]
    pub fn of(gauge: &ContextGauge, weight: Weight) -> Self {
        let ContextGauge { limit, reserved, used, left_out, ratio, .. } = *gauge;
        Self { limit, reserved, used, draft: weight.tokens(ratio), left_out, ratio }
    }

    /// A chat that has no message yet, where the model's limit is known.
    #[must_use]
    pub fn fresh(limit: u32, weight: Weight) -> Self {
        Self { limit: limit.into(), draft: weight.tokens(1.0), ratio: 1.0, ..Self::default() }
    }

    fn room(self) -> u64 {
        self.limit.saturating_sub(self.reserved).max(1)
    }

    /// How much of the room for messages is taken, in percent; may be over 100.
    #[must_use]
    pub fn share(self) -> u64 {
        (self.used + self.draft) * 100 / self.room()
    }

    /// Whether it is worth showing.
    #[must_use]
    pub fn is_worth_a_ring(self) -> bool {
        self.share() >= WORTH_A_RING || self.left_out > 0
    }

    /// Whether messages are left out, or will be.
    #[must_use]
    pub fn is_over(self) -> bool {
        self.share() > 100 || self.left_out > 0
    }

    /// What there is to say. `messages` are the estimated tokens of all messages of the chat, oldest first, where all are
    /// known.
    #[must_use]
    pub fn note(self, messages: Option<&[u64]>) -> Note {
        let over = (self.used + self.draft).saturating_sub(self.room());
        match (over, self.left_out) {
            _ if self.draft > self.room() => Note::TooLong,
            (1.., left_out) => Note::WillOut(messages.and_then(|messages| self.leaves_out(over, messages, left_out))),
            (0, 1..) => Note::OldOut(self.left_out),
            (0, 0) => Note::Fits,
        }
    }

    /// How many messages go for so many tokens, those included that are out already. Turns go whole.
    fn leaves_out(self, over: u64, messages: &[u64], left_out: u64) -> Option<u64> {
        let mut freed = 0.0;
        let mut count = usize::try_from(left_out).ok()?;
        while freed < over as f64 {
            freed += *messages.get(count)? as f64 * self.ratio;
            count += 1;
        }
        Some(count.next_multiple_of(2).min(messages.len()) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::{Measure, Note, Weight};

    fn measure(used: u64, draft: u64, left_out: u64) -> Measure {
        Measure { limit: 1_200, reserved: 200, used, draft, left_out, ratio: 2.0 }
    }

    #[test]
    fn what_is_kept_for_the_answer_is_no_room_for_messages() {
        assert_eq!((measure(500, 0, 0).share(), measure(500, 500, 0).share()), (50, 100));
        assert!(measure(500, 0, 0).is_worth_a_ring() && !measure(499, 0, 0).is_worth_a_ring());
        assert!(measure(100, 0, 3).is_worth_a_ring(), "something is missing");
    }

    #[test]
    fn the_estimate_of_texts_is_corrected_and_that_of_pictures_is_not() {
        assert_eq!(Weight { texts: 100, pictures: 85 }.tokens(1.5), 235);
    }

    #[test]
    fn turns_go_whole_and_count_those_that_are_out_already() {
        // Corrected, these messages take 100, 300, 100, 300.
        let messages = [50, 150, 50, 150];
        assert_eq!(measure(800, 100, 0).note(Some(&messages)), Note::Fits);
        assert_eq!(measure(800, 300, 0).note(Some(&messages)), Note::WillOut(Some(2)));
        assert_eq!(measure(800, 650, 0).note(Some(&messages)), Note::WillOut(Some(4)));
        assert_eq!(measure(400, 700, 2).note(Some(&messages)), Note::WillOut(Some(4)));
        assert_eq!(measure(900, 0, 2).note(Some(&messages)), Note::OldOut(2));
    }

    #[test]
    fn without_all_messages_nobody_counts() {
        assert_eq!(measure(900, 300, 0).note(None), Note::WillOut(None));
        assert_eq!(measure(900, 300, 0).note(Some(&[10])), Note::WillOut(None));
    }

    #[test]
    fn a_message_longer_than_the_room_says_so() {
        assert_eq!(measure(0, 1_001, 0).note(None), Note::TooLong);
        assert_eq!(Measure::fresh(1_000, Weight { texts: 600, pictures: 0 }).share(), 60);
    }
}
