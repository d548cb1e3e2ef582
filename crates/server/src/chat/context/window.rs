//! Which turns of the path go in: whole ones, the newest first, until the window is full.
//!
//! A turn is a question with everything up to the next one, so no call of a tool goes without its result. What a provider
//! counted for the same path before is exact; only what came after it is estimated.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "token counts are small"
)]

use super::layers::Told;
use super::{Counted, Past, Stamps, count};
use shared::part::plain_text;
use shared::tokens::{self, message_tokens};
use shared::{ErrorCode, Part};

/// Most tokens that are kept free for an answer that nobody limited.
const RESERVED: u64 = 4_096;
/// Least estimated tokens of an answer to continue, and of its question, that go in however small the window is.
const LEAST_PIECE: u64 = 32;
/// Most pictures of one request. Those of the newest message go in whatever.
const MAX_PICTURES: usize = 20;
/// Most bytes of the pictures of one request.
pub const MAX_PICTURE_BYTES: u64 = 20 * 1024 * 1024;
/// No tokenizer is further off the estimate than this; a provider that counts nonsense must not empty a context.
const RATIOS: (f64, f64) = (0.25, 4.0);
/// Tokens of the line that tells when a question was asked.
const STAMP: u64 = 20;
/// Estimated tokens from which one conversation says how its model counts the rest of it.
const TELLING: u64 = 500;
/// From this share of the budget on it matters how exact the estimate is.
const NEAR: f64 = 0.7;
/// Most bytes of a path that are counted by a real tokenizer; they stand for the rest.
const SAMPLE_BYTES: usize = 256 * 1024;

/// How much a model reads, and how it counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Room {
    /// Tokens that it reads and writes together.
    pub window: u64,
    /// Tokens of these that are kept free for the answer.
    pub reserved: u64,
    /// Real tokens over estimated ones.
    pub ratio: f64,
    /// Whether that was measured with this model.
    pub measured: bool,
    /// Whether a provider refused what should have fitted: then what it counted before is not believed either.
    pub refused: bool,
}

impl Room {
    /// The room of a model with this window, given the limit that was set for its answers, and the model's own.
    #[must_use]
    pub fn new(window: u64, max_tokens: Option<u32>, max_output: Option<u32>, ratio: f64) -> Self {
        let own = max_output.map_or(RESERVED, |most| u64::from(most).min(RESERVED));
        let wanted = max_tokens.map_or(own.min(window / 4), u64::from);
        // A limit as large as the window would leave nothing to read.
        let reserved = wanted.min(window / 4 * 3);
        Self { window, reserved, ratio, measured: (ratio - 1.0).abs() > f64::EPSILON, refused: false }
    }

    /// The room in which a request may have so many tokens.
    #[must_use]
    pub fn with_budget(self, budget: u64) -> Self {
        let reserved = self.reserved.min(budget / 3);
        Self { window: budget + reserved, reserved, ..self }
    }

    /// Tokens that a request may have.
    #[must_use]
    pub fn budget(&self) -> u64 {
        self.window - self.reserved
    }
}

/// Collects the path from its newest message upwards.
#[derive(Debug)]
pub struct Window {
    room: Room,
    /// Newest first.
    path: Vec<Item>,
    /// How many of them stay, whatever happens.
    kept: usize,
    /// Whether whatever comes next stays, up to the next question.
    keeps_question: bool,
    /// Estimated tokens of what stands around the path.
    fixed: u64,
    unfinished: u64,
    estimate: u64,
    sees: bool,
    /// Tokens of the line that tells when a question was asked.
    per_question: u64,
    pictures: (usize, u64),
    counted: Option<(usize, Counted)>,
}

#[derive(Debug)]
struct Item {
    past: Past,
    tokens: u64,
    pictures: usize,
}

/// A message that goes in.
#[derive(Debug, PartialEq)]
pub struct Taken {
    /// The message.
    pub past: Past,
    /// How many of its pictures go in, from the first; lines stand for the others.
    pub pictures: usize,
}

/// What goes to the model.
#[derive(Debug, PartialEq)]
pub struct Fitted {
    /// The messages, oldest first.
    pub path: Vec<Taken>,
    /// How many messages were looked at.
    pub read: usize,
    /// Estimated tokens of all that goes in, before any ratio; compare with what the provider reports to calibrate.
    pub estimate: u64,
    /// Tokens of the same as the model will count them, as far as that is known.
    pub tokens: u64,
    /// Estimated tokens of the instructions among these.
    pub instructions: u64,
    /// Real tokens over estimated ones of what is new in this conversation.
    pub ratio: f64,
    /// Whether an answer among these already says that older messages were left out.
    pub trim_told: bool,
    /// Pictures of these messages that were left out to save room, unless an answer among them says so already.
    pub pictures_left_out: usize,
}

