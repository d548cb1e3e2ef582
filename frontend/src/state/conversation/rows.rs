//! The rows of the chat on the screen: which messages there are, in which order, and what surrounds each. The growing
//! text of an answer is no part of a row, so a list of rows is equal to the one before unless something came or went.

use super::{Conversation, Delivery};
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
        for (index, message) in self.path.iter().take(shown).enumerate() {
            let last = index + 1 == self.path.len();
            rows.push(self.row(message, last, &mut model));
        }
        self.push_outgoing(&mut rows);
        rows
    }

    /// The text of a question. A row keeps its text for life, so it is no part of the row.
    #[must_use]
    pub fn question(&self, key: &str) -> Option<String> {
        if let Some(outgoing) = self.outgoing().filter(|outgoing| outgoing.client_id() == key) {
            return outgoing.body.content.clone();
        }
        let message = self.path.iter().rfind(|message| key_of(message) == key)?;
        Some(shared::part::plain_text(&message.parts))
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
        Row { key: key_of(message).to_owned(), kind }
    }

    fn push_outgoing(&self, rows: &mut Vec<Row>) {
        let Some(outgoing) = self.outgoing() else { return };
        let key = outgoing.client_id().to_owned();
        if let Delivery::Failed(error) = &outgoing.state {
            rows.push(Row { key: format!("{key} refused"), kind: RowKind::Refused(error.clone()) });
            return;
        }
        if outgoing.body.content.is_some() {
            let unsure = matches!(outgoing.state, Delivery::Unknown { .. });
            let kind = RowKind::Question { id: None, siblings: Vec::new(), unsure };
            rows.push(Row { key: key.clone(), kind });
        }
        if outgoing.body.continue_message_id.is_none() {
            rows.push(Row { key: format!("{key} expected"), kind: RowKind::Expected });
        }
    }
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
