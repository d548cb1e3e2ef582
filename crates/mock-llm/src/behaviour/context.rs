//! A model with a small window that counts, and refuses what is too long in the words of each vendor.

use crate::act::{Refused, Reply, says};
use crate::protocol::Protocol;
use crate::request::Ask;
use crate::tokens;

/// What the model reads, in tokens.
const WINDOW: u64 = 4096;

/// Words that make the conversation grow by about sixty tokens with every answer.
const FILLER: &str = "It is worth remembering that a conversation grows with every answer, and that sooner or later \
                      something at its beginning has to be left out. 对话会越来越长，最早的内容总有一天要被省略。";

/// Answers, or refuses a conversation that is too long. Chat Completions counts the answer's limit in, as OpenAI does.
pub(super) fn small_window(ask: &Ask) -> Reply {
    let request = &ask.request;
    let used = tokens::conversation(request);
    let reserved = match request.protocol {
        Protocol::OpenAiChat | Protocol::OpenAiText => request.max_tokens.unwrap_or_default(),
        _ => 0,
    };
    if used + reserved > WINDOW {
        return Reply::Refusal(too_long(request.protocol, used, reserved), Vec::new());
    }
    Reply::acts(says(ask, &format!("I read {used} of {WINDOW} tokens.\n\n{FILLER}")))
}

fn too_long(protocol: Protocol, used: u64, reserved: u64) -> Refused {
    let all = used + reserved;
    let message = match protocol {
        Protocol::Anthropic => format!("prompt is too long: {used} tokens > {WINDOW} maximum"),
        Protocol::Gemini => {
            format!("The input token count ({used}) exceeds the maximum number of tokens allowed ({WINDOW}).")
        }
        Protocol::Ollama => {
            format!("request ({used} tokens) exceeds the available context size ({WINDOW} tokens), try increasing it")
        }
        _ if reserved > 0 => format!(
            "This model's maximum context length is {WINDOW} tokens. However, you requested {all} tokens ({used} in \
             the messages, {reserved} in the completion). Please reduce the length of the messages or completion."
        ),
        _ => format!(
            "This model's maximum context length is {WINDOW} tokens. However, your messages resulted in {used} \
             tokens. Please reduce the length of the messages."
        ),
    };
    let (kind, code) = ("invalid_request_error", Some("context_length_exceeded"));
    Refused { status: 400, kind, code, param: Some("messages"), message }
}
