//! Changing connections: look at the address first, then write in one transaction, then take a new snapshot.

use super::input::{self, Wanted};
use super::snapshot::{Entry, place};
use super::{Catalog, demo};
use crate::clock::new_id;
use crate::db::connections::{self, About, SealedKey, StoredConnection, StoredModel};
use crate::db::engine::lock_key;
use crate::db::{DatabaseTransaction, DbErr, Notice};
use crate::error::{AppError, AppResult};
use crate::redact;
use crate::whole::to_the_end;
use llm::{ModelInfo, Secret};
use shared::connections::{Connection, NewConnection, Protocol, UpdateConnection};
use shared::{ConnectionId, ErrorCode};
use std::sync::Arc;

/// Models as they are stored: name and context window.
pub(super) type Models = Vec<(String, Option<u32>)>;

impl Catalog {
    /// Saves a connection. Its models are the named ones, else all that the provider lists; a provider that cannot be
    /// reached now is saved all the same.
    ///
    /// # Errors
    /// `connection.url`, `request.invalid`, `egress.blocked`, or the database's.
    pub async fn create(self: &Arc<Self>, new: NewConnection) -> AppResult<Connection> {
        if new.protocol == Protocol::Demo {
            return Err(AppError::invalid("the demo has its own address: POST /api/connections/demo"));
        }
        let wanted = input::check(&new)?;
        let (base_url, fetched) = self.look(&wanted).await?;
        let models = merge(&wanted.models, fetched.as_deref()).unwrap_or_default();
        let id = ConnectionId(new_id());
        let about = About { name: wanted.name, protocol: Protocol::OpenaiChat, base_url, enabled: true };
        let now = self.clock.now();
        let tx = self.begin().await?;
        connections::insert(&tx, &id, &about, None, now).await?;
        connections::set_key(&tx, &id, self.seal(wanted.key.as_deref()).as_ref(), now).await?;
        connections::set_models(&tx, &id, &models, now).await?;
        self.finish(tx).await?;
        tracing::info!(connection = %id, models = models.len(), "connection created");
        Ok(self.entry(&id)?.connection)
    }

    /// Changes what is given and leaves the rest. An empty key removes the stored one.
    ///
    /// # Errors
    /// `connection.not_found`, `connection.read_only`, those of [`Catalog::create`], or the database's.
    pub async fn update(self: &Arc<Self>, id: &ConnectionId, change: UpdateConnection) -> AppResult<Connection> {
        let entry = self.own_entry(id)?;
        let technical = change.base_url.is_some() || change.key.is_some() || change.models.is_some();
        if entry.connection.protocol == Protocol::Demo && technical {
            return Err(AppError::invalid("of the demo only `name` and `enabled` can be changed"));
        }
        let wanted = merge_wanted(&entry, &change)?;
        let seen = if technical { Some(self.look(&wanted).await?) } else { None };
        let now = self.clock.now();
        let tx = self.begin().await?;
        // Looking takes a while: what is not given stays as it is by now, not as it was before.
        let row = connections::get(&tx, id).await?.ok_or(ErrorCode::ConnectionNotFound)?;
        if technical && (change.base_url.is_none() || change.key.is_none()) {
            refuse_moved(&entry, &row)?;
        }
        let about = merge_about(row.about, &change, &wanted, seen.as_ref().map(|(base_url, _)| base_url));
        let models = seen.and_then(|(_, fetched)| new_models(&row.models, &change, &wanted, fetched.as_deref()));
        connections::update(&tx, id, &about, now).await?;
        if change.key.is_some() {
            connections::set_key(&tx, id, self.seal(wanted.key.as_deref()).as_ref(), now).await?;
        }
        if let Some(models) = models {
            connections::set_models(&tx, id, &models, now).await?;
        }
        self.finish(tx).await?;
        tracing::info!(connection = %id, "connection changed");
        Ok(self.entry(id)?.connection)
    }

