//! Lists of models, fetched again: by hand, and by itself. A list that cannot be fetched keeps its last good state and
//! says why it is old.

use super::curation::{adopt, typed};
use super::edit::{read_only, secrets_of, told};
use super::probe::Probe;
use super::snapshot::{Entry, Times};
use super::{Audience, Catalog, Scope};
use crate::db::connections::{self, About, Mark, StoredConnection};
use crate::db::{DatabaseTransaction, DbErr, models, users};
use crate::error::{AppError, AppResult};
use crate::whole::to_the_end;
use futures_util::{StreamExt as _, stream};
use llm::{Error, ModelInfo};
use shared::accounts::UserStatus;
use shared::connections::Connection;
use shared::{ConnectionId, ErrorCode};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Time between looks at what is due.
const TICK: Duration = Duration::from_secs(5);
/// Lists that are fetched at the same time.
const AT_ONCE: usize = 4;
/// Lists of people's own that are looked at in one round.
const OWN_A_ROUND: usize = 8;
/// The wait after a first failure, doubled each time, and the longest.
const WAITS_MS: (i64, i64) = (30_000, 10 * 60_000);
/// Lists are fetched up to this share of the interval earlier or later, so that they do not come all at once.
const JITTER_PERCENT: i64 = 10;

/// How often in a row each list could not be fetched, and when this server looks again. In memory.
#[derive(Default)]
pub(super) struct Attempts {
    of: Mutex<HashMap<ConnectionId, Attempt>>,
    /// Whoever looks at what is due of everybody's, and of people's own; one at a time each.
    looking: [tokio::sync::Mutex<()>; 2],
}

#[derive(Clone, Copy, Default)]
struct Attempt {
    failures: u32,
    not_before: i64,
}

impl Attempts {
    /// Forgets all connections but these.
    pub(super) fn keep(&self, known: &HashSet<&ConnectionId>) {
        self.of.lock().unwrap_or_else(PoisonError::into_inner).retain(|id, _| known.contains(id));
    }

    fn get(&self, id: &ConnectionId) -> Attempt {
        self.of.lock().unwrap_or_else(PoisonError::into_inner).get(id).copied().unwrap_or_default()
    }

    fn change(&self, id: &ConnectionId, change: impl FnOnce(&mut Attempt)) {
        change(self.of.lock().unwrap_or_else(PoisonError::into_inner).entry(id.clone()).or_default());
    }
}

/// Starts looking. It ends with the catalogue.
pub(super) fn start(catalog: &Arc<Catalog>) {
    let catalog = Arc::downgrade(catalog);
    let own = catalog.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(TICK).await;
            let Some(catalog) = catalog.upgrade() else { return };
            catalog.refresh_due().await;
            if catalog.health.any_revived(catalog.clock.now()) {
                catalog.tell(&Audience::Everybody);
            }
        }
    });
    // However many people have, and however slow theirs are: everybody's lists do not wait for them.
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(TICK).await;
            let Some(catalog) = own.upgrade() else { return };
            catalog.refresh_own_due().await;
        }
    });
}

impl Catalog {
    /// Fetches the list of models again. When that fails the last good list stays.
    ///
    /// # Errors
    /// `connection.not_found`, `connection.read_only` where the operator named the models, the provider's, or the
    /// database's.
    pub async fn refresh(self: &Arc<Self>, scope: &Scope, id: &ConnectionId) -> AppResult<Connection> {
        let entry = self.entry(scope, id)?;
        if entry.connection.variable.is_some() && entry.connection.list.typed {
            return Err(read_only(&entry));
        }
        if !entry.is_demo() {
            self.fetch_again(&entry, true).await?;
        }
        Ok(self.show(&*self.entry(scope, id)?))
    }

    /// Fetches every list of everybody's that is due. The background does it every few seconds.
    pub async fn refresh_due(self: &Arc<Self>) {
        let _one_at_a_time = self.attempts.looking[0].lock().await;
        let due = self.due(|entry| entry.owner.is_none());
        stream::iter(due).for_each_concurrent(AT_ONCE, |entry| self.refresh_by_itself(entry)).await;
    }

    /// Fetches some of the lists of people's own that are due, while they may have such. The background does it every few
    /// seconds.
    pub async fn refresh_own_due(self: &Arc<Self>) {
        let _one_at_a_time = self.attempts.looking[1].lock().await;
        if !self.rules().personal {
            return;
        }
        let due = self.due(|entry| entry.owner.is_some()).into_iter().take(OWN_A_ROUND);
        stream::iter(due).for_each_concurrent(AT_ONCE, |entry| self.refresh_own(entry)).await;
    }

    /// Nobody asks for the list of somebody who may not sign in.
    async fn refresh_own(self: &Arc<Self>, entry: Arc<Entry>) {
        let owner = match &entry.owner {
            Some(owner) => users::get(self.db.read(), owner).await,
            None => return,
        };
        match owner {
            Ok(Some(owner)) if owner.status == UserStatus::Active => self.refresh_by_itself(entry).await,
            Ok(_) => self.not_before(&entry.connection.id, WAITS_MS.1),
            Err(error) => tracing::warn!(%error, "the owner of a connection could not be looked up"),
        }
    }

