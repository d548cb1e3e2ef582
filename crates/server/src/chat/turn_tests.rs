//! The turn, input by input.

use super::*;
use shared::AssistantMessage;
use shared::error::params;

fn text(text: &str) -> Input {
    Input::Model(Ok(CompletionEvent::Text(text.into())))
}

fn thinking(text: &str) -> Input {
    Input::Model(Ok(CompletionEvent::Thinking { text: text.into(), signature: None }))
}

fn stop(reason: StopReason) -> Input {
    Input::Model(Ok(CompletionEvent::Stop(reason)))
}

fn failure(code: ErrorCode) -> Input {
    let error =
        llm::Error { code, params: Params::new(), status: None, detail: Some("its words".into()), retry_after: None };
    Input::Model(Err(error))
}

/// Runs the inputs 10 ms apart; answers the folded message and the ending.
fn play(start: Start, inputs: Vec<Input>) -> (AssistantMessage, Ending) {
    let mut turn = Turn::new(start);
    let (mut message, mut ending) = (AssistantMessage::default(), None);
    for (input, at) in inputs.into_iter().zip((10..).step_by(10)) {
        for effect in turn.handle(at, input) {
            match effect {
                Effect::Emit(body) => message.apply(&body),
                Effect::Finish(end) => assert!(ending.replace(end).is_none(), "a turn ends once"),
            }
        }
    }
    (message, ending.expect("the turn ended"))
}

fn ended(inputs: Vec<Input>) -> (AssistantMessage, Ending) {
    play(Start::default(), inputs)
}

fn code(ending: &Ending) -> &str {
    ending.error.as_ref().map_or("", |error| error.code.as_str())
}

#[test]
fn thoughts_and_text_become_parts_in_true_order() {
    let inputs = vec![thinking("a"), thinking("b"), text("x"), thinking("c"), text("y"), Input::ModelEnded];
    let (message, ending) = ended(inputs);
    assert_eq!(ending.status, Status::Completed);
    let kinds: Vec<bool> = message.parts.iter().map(|part| part.as_text().is_some()).collect();
    assert_eq!(kinds, [false, true, false, true]);
    assert_eq!(message.parts[0], Part::Reasoning { text: "ab".into(), signature: None, duration_ms: Some(20) });
}

#[test]
fn whitespace_deltas_survive_to_the_letter() {
    let (message, _) = ended(vec![text(" "), text("\n\n"), text("a"), text(" "), Input::ModelEnded]);
    assert_eq!(message.text(), " \n\na ");
}

#[test]
fn an_answer_without_a_visible_character_fails() {
    for inputs in [vec![Input::ModelEnded], vec![text(" \n"), Input::ModelEnded]] {
        let (_, ending) = ended(inputs);
        assert_eq!((ending.status, code(&ending)), (Status::Failed, "provider.empty"));
    }
    let (_, ending) = ended(vec![thinking("hm"), Input::ModelEnded]);
    assert_eq!(code(&ending), "provider.reasoning_only");
}

#[test]
fn continuing_with_nothing_more_is_complete_because_text_was_there() {
    let start = Start { parts_before: 1, had_text: true, ..Start::default() };
    let (_, ending) = play(start, vec![Input::ModelEnded]);
    assert_eq!(ending.status, Status::Completed);
}

#[test]
fn a_fault_keeps_what_arrived_and_names_the_providers_words() {
    let (message, ending) = ended(vec![text("half"), failure(ErrorCode::ProviderCut)]);
    assert_eq!(message.text(), "half");
    assert_eq!((ending.status, code(&ending)), (Status::Failed, "provider.cut"));
    assert_eq!(ending.error.expect("an error").params["detail"], "its words");
}

#[test]
fn stop_and_shutdown_end_the_turn_and_keep_the_text() {
    for (input, status, reason) in
        [(Input::Stop, Status::Stopped, ""), (Input::Shutdown, Status::Interrupted, "server.restarting")]
    {
        let (message, ending) = ended(vec![text("half"), input]);
        assert_eq!(message.text(), "half");
        assert_eq!((ending.status, code(&ending)), (status, reason));
    }
}

#[test]
fn after_the_end_nothing_happens() {
    let (message, ending) = ended(vec![text("a"), Input::Stop, text("b"), Input::ModelEnded, Input::Stop]);
    assert_eq!(message.text(), "a");
    assert_eq!(ending.status, Status::Stopped);
}

#[test]
fn the_length_limit_and_the_filter_are_told_apart() {
    let (_, ending) = ended(vec![text("a"), stop(StopReason::Length), Input::ModelEnded]);
    assert!(ending.truncated && ending.status == Status::Completed);
    let (message, ending) = ended(vec![text("a"), stop(StopReason::ContentFilter), Input::ModelEnded]);
    assert_eq!((message.text().as_str(), code(&ending)), ("a", "provider.content_filtered"));
}

#[test]
fn an_endless_answer_is_cut_at_the_limit() {
    let huge = "x".repeat(MAX_ANSWER_BYTES / 4 + 1);
    let (message, ending) = ended((0..5).map(|_| text(&huge)).collect());
    assert_eq!(code(&ending), "provider.too_long");
    assert_eq!(message.text().len(), huge.len() * 4);
}

#[test]
fn what_was_there_before_counts_towards_the_limit() {
    let start = Start { bytes_before: MAX_ANSWER_BYTES - 2, ..Start::default() };
    let (message, ending) = play(start, vec![text("ab"), text("c"), text("d")]);
    assert_eq!((message.text().as_str(), code(&ending)), ("abc", "provider.too_long"));
}

#[test]
fn reported_usage_wins_and_a_missing_one_is_estimated_and_marked() {
    let usage = Usage { prompt_tokens: 7, completion_tokens: 2, ..Usage::default() };
    let inputs = vec![text("hello"), Input::Model(Ok(CompletionEvent::Usage(usage))), Input::ModelEnded];
    let (message, ending) = ended(inputs);
    assert_eq!((ending.usage.prompt_tokens, ending.usage.estimated), (7, false));
    assert_eq!((ending.usage.first_token_ms, ending.usage.total_ms), (Some(10), Some(30)));
    assert_eq!(message.usage, Some(ending.usage));
    let start = Start { prompt_tokens: 40, ..Start::default() };
    let usage = play(start, vec![text("hello world"), Input::ModelEnded]).1.usage;
    assert!(usage.estimated && usage.prompt_tokens == 40 && usage.completion_tokens > 0);
}

#[test]
fn a_notice_takes_its_place_among_the_parts() {
    let mut turn = Turn::new(Start::default());
    let mut message = AssistantMessage::default();
    let mut effects = vec![turn.notice(ErrorCode::ContextTrimmed, params([("count", "3".into())]))];
    effects.extend(turn.handle(1, text("a")));
    for effect in effects {
        if let Effect::Emit(body) = effect {
            message.apply(&body);
        }
    }
    assert!(matches!(&message.parts[..], [Part::Notice { .. }, Part::Text { .. }]));
}