    /// Deletes a connection with its key and models.
    ///
    /// # Errors
    /// `connection.not_found`, `connection.read_only`, or the database's.
    pub async fn delete(self: &Arc<Self>, id: &ConnectionId) -> AppResult<()> {
        self.own_entry(id)?;
        let tx = self.begin().await?;
        if !connections::delete(&tx, id).await? {
            return Err(ErrorCode::ConnectionNotFound.into());
        }
        self.finish(tx).await?;
        tracing::info!(connection = %id, "connection deleted");
        Ok(())
    }

    /// Fetches the list of models again. When that fails the last good list stays.
    ///
    /// # Errors
    /// `connection.not_found`, `connection.read_only` where the operator named the models, the provider's, or the
    /// database's.
    pub async fn refresh(self: &Arc<Self>, id: &ConnectionId) -> AppResult<Connection> {
        let entry = self.entry(id)?;
        let preset = self.presets.iter().find(|preset| Some(&preset.variable) == entry.connection.variable.as_ref());
        if preset.is_some_and(|preset| !preset.models.is_empty()) {
            return Err(read_only(&entry));
        }
        if entry.connection.protocol == Protocol::Demo {
            return Ok(entry.connection);
        }
        let fetched = super::probe::fetch(&entry.provider, &entry.connection.base_url).await?;
        let tx = self.begin().await?;
        connections::set_models(&tx, id, &stored(&fetched), self.clock.now()).await?;
        self.finish(tx).await?;
        Ok(self.entry(id)?.connection)
    }

    /// Turns the demo on, for an instance that has nothing else. Answers whether it is new.
    ///
    /// # Errors
    /// `connection.demo` when a real model is there, or the database's.
    pub async fn create_demo(self: &Arc<Self>) -> AppResult<(Connection, bool)> {
        let tx = self.begin().await?;
        if connections::has_real_model(&tx).await? {
            return Err(ErrorCode::ConnectionDemo.into());
        }
        let known = connections::find_protocol(&tx, Protocol::Demo).await?;
        let id = known.clone().unwrap_or_else(|| ConnectionId(new_id()));
        let about =
            About { name: demo::NAME.to_owned(), protocol: Protocol::Demo, base_url: String::new(), enabled: true };
        let now = self.clock.now();
        if known.is_none() {
            connections::insert(&tx, &id, &about, None, now).await?;
        } else {
            connections::update(&tx, &id, &about, now).await?;
        }
        connections::set_models(&tx, &id, &[(demo::NAME.to_owned(), None)], now).await?;
        self.finish(tx).await?;
        Ok((self.entry(&id)?.connection, known.is_none()))
    }

    /// Begins a change of the catalogue; one at a time, on all servers.
    pub(super) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let tx = self.db.begin().await?;
        lock_key(&tx, "catalog").await?;
        Ok(tx)
    }

    /// Ends a change: the demo goes when a real model is there, and everybody takes a new snapshot.
    pub(super) async fn finish(self: &Arc<Self>, tx: DatabaseTransaction) -> Result<(), DbErr> {
        if connections::has_real_model(&tx).await? {
            connections::delete_protocol(&tx, Protocol::Demo).await?;
        }
        connections::bump(&tx, self.clock.now()).await?;
        let catalog = Arc::clone(self);
        to_the_end(async move {
            tx.commit().await?;
            catalog.db.tell(|| Notice::Models);
            catalog.reload().await
        })
        .await
    }

    /// The connection, if administrators may change it.
    fn own_entry(&self, id: &ConnectionId) -> AppResult<Entry> {
        let entry = self.entry(id)?;
        if entry.connection.variable.is_some() { Err(read_only(&entry)) } else { Ok(entry) }
    }

    /// The right spelling of the address and what the provider lists there, if it says.
    async fn look(&self, wanted: &Wanted) -> AppResult<(String, Option<Vec<ModelInfo>>)> {
        wanted.key.as_deref().into_iter().for_each(redact::register);
        let probe = self.probe(&wanted.name, &wanted.candidates, wanted.key.as_deref()).await;
        match probe.models {
            Ok(models) => Ok((probe.base_url, Some(models))),
            // Saving an address allows it; the ones that nobody may reach are not saved.
            Err(error) if error.code == ErrorCode::EgressBlocked => Err(error.into()),
            Err(error) => {
                tracing::info!(code = error.code.as_str(), "the list of models could not be fetched");
                Ok((probe.base_url, None))
            }
        }
    }

    fn seal(&self, key: Option<&str>) -> Option<SealedKey> {
        let id = new_id();
        key.map(|key| SealedKey { sealed: self.sealer.seal(&place(&id), key), id })
    }
}

