//! The picture of the signed-in person: chosen from their files, or the initial of their name.

use crate::api;
use crate::components::picture_row::{Done, PictureRow};
use crate::i18n::settings;
use crate::reactive::{draw, memo};
use crate::state::account::use_account;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::File;

/// The setting.
#[component]
pub fn AvatarRow() -> AnyView {
    let account = use_account();
    let picture = memo(move || account.user.get().and_then(|user| user.avatar));
    let initial = move || account.user.get().and_then(|user| user.username.chars().next());
    let face = move || match picture.get() {
        Some(path) => view! { <img class="face" src=path alt="" width="48" height="48"/> }.into_any(),
        None => view! { <span class="face" aria-hidden="true">{initial}</span> }.into_any(),
    };
    let change = Callback::new(move |(file, done): (Option<File>, Done)| {
        spawn_local(async move {
            let answer = match &file {
                Some(file) => api::auth::set_avatar(file).await,
                None => api::auth::remove_avatar().await,
            };
            done.run(answer.map(|user| account.set_user(user)));
        });
    });
    view! {
        <PictureRow
            id="avatar"
            label=settings::AVATAR
            text=settings::AVATAR_TEXT
            has=Signal::derive(move || picture.with(Option::is_some))
            shown=draw(face)
            on_change=change
        />
    }
    .into_any()
}
