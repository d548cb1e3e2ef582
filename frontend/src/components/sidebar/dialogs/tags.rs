//! The tags of a chat: those that it has, and those that are used elsewhere.

use crate::api;
use crate::components::ui::{Button, ButtonKind, ErrorCard, FieldKind, Glyph, Icon, TextField};
use crate::dom;
use crate::i18n::{common, fill, organize, say, t};
use crate::state::chats::use_chats;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::limits::{MAX_TAG_CHARS, MAX_TAGS};
use shared::{ApiError, SessionId};

/// The tags with another one; as they are if it says nothing new.
fn with_tag(mut tags: Vec<String>, tag: &str) -> Vec<String> {
    let tag: String = tag.trim().chars().take(MAX_TAG_CHARS).collect();
    let is_new = !tag.is_empty() && tags.iter().all(|known| known.to_lowercase() != tag.to_lowercase());
    if is_new && tags.len() < MAX_TAGS {
        tags.push(tag);
    }
    tags
}

/// The tags of a chat; nothing is stored before Save.
#[component]
pub fn Tags(
    /// The chat.
    id: SessionId,
) -> AnyView {
    let chats = use_chats();
    let before = chats.get_untracked(&id).map(|session| session.tags).unwrap_or_default();
    let (tags, typed, known) =
        (RwSignal::new(before), RwSignal::new(String::new()), RwSignal::new(Vec::<String>::new()));
    let (busy, refused) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    spawn_local(async move {
        // Without them one types what one wants; the dialog may be closed by now.
        if let Ok(all) = api::folders::tags().await {
            known.try_set(all.into_iter().map(|tag| tag.name).collect());
        }
    });
    let add = move |tag: &str| tags.update(|tags| *tags = with_tag(std::mem::take(tags), tag));
    let save = move || {
        add(&typed.get_untracked());
        typed.set(String::new());
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let (id, tags) = (id.clone(), tags.get_untracked());
        spawn_local(async move {
            let error = chats.tag(&id, tags).await.err();
            if busy.try_set(false).is_none() && error.is_none() {
                chats.asking.set(None);
            }
            let _ = refused.try_set(error);
        });
    };
    let enter = move |event: web_sys::KeyboardEvent| {
        // An input method uses Enter itself. What is typed is added; an empty line is no wish to save.
        if event.key() == "Enter" && !dom::is_composing(&event) {
            event.prevent_default();
            add(&typed.get_untracked());
            typed.set(String::new());
        }
    };
    let hint = move || {
        let is_full = tags.with(|tags| tags.len() >= MAX_TAGS);
        if is_full {
            fill(organize::TAG_LIMIT, &[("limit", &MAX_TAGS.to_string())])
        } else {
            say(organize::TAG_HINT).to_owned()
        }
    };
    view! {
        <div class="tags">{move || own(tags)}</div>
        <div on:keydown=enter>
            <TextField id="tag" label=t(organize::TAG_ADD) value=typed kind=FieldKind::Text hint=hint/>
        </div>
        {move || offered(tags, known, typed)}
        {move || refused.get().map(|error| view! { <ErrorCard error/> })}
        <div class="dialog-actions">
            <Button label=t(common::CANCEL) on_press=move || chats.asking.set(None)/>
            <Button label=t(common::SAVE) kind=ButtonKind::Primary busy on_press=save/>
        </div>
    }
    .into_any()
}

/// Those that it has; a press takes one away.
fn own(tags: RwSignal<Vec<String>>) -> AnyView {
    let all = tags.get();
    if all.is_empty() {
        return view! { <p class="tags-none">{t(organize::TAG_NONE)}</p> }.into_any();
    }
    let chip = |tag: String| {
        let name = fill(organize::TAG_REMOVE, &[("tag", &tag)]);
        let take = {
            let tag = tag.clone();
            move |_| {
                tags.update(|tags| tags.retain(|known| *known != tag));
                dom::focus_id("tag");
            }
        };
        view! { <button class="tag-chip" type="button" aria-label=name on:click=take>{tag}<Icon glyph=Glyph::X/></button> }
    };
    all.into_iter().map(chip).collect_view().into_any()
}

/// Those that are used elsewhere and go on as what is typed.
fn offered(tags: RwSignal<Vec<String>>, known: RwSignal<Vec<String>>, typed: RwSignal<String>) -> AnyView {
    const MOST: usize = 12;
    let wish = typed.get().trim().to_lowercase();
    let own = tags.get();
    let fits = |tag: &String| tag.to_lowercase().contains(&wish) && !own.contains(tag);
    let offered: Vec<_> = known.with(|known| known.iter().filter(|tag| fits(tag)).take(MOST).cloned().collect());
    if offered.is_empty() {
        return ().into_any();
    }
    let chip = |tag: String| {
        let take = {
            let tag = tag.clone();
            move |_| {
                tags.update(|tags| *tags = with_tag(std::mem::take(tags), &tag));
                typed.set(String::new());
                dom::focus_id("tag");
            }
        };
        view! { <button class="tag-chip" type="button" on:click=take><Icon glyph=Glyph::Plus/>{tag}</button> }
    };
    view! {
        <div class="tags" role="group" aria-label=t(organize::TAG_KNOWN)>{offered.into_iter().map(chip).collect_view()}</div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::with_tag;

    #[test]
    fn a_tag_is_there_once_whatever_its_case() {
        let tags = with_tag(with_tag(Vec::new(), " Rust "), "rust");
        assert_eq!(tags, ["Rust"]);
        assert_eq!(with_tag(tags, "  "), ["Rust"]);
    }

    #[test]
    fn tags_have_a_limit() {
        let many = (0..30).fold(Vec::new(), |tags, number| with_tag(tags, &number.to_string()));
        assert_eq!(many.len(), 20);
        assert_eq!(with_tag(Vec::new(), &"长".repeat(50))[0].chars().count(), 40);
    }
}
