//! Messages that change after they were read.

use super::{load, rows, showing};
use crate::state::composer::Draft;
use crate::state::composer::manner::Manner;
use crate::state::conversation::fixtures::{answer, page, question};
use crate::state::conversation::{Ask, Conversation, Effect, Wish};
use shared::chat::Message;
use shared::error::Params;
use shared::events::Status;
use shared::page::MessagePage;
use shared::{ApiError, ErrorCode};

fn below(parent: &str, message: Message) -> Message {
    Message { parent_id: Some(parent.into()), ..message }
}

/// Two older messages above the two of the newest page.
fn long() -> Conversation {
    let mut chat = Conversation::default();
    chat.open(Some("s".into()));
    chat.loaded(1, Ok(newest("four")));
    chat.want_older();
    chat.loaded_page(
        1,
        &cursor(),
        Ok(page(vec![question("q1", "one", None), below("q1", question("q2", "two", None))])),
    );
    assert_eq!(rows(&chat), "?one ?two ?three ?four");
    chat
}

/// What asks for the older ones.
fn cursor() -> Ask {
    Ask::Older("cursor".into())
}

fn newest(last: &str) -> MessagePage {
    let items = vec![below("q2", question("q3", "three", None)), below("q3", question("q4", last, None))];
    MessagePage { next: Some("cursor".into()), ..page(items) }
}

#[test]
fn a_change_is_read_again_and_a_page_from_before_it_is_not_believed() {
    let mut chat = showing(vec![question("q", "hi", None)]);
    assert_eq!(chat.messages_changed(&"t".into()), [], "another chat is none of ours");
    assert_eq!(chat.messages_changed(&"s".into()), [load(2)]);
    assert_eq!(chat.loaded(1, Ok(page(vec![question("q", "old", None)]))), [load(2)]);
    let changed = Message { edited_at: Some("now".into()), ..question("q", "new", None) };
    let effects = chat.loaded(2, Ok(page(vec![changed])));
    assert!(effects.contains(&Effect::Grew("q".into())), "the row is told");
    assert_eq!(rows(&chat), "?new");
    assert!(chat.is_edited(&"q".into()));
}

#[test]
fn what_stands_above_the_newest_page_is_read_again_and_stays_meanwhile() {
    let mut chat = long();
    chat.messages_changed(&"s".into());
    let effects = chat.loaded(2, Ok(newest("4")));
    assert_eq!(rows(&chat), "?one ?two ?three ?4");
    let reread = Effect::Reread { session: "s".into(), after: "cursor".into(), generation: 2 };
    assert!(effects.contains(&reread), "{effects:?}");
    let above = vec![question("q1", "1", None), below("q1", question("q2", "two", None))];
    let effects = chat.reread_older(2, Ok(page(above)));
    assert_eq!(rows(&chat), "?1 ?two ?three ?4");
    assert!(effects.contains(&Effect::Grew("q1".into())) && !effects.contains(&Effect::Grew("q2".into())));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Reread { .. })), "that was all of it");
}

#[test]
fn a_plain_reload_reads_nothing_twice() {
    let mut chat = long();
    let effects = chat.loaded(1, Ok(newest("four")));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Reread { .. })));
}

#[test]
fn an_older_page_of_another_branch_is_not_put_on_top() {
    let mut chat = Conversation::default();
    chat.open(Some("s".into()));
    chat.loaded(1, Ok(newest("four")));
    chat.want_older();
    chat.loaded_page(
        1,
        &cursor(),
        Ok(page(vec![question("x1", "other", None), below("x1", question("x2", "branch", None))])),
    );
    assert_eq!(rows(&chat), "?three ?four");
    assert!(chat.want_older().is_some(), "it can be asked for again");
}

#[test]
fn a_refused_edit_returns_to_where_it_was_written() {
    let mut chat = showing(vec![question("q", "hi", None), answer("a", Status::Completed, "Hello", None)]);
    let draft = Draft { text: "better".into(), files: Vec::new() };
    chat.send(Wish::Edit("q".into(), draft.clone()), None, Manner::default(), "c1".into());
    let effects = chat.refused("c1", ApiError::new(ErrorCode::RunLimit, Params::new()));
    assert!(effects.contains(&Effect::Reopen("q".into(), draft)), "{effects:?}");
    assert_eq!(chat.refused_edit(), Some("q".into()));
    chat.dismiss();
    assert_eq!(chat.refused_edit(), None);
}

#[test]
fn what_was_sent_from_here_has_a_date_before_it_is_read() {
    let mut chat = showing(vec![question("q", "hi", None), below("q", question("q2", "more", None))]);
    assert_eq!(chat.date("2026-01-02T03:04:05Z").len(), 2);
    assert_eq!(chat.date("2027-01-02T03:04:05Z"), [], "once");
    let written = Some("2026-01-02T03:04:05Z".to_owned());
    assert_eq!(chat.written(&"q2".into()), Some((written.clone().unwrap_or_default(), written)));
    assert_eq!(chat.written(&"q".into()).and_then(|(_, above)| above), None);
}
