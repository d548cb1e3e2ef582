//! One consistent picture of the catalogue, built from rows: what lists show, and a ready provider per key.

use super::facts::{chats, layered, looks_like_chat};
use super::target::{Target, trust_in};
use super::unusable::Unusable;
use super::{Asker, Catalog, presets::Preset};
use crate::db::connections::{ListRow, SealedKey, StoredConnection};
use crate::db::models::StoredModel;
use crate::db::rfc3339;
use crate::redact;
use llm::{Provider, Secret};
use shared::accounts::UserRole;
use shared::chat::Model;
use shared::connections::{Connection, ConnectionKey, KeyState, ModelListState, Protocol};
use shared::interfaces::{Interfaces, RankingForm};
use shared::limits::NAMES_IN_CONNECTION;
use shared::models::{ModelKind, Parameters};
use shared::{ApiError, ConnectionId, KeyId, ModelId, UserId};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// The picture.
#[derive(Default)]
pub(super) struct Snapshot {
    pub(super) version: i64,
    /// The connections, the oldest first.
    pub(super) entries: Vec<Arc<Entry>>,
    /// The models that somebody may use in chats, by connection and name.
    pub(super) usable: Vec<Arc<Known>>,
    /// Those that do something else, in the same order.
    pub(super) others: Vec<Arc<Known>>,
    by_id: HashMap<ConnectionId, Arc<Entry>>,
    models: HashMap<ModelId, Arc<Known>>,
    /// By the name that people say; several connections may have the same.
    by_name: HashMap<String, Vec<Arc<Known>>>,
    /// By the name at the provider, for those who may stand in for each other.
    by_upstream: HashMap<String, Vec<Arc<Known>>>,
    /// The likeliest default first.
    by_preference: Vec<Arc<Known>>,
}

/// A connection of the picture.
pub(super) struct Entry {
    /// What lists show, but for how its keys have done lately.
    pub(super) connection: Connection,
    /// Whose it is, if it is one person's own.
    pub(super) owner: Option<UserId>,
    /// Where its requests go.
    pub(super) target: Target,
    /// Its keys, as far as they open, in the order in which they are tried.
    pub(super) keys: Vec<ReadyKey>,
    /// Why its list of models could not be fetched lately, if so.
    pub(super) failed: Option<ApiError>,
    times: Mutex<Times>,
    /// Who answers: one for each key that is used, or one without a key where it has none.
    ways: Vec<Way>,
}

/// When the list of a connection was fetched, asked for by a server itself, and not to be had, in unix milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) fetched_at: Option<i64>,
    pub(super) asked_at: Option<i64>,
    pub(super) failed_at: Option<i64>,
}

impl From<&ListRow> for Times {
    fn from(row: &ListRow) -> Self {
        let failed_at = row.failed.as_ref().map(|(_, at)| *at);
        Self { fetched_at: row.fetched_at, asked_at: row.asked_at, failed_at }
    }
}

/// A key that opens.
#[derive(Clone)]
pub(super) struct ReadyKey {
    pub(super) id: KeyId,
    pub(super) label: String,
    pub(super) secret: Secret,
    pub(super) enabled: bool,
    pub(super) models: Vec<String>,
}

/// Who answers with one key.
pub(super) struct Way {
    pub(super) key: Option<KeyId>,
    /// The models that it is for; empty means all.
    models: HashSet<String>,
    pub(super) provider: Arc<dyn Provider>,
}

/// A model that somebody may use.
pub(super) struct Known {
    /// What lists show, but for its trouble.
    pub(super) model: Model,
    /// Its name at the provider.
    pub(super) upstream: String,
    pub(super) parameters: Arc<Parameters>,
    pub(super) token_ratio: f64,
    pub(super) entry: Arc<Entry>,
    /// How it is asked beside chats.
    pub(super) interfaces: Arc<Interfaces>,
    /// First seen at, unix milliseconds.
    pub(super) created_at: i64,
    access: Vec<UserRole>,
}

/// Who looks at the picture.
pub(super) struct Viewer<'a> {
    pub(super) who: Asker<'a>,
    /// Whether connections of one's own count.
    pub(super) personal: bool,
}

impl Entry {
    /// Who answers for a model, in the order of the keys.
    pub(super) fn ways_for<'a>(&'a self, model: &'a str) -> impl Iterator<Item = &'a Way> {
        self.ways.iter().filter(move |way| way.models.is_empty() || way.models.contains(model))
    }

