//! What is known of files, and which message holds which. Every function that takes an id from outside takes its owner
//! too. Bytes are not here: rows name them by their hash.

use super::engine::{lock_key, statement};
use super::entity::file::{self, Entity as Files};
use super::{parse_word, rfc3339};
use sea_orm::prelude::*;
use sea_orm::{ActiveValue::Set, DatabaseTransaction, ExprTrait as _, QueryOrder as _, QuerySelect};
use shared::files::{FileInfo, FileKind};
use shared::{FileId, MessageId, UserId};
use std::collections::HashSet;

/// A file with what only the server needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    /// What its owner sees.
    pub info: FileInfo,
    /// Hash of the stored bytes.
    pub hash: String,
    /// Hash of the text that models read, for documents.
    pub text_hash: Option<String>,
}

impl FileRow {
    /// The hashes of everything stored for it.
    #[must_use]
    pub fn hashes(&self) -> Vec<String> {
        let text = self.text_hash.as_ref().filter(|text| **text != self.hash);
        [Some(&self.hash), text].into_iter().flatten().cloned().collect()
    }
}

impl TryFrom<file::Model> for FileRow {
    type Error = DbErr;

    fn try_from(row: file::Model) -> Result<Self, DbErr> {
        let side = |side: Option<i64>| side.and_then(|side| u32::try_from(side).ok());
        let info = FileInfo {
            id: FileId(row.id),
            kind: parse_word::<FileKind>("files.kind", &row.kind)?,
            name: row.name,
            media_type: row.media_type,
            size: u64::try_from(row.size).unwrap_or(0),
            width: side(row.width),
            height: side(row.height),
            tokens: u64::try_from(row.tokens).unwrap_or(0),
            characters: row.characters.and_then(|count| u64::try_from(count).ok()),
            cut: row.cut,
            created_at: rfc3339(row.created_at),
        };
        Ok(Self { info, hash: row.hash, text_hash: row.text_hash })
    }
}

/// A file to be.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// What it is to a model.
    pub kind: FileKind,
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its size in bytes.
    pub size: u64,
    /// Bytes that its text takes beside it.
    pub text_size: u64,
    /// Width and height, for pictures.
    pub sides: Option<(u32, u32)>,
    /// Characters of its text, for documents.
    pub characters: Option<u64>,
    /// Estimated tokens.
    pub tokens: u64,
    /// Whether only its beginning could be read.
    pub cut: bool,
    /// Hash of the stored bytes.
    pub hash: String,
    /// Hash of the text that models read, for documents.
    pub text_hash: Option<String>,
}

impl NewFile {
    /// Bytes that it counts for: even the smallest takes a block of the disk, and its row.
    #[must_use]
    pub fn room(&self) -> u64 {
        Ord::max(self.size, LEAST_ROOM).saturating_add(self.text_size)
    }
}

/// What the smallest file counts for, in bytes.
const LEAST_ROOM: u64 = 4096;

fn owned(owner: &UserId) -> Select<Files> {
    Files::find().filter(file::Column::OwnerId.eq(owner.as_str()))
}

/// The file, if it is this person's.
pub async fn get(db: &impl ConnectionTrait, owner: &UserId, id: &FileId) -> Result<Option<FileRow>, DbErr> {
    owned(owner).filter(file::Column::Id.eq(id.as_str())).one(db).await?.map(FileRow::try_from).transpose()
}

/// Those of these files that are this person's, in no order.
pub async fn several(db: &impl ConnectionTrait, owner: &UserId, ids: &[FileId]) -> Result<Vec<FileRow>, DbErr> {
    let rows = owned(owner).filter(file::Column::Id.is_in(ids.iter().map(FileId::as_str))).all(db).await?;
    rows.into_iter().map(FileRow::try_from).collect()
}

/// The person's file with these bytes under this name.
pub async fn same(db: &impl ConnectionTrait, owner: &UserId, hash: &str, name: &str) -> Result<Option<FileRow>, DbErr> {
    let query = owned(owner).filter(file::Column::Hash.eq(hash)).filter(file::Column::Name.eq(name));
    query.one(db).await?.map(FileRow::try_from).transpose()
}