impl Window {
    /// A window for a conversation that begins with this. A model that does not see gets no pictures.
    #[must_use]
    pub fn new(room: Room, told: &Told, sees: bool) -> Self {
        let fixed = if told.text.is_empty() { 0 } else { message_tokens(&told.text) };
        let per_question = if told.stamps == Stamps::default() { 0 } else { STAMP };
        Self {
            room,
            path: Vec::new(),
            kept: 0,
            keeps_question: false,
            fixed,
            unfinished: 0,
            estimate: fixed,
            sees,
            per_question,
            pictures: (MAX_PICTURES, MAX_PICTURE_BYTES),
            counted: None,
        }
    }

    /// Takes the newest message. It goes in however long it is: the provider's own refusal says more than ours could.
    pub fn keep(&mut self, past: Past) {
        self.push(past, true);
        self.kept = self.path.len();
    }

    /// The question that comes next goes in however long it is, with what stands below it.
    pub fn keep_next_question(&mut self) {
        self.keeps_question = true;
    }

    /// Takes what the model has written in a turn that goes on.
    pub fn go_on(&mut self, unfinished: &[Part]) {
        self.unfinished = count::unfinished(unfinished);
        self.estimate += self.unfinished;
    }

    /// Begins with what an answer cannot be continued without: `instruction`, the answer, and its question. Of what does
    /// not fit, the end of the answer goes in, and the beginning of the question.
    pub fn continue_answer(&mut self, instruction: &str, answer: Past, question: Option<Past>) {
        let (said, asked) = (text(&answer), question.as_ref().map(text).unwrap_or_default());
        let room = self.room_left().saturating_sub(message_tokens(instruction));
        // A quarter of the room says what a long question is about; it gets more where the answer leaves more.
        let left = room.saturating_sub(message_tokens(&said)).max(room / 4);
        let asked_piece = tokens::beginning(&asked, left.max(LEAST_PIECE));
        let left = room.saturating_sub(message_tokens(asked_piece));
        let said_piece = tokens::end(&said, left.max(LEAST_PIECE));
        self.keep(Past { from_user: true, parts: vec![Part::text(instruction)], ..Past::default() });
        self.keep(cut(answer, &said, said_piece));
        if let Some(question) = question {
            self.keep(cut(question, &asked, asked_piece));
        }
    }

    /// Offers the next older message. Answers whether still older ones are wanted.
    pub fn offer(&mut self, past: Past) -> bool {
        let question = past.from_user;
        if self.keeps_question {
            self.keep(past);
            self.keeps_question = !question;
        } else {
            self.push(past, false);
        }
        // Where the provider's own count is at hand, the estimate may be far off; twice too much is too much anyhow.
        let counted = !self.room.refused && self.counted.is_some_and(|(_, counted)| counted.same_model);
        let most = if counted { self.room.budget() * 2 } else { self.room.budget() };
        self.keeps_question || scaled(self.estimate, self.room.ratio) <= most
    }

    fn push(&mut self, past: Past, newest: bool) {
        let pictures = self.show(&past, newest);
        let stamp = if past.from_user { self.per_question } else { 0 };
        let tokens = count::message(&past.parts, pictures) + stamp;
        // Only the newest count says how many tokens the path has now.
        if self.counted.is_none() {
            self.counted = past.counted.map(|counted| (self.path.len(), counted));
        }
        self.estimate += tokens;
        self.path.push(Item { past, tokens, pictures });
    }

    /// How many pictures of a message go in.
    fn show(&mut self, past: &Past, newest: bool) -> usize {
        if !self.sees {
            return 0;
        }
        let (mut shown, (count, bytes)) = (0, &mut self.pictures);
        for file in pictures(&past.parts) {
            if !newest && (*count == 0 || *bytes < file.size) {
                // Nothing older goes in, either: what a reader sees last is what a model should see.
                (*count, *bytes) = (0, 0);
                break;
            }
            *count = count.saturating_sub(1);
            *bytes = bytes.saturating_sub(file.size);
            shown += 1;
        }
        shown
    }

    /// Words to count with a real tokenizer and their estimate, where it decides what goes in and nothing is known of
    /// this model yet.
    #[must_use]
    pub fn sample(&self) -> Option<(String, u64)> {
        let near = scaled(self.estimate, self.room.ratio) as f64 > self.room.budget() as f64 * NEAR;
        let known = self.room.measured || self.counted.is_some_and(|(_, counted)| counted.same_model);
        if known || !near {
            return None;
        }
        let mut sample = String::new();
        for part in self.path.iter().flat_map(|item| &item.past.parts) {
            let text = part.as_text().unwrap_or_default();
            let rest = SAMPLE_BYTES.saturating_sub(sample.len());
            sample.push_str(&text[..text.floor_char_boundary(rest)]);
        }
        let estimate = count::words(&sample);
        (estimate > 0).then_some((sample, estimate))
    }

    /// Takes what was measured with a sample.
    pub fn measured(&mut self, ratio: f64) {
        self.room.ratio = ratio.clamp(RATIOS.0, RATIOS.1);
    }

