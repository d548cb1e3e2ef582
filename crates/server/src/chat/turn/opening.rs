//! The text with which an answer of a model begins, while it may turn out to be its thoughts.

use super::{Effect, Turn};
use shared::Part;
use shared::events::RunEventBody;

/// The text so far.
#[derive(Debug)]
pub(super) struct Opening {
    text: String,
    /// Whether something was to be seen before it.
    was_visible: bool,
}

impl Turn {
    /// Keeps the text of the part that a call of the provider begins with.
    pub(super) fn open_with(&mut self, reasoning: bool, more: &str) {
        if reasoning {
            return;
        }
        if self.is_untouched() {
            self.opening = Some(Opening { text: String::new(), was_visible: self.visible });
        }
        if let Some(opening) = &mut self.opening {
            opening.text.push_str(more);
        }
    }

    /// The part that is open holds thoughts and no text.
    pub(super) fn rethink(&mut self, effects: &mut Vec<Effect>) {
        let (Some(opening), Some(open)) = (self.opening.take(), &mut self.open) else { return };
        open.reasoning = true;
        self.thought = true;
        self.visible = opening.was_visible;
        let part = Part::reasoning(opening.text);
        effects.push(Effect::Emit(RunEventBody::PartUpdated { index: open.index, part }));
    }
}
