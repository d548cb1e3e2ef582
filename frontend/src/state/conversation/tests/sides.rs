//! Several models answer one message: the columns open, fill, survive and close.

use super::super::fixtures::{accepted, answer, delta, ended, page, part, question, run_event, saying, started};
use super::{hear, rows, showing};
use crate::state::composer::manner::Manner;
use crate::state::conversation::{Ask, Conversation, Effect, Wish};
use shared::chat::{AlsoAccepted, Message, RunAccepted};
use shared::events::{RunEvent, RunEventBody, Status};
use shared::part::plain_text;
use shared::{ApiError, ErrorCode, MessageId, RunId};

/// The run of another answer to the message `q` begins.
fn begins(run: &str, message: &str) -> RunEvent {
    let body = RunEventBody::Started {
        session_id: "s".into(),
        message_id: message.into(),
        user_message_id: Some("q".into()),
        model: format!("model of {message}"),
        parts_before: 0,
    };
    run_event(run, 1, body)
}

fn with(message: &str, run: &str) -> AlsoAccepted {
    let (run_id, message_id) = (Some(RunId::from(run)), Some(MessageId::from(message)));
    AlsoAccepted { model: format!("model of {message}"), run_id, message_id, error: None }
}

fn reply(also: Vec<AlsoAccepted>) -> RunAccepted {
    RunAccepted { also, ..accepted("r", true) }
}

/// A new chat whose first message goes to several models.
fn sent(also: &[&str]) -> Conversation {
    let mut chat = Conversation::default();
    chat.open(None);
    chat.plan_also(also.iter().map(|model| (*model).to_owned()).collect());
    chat.send(Wish::Say(saying("hi")), Some("m".to_owned()), Manner::default(), "c".to_owned());
    chat
}

/// Two answers that are being written.
fn two() -> Conversation {
    let mut chat = sent(&["n"]);
    hear(&mut chat, &[started("r", 0), begins("r2", "b")]);
    chat.accepted("c", &reply(vec![with("b", "r2")]));
    chat
}

fn said(chat: &Conversation, id: &str) -> String {
    chat.answer(&id.into()).map(|answer| plain_text(answer.parts)).unwrap_or_default()
}

/// As the server stores one of several answers.
fn version(id: &str, status: Status, text: &str, run: Option<(&str, u64)>, all: &[&str]) -> Message {
    Message { siblings: all.iter().map(|id| (*id).into()).collect(), ..answer(id, status, text, run) }
}

#[test]
fn a_message_to_several_models_has_its_columns_from_the_first_moment() {
    let mut chat = sent(&["n", "o"]);
    assert_eq!(rows(&chat), "?hi […m|…n|…o]");
    let key = chat.rows()[1].key.clone();
    chat.accepted("c", &reply(vec![with("b", "r2"), with("c", "r3")]));
    assert_eq!(rows(&chat), "?hi [a|b|c]");
    assert_eq!(chat.rows()[1].key, key, "the columns stay the same node");
    hear(&mut chat, &[begins("r2", "b"), part("r2", 2), delta("r2", 3, "two")]);
    assert_eq!((said(&chat, "b").as_str(), chat.is_busy()), ("two", true));
    let effects = hear(&mut chat, &[ended("r2", 4, "two")]);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Load { .. })), "its place is known: {effects:?}");
    assert_eq!((rows(&chat).as_str(), said(&chat, "b").as_str()), ("?hi [a|b|c]", "two"));
}

#[test]
fn one_that_was_refused_says_so_in_its_column() {
    let mut chat = sent(&["n"]);
    let error = Some(ApiError::new(ErrorCode::RunLimit, [].into()));
    chat.accepted("c", &reply(vec![AlsoAccepted { model: "n".to_owned(), error, ..AlsoAccepted::default() }]));
    assert_eq!(rows(&chat), "?hi [a|xn run.limit]");
}

#[test]
fn stop_stops_all_of_them() {
    let mut chat = two();
    assert_eq!(chat.stop(), [Effect::Stop("r".into()), Effect::Stop("r2".into())]);
    assert!(chat.is_stopping());
}

