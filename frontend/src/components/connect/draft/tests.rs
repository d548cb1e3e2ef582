//! What is sent for what was typed.

use super::*;
use shared::connections::{ConnectionKey, KeyState, ModelListState, VerifyStep};
use shared::error::Params;

fn report(models: &[&str]) -> VerifyReport {
    VerifyReport {
        ok: true,
        base_url: "https://api.example/v1".to_owned(),
        models: models.iter().map(|name| (*name).to_owned()).collect(),
        model: None,
        steps: Vec::new(),
        speed: None,
        keys: Vec::new(),
    }
}

fn key(secret: &str) -> KeyDraft {
    KeyDraft { secret: secret.to_owned(), ..KeyDraft::default() }
}

fn connection() -> Connection {
    let key = |id: &str, label: &str| ConnectionKey {
        id: id.into(),
        label: label.to_owned(),
        enabled: true,
        models: Vec::new(),
        state: KeyState::default(),
    };
    Connection {
        id: "c".into(),
        name: "Kimi".to_owned(),
        protocol: Protocol::OpenaiChat,
        base_url: "https://api.example/v1".to_owned(),
        has_key: true,
        keys: vec![key("a", "first"), key("b", "second")],
        locked: false,
        headers: vec!["x-team".to_owned()],
        prefix: String::new(),
        proxy: Some("http://proxy:8080".to_owned()),
        timeouts: ConnectionTimeouts::default(),
        personal: false,
        list: ModelListState { show_new: true, ..ModelListState::default() },
        enabled: true,
        variable: None,
        models: vec!["fetched".to_owned()],
        created_at: String::new(),
    }
}

#[test]
fn names_are_asked_for_where_there_is_a_server_without_a_list() {
    let failed = |code| VerifyReport {
        ok: false,
        models: Vec::new(),
        steps: vec![VerifyStep {
            stage: VerifyStage::Models,
            ok: false,
            ms: 1,
            error: Some(ApiError::new(code, Params::new())),
        }],
        ..report(&[])
    };
    assert!(needs_names(&failed(ErrorCode::ProviderNotFound)));
    assert!(needs_names(&failed(ErrorCode::ProviderEmpty)));
    assert!(!needs_names(&failed(ErrorCode::ProviderRedirected)));
    assert!(!needs_names(&failed(ErrorCode::ProviderRefused)));
    assert!(!needs_names(&failed(ErrorCode::ProviderUnauthorized)));
}

#[test]
fn pasted_values_lose_the_blanks_around_them() {
    let draft = Draft { base_url: " https://api.example ".into(), keys: vec![key("sk-1\n")], ..Draft::default() };
    let request = draft.request();
    assert_eq!((request.base_url.as_str(), request.key.as_deref()), ("https://api.example", Some("sk-1")));
    assert!(request.keys.is_empty());
}

#[test]
fn no_key_is_no_key_and_not_an_empty_one() {
    let request = Draft { keys: vec![key("  ")], ..Draft::default() }.request();
    assert!(request.key.is_none() && request.keys.is_empty());
}

#[test]
fn several_keys_and_one_with_a_name_are_sent_as_a_list() {
    let two = Draft { keys: vec![key("sk-1"), key(""), key("sk-2")], ..Draft::default() }.request();
    assert!(two.key.is_none());
    assert_eq!(two.keys.iter().map(|key| key.key.as_deref()).collect::<Vec<_>>(), [Some("sk-1"), Some("sk-2")]);
    let named = KeyDraft { label: "work".into(), models: "a，b".into(), ..key("sk-1") };
    let one = Draft { keys: vec![named], ..Draft::default() }.request();
    assert!(one.key.is_none() && one.keys[0].models == ["a", "b"]);
}

#[test]
fn the_address_that_worked_and_the_chosen_models_are_saved() {
    let chosen = BTreeSet::from(["c".to_owned(), "a".to_owned()]);
    let saved = Draft::default().checked(&report(&["c", "b", "a"]), Some(&chosen));
    assert_eq!(saved.base_url, "https://api.example/v1");
    assert_eq!(saved.shown, Some(vec!["c".to_owned(), "a".to_owned()]));
    let left = Draft::default().checked(&report(&["a"]), None);
    assert!(left.shown.is_none() && left.models.is_empty());
}