    /// The lists that are due.
    fn due(&self, of: impl Fn(&Entry) -> bool) -> Vec<Arc<Entry>> {
        let Some(interval) = self.settings.as_ref().map(|settings| settings.model_refresh()) else { return Vec::new() };
        let interval = i64::try_from(interval.as_millis()).unwrap_or(i64::MAX);
        let (snapshot, now) = (self.snapshot(), self.clock.now());
        let is_due = |entry: &&Arc<Entry>| {
            of(entry) && is_fetched(entry) && now >= due_at(entry, self.attempts.get(&entry.connection.id), interval)
        };
        snapshot.entries.iter().filter(is_due).cloned().collect()
    }

    fn not_before(&self, id: &ConnectionId, wait: i64) {
        let later = self.clock.now() + wait;
        self.attempts.change(id, |attempt| attempt.not_before = later);
    }

    async fn refresh_by_itself(self: &Arc<Self>, entry: Arc<Entry>) {
        let id = &entry.connection.id;
        match self.claim(&entry).await {
            Ok(true) => {}
            // Another server is at it.
            Ok(false) => return self.not_before(id, WAITS_MS.0),
            Err(error) => return tracing::warn!(connection = %id, ?error.cause, "a list of models is not refreshed"),
        }
        match self.fetch_again(&entry, false).await {
            Ok(()) => tracing::debug!(connection = %id, "the list of models was fetched again"),
            Err(error) => {
                let (code, cause) = (error.code.as_str(), error.cause.as_ref());
                tracing::warn!(connection = %id, code, ?cause, "the list of models could not be fetched");
            }
        }
    }

    /// Claims the right to ask for a list. Whether it is got or not, this server then knows what the others know.
    async fn claim(&self, entry: &Entry) -> AppResult<bool> {
        let (id, tx) = (&entry.connection.id, self.db.begin().await?);
        let claimed = connections::claim(&tx, id, entry.times().asked_at, self.clock.now()).await?;
        let row = connections::mark(&tx, id).await?;
        tx.commit().await?;
        if let Some((mark, asked_at)) = row {
            let times = Times { fetched_at: mark.fetched_at, asked_at, failed_at: mark.failed_at };
            self.note_times(id, times).await;
        }
        Ok(claimed)
    }

    async fn fetch_again(self: &Arc<Self>, entry: &Entry, by_hand: bool) -> AppResult<()> {
        let id = &entry.connection.id;
        let (mark, _) = connections::mark(self.db.read(), id).await?.ok_or(ErrorCode::ConnectionNotFound)?;
        let resting = self.health.resting(self.clock.now());
        let keys = secrets_of(&entry.keys, |key| resting.key(key).is_some());
        let spellings = [entry.connection.base_url.clone()];
        let probe = self.probe(&entry.target, &spellings, &keys).await;
        self.take_list(entry, &mark, probe, &[], by_hand).await
    }

    /// Stores what a probe found: the list, or why there is none, unless the connection is not the one any more that it was
    /// when the probe began. `named` are the models that the operator named.
    pub(super) async fn take_list(
        self: &Arc<Self>,
        entry: &Entry,
        mark: &Mark,
        probe: Probe,
        named: &[String],
        by_hand: bool,
    ) -> AppResult<()> {
        let id = &entry.connection.id;
        let nothing = |fetched: &[ModelInfo]| {
            fetched.is_empty() && named.is_empty() && !entry.connection.list.typed && entry.connection.list.count > 0
        };
        match probe.models {
            // No list at all where there was one is a fault of the provider.
            Ok(fetched) if nothing(&fetched) => {
                let error = Error::new(ErrorCode::ProviderEmpty);
                self.store_failed(entry, mark, &error).await?;
                Err(error.into())
            }
            Ok(fetched) => {
                self.store_fetched(entry, mark, &fetched, (probe.base_url, named), by_hand).await?;
                self.attempts.change(id, |attempt| *attempt = Attempt::default());
                Ok(())
            }
            // Names that were typed need no list.
            Err(error) if entry.connection.list.typed => Err(AppError::from(error)),
            Err(error) => {
                self.store_failed(entry, mark, &error).await?;
                Err(AppError::from(error))
            }
        }
    }

    /// Counts a list that could not be fetched: the next wait is longer.
    pub(super) fn note_failure(&self, id: &ConnectionId) {
        self.attempts.change(id, |attempt| attempt.failures += 1);
    }

    /// The row, if it still is what it was when the list was asked for: another address has another list, and what
    /// somebody fetched or typed meanwhile is newer.
    async fn in_time(
        &self,
        tx: &DatabaseTransaction,
        entry: &Entry,
        mark: &Mark,
    ) -> AppResult<Option<StoredConnection>> {
        let scope = entry.owner.clone().map_or(Scope::Everybody, Scope::Own);
        let row = connections::get(tx, &scope, &entry.connection.id).await?.ok_or(ErrorCode::ConnectionNotFound)?;
        Ok(Some(row).filter(|row| row.mark() == *mark && row.about.base_url == entry.connection.base_url))
    }