fn read_only(entry: &Entry) -> AppError {
    let variable = entry.connection.variable.as_deref().unwrap_or_default();
    AppError::new(ErrorCode::ConnectionReadOnly).with("variable", variable)
}

/// What the connection will be after a change.
fn merge_wanted(entry: &Entry, change: &UpdateConnection) -> AppResult<Wanted> {
    let name = change.name.as_deref().map(input::name).transpose()?.flatten();
    let key = match &change.key {
        Some(key) => input::key(Some(key))?,
        None => entry.key.as_ref().map(Secret::expose).map(str::to_owned),
    };
    let candidates = match &change.base_url {
        Some(url) => input::addresses(url)?,
        None => vec![entry.connection.base_url.clone()],
    };
    // A stored key is never sent to another server: that would be a way to read it.
    if key.is_some() && change.key.is_none() && !input::same_origin(&candidates[0], &entry.connection.base_url) {
        return Err(AppError::new(ErrorCode::ConnectionKeyForNewAddress));
    }
    Ok(Wanted {
        name: name.unwrap_or_else(|| entry.connection.name.clone()),
        candidates,
        key,
        models: input::models(change.models.as_deref().unwrap_or_default())?,
    })
}

/// A key, old or new, is for the server that its administrator saw: not for one that somebody named meanwhile.
fn refuse_moved(before: &Entry, row: &StoredConnection) -> AppResult<()> {
    if input::same_origin(&row.about.base_url, &before.connection.base_url) {
        return Ok(());
    }
    Err(AppError::new(ErrorCode::ConnectionChanged))
}

/// The row with what is given.
fn merge_about(row: About, change: &UpdateConnection, wanted: &Wanted, base_url: Option<&String>) -> About {
    let named = change.name.as_deref().is_some_and(|name| !name.trim().is_empty());
    About {
        name: if named { wanted.name.clone() } else { row.name },
        protocol: row.protocol,
        base_url: base_url.filter(|_| change.base_url.is_some()).cloned().unwrap_or(row.base_url),
        enabled: change.enabled.unwrap_or(row.enabled),
    }
}

/// The models after a change; none leaves them as they are. A new key alone does not undo a selection.
fn new_models(
    known: &[StoredModel],
    change: &UpdateConnection,
    wanted: &Wanted,
    fetched: Option<&[ModelInfo]>,
) -> Option<Models> {
    let fresh = change.base_url.is_some() || change.models.is_some() || !known.iter().any(|model| model.enabled);
    if fresh { merge(&wanted.models, fetched) } else { None }
}

/// The named models with what the provider knows of them, or all of the provider's when none are named.
pub(super) fn merge(named: &[String], fetched: Option<&[ModelInfo]>) -> Option<Models> {
    if named.is_empty() {
        return fetched.map(stored);
    }
    let window = |name: &String| {
        let info = fetched.unwrap_or_default().iter().find(|info| info.name == *name);
        info.and_then(|info| info.context_window)
    };
    Some(named.iter().map(|name| (name.clone(), window(name))).collect())
}

pub(super) fn stored(fetched: &[ModelInfo]) -> Models {
    fetched.iter().map(|info| (info.name.clone(), info.context_window)).collect()
}
