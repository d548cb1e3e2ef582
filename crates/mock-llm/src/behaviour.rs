//! The table of behaviours: the name of a model, what it does, and how.
//!
//! A `<…>` in a name stands for a number. Every entry is one row of the table; long texts and the shapes of errors live
//! in the modules below.

mod context;
mod errors;
mod inspect;
mod streams;
mod strict;
mod texts;

pub(crate) use errors::{broken, busy, no_money, slow_down, wrong_key};
pub use streams::token;

use crate::act::{Finish, Order, Reply, Style, says};
use crate::request::Ask;
use errors::{bare, openai};
use std::time::Duration;
use streams::{paced, plain, said};
use texts::{CANNED_EN, CANNED_ZH, OK};

/// Largest number in a name: a day in milliseconds, and more tokens than any test wants.
const MAX_NUMBER: u64 = 86_400_000;

/// A behaviour as the list of models and the help text show it; also a person as the help text shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// The name of the model or person; a `<…>` stands for a number.
    pub name: &'static str,
    /// A name that can be used as it is.
    pub example: &'static str,
    /// What it does.
    pub about: &'static str,
}

struct Row {
    about: About,
    reply: fn(&Ask) -> Reply,
}

const fn row(name: &'static str, about: &'static str, reply: fn(&Ask) -> Reply) -> Row {
    with(name, name, about, reply)
}

const fn with(name: &'static str, example: &'static str, about: &'static str, reply: fn(&Ask) -> Reply) -> Row {
    Row { about: About { name, example, about }, reply }
}

const TABLE: &[Row] = &[
    // Answers as they should be.
    row("ok", "a short Markdown answer", |ask| said(ask, OK)),
    row("echo", "the last message of the person, to the letter", |ask| said(ask, &ask.request.last_user_text())),
    row("canned-zh", "a long Chinese answer with every Markdown element", |ask| said(ask, CANNED_ZH)),
    row("canned-en", "a long English answer with every Markdown element", |ask| said(ask, CANNED_EN)),
    with("canned-zh-<rate>", "canned-zh-50", "the same at a rate per second", |ask| paced(ask, CANNED_ZH)),
    with("canned-en-<rate>", "canned-en-50", "the same at a rate per second", |ask| paced(ask, CANNED_EN)),
    with(
        "tokens-<n>-<rate>",
        "tokens-200-50",
        "n numbered tokens `w0 ` … at a rate per second, 0 = flat out",
        |ask| plain(streams::tokens(ask)),
    ),
    row("thinking", "thoughts in their own place, then text", |ask| plain(streams::thinking(ask))),
    row("think-tags", "thoughts between tags in the text", |ask| plain(streams::think_tags(ask))),
    with("tools-<n>", "tools-2", "n calls of the tools that were offered; then their results, as text", |ask| {
        plain(streams::tools(ask))
    }),
    row("tools-thinking", "thoughts and a call; then its result, and whether the thoughts came back", |ask| {
        plain(streams::tools_thinking(ask))
    }),
    row(
        "tools",
        "thoughts and a call, then its result; a history that the vendor would refuse is refused",
        strict::tools,
    ),
    row("inspect", "what reached it: messages, pictures, documents, thoughts, calls, results", |ask| {
        plain(inspect::received(ask))
    }),
    row("vision", "what images came with the person's last message", |ask| plain(streams::vision(ask))),
    row("fim", "what a prompt ends with and its suffix begins with", |ask| said(ask, &streams::gap(ask))),
    row("whitespace", "deltas of only spaces and line ends between words", |ask| plain(streams::whitespace(ask))),
    with("relay-<n>", "relay-1", "one of the thousand models of a relay: ok", |ask| said(ask, OK)),
    row("huge-delta", "64 KiB in one delta", |ask| plain(streams::huge_delta(ask))),
    // Time.
    with("slow-<ms>", "slow-2000", "silence before the headers, then ok", |ask| {
        said(ask, OK).after(Duration::from_millis(ask.number(0)))
    }),
    with("silent-<ms>", "silent-2000", "headers, then silence without a comment, then ok", |ask| {
        plain(streams::silent(ask))
    }),
    with("stall-after-<n>", "stall-after-5", "n tokens, then silence until the client leaves", |ask| {
        plain(streams::stall(ask))
    }),
    row("keepalive", "comments between the tokens", |ask| plain(streams::keepalive(ask))),
    // Ways to say nothing, or less.
    row("empty", "an answer without any text", |ask| said(ask, "")),
    row("nochoices", "chunks whose choices are empty", |_| plain(streams::no_choices())),
    row("reasoning-only", "thoughts and no text", |ask| plain(streams::reasoning_only(ask))),
    row("length", "some text, cut by the length limit", |ask| plain(streams::ends_with(ask, Finish::Length))),
    row("content-filter", "some text, cut by a filter", |ask| plain(streams::ends_with(ask, Finish::Filter))),
    row("refusal", "some text, then the model declines", |ask| plain(streams::ends_with(ask, Finish::Refusal))),
    row("reversed", "vectors and rankings in the wrong order, with the right numbers", |ask| {
        plain(streams::ordered(ask, Order::Reversed))
    }),
    row("bad-index", "vectors and rankings with numbers that were not sent", |ask| {
        plain(streams::ordered(ask, Order::Beyond))
    }),
    // Usage.
    row("usage-last", "a last chunk with usage and no choices, asked for or not", |_| {
        plain(streams::usage(Some(false)))
    }),
    with("metered-<n>", "metered-5", "n tokens, each with the counts so far, then the connection closes", |ask| {
        plain(streams::metered(ask))
    }),
    row("no-usage", "no usage, although asked for", |_| plain(streams::usage(None))),
    row("zero-usage", "usage of zeros", |_| plain(streams::usage(Some(true)))),
    // Forms of the stream that clients must understand.
    row("nospace", "`data:{…}` without the space", |ask| said(ask, OK).styled(Style::NoSpace)),
    row("crlf", "lines that end in CRLF", |ask| said(ask, OK).styled(Style::Crlf)),
    row("utf8split", "a character split over two writes", |ask| plain(streams::utf8_split(ask))),
    row("no-done", "a finish reason but no `[DONE]`", |_| plain(streams::no_done())),
    row("json-not-sse", "one JSON although a stream was asked for", |ask| {
        Reply::WholeChat(Box::new(says(ask, OK).into_iter()))
    }),
    // Faults inside the stream.
    row("malformed", "broken JSON in a data line after some text", |ask| plain(streams::malformed(ask))),
    row("error-in-stream", "an error object after some text", |_| plain(streams::error_in_stream())),
    row("cut", "the connection closes amid the text", |_| plain(streams::cut())),
    row("cut-early", "the connection closes after the headers", |_| plain(vec![crate::act::Act::Cut])),
    row("html200", "a web page with status 200", |_| errors::html()),
    row("redirect", "307 to a path that does not exist", |_| errors::redirect()),
    // Refusals.
    row("401", "a wrong key", |_| wrong_key("sk-…dead")),
    row("echo-key", "a wrong key, repeated in the message", |ask| wrong_key(ask.key.as_deref().unwrap_or_default())),
    row("402", "the balance is used up", |_| {
        openai(402, "unknown_error", "invalid_request_error", "Insufficient Balance")
    }),
    row("403", "not allowed", |_| {
        openai(403, "invalid_request_error", "permission_denied", "You are not allowed to use this model.")
    }),
    row("403-region", "region not supported", |_| errors::region()),
    row("404", "no such model", |ask| errors::no_model(&ask.request.model)),
    row("429", "too many requests, Retry-After: 7", |_| {
        openai(429, "requests", "rate_limit_exceeded", "Rate limit reached for requests. Please try again in 7s.")
            .header("Retry-After", "7")
    }),
    row("429-quota", "the quota is used up", |_| errors::quota()),
    row("500", "server error", |_| bare(500, "server_error", "The server had an error while processing your request.")),
    row("503", "overloaded", |_| {
        bare(503, "server_error", "The engine is currently overloaded, please try again later.")
    }),
    row("529", "overloaded, as Anthropic says it", |_| bare(529, "overloaded_error", "Overloaded")),
    row("ctx-4k", "counts tokens, and refuses more than 4,096 in the vendor's words", context::small_window),
    row("ctx-openai", "too long for the context, as OpenAI says it", |_| errors::context_openai()),
    row("ctx-vllm", "too long for the context, as vLLM says it", |_| errors::context_vllm()),
    row("ctx-413", "too long for the context, as a proxy says it", |_| errors::context_413()),
    row("no-suffix", "ok, but refuses a suffix, as vLLM says it", |ask| {
        if ask.request.suffix.is_some() { errors::no_suffix() } else { said(ask, OK) }
    }),
    row("inspection", "the content was refused, as DashScope says it", |_| errors::inspection()),
];

