//! The scripts of the behaviours that answer, and of those that fail while answering.

use super::texts::{CUT_OFF, OK, THOUGHTS};
use crate::act::{Act, Reply, ending, pieces, says};
use crate::request::Ask;
use serde_json::json;
use std::time::Duration;

/// Bytes of the one delta of `huge-delta`.
const HUGE_BYTES: usize = 64 * 1024;

/// The text of token `index` of `tokens-<n>-<rate>`: a client can tell whether one is lost, doubled or out of order.
#[must_use]
pub fn token(index: u64) -> String {
    format!("w{index} ")
}

/// A streamed answer without peculiarities of form.
pub(super) fn plain(acts: impl IntoIterator<Item = Act, IntoIter: 'static>) -> Reply {
    Reply::acts(acts)
}

/// An answer of this text, flat out.
pub(super) fn said(ask: &Ask, text: &str) -> Reply {
    plain(says(ask, text))
}

/// An answer of this text at the rate in the model's name.
pub(super) fn paced(ask: &Ask, text: &'static str) -> Reply {
    let rate = ask.number(0);
    let texts = pieces(text).zip(0..).flat_map(move |(piece, index)| due(index, rate).chain([Act::Text(piece.into())]));
    plain(texts.chain(ending(ask, "stop")).collect::<Vec<_>>())
}

/// The wait before token `index`: an absolute time, so that lateness never adds up. Rate 0 waits for nothing.
fn due(index: u64, rate: u64) -> impl Iterator<Item = Act> {
    let nanos = (index * 1_000_000_000).checked_div(rate);
    nanos.map(|nanos| Act::Until(Duration::from_nanos(nanos))).into_iter()
}

fn numbered(count: u64, rate: u64) -> impl Iterator<Item = Act> + 'static {
    (0..count).flat_map(move |index| due(index, rate).chain([Act::Text(token(index).into())]))
}

pub(super) fn tokens(ask: &Ask) -> impl Iterator<Item = Act> + 'static {
    numbered(ask.number(0), ask.number(1)).chain(ending(ask, "stop"))
}

pub(super) fn stall(ask: &Ask) -> impl Iterator<Item = Act> + 'static {
    numbered(ask.number(0), 0).chain([Act::Stall])
}

pub(super) fn silent(ask: &Ask) -> impl Iterator<Item = Act> + 'static {
    std::iter::once(Act::Until(Duration::from_millis(ask.number(0)))).chain(says(ask, OK))
}

fn thoughts() -> impl Iterator<Item = Act> {
    pieces(THOUGHTS).map(|piece| Act::Thinking(piece.into()))
}

fn texts(text: &'static str) -> impl Iterator<Item = Act> {
    pieces(text).map(|piece| Act::Text(piece.into()))
}

pub(super) fn thinking(ask: &Ask) -> impl Iterator<Item = Act> + 'static {
    thoughts().chain(says(ask, OK))
}

pub(super) fn reasoning_only(ask: &Ask) -> impl Iterator<Item = Act> + 'static {
    thoughts().chain(ending(ask, "stop"))
}

pub(super) fn whitespace(ask: &Ask) -> impl Iterator<Item = Act> + 'static {
    let deltas =
        [" ", "\n", "first", " ", "  ", "second", "\n\n", "    ", "indented", "\n", "\t", "third", " \n ", " "];
    deltas.into_iter().map(|delta| Act::Text(delta.into())).chain(ending(ask, "stop"))
}

pub(super) fn huge_delta(ask: &Ask) -> impl Iterator<Item = Act> + 'static {
    let mut text = String::with_capacity(HUGE_BYTES + 16);
    let mut index = 0;
    while text.len() < HUGE_BYTES {
        text.push_str(&token(index));
        index += 1;
    }
    text.truncate(HUGE_BYTES);
    std::iter::once(Act::Text(text.into())).chain(ending(ask, "stop"))
}

pub(super) fn keepalive(ask: &Ask) -> impl Iterator<Item = Act> + 'static {
    says(ask, OK).into_iter().flat_map(|act| [Act::Comment("keep-alive"), act])
}

pub(super) fn no_choices() -> impl Iterator<Item = Act> + 'static {
    [Act::NoChoices, Act::NoChoices, Act::NoChoices, Act::Done].into_iter()
}

pub(super) fn ends_with(ask: &Ask, reason: &'static str) -> impl Iterator<Item = Act> + 'static {
    texts(CUT_OFF).chain(ending(ask, reason))
}

/// An answer whose usage does not depend on the question: none, counted, or all zero.
pub(super) fn usage(zero: Option<bool>) -> impl Iterator<Item = Act> + 'static {
    texts(OK).chain([Act::Finish("stop")]).chain(zero.map(|zero| Act::Usage { zero })).chain([Act::Done])
}

pub(super) fn utf8_split(ask: &Ask) -> impl Iterator<Item = Act> + 'static {
    [Act::Split("汉字"), Act::Split("和 é"), Act::Split(" 🎉")].into_iter().chain(ending(ask, "stop"))
}

pub(super) fn no_done() -> impl Iterator<Item = Act> + 'static {
    texts(OK).chain([Act::Finish("stop")])
}

pub(super) fn malformed(ask: &Ask) -> impl Iterator<Item = Act> + 'static {
    texts(CUT_OFF).chain([Act::Broken]).chain(says(ask, OK))
}

pub(super) fn error_in_stream() -> impl Iterator<Item = Act> + 'static {
    let error = json!({"error": {"message": "The server had an error while processing your request.",
                                 "type": "server_error", "param": null, "code": null}});
    texts(CUT_OFF).chain([Act::Fail(error)])
}

pub(super) fn cut() -> impl Iterator<Item = Act> + 'static {
    texts(CUT_OFF).chain([Act::Cut])
}
