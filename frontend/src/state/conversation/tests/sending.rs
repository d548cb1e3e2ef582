//! From the key press to the answer's place: sending, answering again, continuing, stopping.

use super::{hear, load, rows, showing, status, text};
use crate::state::composer::manner::Manner;
use crate::state::conversation::fixtures::{accepted, answer, delta, ended, page, part, question, saying, started};
use crate::state::conversation::{Conversation, Effect, Watch, Wish};
use shared::chat::SendMessage;
use shared::events::{RunEvent, RunEventBody, Status, Terminal};
use shared::{MessageId, Part};

fn say(chat: &mut Conversation, text: &str, id: &str) -> Vec<Effect> {
    chat.send(Wish::Say(saying(text)), None, Manner::default(), id.to_owned())
}

#[test]
fn a_message_is_on_the_screen_before_the_server_has_it() {
    let mut chat = showing(vec![]);
    say(&mut chat, "hi", "c1");
    assert_eq!(rows(&chat), "?hi …");
    assert!(chat.is_busy());
}

#[test]
fn an_accepted_message_keeps_its_row_and_is_there_once() {
    let mut chat = showing(vec![]);
    say(&mut chat, "hi", "c1");
    let key = chat.rows()[0].key.clone();
    chat.accepted("c1", &accepted("r", true));
    assert_eq!(rows(&chat), "?hi =a");
    let reloaded = vec![question("q", "hi", Some("c1")), answer("a", Status::Streaming, "", Some(("r", 1)))];
    chat.loaded(2, Ok(page(reloaded)));
    assert_eq!((rows(&chat).as_str(), &chat.rows()[0].key), ("?hi =a", &key));
}

#[test]
fn a_page_that_was_asked_for_before_a_message_was_accepted_does_not_take_it_away() {
    let mut chat = showing(vec![]);
    say(&mut chat, "hi", "c1");
    assert_eq!(chat.reload(), Some(load(1)));
    chat.accepted("c1", &accepted("r", true));
    assert_eq!(chat.loaded(1, Ok(page(vec![]))), [load(2)], "it is asked for again");
    assert_eq!(rows(&chat), "?hi =a");
    let stored = vec![question("q", "hi", Some("c1")), answer("a", Status::Completed, "Hello", None)];
    chat.loaded(2, Ok(page(stored)));
    assert_eq!((rows(&chat).as_str(), text(&chat).as_str()), ("?hi =a", "Hello"));
}

#[test]
fn a_failed_page_that_was_asked_for_before_does_not_take_an_accepted_message_away() {
    let mut chat = Conversation::default();
    chat.open(Some("s".into()));
    say(&mut chat, "hi", "c1");
    chat.accepted("c1", &accepted("r", true));
    assert_eq!(chat.loaded(1, Err(shared::ApiError::default())), [load(2)]);
    assert_eq!(rows(&chat), "?hi =a");
}

#[test]
fn what_another_tab_settled_since_is_not_sent_again() {
    let mut chat = showing(vec![]);
    say(&mut chat, "hi", "c1");
    let outbox = serde_json::to_string(&chat.outbox()).expect("stored");
    let mut resting = Conversation::default();
    resting.restore_outbox(serde_json::from_str(&outbox).expect("as it was stored"));
    resting.forget_settled(&["c1".to_owned()]);
    assert_eq!(resting.outbox().len(), 1, "it is still on its way");
    resting.forget_settled(&[]);
    assert!(resting.outbox().is_empty());
    chat.forget_settled(&[]);
    assert_eq!(chat.outbox().len(), 1, "who sends it knows best");
}

#[test]
fn a_first_message_gives_the_chat_its_address() {
    let mut chat = Conversation::default();
    chat.open(None);
    say(&mut chat, "hi", "c1");
    let effects = chat.accepted("c1", &accepted("r", true));
    assert!(effects.contains(&Effect::Opened("s".into())));
    assert!(!chat.open(Some("s".into())).contains(&load(2)), "the address changes, the chat on the screen does not");
    assert_eq!(rows(&chat), "?hi =a");
}

#[test]
fn events_that_overtake_the_reply_are_not_lost() {
    let mut chat = showing(vec![]);
    say(&mut chat, "hi", "c1");
    assert!(!hear(&mut chat, &[started("r", 0)]).contains(&load(1)), "the reply will say where it belongs");
    hear(&mut chat, &[part("r", 2), delta("r", 3, "Hello")]);
    chat.accepted("c1", &accepted("r", true));
    assert_eq!((rows(&chat).as_str(), text(&chat).as_str()), ("?hi =a", "Hello"));
}

#[test]
fn an_answer_that_is_over_before_the_reply_arrives_is_complete() {
    let mut chat = showing(vec![]);
    say(&mut chat, "hi", "c1");
    hear(&mut chat, &[started("r", 0), part("r", 2), delta("r", 3, "Hello"), ended("r", 4, "Hello")]);
    chat.accepted("c1", &accepted("r", true));
    assert_eq!((text(&chat).as_str(), status(&chat), chat.is_busy()), ("Hello", Some(Status::Completed), false));
}