/// Every behaviour, in the order of the table.
pub fn behaviours() -> impl Iterator<Item = About> {
    TABLE.iter().map(|row| row.about)
}

/// Models that count the tokens of the question by the rule of `tokens`; the others have one for every four bytes.
pub(crate) const COUNTING: &[&str] = &["ctx-4k", "inspect", "tools"];

/// What the model asked for answers.
pub(crate) fn reply(ask: &mut Ask) -> Reply {
    let found = TABLE.iter().find_map(|row| numbers(row.about.name, &ask.request.model).map(|numbers| (row, numbers)));
    match found {
        Some((row, numbers)) => {
            ask.numbers = numbers;
            (row.reply)(ask)
        }
        None => errors::no_model(&ask.request.model),
    }
}

/// The numbers in `model`, if it has the form of `name`.
pub(crate) fn numbers(name: &str, model: &str) -> Option<Vec<u64>> {
    let mut numbers = Vec::new();
    let (mut forms, mut words) = (name.split('-'), model.split('-'));
    loop {
        match (forms.next(), words.next()) {
            (None, None) => return Some(numbers),
            (Some(form), Some(word)) if form.starts_with('<') => {
                numbers.push(word.parse().ok().filter(|n| *n <= MAX_NUMBER)?);
            }
            (Some(form), Some(word)) if form == word => {}
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_whole_and_numbers_are_bounded() {
        assert_eq!(numbers("tokens-<n>-<rate>", "tokens-20-5"), Some(vec![20, 5]));
        assert_eq!(numbers("ok", "ok"), Some(vec![]));
        for (name, model) in [
            ("ok", "ok-1"),
            ("ok", "OK"),
            ("slow-<ms>", "slow-"),
            ("slow-<ms>", "slow-x"),
            ("slow-<ms>", "slow--5"),
            ("slow-<ms>", "slow-86400001"),
            ("tokens-<n>-<rate>", "tokens-20"),
        ] {
            assert_eq!(numbers(name, model), None, "{name} {model}");
        }
    }

    #[test]
    fn every_example_leads_to_its_own_row() {
        for about in behaviours() {
            let first = TABLE.iter().find(|row| numbers(row.about.name, about.example).is_some());
            assert_eq!(first.map(|row| row.about.name), Some(about.name));
        }
    }
}
