//! Calls of programs that are being answered and views of administrators, so that they end with the login or the key that
//! opened them, views also with the role.

use super::{Audience, Hub};
use shared::accounts::UserRole;
use shared::{LoginId, UserId};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The calls of one person. There are no more than the places that they have.
#[derive(Default)]
pub(super) struct Calls {
    open: Vec<Open>,
    next: u64,
}

struct Open {
    number: u64,
    login: LoginId,
    /// The role without which it ends; none where any will do.
    role: Option<UserRole>,
    ended: CancellationToken,
}

/// A call that is being answered; it is forgotten when this is dropped.
pub struct OpenCall {
    audience: Arc<Audience>,
    number: u64,
    ended: CancellationToken,
}

impl Calls {
    pub(super) fn logins(&self) -> impl Iterator<Item = LoginId> {
        self.open.iter().map(|open| open.login.clone())
    }

    /// Ends those whose login or key is over.
    pub(super) fn end(&self, ends: impl Fn(&LoginId) -> bool) {
        self.open.iter().filter(|open| ends(&open.login)).for_each(|open| open.ended.cancel());
    }

    /// Ends those that another role than this one opened, or with none every one for which a role is needed.
    pub(super) fn end_views(&self, keep: Option<UserRole>) {
        let views = self.open.iter().filter(|open| open.role.is_some() && open.role != keep);
        views.for_each(|open| open.ended.cancel());
    }
}

impl Hub {
    /// A call is answered from now on.
    pub fn open_call(&self, user: &UserId, login: &LoginId) -> OpenCall {
        self.open(user, login, None)
    }

    /// Something is shown from now on that takes a role.
    pub fn open_view(&self, user: &UserId, login: &LoginId, role: UserRole) -> OpenCall {
        self.open(user, login, Some(role))
    }

    fn open(&self, user: &UserId, login: &LoginId, role: Option<UserRole>) -> OpenCall {
        let (audience, ended) = (self.audience(user), CancellationToken::new());
        let mut inner = audience.lock();
        let number = inner.calls.next;
        inner.calls.next += 1;
        inner.calls.open.push(Open { number, login: login.clone(), role, ended: ended.clone() });
        drop(inner);
        OpenCall { audience, number, ended }
    }
}

impl OpenCall {
    /// Ends when the login or the key does, or the role that it takes.
    pub async fn ended(&self) {
        self.ended.cancelled().await;
    }
}

impl Drop for OpenCall {
    fn drop(&mut self) {
        self.audience.lock().calls.open.retain(|open| open.number != self.number);
    }
}
