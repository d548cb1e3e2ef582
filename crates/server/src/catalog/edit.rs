//! Changing connections: look at the address first, then write in one transaction, then take a new snapshot.

mod merge;
mod noted;

use super::curation::{self, Adopted};
use super::input::{self, Wanted, WantedKey};
use super::snapshot::{Entry, ReadyKey, place};
use super::target::{Hidden, Target, trust_in};
use super::{Audience, Catalog, Scope, demo};
use crate::audit::Actor;
use crate::clock::new_id;
use crate::db::connections::{self, About, Options, SealedKey, StoredConnection};
use crate::db::engine::lock_key;
use crate::db::models::{self, Listed};
use crate::db::{DatabaseTransaction, DbErr, Notice};
use crate::error::{AppError, AppResult};
use crate::redact;
use crate::whole::to_the_end;
use llm::{ModelInfo, Secret};
use shared::connections::{Connection, NewConnection, Protocol, UpdateConnection};
use shared::limits::MAX_PERSONAL_CONNECTIONS;
use shared::{ApiError, ConnectionId, ErrorCode, KeyId, UserId};
use std::sync::Arc;

/// What a look at an address found.
struct Seen {
    base_url: String,
    models: Result<Vec<ModelInfo>, ApiError>,
}

impl Seen {
    /// No list at all where there was one is a fault of the provider, not the wish to have no models.
    fn refuse_nothing(&mut self, row: &StoredConnection) {
        if self.models.as_ref().is_ok_and(Vec::is_empty) && row.models.iter().any(|model| model.listed) {
            self.models = Err(told(llm::Error::new(ErrorCode::ProviderEmpty)));
        }
    }
}

impl Catalog {
    /// Saves a connection. Its models are the named ones, else all that the provider lists; a provider that cannot be
    /// reached now is saved all the same.
    ///
    /// # Errors
    /// `connection.url`, `request.invalid`, `egress.blocked`, `connection.limit`, or the database's.
    pub async fn create(self: &Arc<Self>, scope: &Scope, by: &Actor, new: NewConnection) -> AppResult<Connection> {
        if new.protocol == Protocol::Demo {
            return Err(AppError::invalid("the demo has its own address: POST /api/connections/demo"));
        }
        let wanted = input::check(&new, scope)?;
        let seen = self.look(&wanted, &[], scope).await?;
        let id = ConnectionId(new_id());
        let adopted = first_list(&wanted, &seen);
        let about = About {
            prefix: wanted.prefix.clone(),
            sealed: self.seal_hidden(&id, &wanted.hidden)?,
            options: Options { timeouts: wanted.timeouts, ..adopted.options.clone() },
            ..About::plain(wanted.name.clone(), wanted.protocol, seen.base_url.clone())
        };
        let now = self.clock.now();
        let tx = self.begin().await?;
        if scope.owner().is_some() && connections::count(&tx, scope).await? >= MAX_PERSONAL_CONNECTIONS as u64 {
            return Err(AppError::new(ErrorCode::ConnectionLimit).with("limit", MAX_PERSONAL_CONNECTIONS));
        }
        connections::insert(&tx, scope, &id, &about, None, now).await?;
        connections::set_keys(&tx, &id, &self.seal_keys(&wanted.keys, &[])?, now).await?;
        store_list(&tx, &id, Some(&adopted), adopted.options.typed, &seen, now).await?;
        noted::created(&tx, by, scope, (&id, &about, wanted.keys.len()), now).await?;
        self.finish(tx, scope.owner()).await?;
        if seen.models.is_err() {
            self.note_failure(&id);
        }
        tracing::info!(connection = %id, models = adopted.list.len(), "connection created");
        Ok(self.show(&*self.entry(scope, &id)?))
    }

