//! Thoughts that a model writes into its answer between tags, told apart from the answer.
//!
//! Tags count only where models put them: at the beginning, with at most white space before them, and again right after
//! a block of thoughts. A tag that an answer mentions later, in code for instance, is text. Deltas may cut a tag
//! anywhere. Nothing is lost but the tags themselves and thoughts that are blank.
//!
//! Some templates of chats put the opening tag into the prompt, and the answer has the closing one alone. Nobody can know
//! before it comes that all text until then was thoughts: then [`CompletionEvent::TextWasThinking`] says so.

mod mention;

use crate::event::CompletionEvent;
use crate::stream::Queue;
use mention::Mentions;
use std::borrow::Cow;

/// Longest white space that is held back while a tag may still come, in bytes.
const MOST_HELD: usize = 1024;

/// What closes thoughts that the prompt opens.
pub(crate) const LONE: &str = "</think>";

/// What opens thoughts, and what closes them. Small and capital letters are the same.
struct Tag {
    open: &'static str,
    /// Nothing: the tag only announces the answer.
    close: &'static [&'static str],
}

const TAGS: &[Tag] = &[
    Tag { open: "<think>", close: &["</think>"] },
    Tag { open: "<thinking>", close: &["</thinking>"] },
    Tag { open: "<thought>", close: &["</thought>"] },
    Tag { open: "<reason>", close: &["</reason>"] },
    Tag { open: "<reasoning>", close: &["</reasoning>"] },
    // Magistral.
    Tag { open: "[THINK]", close: &["[/THINK]"] },
    // Seed-OSS.
    Tag { open: "<seed:think>", close: &["</seed:think>"] },
    // Early Kimi.
    Tag { open: "◁think▷", close: &["◁/think▷"] },
    // Open-Thoughts and its descendants.
    Tag { open: "<|begin_of_thought|>", close: &["<|end_of_thought|>"] },
    Tag { open: "<|begin_of_solution|>", close: &[] },
    // gpt-oss, where a server passes its channels through. The end token is often swallowed on the way.
    Tag {
        open: "<|channel|>analysis<|message|>",
        close: &["<|end|>", "<|start|>assistant<|channel|>final<|message|>"],
    },
    Tag { open: "<|start|>assistant<|channel|>analysis<|message|>", close: &["<|end|>"] },
    Tag { open: "<|channel|>final<|message|>", close: &[] },
    Tag { open: "<|start|>assistant<|channel|>final<|message|>", close: &[] },
];

/// Tells thoughts from text in one answer.
#[derive(Default)]
pub(crate) struct Tags {
    state: State,
    /// What cannot be told yet.
    held: String,
    /// Whether something came that is no text, or a tag: the prompt did not open thoughts.
    is_told: bool,
    /// Whether text was handed out.
    spoken: bool,
    mentions: Mentions,
}

#[derive(Clone, Copy, Default)]
enum State {
    /// A tag may come.
    #[default]
    Start,
    /// Amid thoughts; whether any of this block were handed out.
    Inside(&'static Tag, bool),
    /// Amid what is text, unless the closing tag comes alone.
    Doubtful,
    /// Amid the answer, where tags are text.
    Passing,
}

impl Tags {
    /// Takes more of the answer.
    pub(crate) fn push(&mut self, text: Cow<'_, str>, out: &mut Queue) {
        if matches!(self.state, State::Passing) {
            return say(text.into_owned(), out);
        }
        self.held.push_str(&text);
        while match self.state {
            State::Start => self.open(),
            State::Inside(tag, spoken) => self.close(tag, spoken, out),
            State::Doubtful => self.close_alone(out),
            State::Passing => {
                say(std::mem::take(&mut self.held), out);
                false
            }
        } {}
    }

    /// Hands out what is held back: something else comes now, or nothing more.
    pub(crate) fn flush(&mut self, out: &mut Queue) {
        let held = std::mem::take(&mut self.held);
        self.is_told = true;
        match &mut self.state {
            State::Inside(_, spoken) => think(held, spoken, out),
            State::Start | State::Passing => say(held, out),
            State::Doubtful => {
                self.state = State::Passing;
                say(held, out);
            }
        }
    }

