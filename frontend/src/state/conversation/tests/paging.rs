//! A long chat: the piece of it that is here, where it grows, and what is kept of chats that were left.

use super::super::fixtures::{accepted, page, question, saying};
use super::{hear, load, rows, showing, started};
use crate::state::composer::manner::Manner;
use crate::state::conversation::{Ask, Conversation, Effect, Phase, Wish};
use shared::chat::Message;
use shared::page::MessagePage;
use shared::{ApiError, ErrorCode};

/// Messages of a path, from one number to another.
fn messages(from: usize, to: usize) -> Vec<Message> {
    let message = |at: usize| Message {
        parent_id: at.checked_sub(1).map(|above| format!("m{above}").as_str().into()),
        ..question(&format!("m{at}"), &format!("{at}"), None)
    };
    (from..to).map(message).collect()
}

/// Numbers `from` to `to` of a chat that goes on at both ends.
fn piece(from: usize, to: usize) -> MessagePage {
    MessagePage { next: Some(format!("m{from}")), previous: Some(format!("m{}", to - 1)), ..page(messages(from, to)) }
}

fn ends(chat: &Conversation) -> (String, String) {
    let rows = chat.rows();
    (
        rows.first().map(|row| row.key.clone()).unwrap_or_default(),
        rows.last().map(|row| row.key.clone()).unwrap_or_default(),
    )
}

fn wanted(effect: Option<Effect>) -> Ask {
    match effect {
        Some(Effect::LoadPage { ask, .. }) => ask,
        other => panic!("{other:?} asks for no page"),
    }
}

/// In the middle of a long chat.
fn in_the_middle() -> Conversation {
    let mut chat = Conversation::default();
    let around = Ask::Around("m500".into());
    let effects = chat.open_at(Some("s".into()), Some(&"m500".into()));
    assert!(effects.contains(&Effect::LoadPage { session: "s".into(), ask: around.clone(), generation: 1 }));
    assert!(!effects.contains(&load(1)), "the end is not what somebody looks for");
    chat.loaded_page(1, &around, Ok(piece(480, 520)));
    chat
}

#[test]
fn a_chat_opened_in_its_middle_grows_at_both_ends() {
    let mut chat = in_the_middle();
    assert_eq!(ends(&chat), ("m480".into(), "m519".into()));
    let older = wanted(chat.want_older());
    assert_eq!(older, Ask::Older("m480".into()));
    chat.loaded_page(1, &older, Ok(piece(440, 480)));
    let newer = wanted(chat.want_newer());
    chat.loaded_page(1, &newer, Ok(MessagePage { previous: None, ..piece(520, 560) }));
    assert_eq!((ends(&chat), chat.has_newer()), (("m440".into(), "m559".into()), false));
}

#[test]
fn however_far_somebody_goes_only_a_piece_is_kept() {
    let mut chat = in_the_middle();
    for step in 0..10 {
        let older = wanted(chat.want_older());
        let from = 480 - (step + 1) * 40;
        chat.loaded_page(1, &older, Ok(piece(from, from + 40)));
    }
    assert!(chat.rows().len() <= 360, "{} rows", chat.rows().len());
    assert_eq!(ends(&chat).0, "m80");
    let last: usize = ends(&chat).1.trim_start_matches('m').parse().expect("a number");
    let newer = wanted(chat.want_newer());
    assert_eq!(newer, Ask::Newer(format!("m{last}")), "what was given up is there again when somebody comes down");
    chat.loaded_page(1, &newer, Ok(piece(last + 1, last + 41)));
    assert_eq!(ends(&chat).1, format!("m{}", last + 40));
    assert!(chat.rows().len() <= 400);
}

#[test]
fn news_at_the_end_do_not_tear_the_reader_away() {
    let mut chat = in_the_middle();
    assert!(hear(&mut chat, &[started("r", 0)]).contains(&load(1)), "another device sent something");
    chat.loaded(1, Ok(MessagePage { next: Some("m900".into()), ..page(messages(900, 940)) }));
    assert_eq!((ends(&chat).1, chat.has_newer()), ("m519".into(), true));
    assert!(chat.rows().iter().all(|row| !row.key.contains("expected")));
    let newest = wanted(chat.want_newest());
    chat.loaded_page(1, &newest, Ok(MessagePage { next: Some("m900".into()), ..page(messages(900, 940)) }));
    assert_eq!((ends(&chat).1, chat.has_newer()), ("m939".into(), false));
}

