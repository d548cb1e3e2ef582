//! What other processes changed: other servers on PostgreSQL say so, and everywhere the command line may have. What is
//! heard here is what to look at; a slow look at everything finds what nobody told. It serves no request.

use crate::auth::Auth;
use crate::budgets::Budgets;
use crate::catalog::Catalog;
use crate::chat::Runs;
use crate::db::notices::{Listener, Waiting};
use crate::db::{Db, Notice, users};
use crate::error::AppResult;
use crate::settings::Settings;
use shared::events::UserEvent;
use shared::{LoginId, UserId};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

/// Time between looks at the logins that have a stream open.
const LOGINS: Duration = Duration::from_secs(2);
/// Time between looks at what other servers changed.
const SERVERS: Duration = Duration::from_secs(5);
/// The first wait before a cut line is opened again, doubled each time, and the longest.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Whoever has to know.
pub(crate) struct Watch {
    pub(crate) db: Db,
    pub(crate) settings: Arc<Settings>,
    pub(crate) auth: Arc<Auth>,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) budgets: Arc<Budgets>,
    pub(crate) runs: Arc<Runs>,
}

impl Watch {
    /// Starts everything. It ends with the runtime.
    pub(crate) fn start(self: &Arc<Self>, listener: Option<Listener>) {
        tokio::spawn(Arc::clone(self).watch_logins());
        // No other server can be on a SQLite file.
        if self.db.is_postgres() {
            let heard = Arc::new(Waiting::default());
            tokio::spawn(self.db.notices().clone().send_forever());
            tokio::spawn(Arc::clone(self).listen(listener, Arc::clone(&heard)));
            tokio::spawn(Arc::clone(self).attend(heard));
            tokio::spawn(Arc::clone(self).watch_servers());
        }
    }

    /// Ends the streams of logins that others ended, so that an open tab does not outlive its right by more than this.
    async fn watch_logins(self: Arc<Self>) {
        loop {
            sleep(LOGINS).await;
            say(self.look_at_logins().await);
        }
    }

    async fn look_at_logins(&self) -> AppResult<()> {
        let open = self.runs.hub().open_logins();
        let ids: Vec<LoginId> = open.iter().map(|(_, login)| login.clone()).collect();
        let standing = self.auth.standing(&ids).await?;
        for (user, login) in open.iter().filter(|(_, login)| !standing.contains(login)) {
            self.runs.hub().drop_login(user, login);
        }
        Ok(())
    }

    async fn watch_servers(self: Arc<Self>) {
        loop {
            sleep(SERVERS).await;
            say(self.look_at_catalog().await);
            say(self.budgets.poll().await.map_err(Into::into));
            say(self.runs.look_elsewhere().await);
        }
    }

    async fn look_at_catalog(&self) -> AppResult<()> {
        self.settings.poll().await?;
        Ok(self.catalog.poll().await?)
    }

    /// Hands on what is heard at once: a slow look must not hold the database's queue up.
    async fn listen(self: Arc<Self>, mut listener: Option<Listener>, heard: Arc<Waiting>) {
        let mut wait = FIRST_WAIT;
        loop {
            let Some(line) = &mut listener else {
                sleep(wait).await;
                wait = (wait * 2).min(LONGEST_WAIT);
                listener = Listener::open(&self.db).await.ok().flatten();
                if listener.is_some() {
                    tracing::info!("other servers are heard again");
                    heard.add([Notice::Lost]);
                    wait = FIRST_WAIT;
                }
                continue;
            };
            match line.next().await {
                Ok(notices) => heard.add(notices),
                Err(error) => {
                    tracing::warn!(%error, "other servers are not heard for the moment; changes arrive later");
                    listener = None;
                }
            }
        }
    }

    async fn attend(self: Arc<Self>, heard: Arc<Waiting>) {
        loop {
            for notice in heard.take().await {
                say(self.hear(notice).await);
            }
        }
    }

    async fn hear(&self, notice: Notice) -> AppResult<()> {
        match notice {
            Notice::Stop { run } => self.runs.hear_of_stop(&run),
            Notice::Person { user } => self.hear_of_person(&user).await?,
            Notice::Began { user, run } => self.runs.hear_of_run(&user, &run, true).await?,
            Notice::Moved { user, run } => self.runs.hear_of_run(&user, &run, false).await?,
            Notice::Chat { user, session } => self.runs.hear_of_chat(&user, &session).await?,
            Notice::Chats { user } => self.runs.hub().show(&user, &UserEvent::SessionsChanged),
            Notice::Folders { user } => self.runs.hub().show(&user, &UserEvent::FoldersChanged),
            Notice::Messages { user, session } => {
                self.runs.hub().show(&user, &UserEvent::MessagesChanged { session_id: session });
            }
            Notice::People => self.runs.hub().show_people(),
            Notice::Settings | Notice::Models => self.look_at_catalog().await?,
            Notice::Budgets => self.budgets.poll().await?,
            Notice::Lost => {
                self.look_at_catalog().await?;
                self.budgets.poll().await?;
                self.look_at_logins().await?;
                self.runs.hear_of_loss();
            }
        }
        Ok(())
    }

    /// The person hears of it before their streams end.
    async fn hear_of_person(&self, id: &UserId) -> AppResult<()> {
        self.auth.forget_user(id);
        if let Some(user) = users::get(self.db.read(), id).await? {
            let role = user.role;
            // Whose password was reset has no login left, and is to be told that and nothing else.
            if !user.must_change_password {
                self.runs.hub().show(id, &UserEvent::UserChanged { user });
            }
            self.runs.hub().drop_other_roles(id, role);
        }
        self.look_at_logins().await
    }
}

fn say(looked: AppResult<()>) {
    if let Err(error) = looked {
        let cause = error.cause;
        tracing::warn!(code = error.code.as_str(), ?cause, "changes of others could not be read; trying again");
    }
}
