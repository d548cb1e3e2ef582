//! What may happen to a message on its way: refused, lost, doubled, answered by somebody else.

use super::{load, rows, showing};
use crate::api::{OFFLINE, UNEXPECTED};
use crate::state::composer::manner::Manner;
use crate::state::conversation::fixtures::{accepted, answer, ended, page, question, saying, snapshot, started};
use crate::state::conversation::{Ask, Conversation, Effect, Phase, Wish};
use shared::chat::SendMessage;
use shared::error::Params;
use shared::events::Status;
use shared::page::MessagePage;
use shared::{ApiError, ErrorCode};

fn lost() -> ApiError {
    ApiError { code: OFFLINE.into(), ..ApiError::default() }
}

fn refusal() -> ApiError {
    ApiError::new(ErrorCode::ModelNone, shared::error::Params::new())
}

fn sent(effects: &[Effect]) -> Option<&SendMessage> {
    effects.iter().find_map(|effect| match effect {
        Effect::Send(body) => Some(body),
        _ => None,
    })
}

fn say(chat: &mut Conversation, text: &str, id: &str) -> SendMessage {
    let effects = chat.send(Wish::Say(saying(text)), None, Manner::default(), id.to_owned());
    sent(&effects).cloned().expect("sent")
}

#[test]
fn a_lost_message_is_sent_again_under_the_same_id_and_reconciled_once() {
    let mut chat = showing(vec![]);
    let first = say(&mut chat, "hi", "c1");
    let effects = chat.refused("c1", lost());
    assert!(effects.contains(&Effect::SendLater { client_id: "c1".into(), attempts: 1 }));
    assert_eq!(rows(&chat), "?hi~ …");
    assert_eq!(sent(&chat.send_again("c1")), Some(&first));
    chat.accepted("c1", &accepted("r", false));
    assert_eq!(rows(&chat), "?hi =a");
    assert!(chat.send_again("c1").is_empty(), "it has arrived");
    assert!(chat.accepted("c1", &accepted("r", false)).is_empty(), "a second reply is for nothing");
}

#[test]
fn an_attached_message_is_read_again_because_its_answer_may_be_over() {
    let mut chat = showing(vec![]);
    say(&mut chat, "hi", "c1");
    assert!(chat.accepted("c1", &accepted("r", false)).contains(&load(2)));
}

#[test]
fn what_was_on_its_way_survives_a_reload_of_the_page() {
    let mut before = Conversation::default();
    before.open(None);
    let first = say(&mut before, "hi", "c1");
    let stored = serde_json::to_string(&before.outbox()).expect("serialises");
    let mut after = Conversation::default();
    after.restore_outbox(serde_json::from_str(&stored).expect("parses"));
    after.open(None);
    assert_eq!(rows(&after), "?hi~ …");
    assert_eq!(sent(&after.hello(&[])), Some(&first));
}

#[test]
fn a_new_connection_sends_lost_messages_at_once() {
    let mut chat = showing(vec![]);
    let first = say(&mut chat, "hi", "c1");
    chat.refused("c1", lost());
    assert_eq!(sent(&chat.hello(&[])), Some(&first));
}

#[test]
fn a_message_whose_reply_never_comes_is_sent_again_with_the_next_connection_but_not_with_the_first() {
    let mut chat = showing(vec![]);
    let first = say(&mut chat, "hi", "c1");
    assert_eq!(sent(&chat.hello(&[])), None, "its reply is on the way");
    chat.disconnected();
    assert_eq!(sent(&chat.hello(&[])), Some(&first));
    chat.accepted("c1", &accepted("r", true));
    chat.refused("c1", lost());
    assert_eq!(rows(&chat), "?hi =a", "the request that hung fails for nobody");
}