#[test]
fn a_new_chat_whose_answer_is_over_at_once_is_not_waited_for() {
    let mut chat = Conversation::default();
    chat.open(None);
    say(&mut chat, "hi", "c1");
    hear(&mut chat, &[started("r", 0), part("r", 2), delta("r", 3, "Hello"), ended("r", 4, "Hello")]);
    chat.accepted("c1", &accepted("r", true));
    assert_eq!((chat.watch(), status(&chat)), (&Watch::default(), Some(Status::Completed)));
}

#[test]
fn nothing_is_sent_while_an_answer_is_being_written() {
    let mut chat = showing(vec![question("q", "hi", None), answer("a", Status::Streaming, "", Some(("r", 1)))]);
    assert!(say(&mut chat, "more", "c2").is_empty());
}

#[test]
fn answering_again_names_the_question_and_takes_the_old_answer_away_at_once() {
    let mut chat = showing(vec![question("q", "hi", None), answer("b", Status::Failed, "", None)]);
    let effects = chat.send(Wish::AnswerAgain("b".into()), Some("large".into()), Manner::default(), "c2".into());
    let body = SendMessage {
        session_id: Some("s".into()),
        parent_id: Some(Some("q".into())),
        model: Some("large".into()),
        client_message_id: Some("c2".into()),
        ..SendMessage::default()
    };
    assert!(effects.contains(&Effect::Send(body)));
    assert_eq!(rows(&chat), "?hi …");
    chat.accepted("c2", &accepted("r", true));
    assert_eq!(rows(&chat), "?hi =a");
    let siblings: Vec<MessageId> = vec!["b".into(), "a".into()];
    assert_eq!(chat.message(&"a".into()).expect("placed").siblings, siblings);
}

#[test]
fn a_refused_second_answer_leaves_the_first_one_where_it_was() {
    let mut chat = showing(vec![question("q", "hi", None), answer("b", Status::Completed, "B", None)]);
    chat.send(Wish::AnswerAgain("b".into()), None, Manner::default(), "c2".into());
    let error = shared::ApiError::new(shared::ErrorCode::RunLimit, shared::error::Params::new());
    let effects = chat.refused("c2", error);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Return(..))), "there is no text to give back");
    assert_eq!(rows(&chat), "?hi =b xrun.limit");
}

#[test]
fn continuing_writes_on_in_the_same_answer() {
    let mut chat = showing(vec![question("q", "hi", None), answer("a", Status::Stopped, "one", None)]);
    chat.send(Wish::Continue("a".into()), None, Manner::default(), "c3".into());
    assert_eq!(rows(&chat), "?hi =a");
    chat.accepted("c3", &shared::chat::RunAccepted { user_message_id: None, ..accepted("r2", true) });
    let event = |seq, body| RunEvent { run_id: "r2".into(), seq, body };
    hear(
        &mut chat,
        &[
            started("r2", 1),
            event(2, RunEventBody::PartStarted { index: 1, part: Part::text("") }),
            event(3, RunEventBody::PartDelta { index: 1, text: " two".into() }),
        ],
    );
    assert_eq!((text(&chat).as_str(), status(&chat)), ("one two", Some(Status::Streaming)));
}

#[test]
fn stop_keeps_the_text() {
    let mut chat = showing(vec![question("q", "hi", None), answer("a", Status::Streaming, "", Some(("r", 1)))]);
    hear(&mut chat, &[part("r", 2), delta("r", 3, "Hi")]);
    assert_eq!(chat.stop(), [Effect::Stop("r".into())]);
    assert!(chat.is_stopping() && chat.is_busy());
    let (length, sha256) = shared::message::digest("Hi");
    let end = RunEventBody::Stopped(Box::new(Terminal { length, sha256, ..Terminal::default() }));
    hear(&mut chat, &[RunEvent { run_id: "r".into(), seq: 4, body: end }]);
    assert_eq!((text(&chat).as_str(), status(&chat), chat.is_stopping()), ("Hi", Some(Status::Stopped), false));
}

#[test]
fn a_stop_before_the_run_has_a_number_is_sent_as_soon_as_it_has_one() {
    let mut chat = showing(vec![]);
    say(&mut chat, "hi", "c1");
    assert!(chat.stop().is_empty());
    assert!(chat.is_stopping());
    assert!(chat.accepted("c1", &accepted("r", true)).contains(&Effect::Stop("r".into())));
}

#[test]
fn a_stop_that_did_not_arrive_can_be_pressed_again() {
    let mut chat = showing(vec![question("q", "hi", None), answer("a", Status::Streaming, "", Some(("r", 1)))]);
    chat.stop();
    chat.stop_failed(&"r".into());
    assert!(!chat.is_stopping() && chat.is_busy());
}
