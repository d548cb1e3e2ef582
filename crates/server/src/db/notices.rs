//! How servers on one PostgreSQL hear of each other: notices through NOTIFY and LISTEN that say what to look at again,
//! never what is there. On SQLite there is nobody to tell, and nothing here does anything.
//!
//! A notice is told after the commit that it is about. It waits in a bounded set until the sender takes the whole set:
//! telling costs no query, and what is told twice meanwhile is sent once. Where more waits than fits, or the line was
//! cut, one notice stands for all: look at everything.

use super::engine::{Db, POSTGRES_PATIENCE, sqlx_db_error, statement};
use crate::clock::new_id;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbErr};
use serde::{Deserialize, Serialize};
use shared::{RunId, SessionId, UserId};
use sqlx::postgres::{PgListener, PgPoolOptions};
use std::collections::BTreeSet;
use std::fmt::{self, Debug};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};

/// What one server tells the others. The most urgent come first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Notice {
    /// A person asked that a run be stopped.
    Stop {
        /// The run.
        run: RunId,
    },
    /// A person changed: rights, logins, preferences.
    Person {
        /// The person.
        user: UserId,
    },
    /// A run began.
    Began {
        /// Whose it is.
        user: UserId,
        /// The run.
        run: RunId,
    },
    /// A checkpoint of a run is stored, or its end.
    Moved {
        /// Whose it is.
        user: UserId,
        /// The run.
        run: RunId,
    },
    /// A chat was created, changed, deleted or restored.
    Chat {
        /// Whose it is.
        user: UserId,
        /// The chat.
        session: SessionId,
    },
    /// Many chats of a person changed.
    Chats {
        /// Whose they are.
        user: UserId,
    },
    /// The folders of a person changed.
    Folders {
        /// Whose they are.
        user: UserId,
    },
    /// Messages of a chat were changed, removed or restored.
    Messages {
        /// Whose it is.
        user: UserId,
        /// The chat.
        session: SessionId,
    },
    /// The list of people changed.
    People,
    /// A setting changed.
    Settings,
    /// A budget was made, changed or removed.
    Budgets,
    /// A connection or a model changed.
    Models,
    /// Notices were lost: anything may have changed.
    Lost,
}

/// Notices that wait; more become one [`Notice::Lost`].
const MAX_WAITING: usize = 1024;
/// Notices of one payload: PostgreSQL takes 8000 bytes, and one of ours has about 120.
const NOTICES_A_PAYLOAD: usize = 32;
/// The channel: one for each schema, since several installations may share a database.
const CHANNEL: &str = "'aichat_' || md5(current_schema())";
/// Wait before notices that could not be sent are sent again.
const SEND_AGAIN: Duration = Duration::from_secs(1);
/// How long the last notices of a server that stops may take.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// Silence after which a listener asks whether the line is still there.
const SILENCE: Duration = Duration::from_secs(30);

/// Notices on their way, each once.
#[derive(Default)]
pub struct Waiting {
    notices: Mutex<BTreeSet<Notice>>,
    wake: Notify,
}

impl Waiting {
    /// Adds some.
    pub fn add(&self, new: impl IntoIterator<Item = Notice>) {
        let mut notices = self.lock();
        notices.extend(new);
        if notices.len() > MAX_WAITING {
            // Whoever shows a run of another server looks at it every few moments anyway.
            notices.retain(|notice| !matches!(notice, Notice::Moved { .. }));
        }
        if notices.len() > MAX_WAITING {
            *notices = BTreeSet::from([Notice::Lost]);
        }
        drop(notices);
        self.wake.notify_one();
    }