#[test]
fn a_message_that_meets_the_end_of_a_login_waits_for_the_next_one() {
    let mut chat = showing(vec![]);
    let first = say(&mut chat, "hi", "c1");
    let over = ApiError::new(ErrorCode::AuthRevoked, shared::error::Params::new());
    assert_eq!(chat.refused("c1", over), [Effect::RowsChanged]);
    assert_eq!((rows(&chat).as_str(), chat.outbox().len()), ("?hi~ …", 1));
    assert_eq!(sent(&chat.hello(&[])), Some(&first));
}

#[test]
fn a_proxy_that_does_not_reach_the_server_is_no_refusal_at_once() {
    let mut chat = showing(vec![]);
    say(&mut chat, "hi", "c1");
    let error = ApiError::new(ErrorCode::EdgeBackendUnreachable, Params::new());
    assert!(chat.refused("c1", error).contains(&Effect::SendLater { client_id: "c1".into(), attempts: 1 }));
}

#[test]
fn whoever_sends_second_sees_what_the_first_one_sent() {
    let mut chat = showing(vec![]);
    say(&mut chat, "hi", "c1");
    assert!(!chat.hear(&started("r", 0), false).contains(&load(1)), "it may be the answer to this message");
    let busy = ApiError::new(ErrorCode::ChatBusy, shared::error::Params::new());
    assert!(chat.refused("c1", busy).contains(&load(1)));
}

#[test]
fn an_answer_to_others_that_was_over_before_the_refusal_is_read() {
    let mut chat = showing(vec![]);
    say(&mut chat, "hi", "c1");
    chat.hear(&started("r", 0), false);
    chat.hear(&ended("r", 2, ""), false);
    assert!(chat.refused("c1", refusal()).contains(&load(1)));
}

#[test]
fn a_lost_message_that_did_arrive_is_found_by_its_id() {
    let mut chat = showing(vec![]);
    say(&mut chat, "hi", "c1");
    chat.refused("c1", lost());
    let stored = vec![question("q", "hi", Some("c1")), answer("a", Status::Streaming, "", Some(("r", 1)))];
    let effects = chat.loaded(1, Ok(page(stored)));
    assert!(effects.contains(&Effect::OutboxChanged) && chat.outbox().is_empty());
    assert_eq!(rows(&chat), "?hi =a");
}

#[test]
fn a_stop_of_a_lost_message_is_kept_until_its_run_is_known() {
    let mut chat = showing(vec![]);
    say(&mut chat, "hi", "c1");
    chat.refused("c1", lost());
    chat.stop();
    let stored = vec![question("q", "hi", Some("c1")), answer("a", Status::Streaming, "", Some(("r", 1)))];
    assert!(chat.loaded(1, Ok(page(stored))).contains(&Effect::Stop("r".into())));
}

#[test]
fn a_refused_message_gives_its_text_back() {
    let mut chat = showing(vec![]);
    let first = say(&mut chat, "hi", "c1");
    let effects = chat.refused("c1", refusal());
    assert!(effects.contains(&Effect::Return(Some("s".into()), saying("hi"))));
    assert_eq!(rows(&chat), "xmodel.none");
    assert!(!chat.is_busy());
    assert_eq!(sent(&chat.retry()), Some(&first));
}

#[test]
fn a_refused_message_makes_way_for_the_next_one() {
    let mut chat = showing(vec![]);
    say(&mut chat, "hi", "c1");
    chat.refused("c1", refusal());
    say(&mut chat, "hello", "c2");
    assert_eq!(rows(&chat), "?hello …");
}

#[test]
fn a_message_refused_after_its_chat_was_left_returns_to_that_chat() {
    let mut chat = Conversation::default();
    chat.open(None);
    say(&mut chat, "hi", "c1");
    chat.open(Some("s".into()));
    assert!(chat.refused("c1", refusal()).contains(&Effect::Return(None, saying("hi"))));
}