    /// What goes in. `whole` says whether the path was offered up to its first message.
    #[must_use]
    pub fn fit(mut self, whole: bool) -> Fitted {
        let rates = self.rates(whole);
        let cost = |at: usize, tokens: u64| tokens as f64 * if at < rates.from { rates.new } else { rates.old };
        let costs = |range: std::ops::Range<usize>| range.map(|at| cost(at, self.path[at].tokens)).sum::<f64>();
        let budget = self.room.budget() as f64;
        let mut taken = self.kept;
        let mut sum = cost(usize::MAX, self.fixed) + cost(0, self.unfinished) + costs(0..taken);
        while taken < self.path.len() {
            let question = (taken..self.path.len()).find(|&at| self.path[at].past.from_user);
            let end = question.map_or(self.path.len(), |at| at + 1);
            let turn = costs(taken..end);
            // Without its question an answer is one to nothing, which several providers refuse.
            if question.is_none() || sum + turn > budget {
                break;
            }
            (taken, sum) = (end, sum + turn);
        }
        let read = self.path.len();
        self.path.truncate(taken);
        self.fitted(read, sum, rates.new)
    }

    fn fitted(self, read: usize, tokens: f64, ratio: f64) -> Fitted {
        let items = || self.path.iter();
        let told = |codes: &[ErrorCode]| items().any(|item| item.past.parts.iter().any(|part| tells(part, codes)));
        let left_out = |item: &Item| pictures(&item.past.parts).count() - item.pictures;
        let hidden = if self.sees { items().map(left_out).sum() } else { 0 };
        let files_told = told(&[ErrorCode::ContextFilesLeftOut]);
        Fitted {
            read,
            estimate: self.fixed + self.unfinished + items().map(|item| item.tokens).sum::<u64>(),
            tokens: whole(tokens),
            instructions: self.fixed,
            ratio,
            trim_told: told(&TRIMMED),
            pictures_left_out: if files_told { 0 } else { hidden },
            path: self.path.into_iter().rev().map(|Item { past, pictures, .. }| Taken { past, pictures }).collect(),
        }
    }

    /// The ratios of what the provider counted itself and of what came after. Its count says nothing about a path of
    /// which it did not get everything, or of which it got much more, as from a search of the web.
    fn rates(&self, whole: bool) -> Rates {
        let ratio = self.room.ratio;
        let plain = Rates { from: usize::MAX, old: ratio, new: ratio };
        let known = self.counted.filter(|(_, counted)| counted.same_model && whole && !self.room.refused);
        let Some((at, counted)) = known else { return plain };
        let cut = |item: &Item| item.past.parts.iter().any(|part| tells(part, &LEFT_OUT));
        // Another text than the one that was counted.
        let since = &self.path[at].past.created_at;
        if self.path[at..].iter().any(|item| item.past.edited_at.as_ref().is_some_and(|edited| edited >= since)) {
            return plain;
        }
        // Instructions may have changed since: those of that moment are what was counted.
        let estimate = counted.instructions + self.path[at..].iter().map(|item| item.tokens).sum::<u64>();
        if estimate == 0 || self.path.iter().any(cut) || differ(counted.tokens, scaled(estimate, ratio)) {
            return plain;
        }
        let old = (counted.tokens as f64 / estimate as f64).clamp(RATIOS.0, RATIOS.1);
        Rates { from: at, old, new: if estimate >= TELLING { old } else { ratio } }
    }

    /// Estimated tokens that still fit.
    fn room_left(&self) -> u64 {
        whole(self.room.budget() as f64 / self.room.ratio).saturating_sub(self.fixed)
    }
}

/// Whether two counts of the same are so far apart that one of them is of something else.
fn differ(one: u64, other: u64) -> bool {
    one.max(other) > one.min(other).saturating_mul(2) && one.abs_diff(other) > TELLING
}

struct Rates {
    /// The first place in the path, newest first, that the provider counted.
    from: usize,
    old: f64,
    new: f64,
}

/// What says that a path was cut.
const TRIMMED: [ErrorCode; 2] = [ErrorCode::ContextTrimmed, ErrorCode::ContextRetried];
/// What says that a request did not have everything.
const LEFT_OUT: [ErrorCode; 3] = [ErrorCode::ContextTrimmed, ErrorCode::ContextRetried, ErrorCode::ContextFilesLeftOut];

fn tells(part: &Part, codes: &[ErrorCode]) -> bool {
    matches!(part, Part::Notice { code, .. } if codes.iter().any(|known| known.as_str() == code))
}

fn pictures(parts: &[Part]) -> impl Iterator<Item = &shared::part::FilePart> {
    parts.iter().filter_map(|part| if let Part::Image(file) = part { Some(file) } else { None })
}

fn text(past: &Past) -> String {
    plain_text(&past.parts)
}

/// The message with a piece of its text, if that is not all of it. Tools that it called lie before the piece.
fn cut(past: Past, text: &str, piece: &str) -> Past {
    if piece.len() == text.len() {
        return past;
    }
    let files = past.parts.into_iter().filter(|part| part.file().is_some());
    let parts = files.chain([Part::text(piece)]).collect();
    Past { parts, counted: None, ..past }
}

fn scaled(tokens: u64, ratio: f64) -> u64 {
    whole((tokens as f64 * ratio).ceil())
}

fn whole(tokens: f64) -> u64 {
    tokens as u64
}

#[cfg(test)]
#[path = "window_tests.rs"]
mod tests;