/// Adds a file.
pub async fn insert(db: &impl ConnectionTrait, owner: &UserId, new: NewFile, now: i64) -> Result<FileRow, DbErr> {
    let row = file::Model {
        id: crate::clock::new_id(),
        owner_id: owner.0.clone(),
        hash: new.hash,
        text_hash: new.text_hash,
        kind: new.kind.as_str().to_owned(),
        name: new.name,
        media_type: new.media_type.to_owned(),
        size: number(new.size),
        text_size: number(new.text_size),
        width: new.sides.map(|(width, _)| i64::from(width)),
        height: new.sides.map(|(_, height)| i64::from(height)),
        characters: new.characters.map(number),
        tokens: number(new.tokens),
        cut: new.cut,
        created_at: now,
    };
    let values: file::ActiveModel = row.clone().into();
    Files::insert(values).exec_without_returning(db).await?;
    FileRow::try_from(row)
}

/// Notes that a file was given once more: it counts as new, and what was read of it now is what holds, unless that is
/// only the beginning of what was read before. None when the file was removed meanwhile.
pub async fn renew(
    db: &impl ConnectionTrait,
    row: &FileRow,
    new: &NewFile,
    now: i64,
) -> Result<Option<FileRow>, DbErr> {
    let mut values = file::ActiveModel { created_at: Set(now), ..Default::default() };
    let mut known = FileRow { info: FileInfo { created_at: rfc3339(now), ..row.info.clone() }, ..row.clone() };
    if !new.cut || row.info.cut {
        values.text_hash = Set(new.text_hash.clone());
        values.text_size = Set(number(new.text_size));
        values.characters = Set(new.characters.map(number));
        values.tokens = Set(number(new.tokens));
        values.cut = Set(new.cut);
        known.text_hash = new.text_hash.clone();
        (known.info.characters, known.info.tokens, known.info.cut) = (new.characters, new.tokens, new.cut);
    }
    let renewed = Files::update_many().set(values).filter(file::Column::Id.eq(row.info.id.as_str())).exec(db).await?;
    Ok((renewed.rows_affected > 0).then_some(known))
}

fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Whether a message that is not deleted, in a chat that is not, holds a file.
const IN_A_CHAT: &str = "EXISTS (SELECT 1 FROM file_refs JOIN messages ON messages.id = file_refs.message_id \
                         JOIN sessions ON sessions.id = messages.session_id \
                         WHERE file_refs.file_id = files.id AND messages.deleted_at IS NULL \
                         AND sessions.deleted_at IS NULL)";
/// Whether any message holds a file.
const IN_A_MESSAGE: &str = "EXISTS (SELECT 1 FROM file_refs WHERE file_refs.file_id = files.id)";
/// Whether a file is somebody's face.
const A_FACE: &str = "EXISTS (SELECT 1 FROM users WHERE users.avatar_file_id = files.id)";

/// Bytes that a person's files take of a quota, without their face. Those that only deleted chats hold count as far as
/// they pass the quota themselves: so deleting makes room, and yet nobody fills the disk by sending and deleting.
pub async fn used(db: &impl ConnectionTrait, owner: &UserId, quota: u64) -> Result<u64, DbErr> {
    let text = format!(
        "SELECT CAST(COALESCE(SUM(CASE WHEN deleted = 0 THEN room ELSE 0 END), 0) AS BIGINT) AS held, \
         CAST(COALESCE(SUM(CASE WHEN deleted = 1 THEN room ELSE 0 END), 0) AS BIGINT) AS deleted FROM \
         (SELECT CASE WHEN size < {LEAST_ROOM} THEN {LEAST_ROOM} ELSE size END + text_size AS room, \
         CASE WHEN {IN_A_MESSAGE} AND NOT {IN_A_CHAT} THEN 1 ELSE 0 END AS deleted \
         FROM files WHERE owner_id = $1 AND NOT {A_FACE}) AS rooms"
    );
    let Some(row) = db.query_one_raw(statement(db, &text, [owner.as_str().into()])).await? else { return Ok(0) };
    let sum = |name: &str| row.try_get::<i64>("", name).map(|sum| u64::try_from(sum).unwrap_or(0));
    Ok(sum("held")?.saturating_add(sum("deleted")?.saturating_sub(quota)))
}

/// Notes which files a message holds, in the transaction that writes the message and after it. A file that was removed
/// meanwhile is passed over.
pub async fn refer(tx: &impl ConnectionTrait, files: &[FileId], message: &MessageId) -> Result<(), DbErr> {
    let mut files: Vec<&str> = files.iter().map(FileId::as_str).collect();
    // In one order everywhere: whoever removes a file takes the same locks.
    files.sort_unstable();
    files.dedup();
    for file in files {
        lock(tx, file).await?;
        let text = "INSERT INTO file_refs (file_id, message_id) SELECT id, $1 FROM files WHERE id = $2 \
                    ON CONFLICT (file_id, message_id) DO NOTHING";
        tx.execute_raw(statement(tx, text, [message.as_str().into(), file.into()])).await?;
    }
    Ok(())
}