    /// Takes all of them, waiting for the first.
    pub async fn take(&self) -> BTreeSet<Notice> {
        loop {
            let taken = std::mem::take(&mut *self.lock());
            if !taken.is_empty() {
                return taken;
            }
            self.wake.notified().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<Notice>> {
        self.notices.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What this server has to tell; nothing where no other can be.
#[derive(Clone, Default)]
pub struct Notices(Option<Arc<Outbox>>);

struct Outbox {
    pool: DatabaseConnection,
    /// This process among all that tell, so that it does not listen to itself.
    from: String,
    waiting: Waiting,
}

#[derive(Serialize, Deserialize)]
struct Payload<N> {
    from: String,
    notices: Vec<N>,
}

impl Notices {
    /// Notices through this pool of PostgreSQL.
    pub(super) fn through(pool: DatabaseConnection) -> Self {
        Self(Some(Arc::new(Outbox { pool, from: new_id(), waiting: Waiting::default() })))
    }

    /// Tells the other servers, soon. Where no other can be, the notice is not even made.
    pub fn tell(&self, notice: impl FnOnce() -> Notice) {
        if let Some(outbox) = &self.0 {
            outbox.waiting.add([notice()]);
        }
    }

    /// Sends what is told, for as long as it is polled.
    pub async fn send_forever(self) {
        let Some(outbox) = self.0 else { return };
        loop {
            let taken = outbox.waiting.take().await;
            if let Err(error) = outbox.send(&taken).await {
                tracing::warn!(%error, "other servers could not be told of changes; trying again");
                outbox.waiting.add(taken);
                sleep(SEND_AGAIN).await;
            }
        }
    }

    /// Sends what still waits, before the pool is closed.
    pub(super) async fn send_last(&self) {
        let Some(outbox) = &self.0 else { return };
        let taken = std::mem::take(&mut *outbox.waiting.lock());
        if !matches!(timeout(LAST_WORDS, outbox.send(&taken)).await, Ok(Ok(()))) {
            tracing::warn!("other servers could not be told of the last changes; they find them by themselves");
        }
    }
}

impl Debug for Notices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Notices").field(&self.0.is_some()).finish()
    }
}

impl Outbox {
    async fn send(&self, notices: &BTreeSet<Notice>) -> Result<(), DbErr> {
        let query = format!("SELECT pg_notify({CHANNEL}, $1)");
        let notices: Vec<&Notice> = notices.iter().collect();
        for some in notices.chunks(NOTICES_A_PAYLOAD) {
            let payload = super::to_json(&Payload { from: self.from.clone(), notices: some.to_vec() })?;
            self.pool.execute_raw(statement(&self.pool, &query, [payload.into()])).await?;
        }
        Ok(())
    }
}

/// The line on which the notices of other servers arrive: a connection of its own.
pub struct Listener {
    line: PgListener,
    own: String,
}

impl Listener {
    /// Begins to listen; none where no other server can be.
    ///
    /// # Errors
    /// The database's.
    pub async fn open(db: &Db) -> Result<Option<Self>, DbErr> {
        let Some(outbox) = &db.notices().0 else { return Ok(None) };
        let own = outbox.from.clone();
        let options = outbox.pool.get_postgres_connection_pool().connect_options();
        Self::connect(options.as_ref().clone(), own).await.map(Some).map_err(sqlx_db_error)
    }

    async fn connect(options: sqlx::postgres::PgConnectOptions, own: String) -> Result<Self, sqlx::Error> {
        // A pool of one: the line is held for ever, and the others must not miss it.
        let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(POSTGRES_PATIENCE);
        let mut line = PgListener::connect_with(&pool.connect_with(options).await?).await?;
        // What was missed meanwhile has to be looked for, so a cut is heard of and mended from outside.
        line.eager_reconnect(false);
        let query = sqlx::AssertSqlSafe(format!("SELECT {CHANNEL}"));
        let channel: String = sqlx::query_scalar(query).fetch_one(&mut line).await?;
        line.listen(&channel).await?;
        Ok(Self { line, own })
    }

    /// Waits for the next notices of another server.
    ///
    /// # Errors
    /// The line is cut: open another one, and look at everything.
    pub async fn next(&mut self) -> Result<Vec<Notice>, DbErr> {
        loop {
            match timeout(SILENCE, self.line.try_recv()).await {
                Ok(Ok(Some(news))) => match self.read(news.payload()) {
                    notices if notices.is_empty() => {}
                    notices => return Ok(notices),
                },
                Ok(Ok(None)) => return Err(DbErr::Custom("the line to the database was cut".to_owned())),
                Ok(Err(error)) => return Err(sqlx_db_error(error)),
                Err(_) => self.prove().await?,
            }
        }
    }

    /// A line that was cut somewhere on the way is as silent as one on which nothing happens.
    async fn prove(&mut self) -> Result<(), DbErr> {
        let asked = timeout(POSTGRES_PATIENCE, sqlx::query("SELECT 1").execute(&mut self.line)).await;
        let answered = asked.map_err(|_| DbErr::Custom("the line to the database is dead".to_owned()))?;
        answered.map(|_| ()).map_err(sqlx_db_error)
    }

    /// The notices of a payload, unless they are our own. A newer release may tell of things that this one has not.
    fn read(&self, payload: &str) -> Vec<Notice> {
        match serde_json::from_str::<Payload<serde_json::Value>>(payload) {
            Ok(told) if told.from != self.own => {
                told.notices.into_iter().filter_map(|notice| serde_json::from_value(notice).ok()).collect()
            }
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stop(number: usize) -> Notice {
        Notice::Stop { run: number.to_string().as_str().into() }
    }

    #[test]
    fn where_no_other_server_can_be_no_notice_is_even_made() {
        Notices::default().tell(|| panic!("made for nobody"));
    }

    #[tokio::test]
    async fn what_is_told_twice_is_sent_once_and_a_stop_comes_first() {
        let waiting = Waiting::default();
        waiting.add([Notice::Models, Notice::People]);
        waiting.add([stop(1), Notice::People]);
        let taken: Vec<_> = waiting.take().await.into_iter().collect();
        assert_eq!(taken, [stop(1), Notice::People, Notice::Models]);
    }

    #[tokio::test]
    async fn checkpoints_of_many_runs_leave_room_for_everything_else() {
        let waiting = Waiting::default();
        let moved = |run: usize| Notice::Moved { user: "u".into(), run: run.to_string().as_str().into() };
        waiting.add([stop(1), Notice::Models]);
        (0..2 * MAX_WAITING).for_each(|run| waiting.add([moved(run)]));
        let taken = waiting.take().await;
        assert!(taken.contains(&stop(1)) && taken.contains(&Notice::Models) && taken.len() <= MAX_WAITING);
    }

    #[tokio::test]
    async fn too_many_notices_become_one_that_stands_for_all() {
        let waiting = Waiting::default();
        (0..=MAX_WAITING).for_each(|number| waiting.add([stop(number)]));
        assert_eq!(waiting.take().await, BTreeSet::from([Notice::Lost]));
    }

    #[test]
    fn the_longest_payload_is_one_that_postgresql_takes() {
        let (user, session) = (UserId(new_id()), SessionId(new_id()));
        let notices = vec![Notice::Chat { user, session }; NOTICES_A_PAYLOAD];
        let payload = super::super::to_json(&Payload { from: new_id(), notices }).expect("serialises");
        assert!(payload.len() < 8000, "{} bytes", payload.len());
    }
}
