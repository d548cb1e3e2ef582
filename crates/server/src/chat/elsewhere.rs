//! What other servers on the same database write, as far as people here watch: their runs as mirrors, their changes of
//! chats as events. A mirror stands among the person's runs and is read, listed and closed like one that is written
//! here; it is never saved from here. On SQLite nobody else writes, and nothing here runs.

use super::Runs;
use super::run::RunHandle;
use super::stored::{ids, look};
use crate::auth::CurrentUser;
use crate::db::runs::{self, RunRow};
use crate::db::{Notice, sessions};
use crate::error::AppResult;
use bytes::Bytes;
use shared::events::{RunEventBody, Status, UserEvent};
use shared::message::LiveAnswer;
use shared::{ErrorCode, RunId, SessionId, UserId};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc};

/// Time between looks at a run that nothing is heard of: a notice may be lost.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// A run that another server writes.
pub(super) struct Mirror {
    run: Arc<RunHandle>,
    /// There is something new to look at.
    news: Notify,
}

impl Runs {
    /// Opens a tab's stream with all answers of the person that are being written, here and elsewhere.
    pub async fn open_tab(self: &Arc<Self>, caller: &CurrentUser) -> mpsc::Receiver<Bytes> {
        let user = &caller.user;
        if self.db.is_postgres()
            && let Err(error) = self.mirror_of_person(&user.id).await
        {
            let cause = error.cause;
            tracing::warn!(code = error.code.as_str(), ?cause, "running answers of other servers could not be read");
        }
        self.hub.open_tab(&user.id, &caller.login, user.role, caller.governs())
    }

    async fn mirror_of_person(self: &Arc<Self>, user: &UserId) -> AppResult<()> {
        for row in runs::streaming_of_user(self.db.read(), user).await? {
            self.mirror_stored(&row).await?;
        }
        Ok(())
    }

    /// Finds the runs of other servers that nobody told of, for those who have a tab here.
    ///
    /// # Errors
    /// The database's.
    pub async fn look_elsewhere(self: &Arc<Self>) -> AppResult<()> {
        if self.hub.is_watched() {
            let running = runs::streaming(self.db.read()).await?;
            for row in running.iter().filter(|row| self.hub.is_watched_by(&row.user_id)) {
                self.mirror_stored(row).await?;
            }
        }
        Ok(())
    }

    /// Another server says that it began a run, or that one moved on. One that is over already is shown only when its
    /// begin is told: else it was shown before.
    ///
    /// # Errors
    /// The database's.
    pub async fn hear_of_run(self: &Arc<Self>, user: &UserId, id: &RunId, began: bool) -> AppResult<()> {
        if self.wake_mirror(id) || !self.hub.is_watched_by(user) {
            return Ok(());
        }
        match runs::get(self.db.read(), user, id).await? {
            Some(row) if began || row.status == Status::Streaming => self.mirror_stored(&row).await,
            _ => Ok(()),
        }
    }

    /// Another server was asked to stop a run that may be written here.
    pub fn hear_of_stop(&self, id: &RunId) {
        if let Some(run) = self.any_live(id) {
            run.stop.cancel();
        }
    }

    /// Another server changed or deleted a chat.
    ///
    /// # Errors
    /// The database's.
    pub async fn hear_of_chat(&self, user: &UserId, id: &SessionId) -> AppResult<()> {
        if self.hub.is_watched_by(user) {
            let event = match sessions::get(self.db.read(), user, id).await? {
                Some(row) => UserEvent::SessionChanged { session: row.session.brief() },
                None => UserEvent::SessionDeleted { session_id: id.clone() },
            };
            self.hub.show(user, &event);
        }
        Ok(())
    }

    /// Nobody knows what was missed: every mirror looks, and every tab comes again.
    pub fn hear_of_loss(&self) {
        self.mirrors.iter().for_each(|mirror| mirror.news.notify_one());
        self.hub.close_everybody();
    }

    /// There is more of a run in the database, or its end.
    pub(super) fn tell_moved(&self, user: &UserId, id: &RunId) {
        self.db.tell(|| Notice::Moved { user: user.clone(), run: id.clone() });
    }

    /// Lets the mirror of a run look. Answers whether there is one.
    pub(super) fn wake_mirror(&self, id: &RunId) -> bool {
        self.mirrors.get(id).is_some_and(|mirror| {
            mirror.news.notify_one();
            true
        })
    }

    async fn mirror_stored(self: &Arc<Self>, row: &RunRow) -> AppResult<()> {
        if self.any_live(&row.id).is_some() || self.mirrors.contains_key(&row.id) {
            return Ok(());
        }
        match look(self, row).await {
            Ok((row, live)) => {
                self.mirror(&row, live, |_| ());
                Ok(())
            }
            // Deleted meanwhile.
            Err(error) if error.code == ErrorCode::RunNotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The mirror of a run, a new one if need be, for `attach`. That happens under the lock under which mirrors that nobody
    /// watches are removed, so none is removed that somebody just came to.
    pub(super) fn mirror<T>(
        self: &Arc<Self>,
        row: &RunRow,
        live: LiveAnswer,
        attach: impl FnOnce(&RunHandle) -> T,
    ) -> T {
        let mirror = self.mirrors.entry(row.id.clone()).or_insert_with(|| self.begin_mirror(row, live));
        attach(&mirror.run)
    }

    /// Shows the run as its own server did: its first event, then what is known by now.
    fn begin_mirror(self: &Arc<Self>, row: &RunRow, live: LiveAnswer) -> Arc<Mirror> {
        let audience = self.hub.audience(&row.user_id);
        let run = Arc::new(RunHandle::new(ids(row), live.message.clone(), Arc::clone(&audience)));
        audience.add_run(Arc::clone(&run));
        run.emit(RunEventBody::Started {
            session_id: row.session_id.clone(),
            message_id: row.message_id.clone(),
            user_message_id: row.user_message_id.clone(),
            model: live.message.model.clone(),
            parts_before: row.parts_before,
        });
        run.show(live);
        let mirror = Arc::new(Mirror { run, news: Notify::new() });
        tokio::spawn(Arc::clone(self).keep_mirror(row.clone(), Arc::clone(&mirror)));
        mirror
    }

    /// Looks whenever something is heard, until the run is over or nobody watches.
    async fn keep_mirror(self: Arc<Self>, row: RunRow, mirror: Arc<Mirror>) {
        while !mirror.run.ended.is_cancelled() {
            tokio::select! {
                () = mirror.news.notified() => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                () = self.shutdown.cancelled() => break,
            }
            if self.mirrors.remove_if(&row.id, |_, kept| !kept.run.is_watched()).is_some() {
                break;
            }
            match look(&self, &row).await {
                Ok((_, live)) => mirror.run.show(live),
                Err(error) if error.code == ErrorCode::RunNotFound => break,
                Err(error) => {
                    tracing::debug!(run = %row.id, code = error.code.as_str(), "looked in vain; trying again");
                }
            }
        }
        self.mirrors.remove_if(&row.id, |_, kept| Arc::ptr_eq(kept, &mirror));
        self.hub.audience(&row.user_id).remove_run(&mirror.run);
        mirror.run.abandon();
    }
}