#[test]
fn the_chosen_one_takes_the_path_and_the_others_are_stopped_and_stay_as_versions() {
    let mut chat = two();
    hear(&mut chat, &[part("r2", 2), delta("r2", 3, "two"), ended("r2", 4, "two")]);
    let effects = chat.choose_side(&"b".into());
    assert!(effects.contains(&Effect::Stop("r".into())), "{effects:?}");
    assert_eq!((rows(&chat).as_str(), said(&chat, "b").as_str()), ("?hi =b", "two"));
    let siblings = chat.message(&"b".into()).map(|message| message.siblings.clone());
    assert_eq!(siblings, Some(vec!["a".into(), "b".into()]));
    // What is still written of the other one opens nothing again.
    let effects = hear(&mut chat, &[part("r", 2), ended("r", 3, "")]);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Load { .. })), "{effects:?}");
    assert_eq!((rows(&chat).as_str(), chat.is_busy()), ("?hi =b", false));
    assert!(chat.compared().is_empty());
}

#[test]
fn the_next_message_goes_on_from_the_one_on_the_path() {
    let mut chat = two();
    hear(&mut chat, &[ended("r", 2, ""), ended("r2", 2, "")]);
    chat.plan_also(Vec::new());
    chat.send(Wish::Say(saying("more")), None, Manner::default(), "c2".to_owned());
    assert_eq!(rows(&chat), "?hi =a ?more …");
}

#[test]
fn a_reload_brings_them_back_with_what_was_not_on_the_path() {
    let mut before = two();
    hear(&mut before, &[ended("r2", 2, "")]);
    let mut chat = Conversation::default();
    chat.restore_compared(before.compared().to_vec());
    chat.open(Some("s".into()));
    let path = vec![question("q", "hi", Some("c")), version("a", Status::Streaming, "", Some(("r", 1)), &["a", "b"])];
    let effects = chat.loaded(1, Ok(page(path)));
    let ask = Ask::Beside("b".into());
    assert!(effects.iter().any(|effect| matches!(effect, Effect::LoadPage { ask: asked, .. } if *asked == ask)));
    assert_eq!(rows(&chat), "?hi [a|…]");
    chat.loaded_page(1, &ask, Ok(page(vec![version("b", Status::Completed, "two", None, &["a", "b"])])));
    assert_eq!((rows(&chat).as_str(), said(&chat, "b").as_str()), ("?hi [a|b]", "two"));
}

#[test]
fn another_tab_shows_what_is_being_written_side_by_side() {
    let path =
        || vec![question("q", "hi", Some("c")), version("a", Status::Streaming, "", Some(("r", 1)), &["a", "b"])];
    let mut chat = showing(path());
    hear(&mut chat, &[started("r", 0)]);
    assert_eq!(rows(&chat), "?hi =a");
    hear(&mut chat, &[begins("r2", "b"), part("r2", 2), delta("r2", 3, "two")]);
    assert_eq!((rows(&chat).as_str(), said(&chat, "b").as_str()), ("?hi [a|b]", "two"));
    // There another one was chosen.
    hear(&mut chat, &[ended("r", 2, ""), ended("r2", 4, "two")]);
    chat.loaded(
        1,
        Ok(page(vec![question("q", "hi", Some("c")), version("b", Status::Completed, "two", None, &["a", "b"])])),
    );
    assert_eq!(rows(&chat), "?hi =b");
}

#[test]
fn versions_are_compared_when_somebody_asks_for_it() {
    let all = ["w", "x", "a", "z"];
    let mut chat = showing(vec![question("q", "hi", None), version("a", Status::Completed, "one", None, &all)]);
    let effects = chat.compare(&"a".into());
    assert_eq!(rows(&chat), "?hi […|a|…]");
    assert_eq!(effects.iter().filter(|effect| matches!(effect, Effect::LoadPage { .. })).count(), 2);
    let ask = |id: &str| Ask::Beside(id.into());
    chat.loaded_page(1, &ask("x"), Ok(page(vec![version("x", Status::Completed, "ten", None, &all)])));
    // One of them was deleted meanwhile.
    chat.loaded_page(1, &ask("z"), Err(ApiError::new(ErrorCode::MessageNotFound, [].into())));
    assert_eq!(rows(&chat), "?hi [x|a]");
    chat.choose_side(&"x".into());
    assert_eq!((rows(&chat).as_str(), said(&chat, "x").as_str()), ("?hi =x", "ten"));
}

#[test]
fn a_reply_that_comes_after_its_message_was_found_opens_them_once() {
    let mut chat = two();
    chat.choose_side(&"a".into());
    assert_eq!(chat.accepted("c", &reply(vec![with("b", "r2")])), [], "somebody has chosen by now");
    let mut chat = sent(&["n"]);
    chat.accepted("c", &reply(vec![with("b", "r2")]));
    assert_eq!(chat.accepted("c", &reply(vec![with("b", "r2")])), []);
    assert_eq!(rows(&chat), "?hi [a|b]");
}
