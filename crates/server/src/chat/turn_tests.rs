//! The turn, input by input.

use super::*;
use llm::ToolCallEvent;
use shared::AssistantMessage;
use shared::error::params;
use shared::models::Currency;
use shared::part::{ToolPart, ToolState};

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
                Effect::Finish(end) => assert!(ending.replace(*end).is_none(), "a turn ends once"),
                Effect::CallTool(_) | Effect::AskAgain(_) => {}
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
fn text_that_was_thinking_becomes_thoughts_of_the_same_letters() {
    let rethought = || Input::Model(Ok(CompletionEvent::TextWasThinking));
    let (message, ending) = ended(vec![text("a "), text("b\n"), rethought(), text("x"), Input::ModelEnded]);
    let thoughts = Part::Reasoning { text: "a b\n".into(), signature: None, duration_ms: Some(30) };
    assert_eq!((message.parts, ending.status), (vec![thoughts, Part::text("x")], Status::Completed));

    let (message, ending) = ended(vec![text("a"), rethought(), Input::ModelEnded]);
    assert_eq!((message.text().as_str(), code(&ending)), ("", "provider.reasoning_only"));

    let (message, _) = ended(vec![text("a"), thinking("b"), text("c"), rethought(), Input::ModelEnded]);
    assert_eq!(message.text(), "ac", "only what an answer begins with may turn out to be thoughts");

    let start = Start { parts_before: 1, had_text: true, ..Start::default() };
    let mut turn = Turn::new(start);
    turn.handle(10, text("more"));
    let effects = turn.handle(20, rethought());
    assert_eq!(effects, [Effect::Emit(RunEventBody::PartUpdated { index: 1, part: Part::reasoning("more") })]);
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
    let start = Start { bytes_before: MAX_ANSWER_BYTES - PART_BYTES - 2, ..Start::default() };
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

fn priced(currency: Currency, input: f64, output: f64, cached_input: Option<f64>) -> Option<Price> {
    Some(Price { currency, input, output, cached_input })
}

fn counted(prompt_tokens: u64, cached_tokens: u64, completion_tokens: u64) -> Input {
    let usage = Usage { prompt_tokens, cached_tokens, completion_tokens, ..Usage::default() };
    Input::Model(Ok(CompletionEvent::Usage(usage)))
}

/// What an answer costs whose calls of the provider are made one after the other at these prices.
fn cost_of_calls(calls: &[(Option<Price>, Input)]) -> Option<(Currency, u64)> {
    let mut turn = Turn::new(Start::default());
    let mut cost = None;
    for (round, (price, input)) in calls.iter().enumerate() {
        turn.charge(*price);
        turn.ask(0, 0, 0);
        let Input::Model(Ok(CompletionEvent::Usage(usage))) = input else { panic!("counts") };
        turn.handle(0, Input::Model(Ok(CompletionEvent::Usage(usage.clone()))));
        turn.spent = match round + 1 == calls.len() {
            false => {
                let call = turn.usage_of_call(0);
                Some(sum(turn.spent.take(), &call))
            }
            true => turn.spent.take(),
        };
    }
    for effect in turn.handle(1, Input::Stop) {
        if let Effect::Finish(ending) = effect {
            cost = ending.usage.cost;
        }
    }
    cost.map(|cost| (cost.currency, cost.nano))
}

#[test]
fn an_answer_costs_what_its_tokens_do_at_the_price_of_then() {
    use Currency::{Cny, Usd};
    let dear = priced(Usd, 2.5, 10.0, Some(0.25));
    assert_eq!(cost_of_calls(&[(dear, counted(1_000, 400, 100))]), Some((Usd, 2_600_000)));
    assert_eq!(cost_of_calls(&[(priced(Cny, 2.0, 8.0, None), counted(10, 10, 1))]), Some((Cny, 28_000)));
    assert_eq!(cost_of_calls(&[(priced(Usd, 0.0, 0.0, None), counted(9, 0, 9))]), Some((Usd, 0)), "it is for nothing");
    assert_eq!(cost_of_calls(&[(None, counted(9, 0, 9))]), None, "nobody knows");
}

#[test]
fn calls_are_summed_in_one_currency_only() {
    use Currency::{Cny, Usd};
    let (usd, cny) = (priced(Usd, 1.0, 1.0, None), priced(Cny, 1.0, 1.0, None));
    let both = |second: Option<Price>, more: Input| cost_of_calls(&[(usd, counted(5, 0, 5)), (second, more)]);
    assert_eq!(both(usd, counted(1, 0, 1)), Some((Usd, 12_000)));
    assert_eq!(both(cny, counted(1, 0, 1)), None);
    assert_eq!(both(None, counted(1, 0, 1)), None, "a part of the sum is not the sum");
    assert_eq!(both(None, counted(0, 0, 0)), Some((Usd, 10_000)), "what was not read costs nothing");
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

fn sealed(text: &str, seal: &str) -> Input {
    Input::Model(Ok(CompletionEvent::Thinking { text: text.into(), signature: Some(seal.into()) }))
}

fn step(step: ToolCallEvent) -> Input {
    Input::Model(Ok(CompletionEvent::ToolCall(step)))
}

/// One call with these arguments, whole.
fn called(number: usize, arguments: &str) -> Vec<Input> {
    vec![
        step(ToolCallEvent::Started { index: number, id: format!("id{number}"), name: "look".into() }),
        step(ToolCallEvent::Arguments { index: number, text: arguments.into() }),
        step(ToolCallEvent::Done { index: number, signature: Some("seal".into()) }),
    ]
}

fn done(index: usize, result: &str) -> Input {
    Input::ToolDone(ToolDone { index, result: result.into(), failed: true })
}

fn used(prompt_tokens: u64) -> Input {
    Input::Model(Ok(CompletionEvent::Usage(Usage { prompt_tokens, completion_tokens: 2, ..Usage::default() })))
}

#[test]
fn seals_stay_with_their_thoughts_and_secret_ones_are_kept_without_words() {
    let inputs =
        vec![thinking("a"), sealed("", "s1"), sealed("", "secret"), thinking("b"), text("x"), Input::ModelEnded];
    let (message, _) = ended(inputs);
    let seals = message.parts.iter().map(|part| match part {
        Part::Reasoning { text, signature, .. } => (text.as_str(), signature.as_deref()),
        _ => ("text", None),
    });
    let seals: Vec<_> = seals.collect();
    assert_eq!(seals, [("a", Some("s1")), ("", Some("secret")), ("b", None), ("text", None)]);
}

#[test]
fn a_call_becomes_a_part_and_its_result_asks_the_model_again() {
    let mut turn = Turn::new(Start::default());
    let (mut message, mut calls, mut again) = (AssistantMessage::default(), Vec::new(), Vec::new());
    let mut take = |effects: Vec<Effect>| {
        for effect in effects {
            match effect {
                Effect::Emit(body) => message.apply(&body),
                Effect::CallTool(call) => calls.push(call),
                Effect::AskAgain(usage) => again.push(usage.prompt_tokens),
                Effect::Finish(end) => assert_eq!((end.usage.prompt_tokens, end.call.prompt_tokens), (12, 5)),
            }
        }
    };
    let mut inputs = vec![thinking("hm")];
    inputs.extend(called(0, "{\"a\":1}"));
    inputs.extend([used(7), stop(StopReason::ToolUse), Input::ModelEnded, done(1, "There is none.")]);
    inputs.into_iter().for_each(|input| take(turn.handle(5, input)));
    turn.ask(10, 30, 0);
    [text("so"), used(5), Input::ModelEnded].into_iter().for_each(|input| take(turn.handle(20, input)));
    assert_eq!(calls, [ToolCall { index: 1, name: "look".into(), arguments: "{\"a\":1}".into() }]);
    assert_eq!((again, turn.rounds()), (vec![7], &[2][..]));
    let tool = ToolPart {
        call: "id0".into(),
        name: "look".into(),
        arguments: "{\"a\":1}".into(),
        result: Some("There is none.".into()),
        state: ToolState::Failed,
        signature: Some("seal".into()),
    };
    assert_eq!(message.parts[1], Part::Tool(Box::new(tool)));
    assert_eq!(message.text(), "so");
}

/// Calls a tool in every round, saying `words` first.
fn endless(words: &str) -> (AssistantMessage, Ending) {
    let mut inputs = Vec::new();
    let mut index = 0;
    for _ in 0..=MAX_ROUNDS {
        if !words.is_empty() {
            inputs.push(text(words));
            index += 1;
        }
        inputs.extend(called(0, "{}"));
        inputs.extend([Input::ModelEnded, done(index, "no")]);
        index += 1;
    }
    ended(inputs)
}

#[test]
fn a_model_that_only_calls_tools_is_not_asked_for_ever() {
    let (message, ending) = endless("");
    assert_eq!((ending.status, code(&ending)), (Status::Failed, "tool.rounds"));
    assert_eq!(message.parts.len(), MAX_ROUNDS + 1);
    let (_, ending) = endless("so far");
    assert_eq!((ending.status, code(&ending)), (Status::Completed, ""));
}

#[test]
fn a_call_whose_answer_ends_before_it_is_over_has_failed() {
    for end in [Input::Stop, Input::Shutdown, failure(ErrorCode::ProviderCut)] {
        let mut inputs = called(0, "{\"a");
        inputs.truncate(2);
        inputs.push(end);
        let (message, _) = ended(inputs);
        let Part::Tool(tool) = &message.parts[0] else { panic!("a call") };
        assert_eq!((tool.state, tool.result.as_deref()), (ToolState::Failed, Some(CUT_OFF)));
    }
    let mut inputs = called(0, "{}");
    inputs.extend([stop(StopReason::Length), Input::ModelEnded]);
    assert_eq!(code(&ended(inputs).1), "provider.empty", "what was cut by a limit calls nothing");
}

#[test]
fn results_count_towards_the_limit() {
    let mut inputs = called(0, "{}");
    inputs.extend([Input::ModelEnded, done(0, &"x".repeat(MAX_ANSWER_BYTES))]);
    assert_eq!(code(&ended(inputs).1), "provider.too_long");
}

#[test]
fn calls_count_with_their_names_ids_and_seals_and_there_are_not_many_at_once() {
    let named = |number: usize| {
        let (id, name) = ("i".repeat(MAX_ANSWER_BYTES / 100), "n".repeat(MAX_ANSWER_BYTES / 100));
        step(ToolCallEvent::Started { index: number, id, name })
    };
    let (message, ending) = ended((0..100).map(named).collect());
    assert_eq!((code(&ending), message.parts.len()), ("provider.too_long", 50));
    let seal = "s".repeat(MAX_ANSWER_BYTES / 10);
    let (message, ending) = ended((0..20).map(|_| sealed("", &seal)).collect());
    assert_eq!((code(&ending), message.parts.len()), ("provider.too_long", 10));
    let held: usize = message.parts.iter().map(Part::written).sum();
    assert!(held > MAX_ANSWER_BYTES && held < MAX_ANSWER_BYTES * 11 / 10, "the same count when it is continued");
    let small = |number| step(ToolCallEvent::Started { index: number, id: "i".into(), name: "n".into() });
    let (message, ending) = ended((0..1000).map(small).collect());
    assert_eq!((code(&ending), message.parts.len()), ("provider.too_long", 128));
}

#[test]
fn a_call_that_was_booked_costs_nothing_more() {
    let mut turn = Turn::new(Start { prompt_tokens: 9, ..Start::default() });
    turn.settle();
    let Some(Effect::Finish(end)) = turn.handle(1, Input::Stop).pop() else { panic!("an end") };
    assert_eq!((end.usage.prompt_tokens, end.call.prompt_tokens), (0, 0));
    let mut turn = Turn::new(Start { prompt_tokens: 9, ..Start::default() });
    let inputs = called(0, "{}").into_iter().chain([Input::ModelEnded, done(0, "no")]);
    let asked = inputs.map(|input| turn.handle(1, input)).last();
    assert!(matches!(asked.expect("effects").last(), Some(Effect::AskAgain(usage)) if usage.prompt_tokens == 9));
    let Some(Effect::Finish(end)) = turn.handle(2, Input::Stop).pop() else { panic!("an end") };
    assert_eq!((end.usage.prompt_tokens, end.call.prompt_tokens), (9, 0), "between two rounds nothing is asked");
}

#[test]
fn a_call_that_is_asked_elsewhere_forgets_what_the_first_one_counted() {
    let mut turn = Turn::new(Start { prompt_tokens: 9, ..Start::default() });
    assert!(turn.handle(1, used(7)).is_empty() && turn.is_untouched());
    turn.ask(5, 40, 0);
    let mut effects = turn.handle(8, text("a"));
    effects.extend(turn.handle(9, Input::ModelEnded));
    assert!(!turn.is_untouched());
    let Some(Effect::Finish(end)) = effects.pop() else { panic!("an end") };
    assert_eq!((end.call.prompt_tokens, end.call.first_token_ms, end.call.total_ms), (40, Some(3), Some(4)));
    assert_eq!((end.usage.first_token_ms, end.usage.total_ms), (Some(8), Some(9)));
}
