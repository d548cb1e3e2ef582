//! Calls of programs that are being answered, so that they end with the login or the key that opened them.

use super::{Audience, Hub};
use shared::{LoginId, UserId};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The calls of one person. There are no more than the places that they have.
#[derive(Default)]
pub(super) struct Calls {
    open: Vec<(u64, LoginId, CancellationToken)>,
    next: u64,
}

/// A call that is being answered; it is forgotten when this is dropped.
pub struct OpenCall {
    audience: Arc<Audience>,
    number: u64,
    ended: CancellationToken,
}

impl Calls {
    pub(super) fn logins(&self) -> impl Iterator<Item = LoginId> {
        self.open.iter().map(|(_, login, _)| login.clone())
    }

    /// Ends those whose login or key is over.
    pub(super) fn end(&self, ends: impl Fn(&LoginId) -> bool) {
        self.open.iter().filter(|(_, login, _)| ends(login)).for_each(|(.., ended)| ended.cancel());
    }
}

impl Hub {
    /// A call is answered from now on.
    pub fn open_call(&self, user: &UserId, login: &LoginId) -> OpenCall {
        let (audience, ended) = (self.audience(user), CancellationToken::new());
        let mut inner = audience.lock();
        let number = inner.calls.next;
        inner.calls.next += 1;
        inner.calls.open.push((number, login.clone(), ended.clone()));
        drop(inner);
        OpenCall { audience, number, ended }
    }
}

impl OpenCall {
    /// Ends when the login or the key does.
    pub async fn ended(&self) {
        self.ended.cancelled().await;
    }
}

impl Drop for OpenCall {
    fn drop(&mut self) {
        self.audience.lock().calls.open.retain(|(number, ..)| *number != self.number);
    }
}