    /// Whether it cannot work, because what it needs does not open or is switched off.
    pub(super) fn is_locked(&self) -> bool {
        let has_key = self.connection.keys.is_empty() || self.keys.iter().any(|key| key.enabled);
        self.target.hidden.is_none() || !has_key
    }

    /// Whether there is anybody to ask: not where every key is switched off.
    pub(super) fn has_way(&self) -> bool {
        !self.ways.is_empty()
    }

    pub(super) fn times(&self) -> Times {
        *self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_times(&self, times: Times) {
        *self.times.lock().unwrap_or_else(PoisonError::into_inner) = times;
    }

    pub(super) fn is_demo(&self) -> bool {
        self.connection.protocol == Protocol::Demo
    }
}

impl Known {
    /// Whether it answers in chats.
    pub(super) fn chats(&self) -> bool {
        chats(&self.model.facts)
    }

    /// Whether it is made for one of these. What nobody knows may be made for anything.
    pub(super) fn is_made_for(&self, kinds: &[ModelKind]) -> bool {
        self.model.facts.kind.is_none_or(|known| kinds.contains(&known))
    }

    /// Whether somebody may use it.
    pub(super) fn is_for(&self, viewer: &Viewer<'_>) -> bool {
        let Asker { user, only } = viewer.who;
        if !only.is_empty() && !only.contains(&self.model.id) {
            return false;
        }
        match &self.entry.owner {
            Some(owner) => viewer.personal && *owner == user.id,
            None => self.access.is_empty() || self.access.contains(&user.role),
        }
    }
}

impl Snapshot {
    /// Builds the picture. Connections of variables that this server does not have are left out.
    pub(super) fn build(rows: Vec<StoredConnection>, version: i64, catalog: &Catalog) -> Self {
        let mut snapshot = Self { version, ..Self::default() };
        let presets: HashMap<&str, &Preset> =
            catalog.presets.iter().map(|preset| (preset.variable.as_str(), preset)).collect();
        for row in rows {
            let preset = row.variable.as_deref().and_then(|variable| presets.get(variable).copied());
            if row.variable.is_some() && (preset.is_none() || !row.about.enabled) {
                continue;
            }
            snapshot.add(row, preset, catalog);
        }
        let first = catalog.presets.first().and_then(|preset| preset.models.first());
        snapshot.prefer(first.map(String::as_str));
        let place = |known: &Arc<Known>| (known.model.connection.clone(), known.model.name.clone());
        snapshot.usable.sort_by_cached_key(place);
        snapshot.others.sort_by_cached_key(place);
        snapshot
    }

    fn add(&mut self, mut row: StoredConnection, preset: Option<&Preset>, catalog: &Catalog) {
        let models = std::mem::take(&mut row.models);
        let (entry, mut known) = (entry(row, preset, &models, catalog), Vec::new());
        let mut shown = 0;
        for model in models.into_iter().filter(|model| model.listed && model.shown) {
            let (facts, _) = layered(&model, entry.connection.protocol, &entry.connection.base_url);
            shown += usize::from(chats(&facts));
            if entry.connection.enabled && entry.ways_for(&model.name).next().is_some() {
                known.push((model, facts));
            }
        }
        let list = ModelListState { shown, ..entry.connection.list.clone() };
        let entry = Arc::new(Entry { connection: Connection { list, ..entry.connection }, ..entry });
        for (model, facts) in known {
            self.add_model(model, facts, &entry);
        }
        self.by_id.insert(entry.connection.id.clone(), Arc::clone(&entry));
        self.entries.push(entry);
    }

    fn add_model(&mut self, model: StoredModel, facts: shared::models::Facts, of: &Arc<Entry>) {
        let known = Arc::new(Known {
            model: Model {
                id: model.id.clone(),
                name: public_name(&of.connection.prefix, &model.name),
                label: model.overrides.label,
                description: model.overrides.description,
                connection_id: of.connection.id.clone(),
                connection: of.connection.name.clone(),
                facts,
                personal: of.owner.is_some(),
                trouble: None,
                demo: of.is_demo(),
            },
            upstream: model.name.clone(),
            parameters: Arc::new(model.overrides.parameters),
            token_ratio: model.token_ratio,
            entry: Arc::clone(of),
            interfaces: Arc::new(interfaces(model.interfaces, &of.connection.base_url)),
            created_at: model.created_at,
            access: model.access,
        });
        self.by_name.entry(known.model.name.clone()).or_default().push(Arc::clone(&known));
        self.by_upstream.entry(model.name).or_default().push(Arc::clone(&known));
        self.models.insert(model.id, Arc::clone(&known));
        if known.chats() { self.usable.push(known) } else { self.others.push(known) }
    }

