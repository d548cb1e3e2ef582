//! What a person takes along: everything of theirs in one ZIP, which is made while it is sent. Nothing is put down for
//! it, and of a chat a few messages at a time are in memory.
//!
//! `archive` is the ZIP and the way out, `contents` says what is in it, `chat` writes a chat, `markdown` its active path,
//! `names` what the files are called, `words` the languages. It serves no request and knows no rights: whoever begins one
//! says whose it is.

mod archive;
mod chat;
mod contents;
mod markdown;
mod names;
mod words;

use crate::App;
use crate::auth::CurrentUser;
use crate::error::{AppError, AppResult};
use archive::Outlet;
use bytes::Bytes;
use contents::Source;
use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use futures_util::{Stream, stream};
use shared::error::Language;
use shared::{ErrorCode, UserId};
use std::io;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, mpsc};

/// Archives that are made at the same time, for everybody.
const PLACES: usize = 2;
/// Pieces that wait for a reader.
const PIECES: usize = 4;
/// Archives of one person within [`HOUR_MS`].
const EXPORTS: usize = 6;
const HOUR_MS: i64 = 3600 * 1000;

/// Who takes what along at the moment.
pub struct Exports {
    people: Arc<DashMap<UserId, Begun>>,
    places: Arc<Semaphore>,
}

/// What a person began lately.
#[derive(Default)]
struct Begun {
    running: bool,
    /// When, unix milliseconds, the oldest first.
    moments: Vec<i64>,
}

/// The right to one archive; given back when dropped.
pub struct Place {
    people: Arc<DashMap<UserId, Begun>>,
    user: UserId,
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(mut begun) = self.people.get_mut(&self.user) {
            begun.running = false;
        }
    }
}

impl Default for Exports {
    fn default() -> Self {
        Self { people: Arc::default(), places: Arc::new(Semaphore::new(PLACES)) }
    }
}

impl Exports {
    /// Whether this person may begin one now.
    ///
    /// # Errors
    /// `export.running` while another one of theirs is made, `auth.throttled` after a few within an hour.
    pub fn check(&self, user: &UserId, now: i64) -> AppResult<()> {
        self.people.get(user).map_or(Ok(()), |begun| begun.check(now))
    }

    /// Begins one.
    ///
    /// # Errors
    /// Those of [`Exports::check`].
    pub fn begin(&self, user: &UserId, now: i64) -> AppResult<Place> {
        self.people.retain(|_, begun| begun.running || begun.moments.iter().any(|moment| is_recent(*moment, now)));
        let mut begun = match self.people.entry(user.clone()) {
            Entry::Occupied(entry) => entry.into_ref(),
            Entry::Vacant(entry) => entry.insert(Begun::default()),
        };
        begun.check(now)?;
        begun.moments.retain(|moment| is_recent(*moment, now));
        begun.moments.push(now);
        begun.running = true;
        Ok(Place { people: Arc::clone(&self.people), user: user.clone() })
    }
}

impl Begun {
    fn check(&self, now: i64) -> AppResult<()> {
        if self.running {
            return Err(ErrorCode::ExportRunning.into());
        }
        let mut recent = self.moments.iter().filter(|moment| is_recent(**moment, now));
        let oldest = recent.next().copied().unwrap_or(now);
        if recent.count() + 1 < EXPORTS {
            return Ok(());
        }
        let seconds = (oldest + HOUR_MS - now).max(0) / 1000 + 1;
        Err(AppError::new(ErrorCode::AuthThrottled).with("seconds", seconds))
    }
}

/// A clock that was set back makes nobody wait for longer.
fn is_recent(moment: i64, now: i64) -> bool {
    (0..HOUR_MS).contains(&(now - moment))
}

/// Makes the archive of this person, as its bytes are asked for. It ends with an error where it could not be finished, so
/// that nobody takes half of it for the whole.
pub fn stream(
    app: Arc<App>,
    person: CurrentUser,
    language: Language,
    place: Place,
) -> impl Stream<Item = io::Result<Bytes>> + use<> {
    let (sender, receiver) = mpsc::channel(PIECES);
    tokio::spawn(make(app, person, language, place, sender));
    stream::unfold(receiver, async |mut receiver: mpsc::Receiver<io::Result<Bytes>>| {
        receiver.recv().await.map(|piece| (piece, receiver))
    })
}

async fn make(
    app: Arc<App>,
    person: CurrentUser,
    language: Language,
    place: Place,
    sender: mpsc::Sender<io::Result<Bytes>>,
) {
    let _place = place;
    let permit = tokio::select! {
        permit = Arc::clone(&app.exports.places).acquire_owned() => permit,
        () = sender.closed() => return,
    };
    let Ok(permit) = permit else { return };
    let (user, handle) = (person.user.id.clone(), Handle::current());
    let outlet = Outlet::new(sender.clone(), handle.clone());
    let source = Source { app, handle, person, language };
    let made = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        contents::write(&source, outlet)
    });
    let made = made.await.unwrap_or_else(|error| Err(error.into()));
    match made {
        Ok(()) => tracing::info!(%user, "a person took their data along"),
        Err(_) if sender.is_closed() => tracing::info!(%user, "nobody waits for the export any more"),
        Err(cause) => {
            tracing::error!(%user, ?cause, "an export was broken off");
            let cut = Err(io::Error::other("the export could not be finished"));
            // Whoever reads too slowly is cut off by the end of the channel as well.
            let _ = sender.try_send(cut);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_and_a_few_an_hour() {
        let (exports, ada, bob) = (Exports::default(), UserId::from("ada"), UserId::from("bob"));
        let place = exports.begin(&ada, 0).expect("the first");
        assert_eq!(exports.check(&ada, 1).expect_err("running").code, ErrorCode::ExportRunning);
        assert!(exports.begin(&bob, 1).is_ok());
        drop(place);
        for moment in 1..6 {
            exports.check(&ada, moment).expect("may");
            exports.begin(&ada, moment).expect("free again");
        }
        let refused = exports.begin(&ada, 10).err().expect("enough");
        assert_eq!((refused.code, refused.params["seconds"].as_str()), (ErrorCode::AuthThrottled, "3600"));
        assert!(exports.begin(&ada, HOUR_MS).is_ok());
        assert!(exports.people.len() <= 2);
    }
}
