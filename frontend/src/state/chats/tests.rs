//! The list of chats: order, pages, deletion and undo.

use super::{ChatList, Shelf};
use shared::Page;
use shared::chat::Session;
use shared::organize::Folder;

pub(crate) fn chat(id: &str, at: u32) -> Session {
    let last_activity_at = format!("2026-11-21T10:00:{at:02}Z");
    Session {
        id: id.into(),
        title: id.to_owned(),
        model: None,
        instructions: None,
        has_instructions: false,
        parameters: None,
        pinned_at: None,
        archived_at: None,
        folder_id: None,
        tags: Vec::new(),
        temporary: false,
        unread: false,
        created_at: String::new(),
        last_activity_at,
    }
}

pub(crate) fn list(chats: Vec<Session>, next: Option<&str>) -> ChatList {
    let mut list = ChatList::default();
    list.loaded(&Shelf::Loose, Ok(Page { items: chats, next: next.map(str::to_owned) }), &[]);
    list
}

pub(crate) fn folder(id: &str) -> Folder {
    let (name, instructions, created_at) = (id.to_owned(), String::new(), String::new());
    Folder { id: id.into(), name, instructions, created_at, unread: Vec::new(), running: Vec::new() }
}

fn order(list: &ChatList) -> String {
    list.items().iter().map(|chat| chat.id.as_str()).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_newest_activity_is_on_top() {
    let mut list = list(vec![chat("b", 2), chat("a", 1)], None);
    list.changed(chat("a", 3));
    assert_eq!(order(&list), "a b");
}

#[test]
fn nothing_moves_under_the_pointer() {
    let mut list = list(vec![chat("b", 2), chat("a", 1)], None);
    list.hold(true);
    list.changed(chat("a", 3));
    assert_eq!(order(&list), "b a");
    list.changed(chat("c", 4));
    assert_eq!(order(&list), "c b a", "a new chat has to be somewhere");
    list.hold(false);
    assert_eq!(order(&list), "c a b");
}

#[test]
fn pages_follow_each_other_and_one_is_asked_for_at_a_time() {
    let mut list = list(vec![chat("c", 3), chat("b", 2)], Some("cursor"));
    assert_eq!(list.want_more(&Shelf::Loose).as_deref(), Some("cursor"));
    assert_eq!(list.want_more(&Shelf::Loose), None);
    list.loaded_more(&Shelf::Loose, Ok(Page { items: vec![chat("b", 2), chat("a", 1)], next: None }));
    assert_eq!(order(&list), "c b a");
    assert!(!list.has_more(&Shelf::Loose));
}

#[test]
fn reading_the_first_page_again_keeps_the_cursor_of_the_last() {
    let mut list = list(vec![chat("c", 3)], Some("one"));
    list.want_more(&Shelf::Loose);
    list.loaded_more(&Shelf::Loose, Ok(Page { items: vec![chat("b", 2)], next: Some("two".into()) }));
    list.loaded(&Shelf::Loose, Ok(Page { items: vec![chat("c", 3)], next: Some("one".into()) }), &[]);
    assert_eq!(list.want_more(&Shelf::Loose).as_deref(), Some("two"));
}

#[test]
fn a_deleted_chat_is_not_brought_back_by_a_late_reply() {
    let mut list = list(vec![chat("b", 2), chat("a", 1)], None);
    let before = list.items().to_vec();
    let deleted = list.removed(&"b".into()).expect("was there");
    list.loaded(&Shelf::Loose, Ok(Page { items: vec![chat("b", 2), chat("a", 1)], next: None }), &before);
    assert_eq!(order(&list), "a");
    list.restored(deleted);
    assert_eq!(order(&list), "b a");
}

#[test]
fn a_deletion_that_is_undone_on_another_device_is_undone_here() {
    let mut list = list(vec![chat("b", 2), chat("a", 1)], None);
    let deleted = list.removed(&"b".into()).expect("was there");
    list.changed(deleted);
    assert_eq!(order(&list), "b a");
}

#[test]
fn a_chat_that_was_deleted_while_nobody_listened_is_gone() {
    let mut list = list(vec![chat("d", 4), chat("c", 3), chat("b", 2)], Some("cursor"));
    list.want_more(&Shelf::Loose);
    list.loaded_more(&Shelf::Loose, Ok(Page { items: vec![chat("a", 1)], next: None }));
    let before = list.items().to_vec();
    // Both happen while the page travels.
    list.changed(chat("e", 5));
    list.changed(chat("a", 6));
    list.loaded(
        &Shelf::Loose,
        Ok(Page { items: vec![chat("d", 4), chat("b", 2)], next: Some("cursor".into()) }),
        &before,
    );
    assert_eq!(order(&list), "a e d b");
}

#[test]
fn a_short_list_is_the_whole_one() {
    let mut list = list(vec![chat("b", 2), chat("a", 1)], None);
    let before = list.items().to_vec();
    list.loaded(&Shelf::Loose, Ok(Page { items: vec![chat("b", 2)], next: None }), &before);
    assert_eq!(order(&list), "b");
}

#[test]
fn what_others_move_waits_for_the_pointer_and_what_is_moved_here_does_not() {
    let mut list = list(vec![chat("b", 2), chat("a", 1)], None);
    let pinned = |id, at| Session { pinned_at: Some("2026".to_owned()), ..chat(id, at) };
    let shelf = |list: &ChatList, id: &str| list.get(&id.into()).and_then(Shelf::of);
    list.hold(true);
    list.changed(pinned("a", 1));
    assert_eq!(shelf(&list, "a"), Some(Shelf::Loose));
    list.set(pinned("b", 2));
    assert_eq!(shelf(&list, "b"), Some(Shelf::Pinned));
    list.hold(false);
    assert_eq!(shelf(&list, "a"), Some(Shelf::Pinned));
}

#[test]
fn a_change_that_was_taken_back_meanwhile_is_not_made_up_for() {
    let mut list = list(vec![chat("a", 1)], None);
    list.hold(true);
    list.changed(Session { archived_at: Some("2026".to_owned()), ..chat("a", 1) });
    list.changed(chat("a", 1));
    list.hold(false);
    assert_eq!(list.get(&"a".into()).and_then(Shelf::of), Some(Shelf::Loose));
}

#[test]
fn of_another_persons_list_nothing_stays_but_what_is_asked_for() {
    let mut list = list(vec![chat("a", 1)], None);
    list.asked(&Shelf::Archive);
    list.forget();
    assert_eq!(list.items(), []);
    assert_eq!(list.shelves().collect::<Vec<_>>(), [&Shelf::Archive]);
}

#[test]
fn a_page_of_one_shelf_says_nothing_of_the_others() {
    let mut list = list(vec![chat("b", 2)], None);
    let filed = Session { folder_id: Some("f".into()), ..chat("a", 1) };
    let folder = Shelf::Folder("f".into());
    list.loaded(&folder, Ok(Page { items: vec![filed], next: None }), &[]);
    let before = list.items().to_vec();
    list.loaded(&folder, Ok(Page { items: Vec::new(), next: None }), &before);
    assert_eq!(order(&list), "b");
}

#[test]
fn a_folder_tells_of_chats_that_were_not_read_yet_and_those_that_were_tell_themselves() {
    let mut list = list(vec![chat("loose", 1)], None);
    let folder = Folder { unread: vec!["a".into()], running: vec!["b".into()], ..folder("f") };
    let inside = |id| Session { folder_id: Some("f".into()), ..chat(id, 2) };
    let working = ["b".into(), "loose".into()];
    assert_eq!(list.happens_in(&folder, &working), (true, true));
    assert_eq!(list.happens_in(&folder, &[]), (false, true), "its answer has ended meanwhile");
    list.changed(inside("a"));
    assert_eq!(list.happens_in(&folder, &working), (true, false), "somebody looked at it elsewhere");
    list.changed(chat("b", 3));
    assert_eq!(list.happens_in(&folder, &working), (false, false), "it was moved out");
    list.changed(Session { unread: true, ..inside("c") });
    assert_eq!(list.happens_in(&folder, &["c".into()]), (true, true), "a new one");
    list.removed(&"c".into());
    assert_eq!(list.happens_in(&folder, &["c".into()]), (false, false));
    assert_eq!(list.happens_in(&super::tests::folder("other"), &working), (false, false));
}

#[test]
fn a_chat_that_was_deleted_before_it_was_read_is_not_told_of() {
    let mut list = list(Vec::new(), None);
    list.removed(&"a".into());
    let folder = Folder { unread: vec!["a".into()], ..folder("f") };
    assert_eq!(list.happens_in(&folder, &[]), (false, false));
}
