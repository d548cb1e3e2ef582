//! The chat on the screen, driven by what can happen to it. Helpers first, then one story per test.

mod changes;
mod faults;
mod files;
mod paging;
mod sending;
mod sides;

use super::fixtures::{answer, delta, ended, page, part, question, snapshot, started};
use super::{Ask, Column, Conversation, Effect, RowKind, Watch};
use shared::chat::Message;
use shared::events::{RunEvent, Status};
use shared::page::MessagePage;
use shared::{MessageId, RunId, SessionId};

/// The chat `s` on the screen with these messages.
pub(super) fn showing(messages: Vec<Message>) -> Conversation {
    let mut chat = Conversation::default();
    let effects = chat.open(Some("s".into()));
    assert!(effects.contains(&load(1)));
    chat.loaded(1, Ok(page(messages)));
    chat
}

pub(super) fn load(generation: u64) -> Effect {
    Effect::Load { session: "s".into(), generation }
}

pub(super) fn hear(chat: &mut Conversation, events: &[RunEvent]) -> Vec<Effect> {
    events.iter().flat_map(|event| chat.hear(event, false)).collect()
}

pub(super) fn text(chat: &Conversation) -> String {
    chat.answer(&"a".into()).map(|answer| shared::part::plain_text(answer.parts)).unwrap_or_default()
}

pub(super) fn status(chat: &Conversation) -> Option<Status> {
    chat.answer(&"a".into()).map(|answer| answer.status)
}

