//! Tags of chats. A person writes a tag in one way: what differs in case alone is the same tag.

use super::engine::statement;
use sea_orm::prelude::*;
use shared::organize::Tag;
use shared::{SessionId, UserId};
use std::collections::HashMap;

/// What makes two spellings the same tag.
#[must_use]
pub fn key(tag: &str) -> String {
    tag.to_lowercase()
}

/// A person's tags in alphabetical order, with how many chats have each.
pub async fn all(db: &impl ConnectionTrait, user: &UserId) -> Result<Vec<Tag>, DbErr> {
    let text = "SELECT t.tag AS tag, COUNT(*) AS chats FROM sessions s JOIN session_tags t ON t.session_id = s.id \
        WHERE s.user_id = $1 AND s.deleted_at IS NULL AND s.temporary = FALSE GROUP BY t.tag";
    let rows = db.query_all_raw(statement(db, text, [user.as_str().into()])).await?;
    let mut tags: HashMap<String, Tag> = HashMap::new();
    for row in rows {
        let (name, chats): (String, i64) = (row.try_get("", "tag")?, row.try_get("", "chats")?);
        let chats = u64::try_from(chats).unwrap_or(0);
        // Two chats that got the same new tag at the same moment may have two spellings of it.
        let known = tags.entry(key(&name)).or_insert_with(|| Tag { name, chats: 0 });
        known.chats += chats;
    }
    let mut tags: Vec<(String, Tag)> = tags.into_iter().collect();
    tags.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(tags.into_iter().map(|(_, tag)| tag).collect())
}

/// How a person spells these tags in their chats, but for the chat `except`: for each spelling its key.
async fn spelled(
    db: &impl ConnectionTrait,
    user: &UserId,
    except: Option<&SessionId>,
) -> Result<Vec<(String, String)>, DbErr> {
    let text = "SELECT DISTINCT t.tag AS tag FROM sessions s JOIN session_tags t ON t.session_id = s.id \
        WHERE s.user_id = $1 AND s.id <> $2 AND s.deleted_at IS NULL";
    let except = except.map_or("", SessionId::as_str);
    let rows = db.query_all_raw(statement(db, text, [user.as_str().into(), except.into()])).await?;
    rows.iter().map(|row| row.try_get::<String>("", "tag").map(|tag| (key(&tag), tag))).collect()
}

/// The ways in which a person spells a tag; none if they have no such tag.
pub async fn spellings(db: &impl ConnectionTrait, user: &UserId, tag: &str) -> Result<Vec<String>, DbErr> {
    let wanted = key(tag);
    let known = spelled(db, user, None).await?;
    Ok(known.into_iter().filter(|(key, _)| *key == wanted).map(|(_, tag)| tag).collect())
}

/// Gives a chat these tags and no others. A tag that another chat has is spelled as it is there.
pub async fn set(db: &impl ConnectionTrait, user: &UserId, id: &SessionId, tags: &[String]) -> Result<(), DbErr> {
    let known: HashMap<String, String> = match tags {
        [] => HashMap::new(),
        _ => spelled(db, user, Some(id)).await?.into_iter().collect(),
    };
    db.execute_raw(statement(db, "DELETE FROM session_tags WHERE session_id = $1", [id.as_str().into()])).await?;
    for tag in tags {
        let tag = known.get(&key(tag)).unwrap_or(tag);
        let text =
            "INSERT INTO session_tags (session_id, tag) VALUES ($1, $2) ON CONFLICT (session_id, tag) DO NOTHING";
        db.execute_raw(statement(db, text, [id.as_str().into(), tag.as_str().into()])).await?;
    }
    Ok(())
}

/// The tags of each of these chats.
pub async fn of(db: &impl ConnectionTrait, chats: &[String]) -> Result<HashMap<String, Vec<String>>, DbErr> {
    if chats.is_empty() {
        return Ok(HashMap::new());
    }
    let places: Vec<String> = (1..=chats.len()).map(|number| format!("${number}")).collect();
    let text = format!("SELECT session_id, tag FROM session_tags WHERE session_id IN ({})", places.join(", "));
    let values = chats.iter().map(|id| id.as_str().into());
    let mut tags: HashMap<String, Vec<String>> = HashMap::new();
    for row in db.query_all_raw(statement(db, &text, values)).await? {
        tags.entry(row.try_get("", "session_id")?).or_default().push(row.try_get("", "tag")?);
    }
    tags.values_mut().for_each(|tags| sort(tags));
    Ok(tags)
}

/// Gives a chat the tags of another one.
pub async fn copy(db: &impl ConnectionTrait, from: &SessionId, to: &SessionId) -> Result<(), DbErr> {
    let text = "INSERT INTO session_tags (session_id, tag) SELECT $1, tag FROM session_tags WHERE session_id = $2";
    db.execute_raw(statement(db, text, [to.as_str().into(), from.as_str().into()])).await.map(|_| ())
}

/// Alphabetical order, in which case does not count.
pub(super) fn sort(tags: &mut [String]) {
    tags.sort_by_cached_key(|tag| key(tag));
}