    /// Orders the candidates for a default, while the models are still in the order of connecting: the operator's, the
    /// environment's, real ones that look made for chat, people's own, any real one, the demo.
    fn prefer(&mut self, operators: Option<&str>) {
        let rank = |known: &Arc<Known>| {
            let of_variable = known.entry.connection.variable.is_some();
            let for_chat = looks_like_chat(&known.upstream, &known.model.facts);
            match () {
                () if of_variable && operators == Some(known.upstream.as_str()) => 0,
                () if of_variable && for_chat => 1,
                () if known.model.demo => 5,
                () if known.model.personal => 3,
                () if for_chat => 2,
                () => 4,
            }
        };
        self.by_preference = self.usable.clone();
        self.by_preference.sort_by_key(rank);
    }

    /// The connection with this id.
    pub(super) fn entry(&self, id: &ConnectionId) -> Option<&Arc<Entry>> {
        self.by_id.get(id)
    }

    /// The model with this id, whoever asks.
    pub(super) fn model(&self, id: &ModelId) -> Option<&Arc<Known>> {
        self.models.get(id)
    }

    /// The model with this id, else with this name, that somebody may use in chats: their own before everybody's.
    pub(super) fn find(&self, wanted: &str, viewer: &Viewer<'_>) -> Option<&Arc<Known>> {
        self.find_for(&[ModelKind::Chat], wanted, viewer)
    }

    /// The same among those that are made for something.
    pub(super) fn find_for(&self, kinds: &[ModelKind], wanted: &str, viewer: &Viewer<'_>) -> Option<&Arc<Known>> {
        let fits = |known: &&Arc<Known>| known.is_made_for(kinds) && known.is_for(viewer);
        if let Some(known) = self.models.get(&ModelId::from(wanted)) {
            return Some(known).filter(fits);
        }
        let named = || self.by_name.get(wanted).into_iter().flatten().filter(fits);
        named().find(|known| known.entry.owner.is_some()).or_else(|| named().next())
    }

    /// The model that new chats of somebody use: their choice, the administrators', else the likeliest.
    pub(super) fn default_for(&self, viewer: &Viewer<'_>, everybodys: Option<&ModelId>) -> Option<&Arc<Known>> {
        let chosen = [viewer.who.user.default_model.as_ref(), everybodys].into_iter().flatten();
        let mut chosen =
            chosen.filter_map(|id| self.models.get(id)).filter(|known| known.chats() && known.is_for(viewer));
        chosen.next().or_else(|| self.by_preference.iter().find(|known| known.is_for(viewer)))
    }

    /// Who else may answer for a model: other connections of the same owner. One's own and everybody's never stand in for
    /// each other, since somebody else would pay, and read what was asked.
    pub(super) fn others<'a>(
        &'a self,
        known: &'a Known,
        viewer: &'a Viewer<'a>,
    ) -> impl Iterator<Item = &'a Arc<Known>> {
        let named = self.by_upstream.get(&known.upstream).into_iter().flatten();
        named.filter(move |other| {
            let is_elsewhere = other.entry.connection.id != known.entry.connection.id;
            let is_alike = other.entry.owner == known.entry.owner && other.chats() == known.chats();
            is_elsewhere && is_alike && other.is_for(viewer)
        })
    }
}