    /// Changes what is given and leaves the rest.
    ///
    /// # Errors
    /// `connection.not_found`, `connection.read_only`, `key.not_found`, those of [`Catalog::create`], or the database's.
    pub async fn update(
        self: &Arc<Self>,
        scope: &Scope,
        by: &Actor,
        id: &ConnectionId,
        change: UpdateConnection,
    ) -> AppResult<Connection> {
        let entry = self.own_entry(scope, id)?;
        if entry.is_demo() && merge::is_more_than_a_switch(&change) {
            return Err(AppError::invalid("of the demo only `name` and `enabled` can be changed"));
        }
        let wanted = merge::wanted(&entry, &change, scope)?;
        let technical = merge::is_technical(&change);
        let mut seen = if technical { Some(self.look(&wanted, &entry.keys, scope).await?) } else { None };
        let now = self.clock.now();
        let tx = self.begin().await?;
        // Looking takes a while: what is not given stays as it is by now, not as it was before.
        let row = connections::get(&tx, scope, id).await?.ok_or(ErrorCode::ConnectionNotFound)?;
        if let Some(seen) = &mut seen {
            self.refuse_overtaken(&entry, &row, &change, &wanted)?;
            seen.refuse_nothing(&row);
        }
        let adopted = seen.as_ref().and_then(|seen| merge::list(&row, &change, &wanted, seen.models.as_deref().ok()));
        let about = self.new_about(&row, &change, &wanted, seen.as_ref(), adopted.as_ref())?;
        connections::update(&tx, id, &about, now).await?;
        if change.key.is_some() || change.keys.is_some() {
            let sealed = self.seal_keys(&wanted.keys, &row.keys)?;
            connections::set_keys(&tx, id, &sealed, now).await?;
        }
        if let Some(seen) = &seen {
            store_list(&tx, id, adopted.as_ref(), about.options.typed, seen, now).await?;
        }
        if let Some(names) = &wanted.shown {
            models::show_only(&tx, id, &names.iter().map(String::as_str).collect()).await?;
        }
        noted::changed(&tx, by, scope, (&row, &about, &change), now).await?;
        self.finish(tx, scope.owner()).await?;
        wanted.keys.iter().filter(|key| key.secret.is_some()).filter_map(|key| key.id.as_ref()).for_each(|replaced| {
            self.health.forget(replaced);
        });
        tracing::info!(connection = %id, "connection changed");
        Ok(self.show(&*self.entry(scope, id)?))
    }

    /// The row with what is given.
    fn new_about(
        &self,
        row: &StoredConnection,
        change: &UpdateConnection,
        wanted: &Wanted,
        seen: Option<&Seen>,
        adopted: Option<&Adopted>,
    ) -> AppResult<About> {
        let now = row.about.clone();
        let named = change.name.as_deref().is_some_and(|name| !name.trim().is_empty());
        let moved = seen.filter(|_| change.base_url.is_some()).map(|seen| seen.base_url.clone());
        let sealed = if change.headers.is_some() || change.proxy.is_some() {
            // A value that stays is the one of now.
            let stored = merge::opened(self.open_hidden(row), change)?;
            self.seal_hidden(&row.id, &merge::hidden(&stored, change)?)?
        } else {
            now.sealed
        };
        let options = adopted.map_or_else(|| merge::options(row, change, wanted), |adopted| adopted.options.clone());
        Ok(About {
            name: if named { wanted.name.clone() } else { now.name },
            protocol: now.protocol,
            base_url: moved.unwrap_or(now.base_url),
            enabled: change.enabled.unwrap_or(now.enabled),
            prefix: if change.prefix.is_some() { wanted.prefix.clone() } else { now.prefix },
            sealed,
            options: Options {
                timeouts: if change.timeouts.is_some() { wanted.timeouts } else { options.timeouts },
                show_new: change.show_new.or(options.show_new),
                ..options
            },
        })
    }

    /// Deletes a connection with its keys and models.
    ///
    /// # Errors
    /// `connection.not_found`, `connection.read_only`, or the database's.
    pub async fn delete(self: &Arc<Self>, scope: &Scope, by: &Actor, id: &ConnectionId) -> AppResult<()> {
        let entry = self.own_entry(scope, id)?;
        let tx = self.begin().await?;
        if !connections::delete(&tx, scope, id).await? {
            return Err(ErrorCode::ConnectionNotFound.into());
        }
        noted::deleted(&tx, by, scope, &entry.connection, self.clock.now()).await?;
        self.finish(tx, scope.owner()).await?;
        tracing::info!(connection = %id, "connection deleted");
        Ok(())
    }

