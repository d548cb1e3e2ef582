//! Logo and colour of the server, with a look at both before they are saved.

use crate::api;
use crate::components::brand::Brand;
use crate::components::picture_row::{Done, PictureRow};
use crate::components::setting_row::{Saving, SettingRow, note};
use crate::components::ui::{Button, ButtonKind, TextField};
use crate::i18n::{Text, brand as words, common, say, t};
use crate::reactive::{draw, memo};
use crate::state::account::use_account;
use crate::state::settings::use_settings;
use crate::state::typed::{follows, settle};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::colour::{Accent, DARK, Ground, LIGHT, Rgb, accents};
use shared::settings::SetSetting;
use shared::settings::fields::BRAND_COLOUR;
use web_sys::File;

/// The picture beside the name.
#[component]
pub fn LogoRow() -> AnyView {
    let account = use_account();
    let logo = memo(move || account.branding.with(|branding| branding.logo.clone()));
    let picture = move || logo.get().map(|logo| view! { <img class="brand-logo" src=logo alt=""/> });
    let change = Callback::new(move |(file, done): (Option<File>, Done)| {
        spawn_local(async move {
            let answer = match &file {
                Some(file) => api::settings::set_logo(file).await,
                None => api::settings::remove_logo().await,
            };
            done.run(answer.map(|branding| account.set_branding(branding)));
        });
    });
    view! {
        <PictureRow
            id="brand-logo"
            label=words::LOGO
            text=words::LOGO_TEXT
            accept="image/png,image/jpeg,image/webp"
            has=Signal::derive(move || logo.with(Option::is_some))
            shown=draw(picture)
            on_change=change
        />
    }
    .into_any()
}

/// The colour that marks what matters.
#[component]
pub fn ColourRow() -> AnyView {
    let store = use_settings();
    let setting = store.find(BRAND_COLOUR.key);
    let stored =
        memo(move || setting.get().and_then(|setting| setting.value.as_str().map(str::to_owned)).unwrap_or_default());
    let typed = follows(BRAND_COLOUR.id, stored);
    let (saving, busy) = (RwSignal::new(Saving::Idle), RwSignal::new(false));
    let changed = memo(move || typed.with(|typed| typed.trim() != stored.read().as_str()));
    // None is the product's own; an error is no colour.
    let wish = memo(move || {
        typed.with(|typed| {
            let typed = typed.trim();
            if typed.is_empty() { Ok(None) } else { Rgb::parse(typed).map(Some).ok_or(()) }
        })
    });
    let error = Signal::derive(move || wish.get().is_err().then(|| say(words::COLOUR_RULE).to_owned()));
    let store_it = move |value: String| {
        busy.set(true);
        spawn_local(async move {
            let sent = SetSetting { value: value.clone().into() };
            let result = store.set(BRAND_COLOUR.key, sent).await;
            busy.try_set(false);
            if result.is_ok() {
                settle(typed, &value, &stored.try_get_untracked().unwrap_or_default());
            }
            note(saving, result);
        });
    };
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if wish.get_untracked().is_ok() && !busy.get_untracked() {
            store_it(typed.get_untracked());
        }
    };
    let well = move || wish.get().ok().flatten().map_or_else(|| OWN.to_owned(), Rgb::hex);
    let reset = move || {
        typed.set(String::new());
        store_it(String::new());
    };
    let buttons = move || {
        let has_own = !stored.read().is_empty();
        view! {
            {changed.get().then(|| view! { <Button label=t(common::SAVE) submit=true busy/> })}
            {has_own.then(|| view! { <Button label=t(words::COLOUR_RESET) kind=ButtonKind::Quiet busy on_press=reset/> })}
        }
    };
    view! {
        <SettingRow id=BRAND_COLOUR.id label=t(Text::name(&BRAND_COLOUR)) text=t(Text::sentence(&BRAND_COLOUR)) saving>
            <form class="setting-line brand-colour" novalidate on:submit=save>
                <input
                    type="color"
                    aria-label=t(words::COLOUR_WELL)
                    prop:value=well
                    on:input:target=move |event| typed.set(event.target().value())
                />
                <TextField id="brand-colour-field" label=t(Text::name(&BRAND_COLOUR)) value=typed error placeholder=OWN/>
                {draw(buttons)}
            </form>
        </SettingRow>
        {draw(move || view! { <Samples colour=wish.get().ok().flatten()/> })}
    }
    .into_any()
}

/// The product's own colour.
const OWN: &str = "#1f6b52";

/// How the brand looks in both themes; nothing without a colour of its own.
#[component]
fn Samples(colour: Option<Rgb>) -> AnyView {
    let Some(colour) = colour else { return ().into_any() };
    let both = accents(colour);
    view! {
        <div class="brand-samples">
            {sample(&LIGHT, &both.light, common::THEME_LIGHT)}
            {sample(&DARK, &both.dark, common::THEME_DARK)}
        </div>
    }
    .into_any()
}

fn sample(ground: &Ground, accent: &Accent, theme: Text) -> AnyView {
    let values = [
        ("canvas", ground.canvas.hex()),
        ("selected", ground.selected.hex()),
        ("text", ground.text.hex()),
        ("accent", accent.accent.clone()),
        ("on-accent", accent.on_accent.clone()),
        ("soft", accent.accent_soft.clone()),
        ("on-soft", accent.on_accent_soft.clone()),
    ];
    let style = values.map(|(name, value)| format!("--sample-{name}:{value}")).join(";");
    view! {
        <div class="brand-sample" style=style role="group" aria-label=t(theme)>
            <div class="sample-row"><Brand/></div>
            <div class="sample-actions">
                <span class="sample-button">{t(common::SAVE)}</span>
                <span class="sample-link">{t(words::SAMPLE_LINK)}</span>
                <span class="sample-soft">{t(words::SAMPLE_MARK)}</span>
            </div>
        </div>
    }
    .into_any()
}
