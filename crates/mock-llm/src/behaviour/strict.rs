//! A model that thinks, calls a tool, and reads the history as strictly as the vendors do.
//!
//! They refuse results without their calls, calls without their results, and, within the turn under way, calls whose
//! thoughts or proofs did not come back. Ollama refuses nothing.

use super::streams::{call, thoughts};
use crate::act::{Act, Finish, Reply, SEAL, ending, says};
use crate::protocol::Protocol;
use crate::request::{Ask, Message, Role};

/// The word of Google for a call that another model made.
const FOREIGN: &str = "skip_thought_signature_validator";

/// Thinks and calls the first tool; tells what it said; or refuses.
pub(super) fn tools(ask: &Ask) -> Reply {
    if let Some(message) = fault(ask) {
        return Reply::error(400, "invalid_request_error", None, &message);
    }
    let results = ask.request.results();
    let said = |text: &str| Reply::acts(says(ask, text));
    if !results.is_empty() {
        return said(&format!("The tool said: {}", results.join(" | ")));
    }
    if ask.request.tools().is_empty() {
        return said("No tool was offered.");
    }
    let acts: Vec<Act> = thoughts().chain(call(ask, 0)).chain(ending(ask, Finish::Tools)).collect();
    Reply::acts(acts)
}

/// What a vendor of this protocol would not accept.
fn fault(ask: &Ask) -> Option<String> {
    let (protocol, messages) = (ask.request.protocol, ask.request.all());
    let current = messages.iter().rposition(|message| message.role == Role::User).map_or(0, |at| at + 1);
    match protocol {
        Protocol::Ollama => None,
        _ => unpaired(protocol, messages).or_else(|| unproven(ask, &messages[current..], current)),
    }
}

/// A result that nobody waits for, or a call that nobody answers.
fn unpaired(protocol: Protocol, messages: &[Message]) -> Option<String> {
    let mut open: Vec<&str> = Vec::new();
    for (at, message) in messages.iter().enumerate() {
        for result in &message.results {
            match open.iter().position(|id| *id == result.call_id) {
                Some(found) => drop(open.remove(found)),
                None => return Some(orphan(protocol, at, &result.call_id)),
            }
        }
        if let Some(id) = open.first().filter(|_| message.role == Role::User) {
            return Some(unanswered(protocol, at, id));
        }
        open.extend(message.calls.iter().map(|call| call.id.as_str()));
    }
    open.first().map(|id| unanswered(protocol, messages.len(), id))
}

fn orphan(protocol: Protocol, at: usize, id: &str) -> String {
    match protocol {
        Protocol::OpenAiResponses => format!("No tool call found for function call output with call_id {id}."),
        Protocol::Anthropic => format!(
            "messages.{at}.content.0: unexpected `tool_use_id` found in `tool_result` blocks: {id}. Each `tool_result` \
             block must have a corresponding `tool_use` block in the previous message."
        ),
        Protocol::Gemini => UNEQUAL.to_owned(),
        _ => "Messages with role 'tool' must be a response to a preceding message with 'tool_calls'".to_owned(),
    }
}

fn unanswered(protocol: Protocol, at: usize, id: &str) -> String {
    match protocol {
        Protocol::OpenAiResponses => format!("No tool output found for function call {id}."),
        Protocol::Anthropic => format!(
            "messages.{at}: `tool_use` ids were found without `tool_result` blocks immediately after: {id}. Each \
             `tool_use` block must have a corresponding `tool_result` block in the next message."
        ),
        Protocol::Gemini => UNEQUAL.to_owned(),
        _ => format!(
            "An assistant message with 'tool_calls' must be followed by tool messages responding to each \
             'tool_call_id'. The following tool_call_ids did not have response messages: {id}"
        ),
    }
}

const UNEQUAL: &str = "Please ensure that the number of function response parts is equal to the number of function \
                       call parts of the function call turn.";