    /// Ends what was written about a list. Where nothing but its times changed, nobody needs to hear of it.
    async fn close(
        self: &Arc<Self>,
        tx: DatabaseTransaction,
        entry: &Entry,
        times: Times,
        changed: bool,
    ) -> Result<(), DbErr> {
        if changed {
            return self.finish(tx, entry.owner.as_ref()).await;
        }
        let (catalog, id) = (Arc::clone(self), entry.connection.id.clone());
        to_the_end(async move {
            tx.commit().await?;
            catalog.note_times(&id, times).await;
            Ok(())
        })
        .await
    }

    async fn store_failed(self: &Arc<Self>, entry: &Entry, mark: &Mark, error: &Error) -> AppResult<()> {
        let (id, now, tx) = (&entry.connection.id, self.clock.now(), self.begin().await?);
        let Some(row) = self.in_time(&tx, entry, mark).await? else { return Ok(()) };
        self.note_failure(id);
        let error = told(error.clone());
        connections::set_failed(&tx, id, Some(&error), now).await?;
        let times = Times { failed_at: Some(now), ..Times::from(&row.list) };
        let changed = row.list.failed.is_none_or(|(before, _)| before != error);
        Ok(self.close(tx, entry, times, changed).await?)
    }

    async fn store_fetched(
        self: &Arc<Self>,
        entry: &Entry,
        mark: &Mark,
        fetched: &[ModelInfo],
        (base_url, named): (String, &[String]),
        by_hand: bool,
    ) -> AppResult<()> {
        let (id, now, tx) = (&entry.connection.id, self.clock.now(), self.begin().await?);
        let Some(row) = self.in_time(&tx, entry, mark).await? else { return Ok(()) };
        let of_variable = row.variable.is_some();
        let (list, options) = if named.is_empty() {
            let adopted = adopt(fetched, &row.models, &row.about.options, None, by_hand || of_variable);
            (adopted.list, adopted.options)
        } else {
            (typed(named, fetched, false), row.about.options.clone())
        };
        let about = About { base_url, options, ..row.about.clone() };
        let mut changed = about != row.about || row.list.failed.is_some() || row.list.fetched_at.is_none();
        if about != row.about {
            connections::update(&tx, id, &about, now).await?;
        }
        changed |= models::set_list(&tx, id, &list, now).await?;
        connections::set_fetched(&tx, id, now).await?;
        let times = Times { fetched_at: Some(now), failed_at: None, ..Times::from(&row.list) };
        Ok(self.close(tx, entry, times, changed).await?)
    }
}

/// Whether the list of a connection is fetched by itself. One of the environment has to be completed first.
fn is_fetched(entry: &Entry) -> bool {
    let connection = &entry.connection;
    let complete = connection.variable.is_none() || entry.times().fetched_at.is_some();
    connection.enabled && entry.has_way() && complete && !connection.list.typed && !entry.is_demo()
}

/// When the list of a connection is to be fetched again.
fn due_at(entry: &Entry, attempt: Attempt, interval: i64) -> i64 {
    let times = entry.times();
    let at = match times.failed_at {
        Some(failed_at) => failed_at + wait(attempt.failures.max(1)),
        None => {
            let last = times.fetched_at.max(times.asked_at);
            // One that was never asked is asked at once.
            last.map_or(0, |last| last.saturating_add(jittered(interval, &entry.connection.id)))
        }
    };
    at.max(attempt.not_before)
}

/// The wait after so many failures in a row.
fn wait(failures: u32) -> i64 {
    (WAITS_MS.0 << failures.saturating_sub(1).min(8)).min(WAITS_MS.1)
}

/// The interval, a little longer or shorter, always the same for one connection.
fn jittered(interval: i64, id: &ConnectionId) -> i64 {
    let sum = id.as_str().bytes().fold(0_i64, |sum, byte| (sum * 31 + i64::from(byte)) % 1_000_003);
    let percent = sum % (2 * JITTER_PERCENT + 1) - JITTER_PERCENT;
    interval.saturating_add(interval / 100 * percent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_ten_minutes() {
        let waits: Vec<i64> = (1..8).map(|failures| wait(failures) / 1_000).collect();
        assert_eq!(waits, [30, 60, 120, 240, 480, 600, 600]);
        assert_eq!(wait(u32::MAX), WAITS_MS.1);
    }

    #[test]
    fn lists_do_not_come_all_at_once() {
        let all: HashSet<i64> = (0..50).map(|n| jittered(1_000_000, &format!("connection-{n}").into())).collect();
        assert!(all.len() > 10 && all.iter().all(|at| (900_000..=1_100_000).contains(at)), "{all:?}");
    }
}
