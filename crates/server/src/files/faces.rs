//! Pictures of people. Everybody who is signed in may see them; only the person changes theirs, one at a time. They are
//! small, so they do not count against anybody's room. The server's own face, its logo, comes in the same way.

use super::incoming::{Allowance, Deadline, Incoming};
use super::keep::Also;
use super::line::Slot;
use super::ready::{self, Ready};
use super::{Files, Opened};
use crate::db::{files, users};
use crate::error::{AppError, AppResult};
use crate::settings::Logo;
use bytes::Bytes;
use futures_util::Stream;
use shared::accounts::User;
use shared::limits::MAX_FACE_BYTES;
use shared::{ErrorCode, FileId, UserId};
use std::fmt::Display;
use std::sync::Arc;

/// A face that came whole, to be put on.
pub struct Face {
    ready: Ready,
    slot: Arc<Slot>,
}

impl Files {
    /// Takes in a picture of a person.
    ///
    /// # Errors
    /// `image.*`, `file.empty`, `file.too_large`, `file.busy`, `storage.full`.
    pub async fn receive_face<S, E>(&self, owner: &UserId, length: Option<u64>, body: S) -> AppResult<Face>
    where
        S: Stream<Item = Result<Bytes, E>>,
        E: Display,
    {
        let deadline = Deadline::start();
        let slot = deadline.before(self.faces.enter(owner)).await?;
        let allowance = Allowance { most: MAX_FACE_BYTES, used: 0, quota: None };
        let Incoming { draft, .. } = self.receive(owner, length, body, (allowance, deadline)).await?;
        let folders = self.folders.clone();
        let ready = self.work(&slot, move || ready::face(&folders, draft)).await?;
        Ok(Face { ready, slot })
    }

    /// Takes in a logo, which is kept with the settings and not here. One that an administrator sends stands in line with
    /// their faces.
    ///
    /// # Errors
    /// `image.*`, `file.empty`, `file.too_large`, `file.busy`, `storage.full`.
    pub async fn receive_logo<S, E>(&self, sender: &UserId, length: Option<u64>, body: S) -> AppResult<Logo>
    where
        S: Stream<Item = Result<Bytes, E>>,
        E: Display,
    {
        let deadline = Deadline::start();
        let slot = deadline.before(self.faces.enter(sender)).await?;
        let allowance = Allowance { most: MAX_FACE_BYTES, used: 0, quota: None };
        let Incoming { draft, .. } = self.receive(sender, length, body, (allowance, deadline)).await?;
        let file = self.work(&slot, move || ready::logo(draft)).await?;
        let kind = file.format.media_type();
        Logo::new(kind, file.bytes.into()).ok_or_else(|| AppError::new(ErrorCode::ImageUnsupported).with("kind", kind))
    }

    /// Gives a person that picture. The one before goes, unless something else holds it.
    ///
    /// # Errors
    /// `storage.*`.
    pub async fn put_face(self: &Arc<Self>, owner: &UserId, face: Face) -> AppResult<User> {
        let id = owner.clone();
        let also: Also<(Option<FileId>, User)> = Box::new(move |tx, info| {
            Box::pin(async move {
                let before = files::avatar(tx, &id).await?;
                users::set_avatar(tx, &id, Some(&info.id)).await?;
                let user = users::get(tx, &id).await?.ok_or(ErrorCode::AuthRevoked)?;
                Ok((before.map(|before| before.info.id), user))
            })
        });
        let (_, _, (before, user)) = self.keep(owner, face.ready, None, face.slot, also).await?;
        self.drop_face(owner, before);
        Ok(user)
    }

    /// Takes a person's picture away, if there is one.
    ///
    /// # Errors
    /// The database's.
    pub async fn remove_face(self: &Arc<Self>, owner: &UserId) -> AppResult<User> {
        let tx = self.db.begin().await?;
        let before = files::avatar(&tx, owner).await?;
        users::set_avatar(&tx, owner, None).await?;
        let user = users::get(&tx, owner).await?.ok_or(ErrorCode::AuthRevoked)?;
        tx.commit().await?;
        self.drop_face(owner, before.map(|before| before.info.id));
        Ok(user)
    }

    /// Opens the picture of a person, whoever asks.
    ///
    /// # Errors
    /// `file.not_found` where there is none.
    pub async fn face(&self, user: &UserId) -> AppResult<Opened> {
        let row = files::avatar(self.db.read(), user).await?.ok_or(ErrorCode::FileNotFound)?;
        let (hash, size) = (row.hash, Some(row.info.size));
        self.opened(row.info, hash, size).await
    }

    /// Removes what was somebody's picture, unless it still is or a message holds it. Nobody waits for that, and what
    /// stays is swept.
    fn drop_face(self: &Arc<Self>, owner: &UserId, before: Option<FileId>) {
        let Some(before) = before else { return };
        let (files, owner) = (Arc::clone(self), owner.clone());
        tokio::spawn(async move {
            if let Err(error) = files.delete(&owner, &before).await
                && ![ErrorCode::FileInUse, ErrorCode::FileNotFound].contains(&error.code)
            {
                tracing::warn!(code = error.code.as_str(), cause = ?error.cause, "the picture of before stays for now");
            }
        });
    }
}