/// Calls of the turn under way whose thoughts are missing or forged.
fn unproven(ask: &Ask, turn: &[Message], first: usize) -> Option<String> {
    let calling = turn.iter().enumerate().filter(|(_, message)| !message.calls.is_empty());
    let mut before = calling.map(|(at, message)| (at, message, &turn[..at]));
    match ask.request.protocol {
        Protocol::Anthropic if !ask.request.thinks => None,
        Protocol::Anthropic => before.find_map(|(at, message, _)| {
            let at = first + at;
            match message.seals.first().map(String::as_str) {
                None => Some(format!(
                    "messages.{at}.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. \
                     When `thinking` is enabled, a final `assistant` message must start with a thinking block."
                )),
                Some(SEAL) => None,
                Some(_) => Some(format!("messages.{at}.content.0: Invalid `signature` in `thinking` block")),
            }
        }),
        Protocol::Gemini => before.find_map(|(_, message, _)| match message.calls[0].seal.as_deref() {
            Some(SEAL | FOREIGN) => None,
            Some(_) => Some("Corrupted thought signature.".to_owned()),
            None => Some("Function call is missing a thought_signature in functionCall parts.".to_owned()),
        }),
        // The thoughts are an item of their own, somewhere ahead of the call.
        Protocol::OpenAiResponses => before.find_map(|(_, message, ahead)| {
            let sealed = ahead.iter().any(|message| message.seals.iter().any(|seal| seal == SEAL));
            let id = &message.calls[0].id;
            (!sealed).then(|| {
                format!("Item '{id}' of type 'function_call' was provided without its required 'reasoning' item.")
            })
        }),
        Protocol::OpenAiChat => before.find_map(|(_, message, _)| {
            let missing = "The `reasoning_content` in the thinking mode must be passed back to the API.";
            (!message.thoughts).then(|| missing.to_owned())
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::ChatRequest;
    use serde_json::{Value, json};

    fn said(protocol: Protocol, body: &Value) -> Option<String> {
        let ask = Ask { request: ChatRequest::read(protocol, body), ..Ask::default() };
        match tools(&ask) {
            Reply::Refusal(refused, _) => Some(refused.message),
            _ => None,
        }
    }

    fn chat(messages: &Value) -> Option<String> {
        said(Protocol::OpenAiChat, &json!({"model": "tools", "messages": messages}))
    }

    #[test]
    fn chat_completions_wants_pairs_and_thoughts() {
        let call = json!({"role": "assistant", "content": null, "reasoning_content": "hm", "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}]});
        let mut bare = call.clone();
        bare.as_object_mut().expect("an object").remove("reasoning_content");
        let result = json!({"role": "tool", "tool_call_id": "a", "content": "x"});
        let user = json!({"role": "user", "content": "hi"});
        assert_eq!(chat(&json!([user, call, result])), None);
        assert!(chat(&json!([user, result])).is_some_and(|words| words.contains("preceding message")));
        assert!(chat(&json!([user, call, user])).is_some_and(|words| words.contains("response messages: a")));
        assert!(chat(&json!([user, call])).is_some_and(|words| words.contains("response messages: a")));
        assert!(chat(&json!([user, bare, result])).is_some_and(|words| words.contains("reasoning_content")));
        assert_eq!(chat(&json!([user, bare, result, user])), None, "that turn is over");
    }

    #[test]
    fn the_others_want_their_proofs() {
        let anthropic = |signature: &str, thinking: &str| {
            said(
                Protocol::Anthropic,
                &json!({"model": "tools", "thinking": {"type": thinking}, "messages": [
                {"role": "user", "content": "hi"},
                {"role": "assistant", "content": [
                    {"type": "thinking", "thinking": "hm", "signature": signature},
                    {"type": "tool_use", "id": "a", "name": "f", "input": {}}]},
                {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "content": "x"}]}]}),
            )
        };
        assert_eq!((anthropic(SEAL, "enabled"), anthropic("forged", "disabled")), (None, None));
        assert!(anthropic("forged", "enabled").is_some_and(|words| words.contains("Invalid `signature`")));
        let gemini = |signature: &Value| {
            said(
                Protocol::Gemini,
                &json!({"contents": [
                {"role": "user", "parts": [{"text": "hi"}]},
                {"role": "model", "parts": [{"functionCall": {"name": "f", "args": {}}, "thoughtSignature": signature}]},
                {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": {"output": "x"}}}]}]}),
            )
        };
        assert_eq!((gemini(&json!(SEAL)), gemini(&json!(FOREIGN))), (None, None));
        assert!(gemini(&Value::Null).is_some_and(|words| words.contains("thought_signature")));
        let responses = |items: Value| said(Protocol::OpenAiResponses, &json!({"model": "tools", "input": items}));
        let call = json!({"type": "function_call", "call_id": "a", "name": "f", "arguments": "{}"});
        let output = json!({"type": "function_call_output", "call_id": "a", "output": "x"});
        let thought = json!({"type": "reasoning", "summary": [], "encrypted_content": SEAL});
        assert_eq!(responses(json!([{"role": "user", "content": "hi"}, thought, call, output])), None);
        let bare = responses(json!([{"role": "user", "content": "hi"}, call, output]));
        assert!(bare.is_some_and(|words| words.contains("required 'reasoning' item")));
        let orphan = responses(json!([{"role": "user", "content": "hi"}, output]));
        assert!(orphan.is_some_and(|words| words.contains("No tool call found")));
    }
}