/// The rows in one line: `?` and text for a question, `=` and id for an answer, `x` for a refusal, `…` for what is
/// expected, `[ | ]` for columns.
pub(super) fn rows(chat: &Conversation) -> String {
    let words = chat.rows().into_iter().map(|row| match row.kind {
        RowKind::Question { unsure, .. } => {
            let text = chat.question(&row.key).unwrap_or_default().text;
            format!("?{text}{}", if unsure { "~" } else { "" })
        }
        RowKind::Answer { id, .. } => format!("={id}"),
        RowKind::Columns(columns) => format!("[{}]", columns.iter().map(column).collect::<Vec<_>>().join("|")),
        RowKind::Refused(error) => format!("x{}", error.code),
        RowKind::Expected => "…".to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

fn column(column: &Column) -> String {
    match column {
        Column::Answer { id, .. } => id.to_string(),
        Column::Expected(model) => format!("…{}", model.clone().unwrap_or_default()),
        Column::Refused { model, error } => format!("x{model} {}", error.code),
    }
}

#[test]
fn a_reload_in_the_middle_of_an_answer_goes_on_where_the_server_is() {
    let half = answer("a", Status::Streaming, "Hel", Some(("r", 3)));
    let mut chat = showing(vec![question("q", "hi", None), half]);
    assert!(chat.is_busy());
    hear(&mut chat, &[delta("r", 3, "Hel"), delta("r", 4, "lo")]);
    assert_eq!(text(&chat), "Hello");
    let effects = hear(&mut chat, &[ended("r", 5, "Hello")]);
    assert!(!effects.contains(&load(1)), "the text is the stored one: nothing to read again");
    assert_eq!((status(&chat), chat.is_busy()), (Some(Status::Completed), false));
}

#[test]
fn events_that_overtake_the_page_are_not_lost() {
    let mut chat = Conversation::default();
    chat.open(Some("s".into()));
    chat.hello(&["r".into()]);
    hear(&mut chat, &[snapshot("r", 7, "Hello wor"), delta("r", 8, "ld")]);
    chat.loaded(1, Ok(page(vec![question("q", "hi", None), answer("a", Status::Streaming, "Hel", Some(("r", 3)))])));
    assert_eq!(text(&chat), "Hello world");
}

#[test]
fn a_page_read_before_the_end_and_arriving_after_it_does_not_stream_for_ever() {
    let mut chat = Conversation::default();
    chat.open(Some("s".into()));
    chat.hello(&["r".into()]);
    hear(&mut chat, &[snapshot("r", 7, "Hello"), ended("r", 8, "Hello")]);
    chat.loaded(1, Ok(page(vec![question("q", "hi", None), answer("a", Status::Streaming, "Hel", Some(("r", 3)))])));
    assert_eq!((text(&chat).as_str(), status(&chat)), ("Hello", Some(Status::Completed)));
    assert_eq!(chat.watch(), &Watch::default(), "its end was seen: nobody waits for it");
}

#[test]
fn a_run_that_the_server_does_not_list_is_doubted_once() {
    let mut chat = Conversation::default();
    chat.open(Some("s".into()));
    chat.hello(&[]);
    let half = || Ok(page(vec![question("q", "hi", None), answer("a", Status::Streaming, "Hel", Some(("r", 3)))]));
    assert!(chat.loaded(1, half()).contains(&load(1)));
    assert!(!chat.loaded(1, half()).contains(&load(1)));
}

#[test]
fn a_second_device_joins_an_answer_that_it_did_not_ask_for() {
    let mut chat = showing(vec![question("q0", "before", None)]);
    assert!(hear(&mut chat, &[started("r", 0)]).contains(&load(1)));
    hear(&mut chat, &[part("r", 2), delta("r", 3, "Hi")]);
    let messages = vec![
        question("q0", "before", None),
        question("q", "hi", Some("other")),
        answer("a", Status::Streaming, "", Some(("r", 1))),
    ];
    chat.loaded(1, Ok(page(messages)));
    assert_eq!((rows(&chat).as_str(), text(&chat).as_str()), ("?before ?hi =a", "Hi"));
}

#[test]
fn a_text_that_differs_from_the_stored_one_is_read_again() {
    let mut chat = showing(vec![question("q", "hi", None), answer("a", Status::Streaming, "", Some(("r", 1)))]);
    hear(&mut chat, &[part("r", 2), delta("r", 3, "Hi")]);
    assert!(hear(&mut chat, &[ended("r", 4, "Hi!")]).contains(&load(1)));
}

#[test]
fn a_gap_asks_for_a_new_connection() {
    let mut chat = showing(vec![question("q", "hi", None), answer("a", Status::Streaming, "", Some(("r", 1)))]);
    assert_eq!(hear(&mut chat, &[delta("r", 5, "x")]), [Effect::Resync]);
    assert_eq!(hear(&mut chat, &[snapshot("r", 5, "fix")]), [Effect::Grew("a".into())]);
    assert_eq!(text(&chat), "fix");
}

#[test]
fn an_answer_that_ends_elsewhere_is_unread_and_greeted_once() {
    let mut chat = showing(vec![question("q", "hi", None), answer("a", Status::Streaming, "", Some(("r", 1)))]);
    hear(&mut chat, &[started("r", 0)]);
    chat.open(None);
    assert!(hear(&mut chat, &[ended("r", 2, "")]).contains(&Effect::Unread("s".into())));
    chat.open(Some("s".into()));
    let stored = || Ok(page(vec![question("q", "hi", None), answer("a", Status::Completed, "Hi", None)]));
    chat.loaded(3, stored());
    assert_eq!(chat.kept(), Some(&MessageId::from("a")));
    chat.open(None);
    chat.open(Some("s".into()));
    chat.loaded(5, stored());
    assert_eq!(chat.kept(), None);
}

#[test]
fn an_answer_completed_while_nobody_looks_at_the_tab_is_greeted() {
    let mut chat = showing(vec![question("q", "hi", None), answer("a", Status::Streaming, "", Some(("r", 1)))]);
    hear(&mut chat, &[snapshot("r", 3, "Hi")]);
    chat.hear(&ended("r", 4, "Hi"), true);
    assert_eq!(chat.kept(), Some(&MessageId::from("a")));
}

#[test]
fn what_was_watched_before_a_reload_is_greeted_after_it() {
    let mut before = Conversation::default();
    hear(&mut before, &[started("r", 0)]);
    let mut chat = Conversation::default();
    chat.restore_watch(before.watch().clone());
    chat.open(None);
    let none: [RunId; 0] = [];
    assert!(chat.hello(&none).contains(&Effect::Unread("s".into())));
    chat.open(Some("s".into()));
    chat.loaded(2, Ok(page(vec![question("q", "hi", None), answer("a", Status::Completed, "Hi", None)])));
    assert_eq!(chat.kept(), Some(&MessageId::from("a")));
}

#[test]
fn older_pages_are_put_on_top_and_a_reload_keeps_them() {
    let mut chat = Conversation::default();
    chat.open(Some("s".into()));
    let second = Message { parent_id: Some("q1".into()), ..question("q2", "two", None) };
    let newest = || vec![second.clone(), question("q3", "three", None)];
    let reply = || Ok(MessagePage { next: Some("cursor".into()), ..page(newest()) });
    chat.loaded(1, reply());
    let asked = Ask::Older("cursor".into());
    assert!(matches!(chat.want_older(), Some(Effect::LoadPage { ask, .. }) if ask == asked));
    assert_eq!(chat.want_older(), None, "one request at a time");
    chat.loaded_page(1, &asked, Ok(page(vec![question("q1", "one", None)])));
    chat.loaded(1, reply());
    assert_eq!(rows(&chat), "?one ?two ?three");
    assert!(!chat.has_older());
}

#[test]
fn a_reply_for_a_chat_that_was_left_changes_nothing() {
    let mut chat = showing(vec![question("q", "hi", None)]);
    chat.open(Some(SessionId::from("t")));
    assert!(chat.loaded(1, Ok(page(vec![question("q", "late", None)]))).is_empty());
    assert_eq!(rows(&chat), "");
}

#[test]
fn the_model_is_named_where_it_changes() {
    let other = Message { model: Some("large".into()), ..answer("b", Status::Completed, "B", None) };
    let chat =
        showing(vec![answer("a", Status::Completed, "A", None), other, answer("c", Status::Completed, "C", None)]);
    let names: Vec<_> = chat
        .rows()
        .into_iter()
        .map(|row| match row.kind {
            RowKind::Answer { model, .. } => model,
            _ => None,
        })
        .collect();
    assert_eq!(names, [Some("small".to_owned()), Some("large".to_owned()), Some("small".to_owned())]);
}

#[test]
fn a_growing_text_does_not_change_the_rows() {
    let mut chat = showing(vec![question("q", "hi", None), answer("a", Status::Streaming, "", Some(("r", 1)))]);
    let before = chat.rows();
    assert_eq!(
        hear(&mut chat, &[part("r", 2), delta("r", 3, "Hi")]),
        [Effect::Grew("a".into()), Effect::Grew("a".into())]
    );
    assert_eq!(chat.rows(), before);
}