#[test]
fn a_message_accepted_after_its_chat_was_left_does_not_take_the_screen() {
    let mut chat = Conversation::default();
    chat.open(None);
    say(&mut chat, "hi", "c1");
    chat.open(Some("t".into()));
    assert_eq!(chat.accepted("c1", &accepted("r", true)), [Effect::OutboxChanged]);
    assert_eq!(rows(&chat), "");
}

#[test]
fn a_proxy_that_answers_for_the_server_is_a_refusal_in_the_end() {
    let mut chat = showing(vec![]);
    say(&mut chat, "hi", "c1");
    let page = || ApiError { code: UNEXPECTED.into(), ..ApiError::default() };
    for _ in 0..3 {
        chat.refused("c1", page());
        assert_eq!(rows(&chat), "?hi~ …");
    }
    chat.refused("c1", page());
    assert_eq!(rows(&chat), "xclient.unexpected");
}

#[test]
fn a_run_that_ended_during_an_outage_keeps_its_text_until_the_server_says_how() {
    let mut chat = showing(vec![question("q", "hi", None), answer("a", Status::Streaming, "", Some(("r", 1)))]);
    chat.hello(&["r".into()]);
    chat.hear(&snapshot("r", 5, "Hello"), false);
    chat.disconnected();
    assert!(chat.hello(&[]).contains(&load(1)));
    assert_eq!(super::text(&chat), "Hello");
    chat.loaded(1, Ok(page(vec![question("q", "hi", None), answer("a", Status::Interrupted, "Hello", None)])));
    assert_eq!((super::status(&chat), chat.kept()), (Some(Status::Interrupted), None));
}

#[test]
fn a_text_that_lost_its_end_in_a_power_cut_is_painted_as_it_is_stored() {
    let mut chat = showing(vec![question("q", "hi", None), answer("a", Status::Streaming, "", Some(("r", 1)))]);
    chat.hello(&["r".into()]);
    chat.hear(&snapshot("r", 5, "Hello world"), false);
    chat.disconnected();
    chat.hello(&[]);
    let stored = || Ok(page(vec![question("q", "hi", None), answer("a", Status::Interrupted, "Hello", None)]));
    assert!(chat.loaded(1, stored()).contains(&Effect::Grew("a".into())));
    assert_eq!(super::text(&chat), "Hello");
    assert!(!chat.loaded(1, stored()).contains(&Effect::Grew("a".into())), "nothing changed");
}

#[test]
fn a_chat_that_could_not_be_read_is_read_with_the_next_connection() {
    let mut chat = Conversation::default();
    chat.open(Some("s".into()));
    chat.loaded(1, Err(lost()));
    assert!(chat.hello(&[]).contains(&load(1)));
}

#[test]
fn a_failed_reload_leaves_what_is_on_the_screen() {
    let mut chat = showing(vec![question("q", "hi", None)]);
    assert!(chat.loaded(1, Err(lost())).is_empty());
    assert_eq!(rows(&chat), "?hi");
}

#[test]
fn a_chat_that_was_deleted_while_nobody_listened_is_not_there_any_more() {
    let mut chat = showing(vec![question("q", "hi", None)]);
    let gone = ApiError::new(ErrorCode::ChatNotFound, shared::error::Params::new());
    chat.loaded(1, Err(gone.clone()));
    assert_eq!((rows(&chat).as_str(), chat.phase()), ("", &Phase::Failed(gone)));
}

#[test]
fn older_messages_that_did_not_come_are_spoken_of_and_can_be_asked_for_again() {
    let mut chat = Conversation::default();
    chat.open(Some("s".into()));
    chat.loaded(1, Ok(MessagePage { next: Some("cursor".into()), ..page(vec![question("q2", "two", None)]) }));
    let older = chat.want_older();
    let asked = Ask::Older("cursor".into());
    assert_eq!(chat.loaded_page(1, &asked, Err(lost())), [Effect::PageFailed(asked.clone(), lost())]);
    assert_eq!(chat.want_older(), older);
}
