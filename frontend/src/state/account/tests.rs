//! The account's reducer.

use super::*;
use shared::error::Language;
use shared::settings::{Branding, Uploads};

fn person(role: UserRole, status: UserStatus) -> User {
    User {
        id: "u".into(),
        username: "ada".to_owned(),
        role,
        status,
        reason: None,
        must_change_password: false,
        second_factor: false,
        passwordless: false,
        language: None,
        theme: Default::default(),
        about: None,
        default_model: None,
        avatar: None,
        created_at: "2026-01-01T00:00:00Z".to_owned(),
        last_login_at: None,
    }
}

fn first_run() -> AccountState {
    let mut state = AccountState::default();
    state.load(Bootstrap {
        announcement: None,
        branding: Branding { name: "AIChat".to_owned(), ..Branding::default() },
        registration: Registration::Setup,
        trace: None,
        providers: Vec::new(),
        user: None,
        uploads: Uploads::default(),
        start: None,
    });
    state
}

#[test]
fn the_first_account_ends_the_set_up() {
    let mut state = first_run();
    state.sign_in(person(UserRole::Admin, UserStatus::Active));
    assert!(state.is_admin() && state.founded);
    assert_ne!(state.registration, Some(Registration::Setup));
}

#[test]
fn only_the_first_account_is_led_to_the_set_up() {
    let mut state = first_run();
    state.registration = Some(Registration::Open);
    state.sign_in(person(UserRole::Admin, UserStatus::Active));
    assert!(!state.founded);
}

#[test]
fn whoever_the_rule_binds_has_to_set_up_a_second_factor_after_the_password() {
    let mut state = first_run();
    state.branding.second_factor = shared::second_factor::SecondFactorRule::Admins;
    state.sign_in(person(UserRole::User, UserStatus::Active));
    assert!(!state.must_set_up());
    let admin = person(UserRole::Admin, UserStatus::Active);
    state.sign_in(User { must_change_password: true, ..admin.clone() });
    assert!(!state.must_set_up() && state.must_change_password());
    state.sign_in(admin.clone());
    assert!(state.must_set_up());
    state.sign_in(User { second_factor: true, ..admin });
    assert!(!state.must_set_up());
}

#[test]
fn a_pending_person_is_not_signed_in() {
    let mut state = first_run();
    state.sign_in(person(UserRole::User, UserStatus::Pending));
    assert_eq!(state.user, None);
}

#[test]
fn whoever_comes_second_to_a_new_server_is_not_asked_to_set_it_up() {
    let mut state = first_run();
    state.sign_in(person(UserRole::User, UserStatus::Pending));
    assert_eq!(state.registration, Some(Registration::Open));
}

#[test]
fn a_person_disabled_while_signed_in_is_signed_out() {
    let mut state = first_run();
    state.sign_in(person(UserRole::User, UserStatus::Active));
    state.sign_in(person(UserRole::User, UserStatus::Disabled));
    assert_eq!(state.user, None);
    let code = state.ended.as_ref().and_then(ApiError::known);
    assert_eq!(code, Some(ErrorCode::AuthDisabled), "and hears why");
}

#[test]
fn a_disabled_person_hears_the_reason() {
    let mut state = first_run();
    state.sign_in(person(UserRole::User, UserStatus::Active));
    let reason = Some("Left the team.".to_owned());
    state.sign_in(User { reason, ..person(UserRole::User, UserStatus::Disabled) });
    let ended = state.ended.expect("it is said");
    assert_eq!(ended.message_in(Language::En), "Your account is disabled. Reason: Left the team.");
}

#[test]
fn whoever_was_given_a_password_is_signed_in_and_has_to_replace_it() {
    let mut state = first_run();
    state.sign_in(User { must_change_password: true, ..person(UserRole::User, UserStatus::Active) });
    assert!(state.must_change_password());
    state.sign_in(person(UserRole::User, UserStatus::Active));
    assert!(!state.must_change_password() && state.user.is_some());
}

#[test]
fn the_reason_of_an_ended_login_is_kept_until_the_next_one() {
    let revoked = ApiError::new(ErrorCode::AuthRevoked, Default::default());
    let mut state = first_run();
    state.sign_out(Some(revoked.clone()));
    assert_eq!(state.ended, Some(revoked));
    state.sign_in(person(UserRole::User, UserStatus::Active));
    assert_eq!(state.ended, None);
}

#[test]
fn signing_out_by_oneself_needs_no_reason() {
    let mut state = first_run();
    state.sign_out(Some(ApiError::new(ErrorCode::AuthRequired, Default::default())));
    assert_eq!(state.ended, None);
}
