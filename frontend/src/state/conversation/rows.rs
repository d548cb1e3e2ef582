//! The rows of the chat on the screen: which messages there are, in which order, and what surrounds each. The growing
//! text of an answer is no part of a row, so a list of rows is equal to the one before unless something came or went.

use super::{Column, Conversation, Delivery, Outgoing};
use crate::state::composer::Draft;
use crate::state::composer::attachments::files_of;
use shared::chat::{Message, Role};
use shared::events::Status;
use shared::{ApiError, MessageId, Part};

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Stays the same from the moment a message is written until it is read again after a reload.
    pub key: String,
    /// What it is.
    pub kind: RowKind,
    /// How much stored text it has, in bytes: how high it may be before it is drawn.
    pub size: usize,
}

/// What a row is.
#[derive(Clone, Debug, PartialEq)]
pub enum RowKind {
    /// The person's message.
    Question {
        /// The message, once it is stored.
        id: Option<MessageId>,
        /// All versions of it.
        siblings: Vec<MessageId>,
        /// Whether nobody knows if it reached the server.
        unsure: bool,
    },
    /// An answer.
    Answer {
        /// The message.
        id: MessageId,
        /// The model's name, where it differs from the one before.
        model: Option<String>,
        /// All versions of it.
        siblings: Vec<MessageId>,
        /// Where it stands.
        status: Status,
        /// Whether nothing follows it.
        last: bool,
    },
    /// Answers to one question, side by side.
    Columns(Vec<Column>),
    /// What was sent could not be accepted.
    Refused(ApiError),
    /// An answer was asked for and has no place yet.
    Expected,
}

impl Conversation {
    /// The rows, in reading order.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        let shown = self.outgoing().and_then(|outgoing| outgoing.replaces(&self.path)).unwrap_or(self.path.len());
        let mut rows = Vec::with_capacity(shown + 2);
        let mut model = None;
        let sides = self.sides();
        for (index, message) in self.path.iter().take(shown).enumerate() {
            let last = index + 1 == self.path.len() && self.newer.is_none();
            if let Some((_, sides)) = sides.filter(|(place, _)| *place == index) {
                model = None;
                let columns = self.columns(sides);
                // They share the room of one.
                let size = size_of(message) * columns.len();
                rows.push(Row { key: self.columns_key(index), kind: RowKind::Columns(columns), size });
                continue;
            }
            rows.push(self.row(message, last, &mut model));
        }
        // Further up in a long chat, the place below which it belongs is not here.
        if self.has_end() {
            self.push_outgoing(&mut rows);
        }
        rows
    }

    /// What a question says, with its files. A row keeps that for life, so it is no part of the row.
    #[must_use]
    pub fn question(&self, key: &str) -> Option<Draft> {
        if let Some(outgoing) = self.outgoing().filter(|outgoing| outgoing.client_id() == key) {
            return outgoing.draft();
        }
        self.path.iter().rfind(|message| key_of(message) == key).map(said)
    }

    /// What a stored question says, with its files.
    #[must_use]
    pub fn said_in(&self, question: &MessageId) -> Option<Draft> {
        self.find(question).map(said)
    }

    /// The key of a message's row, if the message is here.
    #[must_use]
    pub fn key_at(&self, message: &MessageId) -> Option<String> {
        let sides = self.sides().filter(|(place, _)| self.path[*place].id == *message);
        let columns = sides.map(|(place, _)| self.columns_key(place));
        columns.or_else(|| self.find(message).map(|message| key_of(message).to_owned()))
    }

    /// The message of a row.
    #[must_use]
    pub fn message_at(&self, key: &str) -> Option<MessageId> {
        if let Some((place, _)) = self.sides().filter(|(place, _)| self.columns_key(*place) == key) {
            return Some(self.path[place].id.clone());
        }
        self.path.iter().rfind(|message| key_of(message) == key).map(|message| message.id.clone())
    }

    /// The key of the columns at a place: named after their question, which is there before and after they are sent.
    fn columns_key(&self, place: usize) -> String {
        let question = place.checked_sub(1).map(|above| &self.path[above]);
        columns_of(question.map_or_else(|| self.path[place].id.as_str(), key_of))
    }

    fn row(&self, message: &Message, last: bool, model: &mut Option<String>) -> Row {
        let live = self.runs.answer(&message.id);
        // A placeholder does not know its model yet, its run does.
        let name =
            message.model.clone().or_else(|| live.map(|live| live.model.clone()).filter(|name| !name.is_empty()));
        let kind = match message.role {
            Role::User => {
                RowKind::Question { id: Some(message.id.clone()), siblings: message.siblings.clone(), unsure: false }
            }
            Role::Assistant => RowKind::Answer {
                id: message.id.clone(),
                model: name.clone().filter(|name| model.as_ref() != Some(name)),
                siblings: message.siblings.clone(),
                status: live.map_or(message.status, |live| live.status),
                last,
            },
        };
        if name.is_some() {
            *model = name;
        }
        Row { key: key_of(message).to_owned(), kind, size: size_of(message) }
    }

    fn push_outgoing(&self, rows: &mut Vec<Row>) {
        let Some(outgoing) = self.outgoing() else { return };
        let key = outgoing.client_id().to_owned();
        if let Delivery::Failed(error) = &outgoing.state {
            rows.push(Row { key: format!("{key} refused"), kind: RowKind::Refused(error.clone()), size: 0 });
            return;
        }
        if outgoing.body.content.is_some() {
            let unsure = matches!(outgoing.state, Delivery::Unknown { .. });
            let kind = RowKind::Question { id: None, siblings: Vec::new(), unsure };
            rows.push(Row { key: key.clone(), kind, size: 0 });
        }
        if !outgoing.body.also.is_empty() {
            rows.push(Row { key: columns_of(&key), kind: RowKind::Columns(expected(outgoing)), size: 0 });
        } else if outgoing.body.continue_message_id.is_none() {
            rows.push(Row { key: format!("{key} expected"), kind: RowKind::Expected, size: 0 });
        }
    }
}

fn columns_of(question: &str) -> String {
    format!("{question} columns")
}

/// The columns of a message that is on its way to several models.
fn expected(outgoing: &Outgoing) -> Vec<Column> {
    let first = std::iter::once(outgoing.body.model.clone());
    first.chain(outgoing.body.also.iter().cloned().map(Some)).map(Column::Expected).collect()
}

fn said(message: &Message) -> Draft {
    Draft { text: shared::part::plain_text(&message.parts), files: files_of(&message.parts) }
}

/// Thoughts are folded, so they do not count.
fn size_of(message: &Message) -> usize {
    message.parts.iter().filter_map(Part::as_text).map(str::len).sum()
}

/// The person's message keeps the id that this client gave it, so its row is the same node before and after.
fn key_of(message: &Message) -> &str {
    match &message.client_message_id {
        Some(client_id) if message.role == Role::User => client_id,
        _ => message.id.as_str(),
    }
}

/// Whether an answer has text that can be continued.
#[must_use]
pub fn has_text(parts: &[Part]) -> bool {
    parts.iter().filter_map(Part::as_text).any(|text| !text.is_empty())
}