async fn lock(tx: &impl ConnectionTrait, file: &str) -> Result<(), DbErr> {
    lock_key(tx, &format!("file {file}")).await
}

/// Removes a person's file, unless a chat of theirs that is not deleted or their face holds it. Answers whether it was
/// removed.
pub async fn remove(tx: &DatabaseTransaction, owner: &UserId, id: &FileId) -> Result<bool, DbErr> {
    lock(tx, id.as_str()).await?;
    let text = format!("DELETE FROM files WHERE id = $1 AND owner_id = $2 AND NOT {IN_A_CHAT} AND NOT {A_FACE}");
    let values = [id.as_str().into(), owner.as_str().into()];
    Ok(tx.execute_raw(statement(tx, &text, values)).await?.rows_affected() > 0)
}

/// Removes a file that nothing holds and that was not given again since `moment`. Answers whether it was removed.
pub async fn expire(tx: &DatabaseTransaction, id: &FileId, moment: i64) -> Result<bool, DbErr> {
    lock(tx, id.as_str()).await?;
    let text = format!("DELETE FROM files WHERE id = $1 AND created_at < $2 AND NOT {IN_A_MESSAGE} AND NOT {A_FACE}");
    let values = [id.as_str().into(), moment.into()];
    Ok(tx.execute_raw(statement(tx, &text, values)).await?.rows_affected() > 0)
}

/// Files that nothing holds and that were given before `moment`, by id, after the one that ended the batch before.
pub async fn unheld(
    db: &impl ConnectionTrait,
    moment: i64,
    after: Option<&FileId>,
    limit: u32,
) -> Result<Vec<FileRow>, DbErr> {
    let text = format!(
        "SELECT * FROM files WHERE created_at < $1 AND id > $2 AND NOT {IN_A_MESSAGE} AND NOT {A_FACE} \
         ORDER BY id LIMIT {limit}"
    );
    let after = after.map_or("", FileId::as_str);
    let rows = Files::find().from_raw_sql(statement(db, &text, [moment.into(), after.into()])).all(db).await?;
    rows.into_iter().map(FileRow::try_from).collect()
}

/// A person's files by id, after the one that ended the batch before.
pub async fn batch(
    db: &impl ConnectionTrait,
    owner: &UserId,
    after: Option<&FileId>,
    limit: u64,
) -> Result<Vec<FileRow>, DbErr> {
    let after = after.map_or("", FileId::as_str);
    let query = owned(owner).filter(file::Column::Id.gt(after)).order_by_asc(file::Column::Id).limit(limit);
    query.all(db).await?.into_iter().map(FileRow::try_from).collect()
}

/// Removes these files of somebody who left, whatever holds them.
pub async fn forget(db: &impl ConnectionTrait, owner: &UserId, ids: &[FileId]) -> Result<(), DbErr> {
    let theirs = file::Column::OwnerId.eq(owner.as_str());
    let listed = file::Column::Id.is_in(ids.iter().map(FileId::as_str));
    Files::delete_many().filter(theirs).filter(listed).exec(db).await.map(|_| ())
}

/// Which of these hashes a file has. Those of one person may be passed over.
pub async fn known(
    db: &impl ConnectionTrait,
    hashes: &[String],
    but: Option<&UserId>,
) -> Result<HashSet<String>, DbErr> {
    let listed = || hashes.iter().map(String::as_str);
    let nobody = UserId::from("");
    let but = but.unwrap_or(&nobody);
    let rows: Vec<(String, Option<String>)> = Files::find()
        .select_only()
        .columns([file::Column::Hash, file::Column::TextHash])
        .filter(file::Column::Hash.is_in(listed()).or(file::Column::TextHash.is_in(listed())))
        .filter(file::Column::OwnerId.ne(but.as_str()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().flat_map(|(hash, text)| [Some(hash), text]).flatten().collect())
}

/// The picture of a person, whoever asks.
pub async fn avatar(db: &impl ConnectionTrait, user: &UserId) -> Result<Option<FileRow>, DbErr> {
    let text = "SELECT files.* FROM files JOIN users ON users.avatar_file_id = files.id AND users.id = files.owner_id \
                WHERE users.id = $1";
    let row = Files::find().from_raw_sql(statement(db, text, [user.as_str().into()])).one(db).await?;
    row.map(FileRow::try_from).transpose()
}
