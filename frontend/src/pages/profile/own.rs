//! What a person sets for themselves: their name, words for models, the model of new chats; and what their files take.

use crate::api;
use crate::components::model_setting::ModelValue;
use crate::components::setting_row::{Saving, SettingRow, note};
use crate::components::text_row::{Done, TextRow};
use crate::components::ui::{Button, ErrorCard, TextField};
use crate::i18n::{auth, common, fill, say, settings, t};
use crate::reactive::{draw, memo};
use crate::state::account::{Account, use_account};
use crate::state::credentials::name_fault;
use crate::state::typed::{follows, settle};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::accounts::UpdateMe;
use shared::files::FileUsage;
use shared::{ApiError, ModelId};

async fn save(account: Account, change: UpdateMe) -> Result<(), ApiError> {
    account.set_user(api::auth::update_me(&change).await?);
    Ok(())
}

/// The user name: what others see, and what one signs in with.
#[component]
pub fn NameRow() -> AnyView {
    let account = use_account();
    let stored = memo(move || account.user.get().map(|user| user.username).unwrap_or_default());
    let typed = follows("username", stored);
    let (saving, busy) = (RwSignal::new(Saving::Idle), RwSignal::new(false));
    let changed = memo(move || typed.with(|typed| typed.trim() != stored.read().as_str()));
    let fault = move || typed.with(|typed| name_fault(typed));
    let error = Signal::derive(move || fault().filter(|_| changed.get()).map(|text| say(text).to_owned()));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if untrack(fault).is_some() || busy.get_untracked() {
            return;
        }
        busy.set(true);
        let sent = typed.get_untracked();
        let change = UpdateMe { username: Some(sent.trim().to_owned()), ..UpdateMe::default() };
        spawn_local(async move {
            let result = save(account, change).await;
            busy.try_set(false);
            if result.is_ok() {
                settle(typed, &sent, &stored.try_get_untracked().unwrap_or_else(|| sent.clone()));
            }
            note(saving, result);
        });
    };
    view! {
        <SettingRow id="username" label=t(auth::USERNAME) text=t(settings::USERNAME_TEXT) saving>
            <form class="setting-line" novalidate on:submit=submit>
                <TextField id="username-field" label=t(auth::USERNAME) value=typed autocomplete="username" error/>
                {move || changed.get().then(|| view! { <Button label=t(common::SAVE) submit=true busy/> })}
            </form>
        </SettingRow>
    }
    .into_any()
}

/// What models are told about the person.
#[component]
pub fn AboutRow() -> AnyView {
    let account = use_account();
    let stored = memo(move || account.user.get().and_then(|user| user.about).unwrap_or_default());
    let store = Callback::new(move |(text, done): (String, Done)| {
        let change = UpdateMe { about: Some(text), ..UpdateMe::default() };
        spawn_local(async move { done.run(save(account, change).await) });
    });
    view! { <TextRow id="about" label=settings::ABOUT text=settings::ABOUT_TEXT stored on_save=store/> }.into_any()
}

/// The model of new chats.
#[component]
pub fn MyModelRow() -> AnyView {
    let account = use_account();
    let saving = RwSignal::new(Saving::Idle);
    let value = Signal::derive(move || account.user.get().and_then(|user| user.default_model));
    let choose = move |id: Option<ModelId>| {
        let change = UpdateMe { default_model: Some(id.unwrap_or_else(|| "".into())), ..UpdateMe::default() };
        spawn_local(async move { note(saving, save(account, change).await) });
    };
    view! {
        <SettingRow id="my-model" label=t(settings::MY_MODEL) text=t(settings::MY_MODEL_TEXT) saving>
            <ModelValue none=settings::MY_MODEL_NONE value on_choose=choose/>
        </SettingRow>
    }
    .into_any()
}

/// Mebibytes with one place: `12.3 MiB`.
fn mebibytes(bytes: u64) -> String {
    const MEBIBYTE: u64 = 1 << 20;
    let tenths = bytes.saturating_mul(10) / MEBIBYTE;
    if tenths.is_multiple_of(10) {
        format!("{} MiB", tenths / 10)
    } else {
        format!("{}.{} MiB", tenths / 10, tenths % 10)
    }
}

/// What the person's files take.
#[component]
pub fn FileSpaceRow() -> AnyView {
    let usage = RwSignal::new(None::<api::ApiResult<FileUsage>>);
    spawn_local(async move {
        let answer = api::auth::file_usage().await;
        usage.try_set(Some(answer));
    });
    let body = move || match usage.get() {
        None => ().into_any(),
        Some(Err(error)) => view! { <ErrorCard error/> }.into_any(),
        Some(Ok(FileUsage { used, quota })) => {
            let words =
                move || fill(settings::FILE_SPACE_USED, &[("used", &mebibytes(used)), ("quota", &mebibytes(quota))]);
            view! { <span class="quiet">{words}</span> }.into_any()
        }
    };
    view! {
        <SettingRow id="file-space" label=t(settings::FILE_SPACE) text=t(settings::FILE_SPACE_TEXT)>
            {draw(body)}
        </SettingRow>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::mebibytes;

    #[test]
    fn sizes_have_one_place_where_it_says_something() {
        let sizes = [0, 104_858, 1 << 20, 12_897_485, 1 << 30].map(mebibytes);
        assert_eq!(sizes, ["0 MiB", "0.1 MiB", "1 MiB", "12.3 MiB", "1024 MiB"]);
    }
}
