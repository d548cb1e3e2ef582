//! Who wants to know that an answer grew, and in which frame they hear of it. Plain bookkeeping; asks for no frame itself.

use leptos::prelude::{ArcTrigger, Notify};
use shared::MessageId;
use std::collections::HashMap;
use std::rc::Rc;

/// Called in every frame in which an answer has grown.
type Listener = Rc<dyn Fn()>;

#[derive(Default)]
struct Pulse {
    trigger: ArcTrigger,
    listeners: Vec<(u64, Listener)>,
}

/// Answers that grow, and who follows them.
#[derive(Default)]
pub(super) struct Frames {
    pulses: HashMap<MessageId, Pulse>,
    grown: Vec<MessageId>,
    asked: bool,
    listeners: u64,
}

impl Frames {
    /// What to track to follow an answer.
    pub(super) fn trigger(&mut self, message: &MessageId) -> ArcTrigger {
        self.pulses.entry(message.clone()).or_default().trigger.clone()
    }

    /// Adds a listener and gives its number.
    pub(super) fn add(&mut self, message: &MessageId, listener: impl Fn() + 'static) -> u64 {
        self.listeners += 1;
        let pulse = self.pulses.entry(message.clone()).or_default();
        pulse.listeners.push((self.listeners, Rc::new(listener)));
        self.listeners
    }

    /// Takes a listener away.
    pub(super) fn remove(&mut self, message: &MessageId, number: u64) {
        if let Some(pulse) = self.pulses.get_mut(message) {
            pulse.listeners.retain(|(known, _)| *known != number);
        }
    }

    /// An answer grew. True when a frame has to be asked for.
    pub(super) fn grew(&mut self, message: MessageId) -> bool {
        if !self.grown.contains(&message) {
            self.grown.push(message);
        }
        !std::mem::replace(&mut self.asked, true)
    }

    /// The frame is here: gives whom to tell.
    pub(super) fn take(&mut self) -> Due {
        self.asked = false;
        let grown = std::mem::take(&mut self.grown);
        let mut due = Due::default();
        for pulse in grown.iter().filter_map(|message| self.pulses.get(message)) {
            due.triggers.push(pulse.trigger.clone());
            due.listeners.extend(pulse.listeners.iter().map(|(_, listener)| listener.clone()));
        }
        due
    }

    /// Another chat is on the screen.
    pub(super) fn clear(&mut self) {
        self.pulses.clear();
    }
}

/// Whom to tell in a frame.
#[derive(Default)]
pub(super) struct Due {
    triggers: Vec<ArcTrigger>,
    listeners: Vec<Listener>,
}

impl Due {
    /// Tells them.
    pub(super) fn tell(self) {
        self.listeners.iter().for_each(|listener| listener());
        self.triggers.iter().for_each(Notify::notify);
    }
}

#[cfg(test)]
mod tests {
    use super::Frames;
    use std::cell::Cell;
    use std::rc::Rc;

    #[test]
    fn many_tokens_ask_for_one_frame_and_are_told_once() {
        let mut frames = Frames::default();
        let told = Rc::new(Cell::new(0));
        let counted = told.clone();
        frames.add(&"a".into(), move || counted.set(counted.get() + 1));
        let asked: Vec<bool> = (0..3).map(|_| frames.grew("a".into())).collect();
        assert_eq!(asked, [true, false, false]);
        frames.take().tell();
        assert_eq!(told.get(), 1);
        assert!(frames.grew("b".into()), "the next frame has to be asked for again");
        frames.take().tell();
        assert_eq!(told.get(), 1, "another answer is no news here");
    }

    #[test]
    fn whoever_left_hears_no_more() {
        let mut frames = Frames::default();
        let told = Rc::new(Cell::new(false));
        let heard = told.clone();
        let number = frames.add(&"a".into(), move || heard.set(true));
        frames.remove(&"a".into(), number);
        frames.grew("a".into());
        frames.take().tell();
        assert!(!told.get());
    }
}
