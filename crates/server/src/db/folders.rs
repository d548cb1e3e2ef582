//! Folders of chats. Every function that takes an id from outside takes its owner too.

use super::engine::{lock_key, statement};
use super::entity::folder::{self, Entity as Folders};
use super::rfc3339;
use sea_orm::prelude::*;
use sea_orm::{ActiveValue::Set, DatabaseTransaction, QueryOrder, QuerySelect};
use shared::events::Status;
use shared::limits::MAX_FOLDER_NEWS;
use shared::organize::Folder;
use shared::{FolderId, SessionId, UserId};

impl From<folder::Model> for Folder {
    fn from(row: folder::Model) -> Self {
        let (name, instructions) = (row.name, row.instructions);
        let created_at = rfc3339(row.created_at);
        Self { id: FolderId(row.id), name, instructions, created_at, unread: Vec::new(), running: Vec::new() }
    }
}

fn of(user: &UserId) -> Select<Folders> {
    Folders::find().filter(folder::Column::UserId.eq(user.as_str()))
}

/// A person's folders in their order, without [`news`].
pub async fn all(db: &impl ConnectionTrait, user: &UserId) -> Result<Vec<Folder>, DbErr> {
    let rows = of(user).order_by_asc(folder::Column::Position).order_by_asc(folder::Column::Id).all(db).await?;
    Ok(rows.into_iter().map(Folder::from).collect())
}

/// The folder, if it is this person's.
pub async fn get(db: &impl ConnectionTrait, user: &UserId, id: &FolderId) -> Result<Option<Folder>, DbErr> {
    Ok(of(user).filter(folder::Column::Id.eq(id.as_str())).one(db).await?.map(Folder::from))
}

/// Fills in what is going on in these folders: which chats are unread, and in which an answer is being written.
pub async fn news(db: &impl ConnectionTrait, user: &UserId, folders: &mut [Folder]) -> Result<(), DbErr> {
    if folders.is_empty() {
        return Ok(());
    }
    let in_sight = "s.folder_id IS NOT NULL AND s.deleted_at IS NULL AND s.archived_at IS NULL AND s.temporary = FALSE";
    let unread = format!(
        "SELECT s.folder_id, s.id FROM sessions s WHERE s.user_id = $1 AND s.answered_at > s.seen_at AND {in_sight} \
         ORDER BY s.last_activity_at DESC LIMIT {MAX_FOLDER_NEWS}"
    );
    let running = format!(
        "SELECT DISTINCT s.folder_id, s.id FROM runs r JOIN sessions s ON s.id = r.session_id \
         WHERE r.user_id = $1 AND r.status = '{}' AND {in_sight}",
        Status::Streaming.as_str()
    );
    let (unread, running) = (of_folders(db, user, &unread).await?, of_folders(db, user, &running).await?);
    for folder in folders {
        let here = |all: &[(String, SessionId)]| {
            all.iter().filter(|(id, _)| *id == folder.id.0).map(|(_, chat)| chat.clone()).collect()
        };
        (folder.unread, folder.running) = (here(&unread), here(&running));
    }
    Ok(())
}

/// Pairs of a folder and one of its chats.
async fn of_folders(db: &impl ConnectionTrait, user: &UserId, text: &str) -> Result<Vec<(String, SessionId)>, DbErr> {
    let rows = db.query_all_raw(statement(db, text, [user.as_str().into()])).await?;
    rows.iter().map(|row| Ok((row.try_get("", "folder_id")?, SessionId(row.try_get("", "id")?)))).collect()
}

/// Gives a person's folders to one transaction at a time: their number and order depend on all of them.
pub async fn take_turn(tx: &DatabaseTransaction, user: &UserId) -> Result<(), DbErr> {
    lock_key(tx, &format!("folders {user}")).await
}

/// How many folders a person has.
pub async fn count(db: &impl ConnectionTrait, user: &UserId) -> Result<u64, DbErr> {
    of(user).count(db).await
}