#[test]
fn whoever_sends_from_further_up_is_taken_to_the_end() {
    let mut chat = in_the_middle();
    let effects = chat.send(Wish::Say(saying("hi")), None, Manner::default(), "c1".into());
    assert!(effects.contains(&load(1)));
    assert_eq!(rows(&chat), "?hi …");
    chat.accepted("c1", &accepted("r", true));
    assert_eq!(rows(&chat), "?hi =a");
    assert_eq!(chat.loaded(1, Ok(page(messages(900, 940)))), [load(2)], "that was read before the message was stored");
}

#[test]
fn another_version_of_a_message_further_up_ends_the_path_there() {
    let mut chat = in_the_middle();
    chat.send(Wish::Edit("m500".into(), saying("better")), None, Manner::default(), "c1".into());
    assert!(rows(&chat).ends_with("?499 ?better …"));
    chat.accepted("c1", &accepted("r", true));
    assert!(rows(&chat).ends_with("?499 ?better =a"));
    assert!(!chat.has_newer());
}

#[test]
fn a_message_of_another_branch_is_shown_with_its_branch() {
    let mut chat = showing(messages(0, 4));
    let around = Ask::Around("other".into());
    assert_eq!(
        chat.open_at(Some("s".into()), Some(&"other".into())),
        [Effect::LoadPage { session: "s".into(), ask: around.clone(), generation: 1 }]
    );
    assert!(chat.is_seeking());
    let branch = vec![question("m0", "0", None), question("other", "else", None)];
    let effects = chat.loaded_page(1, &around, Ok(MessagePage { hidden_branch: true, ..page(branch) }));
    assert!(effects.contains(&Effect::ShowBranch("s".into(), "other".into())));
    assert_eq!(rows(&chat), "?0 ?else");
}

#[test]
fn a_message_that_was_deleted_opens_its_chat_all_the_same() {
    let mut chat = Conversation::default();
    chat.open_at(Some("s".into()), Some(&"gone".into()));
    let gone = ApiError::new(ErrorCode::MessageNotFound, shared::error::Params::new());
    assert_eq!(chat.loaded_page(1, &Ask::Around("gone".into()), Err(gone)), [load(1)]);
    chat.loaded(1, Ok(page(messages(0, 2))));
    assert_eq!(rows(&chat), "?0 ?1");
}

#[test]
fn a_chat_that_was_left_is_there_at_once_and_read_again() {
    let mut chat = showing(messages(0, 4));
    chat.open(Some("t".into()));
    assert_eq!(chat.rows().len(), 0, "nothing of it is seen in another chat");
    let effects = chat.open(Some("s".into()));
    assert_eq!((rows(&chat).as_str(), chat.phase()), ("?0 ?1 ?2 ?3", &Phase::Ready));
    assert!(effects.contains(&load(3)));
    chat.loaded(3, Ok(page(messages(0, 6))));
    assert_eq!(rows(&chat), "?0 ?1 ?2 ?3 ?4 ?5");
}

#[test]
fn only_the_end_of_a_long_chat_is_kept_warm() {
    let mut chat = showing(messages(0, 300));
    chat.open(None);
    chat.open(Some("s".into()));
    assert_eq!((ends(&chat), chat.has_older()), (("m180".into(), "m299".into()), true));
}

#[test]
fn of_many_chats_the_one_that_was_left_first_is_read_anew() {
    let mut chat = showing(messages(0, 2));
    for other in 0..13 {
        chat.open(Some(format!("t{other}").as_str().into()));
        chat.loaded(other + 2, Ok(page(messages(0, 2))));
    }
    chat.open(Some("t1".into()));
    assert_eq!(chat.phase(), &Phase::Ready);
    chat.open(Some("s".into()));
    assert_eq!(chat.phase(), &Phase::Loading);
}
