//! The scripts of the behaviours that answer, and of those that fail while answering.

use super::texts::{CUT_OFF, OK, THOUGHTS};
use crate::act::{Act, CallStep, Finish, Order, Refused, Reply, ending, pieces, says};
use crate::request::Ask;
use std::time::Duration;

/// Most calls of one answer.
const MAX_CALLS: usize = 32;
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
    plain(texts.chain(ending(ask, Finish::Stop)).collect::<Vec<_>>())
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
    numbered(ask.number(0), ask.number(1)).chain(ending(ask, Finish::Stop))
}

pub(super) fn stall(ask: &Ask) -> impl Iterator<Item = Act> + 'static {
    numbered(ask.number(0), 0).chain([Act::Stall])
}

pub(super) fn metered(ask: &Ask) -> impl Iterator<Item = Act> + 'static {
    let counted = numbered(ask.number(0), 0).flat_map(|act| [act, Act::Usage { zero: false }]);
    counted.chain([Act::Cut])
}

pub(super) fn silent(ask: &Ask) -> impl Iterator<Item = Act> + 'static {
    std::iter::once(Act::Until(Duration::from_millis(ask.number(0)))).chain(says(ask, OK))
}

pub(super) fn thoughts() -> impl Iterator<Item = Act> {
    pieces(THOUGHTS).map(|piece| Act::Thinking(piece.into()))
}

fn texts(text: &'static str) -> impl Iterator<Item = Act> {
    pieces(text).map(|piece| Act::Text(piece.into()))
}

pub(super) fn thinking(ask: &Ask) -> impl Iterator<Item = Act> + 'static {
    thoughts().chain(says(ask, OK))
}

pub(super) fn reasoning_only(ask: &Ask) -> impl Iterator<Item = Act> + 'static {
    thoughts().chain(ending(ask, Finish::Stop))
}

pub(super) fn whitespace(ask: &Ask) -> impl Iterator<Item = Act> + 'static {
    let deltas =
        [" ", "\n", "first", " ", "  ", "second", "\n\n", "    ", "indented", "\n", "\t", "third", " \n ", " "];
    deltas.into_iter().map(|delta| Act::Text(delta.into())).chain(ending(ask, Finish::Stop))
}

pub(super) fn huge_delta(ask: &Ask) -> impl Iterator<Item = Act> + 'static {
    let mut text = String::with_capacity(HUGE_BYTES + 16);
    let mut index = 0;
    while text.len() < HUGE_BYTES {
        text.push_str(&token(index));
        index += 1;
    }
    text.truncate(HUGE_BYTES);
    std::iter::once(Act::Text(text.into())).chain(ending(ask, Finish::Stop))
}

pub(super) fn keepalive(ask: &Ask) -> impl Iterator<Item = Act> + 'static {
    says(ask, OK).into_iter().flat_map(|act| [Act::Comment("keep-alive"), act])
}

pub(super) fn no_choices() -> impl Iterator<Item = Act> + 'static {
    [Act::NoChoices, Act::NoChoices, Act::NoChoices, Act::Done].into_iter()
}

pub(super) fn ends_with(ask: &Ask, reason: Finish) -> impl Iterator<Item = Act> + 'static {
    texts(CUT_OFF).chain(ending(ask, reason))
}

/// A short answer; where it is a list, its results come in this order.
pub(super) fn ordered(ask: &Ask, order: Order) -> impl Iterator<Item = Act> + 'static {
    std::iter::once(Act::Order(order)).chain(says(ask, OK))
}

/// An answer whose usage does not depend on the question: none, counted, or all zero.
pub(super) fn usage(zero: Option<bool>) -> impl Iterator<Item = Act> + 'static {
    texts(OK).chain([Act::Finish(Finish::Stop)]).chain(zero.map(|zero| Act::Usage { zero })).chain([Act::Done])
}

