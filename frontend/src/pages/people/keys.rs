//! `/settings/people?keys=ID`: another person's API keys, which an administrator may revoke and nothing else.

use crate::i18n::{fill, people as words, say};
use crate::pages::keys::KeyList;
use crate::pages::settings::SectionTitle;
use crate::state::keys::Keys;
use crate::state::people::People;
use leptos::prelude::*;
use shared::UserId;

/// The keys of one person.
#[component]
pub fn PersonKeys(
    /// The list of people, which knows their names.
    people: People,
    /// Whose keys.
    id: UserId,
) -> AnyView {
    let wanted = id.clone();
    let name = Memo::new(move |_| {
        let person = people.state().with(|state| state.items.iter().find(|user| user.id == wanted).cloned());
        person.map(|user| user.username)
    });
    let title = move || match name.get() {
        Some(name) => fill(words::KEYS_OF, &[("name", &name)]),
        None => say(words::KEYS).to_owned(),
    };
    view! {
        <SectionTitle title text=words::KEYS_TEXT/>
        <KeyList keys=Keys::of(Some(id)) none=words::KEYS_NONE/>
    }
    .into_any()
}
