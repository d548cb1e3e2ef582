//! The items of an answer: messages, thoughts and calls, each with its place, each growing by its own events.
//!
//! Gateways leave events out. What an item says when it is done, or the answer when it is complete, fills the gaps.

use super::SEAL;
use crate::calls::Calls;
use crate::client;
use crate::event::CompletionEvent;
use crate::lenient::Words;
use crate::seal;
use crate::stream::Queue;
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;

/// An item as it comes, begun or done.
#[derive(Default, Deserialize)]
pub(super) struct WireItem<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Words<'a>,
    #[serde(borrow, default)]
    id: Words<'a>,
    #[serde(borrow, default)]
    call_id: Words<'a>,
    #[serde(borrow, default)]
    name: Words<'a>,
    #[serde(borrow, default)]
    arguments: Words<'a>,
    #[serde(borrow, default)]
    content: Option<Vec<Piece<'a>>>,
    #[serde(borrow, default)]
    summary: Option<Vec<Piece<'a>>>,
    #[serde(borrow, default)]
    encrypted_content: Words<'a>,
}

#[derive(Deserialize)]
struct Piece<'a> {
    #[serde(borrow, default)]
    text: Words<'a>,
    #[serde(borrow, default)]
    refusal: Words<'a>,
}

/// What is known of an item.
#[derive(Default)]
struct Item {
    /// Whether it said or thought anything yet.
    spoken: bool,
    /// The part of the summary that it last thought in.
    summary: usize,
    /// The number of its call.
    call: Option<usize>,
    done: bool,
}

/// The items of one answer, by their places.
#[derive(Default)]
pub(super) struct Items {
    items: HashMap<usize, Item>,
    calls: Calls,
    refused: bool,
}

impl Items {
    pub(super) fn has_calls(&self) -> bool {
        self.calls.any()
    }

    pub(super) fn refused(&self) -> bool {
        self.refused
    }

    pub(super) fn say(&mut self, at: usize, text: &str, out: &mut Queue) {
        self.items.entry(at).or_default().spoken |= !text.is_empty();
        client::say(text, out);
    }

    pub(super) fn refuse(&mut self, at: usize, text: &str, out: &mut Queue) {
        self.refused = true;
        self.say(at, text, out);
    }

    /// Thoughts; those of a summary come in parts, which an empty line keeps apart.
    pub(super) fn think(&mut self, at: usize, part: Option<usize>, text: &str, out: &mut Queue) {
        let item = self.items.entry(at).or_default();
        if let Some(part) = part.filter(|part| *part != item.summary) {
            item.summary = part;
            if item.spoken {
                client::think("\n\n", out);
            }
        }
        item.spoken |= !text.is_empty();
        client::think(text, out);
    }

    pub(super) fn added(&mut self, at: usize, item: &WireItem<'_>, out: &mut Queue) {
        if item.kind.text == "function_call" {
            self.call(at, item, out);
        }
    }

    pub(super) fn argue(&mut self, at: usize, more: &str, out: &mut Queue) {
        if let Some(call) = self.items.get(&at).and_then(|item| item.call) {
            self.calls.argue(call, more, out);
        }
    }

    /// All arguments, for those who did not stream them.
    pub(super) fn argued(&mut self, at: usize, arguments: &str, out: &mut Queue) {
        if let Some(call) = self.items.get(&at).and_then(|item| item.call)
            && !self.calls.is_argued(call)
        {
            self.calls.argue(call, arguments, out);
        }
    }

    pub(super) fn done(&mut self, at: usize, item: &WireItem<'_>, out: &mut Queue) {
        if std::mem::replace(&mut self.items.entry(at).or_default().done, true) {
            return;
        }
        match &*item.kind.text {
            "message" => self.message(at, item, out),
            "reasoning" => self.reasoning(at, item, out),
            "function_call" => {
                let call = self.call(at, item, out);
                self.argued(at, &item.arguments.text, out);
                self.calls.finish(call, None, out);
            }
            _ => {}
        }
    }

    /// The answer is complete: what it holds and nobody told before is told now.
    pub(super) fn finish(&mut self, output: &[WireItem<'_>], out: &mut Queue) {
        output.iter().enumerate().for_each(|(at, item)| self.done(at, item, out));
        self.calls.finish_all(out);
    }

    fn call(&mut self, at: usize, item: &WireItem<'_>, out: &mut Queue) -> usize {
        let known = self.items.entry(at).or_default();
        let calls = &mut self.calls;
        *known.call.get_or_insert_with(|| calls.begin(&item.call_id.text, &item.name.text, out))
    }

    fn message(&mut self, at: usize, item: &WireItem<'_>, out: &mut Queue) {
        if self.items.get(&at).is_some_and(|known| known.spoken) {
            return;
        }
        for piece in item.content.iter().flatten() {
            self.say(at, &piece.text.text, out);
            if !piece.refusal.text.is_empty() {
                self.refuse(at, &piece.refusal.text, out);
            }
        }
    }

    fn reasoning(&mut self, at: usize, item: &WireItem<'_>, out: &mut Queue) {
        if !self.items.get(&at).is_some_and(|known| known.spoken) {
            for (part, piece) in item.summary.iter().flatten().enumerate() {
                self.think(at, Some(part), &piece.text.text, out);
            }
        }
        if !item.encrypted_content.text.is_empty() {
            let proof = json!({"id": item.id.text, "encrypted_content": item.encrypted_content.text});
            let signature = Some(seal::close(SEAL, &proof.to_string()));
            out.push_back(Ok(CompletionEvent::Thinking { text: String::new(), signature }));
        }
    }
}