    /// Turns the demo on, for an instance that has nothing else. Answers whether it is new.
    ///
    /// # Errors
    /// `connection.demo` when a real model is there, or the database's.
    pub async fn create_demo(self: &Arc<Self>, by: &Actor) -> AppResult<(Connection, bool)> {
        let tx = self.begin().await?;
        if connections::has_real_model(&tx).await? {
            return Err(ErrorCode::ConnectionDemo.into());
        }
        let known = connections::find_protocol(&tx, Protocol::Demo).await?;
        let id = known.clone().unwrap_or_else(|| ConnectionId(new_id()));
        let about = About::plain(demo::NAME.to_owned(), Protocol::Demo, String::new());
        let now = self.clock.now();
        if known.is_none() {
            connections::insert(&tx, &Scope::Everybody, &id, &about, None, now).await?;
        } else {
            connections::update(&tx, &id, &about, now).await?;
        }
        let model = Listed { name: demo::NAME.to_owned(), facts: None, shown: true, named: true };
        models::set_list(&tx, &id, &[model], now).await?;
        if known.is_none() {
            noted::created(&tx, by, &Scope::Everybody, (&id, &about, 0), now).await?;
        }
        self.finish(tx, None).await?;
        Ok((self.show(&*self.entry(&Scope::Everybody, &id)?), known.is_none()))
    }

    /// Begins a change of the catalogue; one at a time, on all servers.
    pub(super) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let tx = self.db.begin().await?;
        lock_key(&tx, "catalog").await?;
        Ok(tx)
    }

    /// Ends a change: the demo goes when a real model is there, and every server takes a new snapshot. Tabs hear of it,
    /// those of the owner alone where it concerns nobody else.
    pub(super) async fn finish(self: &Arc<Self>, tx: DatabaseTransaction, owner: Option<&UserId>) -> Result<(), DbErr> {
        if connections::has_real_model(&tx).await? {
            connections::delete_protocol(&tx, Protocol::Demo).await?;
        }
        connections::bump(&tx, self.clock.now()).await?;
        let (catalog, audience) = (Arc::clone(self), Audience::of(owner));
        to_the_end(async move {
            tx.commit().await?;
            catalog.db.tell(|| Notice::Models);
            // The changes of others that were read along are nobody's to tell any more.
            let more = catalog.read().await? > 1;
            catalog.tell(if more { &Audience::Everybody } else { &audience });
            Ok(())
        })
        .await
    }

    /// The connection, if it may be changed.
    fn own_entry(&self, scope: &Scope, id: &ConnectionId) -> AppResult<Arc<Entry>> {
        let entry = self.entry(scope, id)?;
        if entry.connection.variable.is_some() { Err(read_only(&entry)) } else { Ok(entry) }
    }

    /// The right spelling of the address and what the provider lists there, or why it does not.
    async fn look(&self, wanted: &Wanted, stored: &[ReadyKey], scope: &Scope) -> AppResult<Seen> {
        let target = target_of(wanted, scope);
        let keys = enabled_secrets(&wanted.keys, stored);
        let probe = self.probe(&target, &wanted.candidates, &keys).await;
        match probe.models {
            Ok(models) => Ok(Seen { base_url: probe.base_url, models: Ok(models) }),
            // Saving an address allows it; the ones that nobody may reach are not saved.
            Err(error) if error.code == ErrorCode::EgressBlocked => Err(error.into()),
            Err(error) => {
                tracing::info!(code = error.code.as_str(), "the list of models could not be fetched");
                Ok(Seen { base_url: probe.base_url, models: Err(told(error)) })
            }
        }
    }

    /// A secret, old or new, is for the server and the way to it that its owner saw: not for others that somebody named
    /// meanwhile. One that was added meanwhile goes nowhere but where it was meant to go.
    fn refuse_overtaken(
        &self,
        entry: &Entry,
        row: &StoredConnection,
        change: &UpdateConnection,
        wanted: &Wanted,
    ) -> AppResult<()> {
        let hidden = self.open_hidden(row);
        let keeps = merge::keeps_secrets(!row.keys.is_empty(), hidden.as_ref(), change);
        let proxy = hidden.as_ref().and_then(Hidden::shown_proxy);
        let moved = !input::same_origin(&row.about.base_url, &entry.connection.base_url);
        let other_place = moved && (keeps || change.base_url.is_none());
        let other_way = proxy != entry.connection.proxy && (keeps || change.proxy.is_none());
        let travels = keeps && merge::travels((&row.about.base_url, proxy.as_deref()), wanted);
        if other_place || other_way || travels { Err(ErrorCode::ConnectionChanged.into()) } else { Ok(()) }
    }

    /// The keys as they are stored: new ones sealed, kept ones as they are in `stored`.
    fn seal_keys(&self, wanted: &[WantedKey], stored: &[SealedKey]) -> AppResult<Vec<SealedKey>> {
        wanted.iter().map(|key| self.seal_key(key, stored)).collect()
    }

    fn seal_key(&self, wanted: &WantedKey, stored: &[SealedKey]) -> AppResult<SealedKey> {
        let id = wanted.id.clone().unwrap_or_else(|| KeyId(new_id()));
        let known = stored.iter().find(|key| key.id == id);
        if wanted.id.is_some() && known.is_none() {
            return Err(ErrorCode::KeyNotFound.into());
        }
        let sealed = match (&wanted.secret, known) {
            (Some(secret), _) => self.sealer.seal(&place(&id), secret.expose()),
            (None, Some(known)) => known.sealed.clone(),
            (None, None) => return Err(ErrorCode::KeyNotFound.into()),
        };
        let (label, models) = (wanted.label.clone(), wanted.models.clone());
        Ok(SealedKey { id, label, sealed, enabled: wanted.enabled, models })
    }
}

