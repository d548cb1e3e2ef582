//! What is deleted and taken back: chats, one or many, and messages with everything below them. Whatever is being written
//! in what is deleted is stopped, and the person's tabs hear of it, whether or not the caller waits for it.

use super::Runs;
use crate::db::runs;
use crate::db::{messages, sessions};
use crate::error::AppResult;
use crate::whole::to_the_end;
use shared::chat::Session;
use shared::events::UserEvent;
use shared::{ErrorCode, MessageId, SessionId, UserId};
use std::sync::Arc;

/// Most chats of which tabs are told one by one; of more they are told to ask again.
pub const TOLD_ONE_BY_ONE: usize = 20;

impl Runs {
    /// Hides a chat, stops its answers and tells the person's tabs.
    ///
    /// # Errors
    /// `chat.not_found`, and the database's.
    pub async fn delete_chat(self: &Arc<Self>, owner: &UserId, id: &SessionId) -> AppResult<()> {
        let tx = self.db.begin().await?;
        if sessions::set_deleted(&tx, owner, std::slice::from_ref(id), Some(self.clock.now())).await? == 0 {
            return Err(ErrorCode::ChatNotFound.into());
        }
        let (runs, owner, session_id) = (Arc::clone(self), owner.clone(), id.clone());
        to_the_end(async move {
            tx.commit().await?;
            // Only now: an answer that was admitted before is in the list, and none is admitted any more.
            for run in runs::streaming_of_session(runs.db.read(), &session_id).await? {
                runs.stop(&run).await?;
            }
            runs.hub.publish(&owner, &UserEvent::SessionDeleted { session_id });
            Ok(())
        })
        .await
    }

    /// The same for many chats at once. Answers those that were there.
    ///
    /// # Errors
    /// The database's.
    pub async fn delete_chats(self: &Arc<Self>, owner: &UserId, ids: &[SessionId]) -> AppResult<Vec<SessionId>> {
        let tx = self.db.begin().await?;
        let present = sessions::present(&tx, owner, ids).await?;
        sessions::set_deleted(&tx, owner, &present, Some(self.clock.now())).await?;
        let (runs, owner) = (Arc::clone(self), owner.clone());
        to_the_end(async move {
            tx.commit().await?;
            let running = runs::streaming_of_user(runs.db.read(), &owner).await?;
            for run in running.iter().filter(|run| present.contains(&run.session_id)) {
                runs.stop(run).await?;
            }
            if present.len() > TOLD_ONE_BY_ONE {
                runs.hub.publish(&owner, &UserEvent::SessionsChanged);
            } else {
                for session_id in present.iter().cloned() {
                    runs.hub.publish(&owner, &UserEvent::SessionDeleted { session_id });
                }
            }
            Ok(present)
        })
        .await
    }

    /// Tells a person's tabs of chats as they are now.
    pub fn tell_chats(&self, owner: &UserId, chats: &[Session]) {
        if chats.len() > TOLD_ONE_BY_ONE {
            return self.hub.publish(owner, &UserEvent::SessionsChanged);
        }
        for session in chats {
            self.hub.publish(owner, &UserEvent::SessionChanged { session: session.clone().brief() });
        }
    }

    /// Hides a message with everything below it, stops the answers among that, and moves the active path to the nearest
    /// other version, or to the message above.
    ///
    /// # Errors
    /// `message.not_found`, and the database's.
    pub async fn delete_message(self: &Arc<Self>, owner: &UserId, id: &MessageId) -> AppResult<()> {
        let message = messages::owned(self.db.read(), owner, id).await?.ok_or(ErrorCode::MessageNotFound)?;
        let tx = self.db.begin().await?;
        let there = sessions::hold(&tx, owner, &message.session_id).await?
            && messages::remove(&tx, &message.session_id, id, self.clock.now()).await?;
        if !there {
            return Err(ErrorCode::MessageNotFound.into());
        }
        let (runs, owner, id) = (Arc::clone(self), owner.clone(), id.clone());
        to_the_end(async move {
            tx.commit().await?;
            // Only now: whatever began before is in the list, and nothing begins below a deleted message.
            for run in messages::streaming_removed(runs.db.read(), &message.session_id, &id).await? {
                runs.stop(&run).await?;
            }
            runs.tell_messages(&owner, message.session_id);
            Ok(())
        })
        .await
    }

    /// Takes the deletion of a message back, and shows it. Does nothing for one that is there.
    ///
    /// # Errors
    /// `message.not_found`, also for one that went with another one, or below one that is deleted; and the database's.
    pub async fn restore_message(self: &Arc<Self>, owner: &UserId, id: &MessageId) -> AppResult<()> {
        let message = messages::removed(self.db.read(), owner, id).await?.ok_or(ErrorCode::MessageNotFound)?;
        match &message.with {
            None => return Ok(()),
            Some(with) if with == id => {}
            Some(_) => return Err(ErrorCode::MessageNotFound.into()),
        }
        let tx = self.db.begin().await?;
        let mut there = sessions::hold(&tx, owner, &message.session).await?;
        if let Some(parent) = &message.parent {
            there = there && messages::is_there(&tx, &message.session, parent).await?;
        }
        if !there || !messages::restore(&tx, &message.session, id).await? {
            return Err(ErrorCode::MessageNotFound.into());
        }
        let (runs, owner) = (Arc::clone(self), owner.clone());
        to_the_end(async move {
            tx.commit().await?;
            runs.tell_messages(&owner, message.session);
            Ok(())
        })
        .await
    }

    /// Tells a person's tabs that what they show of a chat has to be asked for again.
    pub fn tell_messages(&self, owner: &UserId, session_id: SessionId) {
        self.hub.publish(owner, &UserEvent::MessagesChanged { session_id });
    }
}
