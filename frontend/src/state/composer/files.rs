//! The files beside the text as signals: they are sent while somebody types, also while another chat is on the screen,
//! and whoever wants to send meanwhile waits for them.

use super::attachments::{Attachments, Candidate, Stage};
use crate::api::files::{self, Upload};
use crate::pictures;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::files::FileInfo;
use shared::{ErrorCode, SessionId};
use std::collections::HashMap;
use std::rc::Rc;
use web_sys::File;

/// The files of a chat's text.
type Parked = (Option<SessionId>, Attachments);

/// A chat that is not on the screen, with its files that are here; none means the one that is.
type Elsewhere = Option<(Option<SessionId>, Vec<FileInfo>)>;

/// A file of this device.
struct Source {
    file: File,
    upload: Upload,
    /// Where a picture can be seen before the server has it.
    preview: Option<String>,
}

/// Things that need no signal.
#[derive(Default)]
struct Backstage {
    next: u64,
    sources: HashMap<u64, Source>,
    /// Those of chats that are not on the screen, as long as some are on their way.
    parked: Vec<Parked>,
    /// What to do when all are here.
    then: Option<Rc<dyn Fn()>>,
    /// Who keeps the draft of a chat whose files changed; none is the one on the screen.
    on_changed: Option<Rc<dyn Fn(Elsewhere)>>,
}

/// The files beside the text.
#[derive(Clone, Copy)]
pub struct Files {
    inner: StoredValue<Backstage, LocalStorage>,
    /// Those of the chat on the screen.
    pub shown: RwSignal<Attachments>,
    /// Whether a message waits for them.
    pub waits: RwSignal<bool>,
}

impl Default for Files {
    fn default() -> Self {
        let inner = StoredValue::new_local(Backstage::default());
        Self { inner, shown: RwSignal::new(Attachments::default()), waits: RwSignal::new(false) }
    }
}

impl Files {
    /// Whether any file of this tab is on its way, also one of a chat that is not on the screen; not tracked.
    #[must_use]
    pub fn is_sending(self) -> bool {
        let parked = |inner: &Backstage| inner.parked.iter().any(|(_, files)| files.is_sending());
        self.shown.with_untracked(Attachments::is_sending) || self.inner.with_value(parked)
    }

    /// Sends files of this device.
    pub fn add(self, files: &[File]) {
        let candidates = files.iter().map(candidate).collect();
        let due = self.change(|shown, next| {
            let due = shown.add(candidates, *next);
            *next += files.len() as u64;
            due
        });
        for (place, key) in due {
            let file = files[place].clone();
            let preview = preview(&file);
            let source = Source { file, upload: Upload::default(), preview };
            self.inner.update_value(|inner| drop(inner.sources.insert(key, source)));
            self.send(key);
        }
    }

    /// Sends a file once more.
    pub fn retry(self, key: u64) {
        self.progressed(key, Stage::Sending(0));
        self.send(key);
    }

    /// Takes a file away, and ends its way.
    pub fn remove(self, key: u64) {
        self.change(|shown, _| drop(shown.remove(key)));
        self.forget_source(key);
        self.told(None);
        self.settle();
    }

    /// Reads a text that is among them and hands it on, if it is still there then.
    pub(super) fn read(self, key: u64, then: impl FnOnce(String) + 'static) {
        let file = self.inner.with_value(|inner| inner.sources.get(&key).map(|source| source.file.clone()));
        let info = self.shown.with_untracked(|shown| shown.find(key).and_then(|item| item.info().cloned()));
        spawn_local(async move {
            let text = match (file, info) {
                (Some(file), _) => files::read(&file).await,
                (None, Some(info)) => files::bytes_as_text(&info.id).await,
                (None, None) => return,
            };
            if self.shown.with_untracked(|shown| shown.find(key).is_none()) {
                return;
            }
            match text {
                Ok(text) => then(text),
                Err(error) => self.shown.update(|shown| shown.refused = Some(error)),
            }
        });
    }

    /// Says no more that some did not fit.
    pub fn forgive(self) {
        self.shown.update(|shown| shown.refused = None);
    }

    /// Where a picture can be seen before the server has it.
    #[must_use]
    pub fn preview(self, key: u64) -> Option<String> {
        self.inner.with_value(|inner| inner.sources.get(&key)?.preview.clone())
    }

    /// Calls `then` as soon as all are here; never when one of them fails.
    pub fn wait(self, then: impl Fn() + 'static) {
        self.inner.update_value(|inner| inner.then = Some(Rc::new(then)));
        self.waits.set(true);
        self.settle();
    }

    /// Puts files back that were sent in vain.
    pub fn put_back(self, files: Vec<FileInfo>) {
        self.change(|shown, next| {
            let first = *next;
            *next += files.len() as u64;
            shown.put_back(files, first);
        });
    }

    /// Shows these and no others.
    pub(super) fn replace(self, files: Vec<FileInfo>) {
        self.clear();
        if !files.is_empty() {
            self.put_back(files);
        }
    }

    /// Takes away what is sent once more.
    pub fn take_back(self, files: &[FileInfo]) {
        if self.shown.with_untracked(|shown| !shown.is_empty()) {
            self.change(|shown, _| shown.take_back(files));
        }
    }

    /// Takes all that are here, to send them.
    pub fn take(self) -> Vec<FileInfo> {
        let files = self.shown.with_untracked(Attachments::here);
        self.clear();
        files
    }

    /// Forgets all of them.
    pub fn clear(self) {
        if self.shown.with_untracked(|shown| *shown != Attachments::default()) {
            self.shown.set(Attachments::default());
        }
    }