    /// Looks for an opening tag. Answers whether the state changed.
    fn open(&mut self) -> bool {
        let words = self.held.trim_start();
        let blank = self.held.len() - words.len();
        if let Some(tag) = TAGS.iter().find(|tag| starts_with(words, tag.open)) {
            // Blanks before the tag are the first of the thoughts.
            self.held.drain(blank..blank + tag.open.len());
            self.is_told = true;
            self.state = if tag.close.is_empty() { State::Passing } else { State::Inside(tag, false) };
            return true;
        }
        if self.held.len() <= MOST_HELD && TAGS.iter().any(|tag| starts_with(tag.open, words)) {
            return false;
        }
        self.state = if self.is_told { State::Passing } else { State::Doubtful };
        true
    }

    /// Looks for a closing tag that nothing opened. What follows it has to be seen first: an answer may mention the tag, and
    /// one that ends with it is an answer all the same. Answers whether the state changed.
    fn close_alone(&mut self, out: &mut Queue) -> bool {
        let Some(at) = find(&self.held, LONE) else {
            self.tell(self.held.len() - begun(&self.held, LONE), out);
            return false;
        };
        self.tell(at, out);
        let at = find(&self.held, LONE).unwrap_or_default();
        let rest = &self.held[at + LONE.len()..];
        let words = rest.trim_start();
        if words.is_empty() && rest.len() <= MOST_HELD {
            return false;
        }
        if rest.len() - words.len() > MOST_HELD || self.mentions.is_one(rest) {
            self.spoken = true;
            self.tell(at + LONE.len(), out);
            return true;
        }
        self.held.drain(..at + LONE.len());
        if self.spoken {
            out.push_back(Ok(CompletionEvent::TextWasThinking));
        }
        (self.state, self.is_told) = (State::Start, true);
        true
    }

    /// Hands out the first bytes of what is held, but no blanks that may be all that was thought.
    fn tell(&mut self, length: usize, out: &mut Queue) {
        if !self.spoken && length <= MOST_HELD && self.held[..length].trim().is_empty() {
            return;
        }
        let rest = self.held.split_off(length);
        let text = std::mem::replace(&mut self.held, rest);
        self.spoken |= !text.is_empty();
        self.mentions.read(&text);
        say(text, out);
    }

    /// Looks for the closing tag. Answers whether the state changed.
    fn close(&mut self, tag: &'static Tag, mut spoken: bool, out: &mut Queue) -> bool {
        let found = tag.close.iter().filter_map(|close| Some((find(&self.held, close)?, close.len()))).min();
        if let Some((at, length)) = found {
            let rest = self.held.split_off(at + length);
            self.held.truncate(at);
            think(std::mem::replace(&mut self.held, rest), &mut spoken, out);
            self.state = State::Start;
            return true;
        }
        let kept = tag.close.iter().map(|close| begun(&self.held, close)).max().unwrap_or_default();
        let sure = self.held.len() - kept;
        if spoken || !self.held[..sure].trim().is_empty() || sure > MOST_HELD {
            let rest = self.held.split_off(sure);
            think(std::mem::replace(&mut self.held, rest), &mut spoken, out);
        }
        self.state = State::Inside(tag, spoken);
        false
    }
}

fn say(text: String, out: &mut Queue) {
    if !text.is_empty() {
        out.push_back(Ok(CompletionEvent::Text(text)));
    }
}

/// Blank thoughts are what a model leaves that was told not to think.
fn think(text: String, spoken: &mut bool, out: &mut Queue) {
    if !text.is_empty() && (*spoken || !text.trim().is_empty()) {
        *spoken = true;
        out.push_back(Ok(CompletionEvent::Thinking { text, signature: None }));
    }
}

fn starts_with(text: &str, beginning: &str) -> bool {
    text.as_bytes().get(..beginning.len()).is_some_and(|head| head.eq_ignore_ascii_case(beginning.as_bytes()))
}

fn find(text: &str, needle: &str) -> Option<usize> {
    let first = needle.as_bytes()[0];
    let starts = text.bytes().enumerate().filter(|(_, byte)| *byte == first).map(|(at, _)| at);
    starts.into_iter().find(|at| starts_with(&text[*at..], needle))
}

/// How many bytes at the end of `text` may be the beginning of `needle`.
fn begun(text: &str, needle: &str) -> usize {
    let longest = text.len().min(needle.len() - 1);
    let tails = (1..=longest).rev().filter(|length| text.is_char_boundary(text.len() - length));
    tails.into_iter().find(|length| starts_with(needle, &text[text.len() - length..])).unwrap_or_default()
}

#[cfg(test)]
mod tests;