#[test]
fn nothing_that_was_not_changed_is_sent() {
    let stored = connection();
    assert!(Draft::of(&stored).change(&stored) == UpdateConnection::default());
    let renamed = Draft { name: "K".into(), base_url: " ".into(), ..Draft::of(&stored) }.change(&stored);
    assert!(renamed == UpdateConnection { name: Some("K".into()), ..UpdateConnection::default() });
}

#[test]
fn headers_and_proxy_that_do_not_open_are_sent_whole_with_what_needs_them() {
    let stored = Connection { locked: true, headers: Vec::new(), proxy: None, ..connection() };
    let renamed = Draft { name: "K".into(), ..Draft::of(&stored) }.change(&stored);
    assert!(renamed.headers.is_none() && renamed.proxy.is_none());
    let moved = Draft { base_url: "https://b.example/v1".into(), ..Draft::of(&stored) }.change(&stored);
    assert_eq!((moved.headers.map(|headers| headers.len()), moved.proxy.as_deref()), (Some(0), Some("")));
}

#[test]
fn keys_that_stay_go_by_their_ids_in_their_new_order() {
    let stored = connection();
    let mut draft = Draft::of(&stored);
    draft.keys.swap(0, 1);
    draft.keys[1].secret = " sk-new\n".into();
    draft.keys.push(key("sk-3"));
    let keys = draft.change(&stored).keys.expect("they changed");
    let sent: Vec<_> = keys.iter().map(|key| (key.id.as_ref().map(KeyId::as_str), key.key.as_deref())).collect();
    assert_eq!(sent, [(Some("b"), None), (Some("a"), Some("sk-new")), (None, Some("sk-3"))]);
    draft.keys.clear();
    assert_eq!(draft.change(&stored).keys.map(|keys| keys.len()), Some(0));
}

#[test]
fn a_header_keeps_its_value_unless_another_is_typed() {
    let stored = connection();
    let mut draft = Draft::of(&stored);
    draft.headers.push(HeaderDraft { name: "x-b".into(), value: "1".into(), stored: false });
    let headers = draft.change(&stored).headers.expect("they changed");
    assert_eq!(headers, BTreeMap::from([("x-team".to_owned(), None), ("x-b".to_owned(), Some("1".to_owned()))]));
    draft.headers.clear();
    assert_eq!(draft.change(&stored).headers, Some(BTreeMap::new()));
}

#[test]
fn a_header_has_a_name_and_a_value_or_is_not_there() {
    let wrong = |name: &str, value: &str, stored| {
        HeaderDraft { name: name.to_owned(), value: value.to_owned(), stored }.is_wrong()
    };
    assert!(wrong("x", "", false) && wrong("", "1", false) && wrong("", "", true));
    assert!(!wrong("x", "1", false) && !wrong("", "", false) && !wrong("x", "", true));
}

#[test]
fn what_was_emptied_is_removed() {
    let stored = connection();
    let draft = Draft { proxy: String::new(), show_new: false, idle: "60".into(), ..Draft::of(&stored) };
    let change = draft.change(&stored);
    assert_eq!((change.proxy.as_deref(), change.show_new), (Some(""), Some(false)));
    assert_eq!(change.timeouts.and_then(|timeouts| timeouts.idle_seconds), Some(60));
}

#[test]
fn waits_stay_inside_their_range() {
    assert_eq!([" ", "5", "3600"].map(seconds), [Ok(None), Ok(Some(5)), Ok(Some(3_600))]);
    assert!(["4", "3601", "1.5", "soon", "-1"].map(seconds).iter().all(Result::is_err));
}

#[test]
fn another_server_is_told_from_another_path() {
    let elsewhere = |typed| leads_elsewhere("https://api.example/v1", typed);
    assert!(!["https://API.example/v2", "api.example", " ", ""].into_iter().any(elsewhere));
    assert!(
        ["http://api.example/v1", "https://api.example:8443", "https://other.example/v1"].into_iter().all(elsewhere)
    );
}