/// Adds a folder at the end.
pub async fn insert(
    db: &impl ConnectionTrait,
    user: &UserId,
    name: &str,
    instructions: &str,
    now: i64,
) -> Result<Folder, DbErr> {
    let last = of(user)
        .select_only()
        .column(folder::Column::Position)
        .order_by_desc(folder::Column::Position)
        .into_tuple::<i64>()
        .one(db)
        .await?;
    let row = folder::Model {
        id: crate::clock::new_id(),
        user_id: user.0.clone(),
        name: name.to_owned(),
        instructions: instructions.to_owned(),
        position: last.map_or(0, |last| last + 1),
        created_at: now,
    };
    let values: folder::ActiveModel = row.clone().into();
    Folders::insert(values).exec_without_returning(db).await?;
    Ok(row.into())
}

/// Changes name and instructions, as far as they are given. Answers whether the folder was there.
pub async fn update(
    db: &impl ConnectionTrait,
    user: &UserId,
    id: &FolderId,
    name: Option<&str>,
    instructions: Option<&str>,
) -> Result<bool, DbErr> {
    if name.is_none() && instructions.is_none() {
        return Ok(get(db, user, id).await?.is_some());
    }
    let mut values = <folder::ActiveModel as ActiveModelTrait>::default();
    if let Some(name) = name {
        values.name = Set(name.to_owned());
    }
    if let Some(instructions) = instructions {
        values.instructions = Set(instructions.to_owned());
    }
    let done = Folders::update_many()
        .set(values)
        .filter(folder::Column::Id.eq(id.as_str()))
        .filter(folder::Column::UserId.eq(user.as_str()))
        .exec(db)
        .await?;
    Ok(done.rows_affected > 0)
}

/// Moves a folder ahead of another one, or to the end. Answers whether both were there.
pub async fn place(
    db: &impl ConnectionTrait,
    user: &UserId,
    id: &FolderId,
    before: Option<&FolderId>,
) -> Result<bool, DbErr> {
    let mut order: Vec<FolderId> = all(db, user).await?.into_iter().map(|folder| folder.id).collect();
    let Some(from) = order.iter().position(|other| other == id) else { return Ok(false) };
    if before == Some(id) {
        return Ok(true);
    }
    let moved = order.remove(from);
    let to = match before {
        None => order.len(),
        Some(before) => match order.iter().position(|other| other == before) {
            Some(to) => to,
            None => return Ok(false),
        },
    };
    order.insert(to, moved);
    for (position, id) in (0_i64..).zip(&order) {
        let text = "UPDATE folders SET position = $1 WHERE id = $2 AND position <> $1";
        db.execute_raw(statement(db, text, [position.into(), id.as_str().into()])).await?;
    }
    Ok(true)
}

/// Removes a folder; its chats lie in none then. Answers whether it was there.
pub async fn remove(db: &impl ConnectionTrait, user: &UserId, id: &FolderId) -> Result<bool, DbErr> {
    let done = Folders::delete_many()
        .filter(folder::Column::Id.eq(id.as_str()))
        .filter(folder::Column::UserId.eq(user.as_str()))
        .exec(db)
        .await?;
    Ok(done.rows_affected > 0)
}

/// The first `limit` chats of a folder that are not deleted.
pub async fn chats(
    db: &impl ConnectionTrait,
    user: &UserId,
    id: &FolderId,
    limit: usize,
) -> Result<Vec<SessionId>, DbErr> {
    let text = format!(
        "SELECT id FROM sessions WHERE folder_id = $1 AND user_id = $2 AND deleted_at IS NULL \
         ORDER BY last_activity_at DESC LIMIT {limit}"
    );
    let rows = db.query_all_raw(statement(db, &text, [id.as_str().into(), user.as_str().into()])).await?;
    rows.iter().map(|row| row.try_get("", "id").map(SessionId)).collect()
}
