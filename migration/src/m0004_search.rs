//! Full text of chats: an index for each engine, and a queue of what it has not seen yet.
//!
//! Triggers fill the queue, so nothing that writes a message or a title can forget it, an older release as little as a
//! newer one. Messages from before are indexed from the newest down; `search_state` says how far that went.

use crate::{Migration, apply_all};
use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr};

pub(crate) struct Search;

#[async_trait]
impl Migration for Search {
    fn name(&self) -> &'static str {
        "0004_search"
    }

    fn least_schema(&self) -> i64 {
        // An older release fills the queue like this one, and reads nothing of the index.
        3
    }

    async fn up(&self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        match tx.get_database_backend() {
            DbBackend::Postgres => {
                apply_all(tx, &TABLES.replace("SEQUENCE", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY")).await?;
                apply_all(tx, POSTGRES).await?;
            }
            _ => {
                apply_all(tx, &TABLES.replace("SEQUENCE", "INTEGER PRIMARY KEY NOT NULL")).await?;
                apply_all(tx, SQLITE).await?;
            }
        }
        apply_all(tx, BACKLOG).await
    }
}

const TABLES: &str = "
CREATE TABLE search_chats (number SEQUENCE, session_id TEXT NOT NULL UNIQUE);
CREATE TABLE search_queue (id SEQUENCE, message_seq BIGINT, session_id TEXT);
CREATE TABLE search_state (key TEXT PRIMARY KEY NOT NULL, value BIGINT NOT NULL);
";

const BACKLOG: &str = "
INSERT INTO search_state (key, value) SELECT 'messages_below', COALESCE(MAX(seq), 0) + 1 FROM messages;
INSERT INTO search_queue (session_id) SELECT id FROM sessions ORDER BY last_activity_at DESC;
";

/// The tokens come ready from the server's own tokenizer and need only be told apart.
const SQLITE: &str = "
CREATE VIRTUAL TABLE search_messages USING fts5(words, forms, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '3');
CREATE VIRTUAL TABLE search_titles USING fts5(words, forms, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '3');
CREATE TRIGGER search_message_new AFTER INSERT ON messages WHEN NEW.parts <> '[]' BEGIN INSERT INTO search_queue (message_seq) VALUES (NEW.seq); END;
CREATE TRIGGER search_message_changed AFTER UPDATE OF parts, deleted_at ON messages WHEN NEW.parts <> OLD.parts OR (NEW.deleted_at IS NULL) <> (OLD.deleted_at IS NULL) BEGIN INSERT INTO search_queue (message_seq) VALUES (NEW.seq); END;
CREATE TRIGGER search_message_gone AFTER DELETE ON messages BEGIN INSERT INTO search_queue (message_seq) VALUES (OLD.seq); END;
CREATE TRIGGER search_chat_new AFTER INSERT ON sessions BEGIN INSERT INTO search_queue (session_id) VALUES (NEW.id); END;
CREATE TRIGGER search_chat_changed AFTER UPDATE OF title, temporary ON sessions WHEN NEW.title <> OLD.title OR NEW.temporary <> OLD.temporary BEGIN INSERT INTO search_queue (session_id) VALUES (NEW.id); END;
CREATE TRIGGER search_chat_kept AFTER UPDATE OF temporary ON sessions WHEN NEW.temporary <> OLD.temporary BEGIN INSERT INTO search_queue (message_seq) SELECT seq FROM messages WHERE session_id = NEW.id; END;
CREATE TRIGGER search_chat_gone AFTER DELETE ON sessions BEGIN INSERT INTO search_queue (session_id) VALUES (OLD.id); END;
";

const POSTGRES: &str = "
CREATE TABLE search_messages (seq BIGINT PRIMARY KEY, user_id TEXT NOT NULL, tokens TSVECTOR NOT NULL);
CREATE INDEX search_messages_user ON search_messages (user_id, seq);
CREATE INDEX search_messages_tokens ON search_messages USING GIN (tokens);
CREATE TABLE search_titles (number BIGINT PRIMARY KEY, user_id TEXT NOT NULL, tokens TSVECTOR NOT NULL);
CREATE INDEX search_titles_tokens ON search_titles USING GIN (tokens);
CREATE FUNCTION search_message_queue() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'DELETE' THEN INSERT INTO search_queue (message_seq) VALUES (OLD.seq); ELSE INSERT INTO search_queue (message_seq) VALUES (NEW.seq); END IF; RETURN NULL; END $$;
CREATE FUNCTION search_chat_queue() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'DELETE' THEN INSERT INTO search_queue (session_id) VALUES (OLD.id); ELSE INSERT INTO search_queue (session_id) VALUES (NEW.id); END IF; RETURN NULL; END $$;
CREATE FUNCTION search_chat_queue_all() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO search_queue (message_seq) SELECT seq FROM messages WHERE session_id = NEW.id; RETURN NULL; END $$;
CREATE TRIGGER search_message_new AFTER INSERT ON messages FOR EACH ROW WHEN (NEW.parts <> '[]') EXECUTE FUNCTION search_message_queue();
CREATE TRIGGER search_message_changed AFTER UPDATE OF parts, deleted_at ON messages FOR EACH ROW WHEN (NEW.parts <> OLD.parts OR (NEW.deleted_at IS NULL) <> (OLD.deleted_at IS NULL)) EXECUTE FUNCTION search_message_queue();
CREATE TRIGGER search_message_gone AFTER DELETE ON messages FOR EACH ROW EXECUTE FUNCTION search_message_queue();
CREATE TRIGGER search_chat_new AFTER INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION search_chat_queue();
CREATE TRIGGER search_chat_changed AFTER UPDATE OF title, temporary ON sessions FOR EACH ROW WHEN (NEW.title <> OLD.title OR NEW.temporary <> OLD.temporary) EXECUTE FUNCTION search_chat_queue();
CREATE TRIGGER search_chat_kept AFTER UPDATE OF temporary ON sessions FOR EACH ROW WHEN (NEW.temporary <> OLD.temporary) EXECUTE FUNCTION search_chat_queue_all();
CREATE TRIGGER search_chat_gone AFTER DELETE ON sessions FOR EACH ROW EXECUTE FUNCTION search_chat_queue();
";