pub(super) fn utf8_split(ask: &Ask) -> impl Iterator<Item = Act> + 'static {
    [Act::Split("汉字"), Act::Split("和 é"), Act::Split(" 🎉")].into_iter().chain(ending(ask, Finish::Stop))
}

pub(super) fn no_done() -> impl Iterator<Item = Act> + 'static {
    texts(OK).chain([Act::Finish(Finish::Stop)])
}

pub(super) fn malformed(ask: &Ask) -> impl Iterator<Item = Act> + 'static {
    texts(CUT_OFF).chain([Act::Broken]).chain(says(ask, OK))
}

pub(super) fn error_in_stream() -> impl Iterator<Item = Act> + 'static {
    let error = Refused {
        status: 500,
        kind: "server_error",
        code: None,
        param: None,
        message: "The server had an error while processing your request.".to_owned(),
    };
    texts(CUT_OFF).chain([Act::Fail(error)])
}

pub(super) fn cut() -> impl Iterator<Item = Act> + 'static {
    texts(CUT_OFF).chain([Act::Cut])
}

pub(super) fn think_tags(ask: &Ask) -> impl Iterator<Item = Act> + 'static {
    let text = format!("<think>\n{THOUGHTS}\n</think>\n\n{OK}\n\n`<think>`");
    says(ask, &text).into_iter()
}

/// Asks for as many tools as the model's name says; once their results are there, tells them.
pub(super) fn tools(ask: &Ask) -> Vec<Act> {
    let results = ask.request.results();
    if !results.is_empty() {
        return says(ask, &format!("The tools said: {}", results.join(" | ")));
    }
    let calls =
        (0..usize::try_from(ask.number(0)).unwrap_or_default().min(MAX_CALLS)).flat_map(|index| call(ask, index));
    calls.chain(ending(ask, Finish::Tools)).collect()
}

/// The same with thoughts, which a good client gives back with the results.
pub(super) fn tools_thinking(ask: &Ask) -> Vec<Act> {
    let results = ask.request.results();
    if !results.is_empty() {
        let kept = if ask.request.thoughts_returned() { "came back" } else { "were lost" };
        return says(ask, &format!("The tools said: {}. The thoughts {kept}.", results.join(" | ")));
    }
    thoughts().chain(call(ask, 0)).chain(ending(ask, Finish::Tools)).collect()
}

/// A call of the tool with this number, or of one that nobody offered.
pub(super) fn call(ask: &Ask, index: usize) -> Vec<Act> {
    let tools = ask.request.tools();
    let name = if tools.is_empty() { "lookup".to_owned() } else { tools[index % tools.len()].clone() };
    let arguments = format!("{{\"query\":\"第 {} 个\"}}", index + 1);
    let begin = CallStep::Begin { index, id: format!("call_{}_{index}", ask.identity.number), name };
    let argue = pieces(&arguments).map(|piece| CallStep::Argue { index, text: piece.to_owned() });
    std::iter::once(begin).chain(argue).chain([CallStep::End]).map(Act::Call).collect()
}

/// What stands around the gap: the line that the prompt ends with, and the one that the suffix begins with.
pub(super) fn gap(ask: &Ask) -> String {
    let (prompt, suffix) = (ask.request.last_user_text(), ask.request.suffix.as_deref().unwrap_or_default());
    let (before, after) = (prompt.rsplit('\n').next(), suffix.split('\n').next());
    format!("/* between `{}` and `{}` */", before.unwrap_or_default(), after.unwrap_or_default())
}

/// What pictures came with the person's last message.
pub(super) fn vision(ask: &Ask) -> Vec<Act> {
    let images = ask.request.last_user_images();
    let images: Vec<_> = images.iter().map(|image| format!("{} of {} bytes", image.media_type, image.bytes)).collect();
    let seen = if images.is_empty() { "I see no image.".to_owned() } else { format!("I see: {}.", images.join(", ")) };
    says(ask, &seen)
}
