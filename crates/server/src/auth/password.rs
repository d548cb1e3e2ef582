//! Passwords: the rule for new ones, hashing and checking. bcrypt runs on threads of its own, a few at a time, so a
//! burst of sign-ins delays other sign-ins and nothing else.

use super::common::is_common;
use crate::error::{AppError, AppResult};
use shared::ErrorCode;
use shared::limits::{MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARS};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;

/// Whether a new password may be used by the account of this name.
///
/// # Errors
/// `request.invalid` with the rule, `password.too_common`.
pub fn check_new(password: &str, username: &str) -> AppResult<()> {
    if password.len() > MAX_PASSWORD_BYTES {
        let rule = format!("the password must have at most {MAX_PASSWORD_BYTES} bytes (a Chinese character has three)");
        return Err(AppError::invalid(rule));
    }
    if password.chars().count() < MIN_PASSWORD_CHARS {
        return Err(AppError::invalid(format!("the password must have at least {MIN_PASSWORD_CHARS} characters")));
    }
    // To bcrypt a NUL looks like the end of the password and its beginning again.
    if password.contains('\0') {
        return Err(AppError::invalid("the password must not contain a NUL character"));
    }
    if is_common(password, username) { Err(ErrorCode::PasswordTooCommon.into()) } else { Ok(()) }
}

/// Passwords that may wait for a thread.
const MAX_WAITING: usize = 64;

/// Hashes and checks passwords.
#[derive(Clone)]
pub struct Hasher {
    cost: u32,
    threads: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
}

impl Hasher {
    /// A hasher with this work factor.
    #[must_use]
    pub fn new(cost: u32) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Self { cost, threads: Arc::new(Semaphore::new(threads)), waiting: Arc::default() }
    }

    /// The hash of a new password, which [`check_new`] has seen.
    ///
    /// # Errors
    /// `auth.throttled` when too many wait.
    pub async fn hash(&self, password: String) -> AppResult<String> {
        let cost = self.cost;
        self.run(move || bcrypt::hash(password, cost)).await
    }

    /// Whether the password is the one of this hash. Without a hash, for a name that nobody has, it takes as long and
    /// answers no.
    ///
    /// # Errors
    /// `auth.throttled` when too many wait.
    pub async fn verify(&self, password: String, hash: Option<String>) -> AppResult<bool> {
        let possible = password.len() <= MAX_PASSWORD_BYTES;
        let cost = self.cost;
        let good = self.run(move || match hash {
            Some(hash) => bcrypt::verify(password, &hash),
            None => bcrypt::hash(password, cost).map(|_| false),
        });
        Ok(good.await? && possible)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, bcrypt::BcryptError> + Send + 'static,
    ) -> AppResult<T> {
        let waiting = Waiting::enter(&self.waiting)?;
        let thread = Arc::clone(&self.threads).acquire_owned().await.map_err(AppError::internal)?;
        drop(waiting);
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(thread);
            result
        });
        done.await.map_err(AppError::internal)?.map_err(AppError::internal)
    }
}

/// A place in the queue, given back when the caller goes on or away.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn enter(queue: &'a AtomicUsize) -> AppResult<Self> {
        if queue.fetch_add(1, Ordering::Relaxed) >= MAX_WAITING {
            queue.fetch_sub(1, Ordering::Relaxed);
            return Err(AppError::new(ErrorCode::AuthThrottled).with("seconds", 10));
        }
        Ok(Self(queue))
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_passwords_obey_the_rule() {
        let check = |password: &str| check_new(password, "ada").map_err(|error| error.code);
        let invalid = Err(ErrorCode::RequestInvalid);
        assert_eq!(check("a horse"), invalid, "seven characters");
        assert_eq!(check("a horse!"), Ok(()));
        assert_eq!(check("床前明月光疑是地上"), Ok(()));
        assert_eq!(check(&"horse".repeat(14)), Ok(()));
        assert_eq!(check(&"horse".repeat(15)), invalid, "75 bytes");
        assert_eq!(check("a horse\u{0}89"), invalid);
        assert_eq!(check("password"), Err(ErrorCode::PasswordTooCommon));
    }

    #[tokio::test]
    async fn every_byte_up_to_the_limit_counts_and_none_beyond_is_cut() {
        let hasher = Hasher::new(4);
        let password = "x".repeat(72);
        let hash = hasher.hash(password.clone()).await.expect("hashed");
        let good = async |password: String| hasher.verify(password, Some(hash.clone())).await.expect("checked");
        assert!(good(password.clone()).await);
        assert!(!good(format!("{}y", "x".repeat(71))).await);
        assert!(!good(format!("{password}y")).await, "bcrypt alone would cut this one");
        assert!(!good(hash.clone()).await, "the stored hash is no password");
        assert!(!hasher.verify(password, None).await.expect("checked"));
    }

    #[tokio::test]
    async fn a_burst_is_refused_instead_of_queued_without_end() {
        let hasher = Hasher { threads: Arc::new(Semaphore::new(0)), ..Hasher::new(4) };
        let mut burst = Vec::new();
        for _ in 0..MAX_WAITING {
            let mut one = Box::pin(hasher.hash("12345678".to_owned()));
            assert!(futures_util::poll!(&mut one).is_pending());
            burst.push(one);
        }
        let refused = hasher.hash("12345678".to_owned()).await.expect_err("full");
        assert_eq!(refused.code, ErrorCode::AuthThrottled);
        drop(burst);
        assert!(
            futures_util::poll!(Box::pin(hasher.hash("12345678".to_owned()))).is_pending(),
            "places were given back"
        );
    }
}
