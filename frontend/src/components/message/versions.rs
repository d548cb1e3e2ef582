//! The arrows between versions of a message.

use crate::components::ui::{Glyph, IconButton, MenuItem};
use crate::i18n::{chat, compare, fill, t};
use crate::state::conversation::{ChatStore, use_chat};
use leptos::prelude::*;
use shared::MessageId;

/// `‹ 2/3 ›`. Nothing for a message that has one version.
#[component]
pub fn Versions(
    /// All versions, in order.
    siblings: Vec<MessageId>,
    /// Which of them is shown.
    place: Option<usize>,
) -> AnyView {
    let count = siblings.len();
    let [earlier, later] = neighbours(siblings, place);
    let Some(place) = place.filter(|_| count > 1) else { return ().into_any() };
    let chat = use_chat();
    let step = move |target: Option<MessageId>| {
        let missing = target.is_none();
        let disabled = Signal::derive(move || missing || chat.is_busy.get());
        let press = move || {
            if let Some(target) = target.clone() {
                chat.show_version(target);
            }
        };
        (disabled, press)
    };
    let (no_earlier, earlier) = step(earlier);
    let (no_later, later) = step(later);
    let words = move || {
        let (number, count) = ((place + 1).to_string(), count.to_string());
        fill(chat::VERSION, &[("number", &number), ("count", &count)])
    };
    view! {
        <div class="versions" role="group" aria-label=words>
            <IconButton name=t(chat::VERSION_BEFORE) glyph=Glyph::ChevronLeft on_press=earlier disabled=no_earlier/>
            <span>{format!("{}/{count}", place + 1)}</span>
            <IconButton name=t(chat::VERSION_AFTER) glyph=Glyph::ChevronRight on_press=later disabled=no_later/>
        </div>
    }
    .into_any()
}

/// Shows the versions of an answer in columns.
#[component]
pub fn SideBySide(
    /// The answer.
    id: MessageId,
) -> AnyView {
    let chat = use_chat();
    let press = move || chat.compare(&id);
    view! { <IconButton name=t(compare::SIDE_BY_SIDE) glyph=Glyph::Columns on_press=press/> }.into_any()
}

/// The same steps as actions of a menu: those that can be taken now.
pub(super) fn version_items(store: ChatStore, siblings: Vec<MessageId>, place: Option<usize>) -> Vec<MenuItem> {
    if store.is_busy.get_untracked() {
        return Vec::new();
    }
    let words = [(chat::VERSION_BEFORE, Glyph::ChevronLeft), (chat::VERSION_AFTER, Glyph::ChevronRight)];
    let steps = words.into_iter().zip(neighbours(siblings, place)).filter_map(|(words, target)| Some((words, target?)));
    let item = |((name, glyph), target): (_, MessageId)| {
        MenuItem::new(t(name), move || store.show_version(target.clone())).glyph(glyph)
    };
    steps.map(item).collect()
}

/// The versions before and after the one at `place`.
fn neighbours(mut siblings: Vec<MessageId>, place: Option<usize>) -> [Option<MessageId>; 2] {
    let Some(place) = place else { return [None, None] };
    let later = (place + 1 < siblings.len()).then(|| siblings.swap_remove(place + 1));
    let earlier = place.checked_sub(1).map(|at| siblings.swap_remove(at));
    [earlier, later]
}

#[cfg(test)]
mod tests {
    use super::neighbours;

    #[test]
    fn the_first_version_has_none_before_and_the_last_none_after() {
        let versions = || vec!["a".into(), "b".into(), "c".into()];
        let (a, b, c) = (Some("a".into()), Some("b".into()), Some("c".into()));
        assert_eq!(neighbours(versions(), Some(0)), [None, b.clone()]);
        assert_eq!(neighbours(versions(), Some(1)), [a, c]);
        assert_eq!(neighbours(versions(), Some(2)), [b, None]);
        assert_eq!(neighbours(versions(), None), [None, None]);
    }
}