/// How a model is asked beside chats: what somebody decided, else what is known of the provider.
fn interfaces(decided: Interfaces, base_url: &str) -> Interfaces {
    let host = url::Url::parse(base_url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let usual = (host == "aliyuncs.com" || host.ends_with(".aliyuncs.com")).then_some(RankingForm::Plural);
    Interfaces { ranking: decided.ranking.or(usual), ..decided }
}

/// The name by which people and programs ask for a model.
pub(super) fn public_name(prefix: &str, name: &str) -> String {
    format!("{prefix}{name}")
}

/// The connection, with nothing shown yet.
fn entry(row: StoredConnection, preset: Option<&Preset>, models: &[StoredModel], catalog: &Catalog) -> Entry {
    let keys = match preset {
        Some(preset) => preset_key(&row.id, preset),
        None => row.keys.iter().filter_map(|key| open_key(key, &row, catalog)).collect(),
    };
    let hidden = catalog.open_hidden(&row);
    let target = Target {
        protocol: row.about.protocol,
        name: row.about.name.clone(),
        base_url: row.about.base_url.clone(),
        trust: trust_in(row.owner.as_ref()),
        timeouts: row.about.options.timeouts,
        hidden,
    };
    let ways = ways(&target, &keys, &row.keys, catalog);
    let typed = row.about.options.typed || preset.is_some_and(|preset| !preset.models.is_empty());
    // Whoever edits typed names needs all of them, and people's own lists are short.
    let names = if typed || row.owner.is_some() { usize::MAX } else { NAMES_IN_CONNECTION };
    let times = Mutex::new(Times::from(&row.list));
    let listed = || models.iter().filter(|model| model.listed);
    let hidden = target.hidden.clone().unwrap_or_default();
    let connection = Connection {
        id: row.id,
        name: row.about.name,
        protocol: row.about.protocol,
        base_url: row.about.base_url,
        has_key: !keys.is_empty(),
        keys: if preset.is_some() { keys.iter().map(shown_key).collect() } else { stored_keys(&row.keys) },
        locked: target.hidden.is_none(),
        headers: hidden.headers.keys().cloned().collect(),
        prefix: row.about.prefix,
        proxy: hidden.shown_proxy(),
        timeouts: row.about.options.timeouts,
        enabled: row.about.enabled,
        personal: row.owner.is_some(),
        variable: row.variable,
        models: listed().take(names).map(|model| model.name.clone()).collect(),
        list: ModelListState {
            count: listed().count(),
            shown: 0,
            typed,
            show_new: row.about.options.show_new.unwrap_or(true),
            fetched_at: None,
            error: row.list.failed.as_ref().map(|(error, _)| error.clone()),
            failed_at: None,
        },
        created_at: rfc3339(row.created_at),
    };
    let failed = row.list.failed.map(|(error, _)| error);
    Entry { connection, owner: row.owner, target, keys, failed, times, ways }
}

/// Who answers with these keys. Where there are keys, nobody is asked without one.
fn ways(target: &Target, keys: &[ReadyKey], stored: &[SealedKey], catalog: &Catalog) -> Vec<Way> {
    let way = |key: &ReadyKey| Way {
        key: Some(key.id.clone()),
        models: key.models.iter().cloned().collect(),
        provider: catalog.provider(target, Some(&key.secret)),
    };
    let ways: Vec<Way> = keys.iter().filter(|key| key.enabled).map(way).collect();
    if !ways.is_empty() {
        return ways;
    }
    let provider = match stored {
        [] => catalog.provider(target, None),
        _ if stored.iter().any(|key| key.enabled) => Unusable::locked(&target.name, "keys"),
        _ => return Vec::new(),
    };
    vec![Way { key: None, models: HashSet::new(), provider }]
}

/// The key of the environment has no row; it goes by the name of its connection.
fn preset_key(id: &ConnectionId, preset: &Preset) -> Vec<ReadyKey> {
    let key = preset.key.as_ref().map(|key| ReadyKey {
        id: KeyId(id.0.clone()),
        label: String::new(),
        secret: Secret::new(key),
        enabled: true,
        models: Vec::new(),
    });
    key.into_iter().collect()
}

fn shown_key(key: &ReadyKey) -> ConnectionKey {
    ConnectionKey {
        id: key.id.clone(),
        label: key.label.clone(),
        enabled: key.enabled,
        models: key.models.clone(),
        state: KeyState::default(),
    }
}

fn stored_keys(keys: &[SealedKey]) -> Vec<ConnectionKey> {
    let shown = |key: &SealedKey| ConnectionKey {
        id: key.id.clone(),
        label: key.label.clone(),
        enabled: key.enabled,
        models: key.models.clone(),
        state: KeyState::default(),
    };
    keys.iter().map(shown).collect()
}

/// Where a key is sealed.
pub(super) fn place(key: &KeyId) -> String {
    format!("connection_keys/{key}/sealed")
}

fn open_key(stored: &SealedKey, of: &StoredConnection, catalog: &Catalog) -> Option<ReadyKey> {
    match catalog.sealer.open(&place(&stored.id), &stored.sealed) {
        Ok(key) => {
            // What people type must not fill the register; who asks with their keys leaves them out by himself.
            if of.owner.is_none() {
                redact::register(&key);
            }
            Some(ReadyKey {
                id: stored.id.clone(),
                label: stored.label.clone(),
                secret: Secret::new(key),
                enabled: stored.enabled,
                models: stored.models.clone(),
            })
        }
        Err(error) => {
            let (connection, label) = (of.about.name.as_str(), stored.label.as_str());
            tracing::error!(
                connection,
                label,
                "the key cannot be opened; enter it again (was MASTER_KEY changed?): {error}"
            );
            None
        }
    }
}
