//! Messages with files, other versions of messages, and how an answer is asked for.

use super::{rows, showing};
use crate::state::composer::Draft;
use crate::state::composer::manner::Manner;
use crate::state::conversation::fixtures::{accepted, answer, page, question, saying};
use crate::state::conversation::{Conversation, Effect, RowKind, Wish};
use shared::chat::{RunAccepted, SendMessage};
use shared::events::Status;
use shared::files::{FileInfo, FileKind};
use shared::models::Effort;
use shared::{ApiError, ErrorCode, MessageId, Part};

fn picture(id: &str) -> FileInfo {
    FileInfo {
        id: id.into(),
        kind: FileKind::Image,
        name: "a.png".to_owned(),
        media_type: "image/png".to_owned(),
        size: 9,
        width: Some(3),
        height: Some(2),
        tokens: 85,
        characters: None,
        cut: false,
        created_at: String::new(),
    }
}

fn with_picture(text: &str) -> Draft {
    Draft { text: text.to_owned(), files: vec![picture("p")] }
}

fn sent(effects: &[Effect]) -> &SendMessage {
    let found = effects.iter().find_map(|effect| match effect {
        Effect::Send(body) => Some(body),
        _ => None,
    });
    found.expect("something is sent")
}

fn say(chat: &mut Conversation, wish: Wish) -> Vec<Effect> {
    chat.send(wish, None, Manner::default(), "c1".to_owned())
}

#[test]
fn a_picture_without_a_text_is_a_message() {
    let mut chat = showing(vec![]);
    let effects = say(&mut chat, Wish::Say(with_picture("")));
    let body = sent(&effects);
    assert_eq!(body.content.as_deref(), Some(""));
    assert!(matches!(&body.parts[..], [Part::Image(file)] if file.file_id == "p".into()));
    assert_eq!(rows(&chat), "? …");
    assert_eq!(chat.question("c1"), Some(with_picture("")), "it is on the screen before the server has it");
    chat.accepted("c1", &accepted("r", true));
    assert_eq!(chat.question("c1"), Some(with_picture("")));
}

#[test]
fn a_refused_message_gives_its_files_back() {
    let mut chat = showing(vec![]);
    say(&mut chat, Wish::Say(with_picture("look")));
    let error = ApiError { code: ErrorCode::ModelNoVision.as_str().to_owned(), ..ApiError::default() };
    let effects = chat.refused("c1", error);
    assert!(effects.contains(&Effect::Return(Some("s".into()), with_picture("look"))));
}

#[test]
fn files_survive_a_reload_in_the_outbox() {
    let mut chat = showing(vec![]);
    say(&mut chat, Wish::Say(with_picture("look")));
    let outbox = serde_json::to_string(&chat.outbox()).expect("stored");
    let mut reloaded = showing(vec![]);
    reloaded.restore_outbox(serde_json::from_str(&outbox).expect("as it was stored"));
    assert_eq!(reloaded.question("c1"), Some(with_picture("look")));
}

#[test]
fn another_version_of_a_question_takes_its_place_and_that_of_what_follows() {
    let mut chat = showing(vec![question("q", "hi", None), answer("b", Status::Completed, "B", None)]);
    assert_eq!(chat.said_in(&"q".into()), Some(saying("hi")));
    let effects = say(&mut chat, Wish::Edit("q".into(), with_picture("hello")));
    assert_eq!((&sent(&effects).parent_id, rows(&chat).as_str()), (&Some(None), "?hello …"));
    let reply = RunAccepted { user_message_id: Some("q2".into()), ..accepted("r", true) };
    chat.accepted("c1", &reply);
    assert_eq!(rows(&chat), "?hello =a");
    let versions: Vec<MessageId> = vec!["q".into(), "q2".into()];
    let kinds: Vec<_> = chat.rows().into_iter().map(|row| row.kind).collect();
    assert!(matches!(&kinds[0], RowKind::Question { siblings, .. } if *siblings == versions));
    assert!(matches!(&kinds[1], RowKind::Answer { siblings, .. } if siblings.is_empty()));
}

#[test]
fn a_later_question_is_changed_below_the_answer_before_it() {
    let mut second = question("q2", "more", None);
    second.parent_id = Some("a".into());
    let mut chat = showing(vec![question("q", "hi", None), answer("a", Status::Completed, "A", None), second]);
    let effects = say(&mut chat, Wish::Edit("q2".into(), saying("other")));
    assert_eq!(sent(&effects).parent_id, Some(Some("a".into())));
    assert_eq!(rows(&chat), "?hi =a ?other …");
    chat.refused("c1", ApiError::new(ErrorCode::RunLimit, shared::error::Params::new()));
    assert_eq!(rows(&chat), "?hi =a ?more xrun.limit", "what it would have replaced is back");
}

#[test]
fn the_first_question_of_a_page_is_changed_like_any_other() {
    let mut first = question("q9", "late", None);
    first.parent_id = Some("a8".into());
    let mut chat = showing(vec![]);
    chat.loaded(1, Ok(page(vec![first])));
    say(&mut chat, Wish::Edit("q9".into(), saying("later")));
    assert_eq!(rows(&chat), "?later …");
}

#[test]
fn how_an_answer_is_asked_for_goes_along() {
    let mut chat = showing(vec![question("q", "hi", None), answer("b", Status::Completed, "B", None)]);
    let manner = Manner { effort: Some(Effort::High), search: true, trace: Some(false) };
    let effects = chat.send(Wish::AnswerAgain("b".into()), None, manner, "c1".to_owned());
    let body = sent(&effects);
    assert_eq!((body.effort, body.web_search, body.trace), (Some(Effort::High), Some(true), Some(false)));
}

#[test]
fn messages_are_weighed_with_their_files_and_only_when_all_are_here() {
    let mut chat = showing(vec![]);
    let mut asked = question("q", "hi", None);
    asked.parts.insert(0, shared::Part::from(&picture("p")));
    chat.loaded(1, Ok(page(vec![asked])));
    assert_eq!(chat.weights(), Some(vec![85 + shared::tokens::message_tokens("hi")]));
    let more = shared::page::MessagePage { next: Some("older".to_owned()), ..page(vec![question("q", "hi", None)]) };
    let mut partly = showing(vec![]);
    partly.loaded(1, Ok(more));
    assert_eq!(partly.weights(), None);
}