    /// Another chat is on the screen: those that are not here yet go on behind it.
    pub(super) fn leave(self, session: Option<&SessionId>) {
        self.wait_no_more();
        let shown = self.shown.get_untracked();
        if shown.is_sending() || shown.has_failed() {
            self.inner.update_value(|inner| inner.parked.push((session.cloned(), shown)));
        }
        self.clear();
    }

    /// Shows those of a chat: as they were left, else as they are stored.
    pub(super) fn enter(self, session: Option<&SessionId>, stored: Vec<FileInfo>) {
        let parked = self.inner.try_update_value(|inner| {
            let place = inner.parked.iter().position(|(parked, _)| parked.as_ref() == session)?;
            Some(inner.parked.swap_remove(place).1)
        });
        match parked.flatten() {
            Some(parked) => self.shown.set(parked),
            None => {
                self.replace(stored);
                self.look_for_all();
            }
        }
    }

    /// Looks whether the server still has the files of a draft, which may be older than what it keeps. One that is gone says
    /// so, and is sent no more.
    fn look_for_all(self) {
        for item in self.shown.get_untracked().items {
            let Some(id) = item.info().map(|info| info.id.clone()) else { continue };
            spawn_local(async move {
                let missing = files::look_for(&id).await.err();
                let missing = missing.filter(|error| error.known() == Some(ErrorCode::FileNotFound));
                if let Some(error) = missing {
                    self.progressed(item.key, Stage::Failed(error));
                }
            });
        }
    }

    /// Another person is signed in: nothing of before goes on.
    pub(super) fn reset(self) {
        self.wait_no_more();
        let before = self.inner.try_update_value(|inner| {
            inner.parked.clear();
            std::mem::take(&mut inner.sources)
        });
        for source in before.into_iter().flat_map(HashMap::into_values) {
            source.end();
        }
        self.clear();
    }

    /// Names who keeps drafts.
    pub(super) fn on_changed(self, listener: impl Fn(Elsewhere) + 'static) {
        self.inner.update_value(|inner| inner.on_changed = Some(Rc::new(listener)));
    }

    fn change<T>(self, change: impl FnOnce(&mut Attachments, &mut u64) -> T) -> T
    where
        T: Default,
    {
        let mut next = self.inner.with_value(|inner| inner.next);
        let result = self.shown.try_update(|shown| change(shown, &mut next));
        self.inner.update_value(|inner| inner.next = next);
        result.unwrap_or_default()
    }

    fn send(self, key: u64) {
        let source = self.inner.with_value(|inner| {
            let source = inner.sources.get(&key)?;
            Some((source.file.clone(), source.upload.clone()))
        });
        let Some((file, upload)) = source else { return };
        spawn_local(async move {
            let stage = match upload.send(&file, move |share| self.progressed(key, Stage::Sending(share))).await {
                Ok(info) => {
                    self.arrived(key, &info);
                    Stage::Here(Box::new(info))
                }
                Err(error) => Stage::Failed(error),
            };
            self.progressed(key, stage);
        });
    }

    /// The server has it: what this device remembers of it is kept under its new name.
    fn arrived(self, key: u64, info: &FileInfo) {
        let source = self.inner.try_update_value(|inner| inner.sources.remove(&key)).flatten();
        if let Some(url) = source.and_then(|source| source.preview) {
            pictures::keep(info.id.clone(), url);
        }
    }

    fn progressed(self, key: u64, stage: Stage) {
        let is_news = !matches!(stage, Stage::Sending(_));
        if self.shown.with_untracked(|shown| shown.items.iter().any(|item| item.key == key)) {
            self.change(|shown, _| shown.progressed(key, stage));
            if is_news {
                self.told(None);
                self.settle();
            }
            return;
        }
        let elsewhere = self.inner.try_update_value(|inner| {
            let (session, files) =
                inner.parked.iter_mut().find(|(_, files)| files.items.iter().any(|item| item.key == key))?;
            files.progressed(key, stage);
            Some((session.clone(), files.here()))
        });
        if let Some(draft) = elsewhere.flatten().filter(|_| is_news) {
            self.told(Some(draft));
        }
    }

    fn settle(self) {
        if !self.waits.get_untracked() || self.shown.with_untracked(Attachments::is_sending) {
            return;
        }
        let then = self.wait_no_more();
        if let Some(then) = then.filter(|_| !self.shown.with_untracked(Attachments::has_failed)) {
            then();
        }
    }

    pub(super) fn wait_no_more(self) -> Option<Rc<dyn Fn()>> {
        if self.waits.get_untracked() {
            self.waits.set(false);
        }
        self.inner.try_update_value(|inner| inner.then.take()).flatten()
    }

    fn told(self, draft: Elsewhere) {
        if let Some(listener) = self.inner.with_value(|inner| inner.on_changed.clone()) {
            listener(draft);
        }
    }

    fn forget_source(self, key: u64) {
        let source = self.inner.try_update_value(|inner| inner.sources.remove(&key)).flatten();
        if let Some(source) = source {
            source.end();
        }
    }
}

impl Source {
    fn end(self) {
        self.upload.abort();
        if let Some(url) = self.preview {
            pictures::forget(&url);
        }
    }
}

fn candidate(file: &File) -> Candidate {
    Candidate { name: file.name(), size: file.size() as u64, is_picture: is_picture(file) }
}

fn is_picture(file: &File) -> bool {
    let kind = file.type_();
    kind.starts_with("image/") && kind != "image/svg+xml"
}

fn preview(file: &File) -> Option<String> {
    if is_picture(file) { web_sys::Url::create_object_url_with_blob(file).ok() } else { None }
}
