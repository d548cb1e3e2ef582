//! Numbers in a provider's words: how much a model reads, how much was sent, and when to come back.
//!
//! Only numbers that stand right beside known words count. Codes, dates and the sizes of other things are no limits.

use super::words::Refusal;
use std::time::Duration;

/// Which side of the words the number stands on.
#[derive(Clone, Copy)]
enum Words {
    Before(&'static str),
    After(&'static str),
}
use Words::{After, Before};

/// Beside these, in small letters, stands what the model can read. The first that is met decides.
const LIMITS: &[Words] = &[
    // OpenAI, Azure, DeepSeek, OpenRouter, vLLM.
    After("maximum context length is"),
    After("maximum context length of"),
    // Anthropic: `210000 tokens > 200000 maximum`, and `198000 + 8192 > 200000, decrease …`.
    After("tokens >"),
    Before(", decrease input length"),
    // Gemini.
    After("number of tokens allowed"),
    // Qwen: the other number is the least.
    After("input length should be [1,"),
    After("input length should be [0,"),
    // Kimi.
    After("model token limit"),
    // llama.cpp.
    After("available context size"),
    After("n_ctx"),
    // vLLM, SGLang, LM Studio.
    After("maximum model length of"),
    After("model's context length"),
    After("context length of only"),
    // xAI, Mistral, SiliconFlow, Text Generation Inference, Groq.
    After("maximum prompt length is"),
    Before("maximum context length"),
    After("less than max_seq_len"),
    After("must be <="),
    After("(tpm): limit"),
    // Ark, GLM and gateways.
    After("exceeds the maximum length"),
    After("最大上下文长度为"),
    After("上下文长度为"),
    After("最大长度为"),
    After("最大长度"),
    After("上限为"),
];

/// Beside these stands what was sent. Where the answer's share is told apart, it is left out.
const USED: &[Words] = &[
    Before("in the messages"),
    Before("in your messages"),
    Before("of text input"),
    After("resulted in"),
    Before("input tokens ("),
    After("you requested about"),
    After("you requested"),
    Before("tokens >"),
    After("context limit:"),
    After("input token count"),
    After("(requested:"),
    After("request ("),
    After("n_prompt_tokens"),
    After("(length"),
    After("the input ("),
    After("keep the first"),
    After("request contains"),
    After("prompt contains"),
    After("prompt_tokens"),
    After("given:"),
    After(", requested"),
    After("input length"),
    After("您请求了"),
    After("输入长度为"),
    After("输入长度"),
];

/// Less than this is no context, and more is a mistake.
const PLAUSIBLE: std::ops::RangeInclusive<u64> = 128..=1_000_000_000;

/// What the model reads and what was sent, in tokens, as far as the refusal says so.
pub(super) fn of_context(refusal: &Refusal) -> (Option<u64>, Option<u64>) {
    let text = refusal.message.to_lowercase();
    let first = |rows: &[Words]| rows.iter().find_map(|row| beside(&text, *row).filter(|n| PLAUSIBLE.contains(n)));
    (refusal.limit.or_else(|| first(LIMITS)), refusal.used.or_else(|| first(USED)))
}

fn beside(text: &str, words: Words) -> Option<u64> {
    match words {
        After(words) => text.match_indices(words).find_map(|(at, _)| number(&text[at + words.len()..])),
        Before(words) => text.match_indices(words).find_map(|(at, _)| last_number(&text[..at])),
    }
}

/// The number that a text begins with, after marks and blanks.
fn number(text: &str) -> Option<u64> {
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let end = text.find(|c: char| !is_of_number(c)).unwrap_or(text.len());
    parsed(&text[..end])
}

/// The number that a text ends with, before marks, blanks and the word for what is counted.
fn last_number(text: &str) -> Option<u64> {
    let bare = |text: &'_ str| text.trim_end_matches(|c: char| !c.is_alphanumeric()).len();
    let text = &text[..bare(text)];
    let text = text.strip_suffix("tokens").or_else(|| text.strip_suffix("token")).unwrap_or(text);
    let text = &text[..bare(text)];
    let start =
        text.rfind(|c: char| !is_of_number(c)).map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    parsed(&text[start..])
}

fn is_of_number(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, ',' | '_')
}

fn parsed(text: &str) -> Option<u64> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Words that a time to wait stands behind.
const RETRY: &[&str] = &["retry in", "try again in", "retry after", "请在"];

/// How long the words ask to wait: `20s`, `1.5 seconds`, `6m0s`, `250ms`.
pub(super) fn retry(message: &str) -> Option<Duration> {
    let text = message.to_lowercase();
    RETRY.iter().find_map(|words| text.match_indices(words).find_map(|(at, _)| duration(&text[at + words.len()..])))
}

/// A time as Google writes it in its details, such as `24.6s`, and as people do.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim_start();
    let mut seconds = 0.0;
    let mut found = false;
    while let Some(end) = rest.find(|c: char| !c.is_ascii_digit() && c != '.').filter(|end| *end > 0) {
        let Ok(number) = rest[..end].parse::<f64>() else { break };
        let unit = rest[end..].trim_start();
        let letters = unit.find(|c: char| !c.is_alphabetic()).unwrap_or(unit.len());
        let factor = match &unit[..letters] {
            "ms" | "milliseconds" => 0.001,
            "s" | "sec" | "second" | "seconds" | "秒" | "秒后重试" | "秒后" => 1.0,
            "m" | "min" | "minute" | "minutes" => 60.0,
            "h" | "hour" | "hours" => 3600.0,
            _ => break,
        };
        (seconds, found) = (seconds + number * factor, true);
        rest = &unit[letters..];
    }
    found.then(|| super::bounded(seconds)).flatten()
}

#[cfg(test)]
mod tests;