/// A connection of the environment is changed there.
pub(super) fn read_only(entry: &Entry) -> AppError {
    let variable = entry.connection.variable.as_deref().unwrap_or_default();
    AppError::new(ErrorCode::ConnectionReadOnly).with("variable", variable)
}

/// Where the requests of a wish go. From here on the secrets of an administrator are known to the log, which leaves them
/// out; those of everybody else are left out by whoever asks with them, since anybody may type very many.
pub(super) fn target_of(wanted: &Wanted, scope: &Scope) -> Target {
    if scope.owner().is_none() {
        wanted.hidden.register();
        wanted.keys.iter().filter_map(|key| key.secret.as_ref()).for_each(|secret| redact::register(secret.expose()));
    }
    Target {
        protocol: wanted.protocol,
        name: wanted.name.clone(),
        base_url: wanted.candidates[0].clone(),
        trust: trust_in(scope.owner()),
        timeouts: wanted.timeouts,
        hidden: Some(wanted.hidden.clone()),
    }
}

/// The keys that will be used: new ones, and kept ones as they are stored.
fn enabled_secrets(keys: &[WantedKey], stored: &[ReadyKey]) -> Vec<Secret> {
    let kept = |key: &WantedKey| {
        let stored = stored.iter().find(|stored| Some(&stored.id) == key.id.as_ref());
        stored.map(|stored| stored.secret.clone())
    };
    keys.iter().filter(|key| key.enabled).filter_map(|key| key.secret.clone().or_else(|| kept(key))).collect()
}

/// The error as it is stored and shown: without secrets.
pub(super) fn told(error: llm::Error) -> ApiError {
    super::verify::clean(AppError::from(error).to_api(""))
}

/// The models of a new connection.
fn first_list(wanted: &Wanted, seen: &Seen) -> Adopted {
    let fetched = seen.models.as_deref().unwrap_or_default();
    if !wanted.models.is_empty() {
        let options = Options { typed: true, ..Options::default() };
        return Adopted { list: curation::typed(&wanted.models, fetched, true), options };
    }
    if seen.models.is_err() {
        return Adopted { list: Vec::new(), options: Options::default() };
    }
    curation::adopt(fetched, &[], &Options::default(), wanted.shown.as_deref(), true)
}

/// Stores a list, and how the fetching went. Names that were typed are not waited for.
async fn store_list(
    tx: &DatabaseTransaction,
    id: &ConnectionId,
    adopted: Option<&Adopted>,
    typed: bool,
    seen: &Seen,
    now: i64,
) -> Result<(), DbErr> {
    if let Some(adopted) = adopted {
        models::set_list(tx, id, &adopted.list, now).await?;
    }
    match &seen.models {
        Ok(_) => connections::set_fetched(tx, id, now).await?,
        Err(_) if typed => connections::set_failed(tx, id, None, now).await?,
        Err(error) => connections::set_failed(tx, id, Some(error), now).await?,
    };
    Ok(())
}

/// The keys of an entry that are used, those that work first.
pub(super) fn secrets_of(keys: &[ReadyKey], rests: impl Fn(&KeyId) -> bool) -> Vec<Secret> {
    let mut used: Vec<&ReadyKey> = keys.iter().filter(|key| key.enabled).collect();
    used.sort_by_key(|key| rests(&key.id));
    used.into_iter().map(|key| key.secret.clone()).collect()
}
