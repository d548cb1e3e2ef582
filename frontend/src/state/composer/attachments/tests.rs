//! Files that are chosen, sent, refused and taken away.

use super::{Attachments, Candidate, Stage, files_of};
use shared::error::params;
use shared::files::{FileInfo, FileKind};
use shared::limits::{MAX_FILES_PER_MESSAGE, MAX_UPLOAD_BYTES};
use shared::{ApiError, ErrorCode};

fn candidate(size: u64) -> Candidate {
    Candidate { name: format!("{size}.png"), size, is_picture: true }
}

pub(crate) fn info(id: &str, kind: FileKind, tokens: u64) -> FileInfo {
    FileInfo {
        id: id.into(),
        kind,
        name: format!("{id}.bin"),
        media_type: "application/octet-stream".to_owned(),
        size: 9,
        width: None,
        height: None,
        tokens,
        characters: None,
        cut: false,
        created_at: String::new(),
    }
}

fn here(id: &str) -> Stage {
    Stage::Here(Box::new(info(id, FileKind::Document, 7)))
}

#[test]
fn what_can_only_be_refused_is_not_sent() {
    let mut files = Attachments::default();
    let due = files.add(vec![candidate(0), candidate(5), candidate(MAX_UPLOAD_BYTES as u64 + 1)], 10);
    assert_eq!(due, [(1, 11)]);
    let failed = files.items.iter().filter(|item| matches!(item.stage, Stage::Failed(_)));
    assert!(failed.clone().count() == 2 && failed.clone().all(|item| !item.may_retry()));
    assert!(files.is_sending() && files.has_failed());
}

#[test]
fn a_message_takes_as_many_as_it_may_and_says_so() {
    let mut files = Attachments::default();
    let due = files.add((0..25).map(|_| candidate(5)).collect(), 0);
    assert_eq!((due.len(), files.items.len()), (MAX_FILES_PER_MESSAGE, MAX_FILES_PER_MESSAGE));
    assert_eq!(files.refused.as_ref().and_then(ApiError::known), Some(ErrorCode::FileTooMany));
    files.remove(3);
    assert_eq!(files.refused, None, "there is room now");
}

#[test]
fn a_file_that_was_taken_away_does_not_come_back() {
    let mut files = Attachments::default();
    files.add(vec![candidate(5)], 0);
    files.remove(0);
    assert!(!files.progressed(0, here("a")));
    assert!(files.is_empty());
}

#[test]
fn the_same_file_is_attached_once() {
    let mut files = Attachments::default();
    files.add(vec![candidate(5), candidate(6)], 0);
    files.progressed(0, here("a"));
    files.progressed(1, here("a"));
    assert_eq!((files.items.len(), files.tokens()), (1, 7));
    assert!(!files.is_sending());
}

#[test]
fn what_the_server_found_out_is_what_is_shown() {
    let mut files = Attachments::default();
    files.add(vec![candidate(5)], 0);
    assert!(files.has_picture());
    files.progressed(0, here("a"));
    assert!(!files.has_picture(), "its content says that it is a document");
    assert_eq!(files.items[0].name, "a.bin");
}

#[test]
fn returned_files_stand_before_those_chosen_meanwhile() {
    let mut files = Attachments::default();
    files.add(vec![candidate(5)], 0);
    files.progressed(0, here("b"));
    let returned = vec![info("a", FileKind::Image, 1), info("b", FileKind::Document, 7)];
    files.put_back(returned.clone(), 5);
    let ids = |files: &Attachments| files.here().into_iter().map(|info| info.id.0).collect::<Vec<_>>();
    assert_eq!(ids(&files), ["a", "b"]);
    files.take_back(&returned);
    assert!(files.is_empty());
}

#[test]
fn files_survive_the_way_through_a_message() {
    let files = vec![info("a", FileKind::Image, 85), info("b", FileKind::Document, 7)];
    let parts: Vec<_> = files.iter().map(shared::Part::from).collect();
    assert_eq!(files_of(&parts), files);
}

#[test]
fn only_what_may_pass_is_tried_again() {
    let mut files = Attachments::default();
    files.add(vec![candidate(5)], 0);
    let mut fails = |code: &str| {
        let error = ApiError { code: code.to_owned(), params: params([]), ..ApiError::default() };
        files.progressed(0, Stage::Failed(error));
        files.items[0].may_retry()
    };
    assert!(fails("client.offline") && fails("file.quota") && fails("storage.full"));
    assert!(!fails("document.encrypted"));
}
