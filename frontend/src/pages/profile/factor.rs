//! The second factor of the person: set up, recovery codes anew, turned off.

use crate::api;
use crate::components::factor_form::{CodeEntry, FactorForm, Proof, ProofForm};
use crate::components::given::Given;
use crate::components::setting_row::SettingRow;
use crate::components::ui::{Button, Dialog, ErrorCard};
use crate::i18n::{factor as words, fill, language, say, t};
use crate::reactive::{draw, memo};
use crate::state::account::use_account;
use crate::state::toasts::use_toasts;
use crate::time;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::second_factor::{RemoveSecondFactor, SecondFactor};

/// What is asked in the dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    SetUp,
    Renew,
    TurnOff,
}

/// What the row works with.
#[derive(Clone, Copy)]
struct Row {
    status: RwSignal<Option<api::ApiResult<SecondFactor>>>,
    asked: RwSignal<Option<Asked>>,
    /// New recovery codes, as long as they are shown.
    codes: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
}

impl Row {
    fn reload(self) {
        spawn_local(async move {
            let answer = api::second_factor::status().await;
            self.status.try_set(Some(answer));
        });
    }

    fn close(self) {
        self.asked.set(None);
        self.codes.set(None);
        self.reload();
    }
}

/// The setting.
#[component]
pub fn FactorRow() -> AnyView {
    let account = use_account();
    let row = Row {
        status: RwSignal::new(None),
        asked: RwSignal::new(None),
        codes: RwSignal::new(None),
        busy: RwSignal::new(false),
    };
    row.reload();
    let control = move || match row.status.get() {
        None => ().into_any(),
        Some(Err(error)) => view! { <ErrorCard error on_retry=move || row.reload()/> }.into_any(),
        Some(Ok(SecondFactor { since: None, .. })) => {
            view! { <Button label=t(words::SET_UP) on_press=move || row.asked.set(Some(Asked::SetUp))/> }.into_any()
        }
        Some(Ok(factor)) => view! { <Standing row factor/> }.into_any(),
    };
    let title = memo(move || match (row.asked.get(), row.codes.with(Option::is_some)) {
        (_, true) => words::CODES_TITLE,
        (Some(Asked::Renew), _) => words::NEW_CODES,
        (Some(Asked::TurnOff), _) => words::TURN_OFF_TITLE,
        (Some(Asked::SetUp) | None, _) => words::SET_UP_TITLE,
    });
    let body = move || match (row.codes.get(), row.asked.get()) {
        (Some(codes), _) => {
            view! { <Given text=words::CODES_TEXT secret=codes on_done=move |()| row.close()/> }.into_any()
        }
        (None, Some(Asked::SetUp)) => {
            let done = move |()| {
                row.close();
                account.set_second_factor(true);
            };
            view! { <FactorForm on_done=done/> }.into_any()
        }
        (None, Some(Asked::Renew)) => view! { <Renew row/> }.into_any(),
        (None, Some(Asked::TurnOff)) => view! { <TurnOff row/> }.into_any(),
        (None, None) => ().into_any(),
    };
    view! {
        <SettingRow id="second-factor" label=t(words::FACTOR) text=t(words::FACTOR_TEXT)>{draw(control)}</SettingRow>
        <Dialog
            open=Signal::derive(move || row.asked.get().is_some())
            on_close=move || row.close()
            title=move || say(title.get())
            steady=Signal::derive(move || row.asked.get() == Some(Asked::SetUp) || row.codes.with(Option::is_some))
        >
            {draw(body)}
        </Dialog>
    }
    .into_any()
}

/// What is said of one that stands, and what can be done with it.
#[component]
fn Standing(row: Row, factor: SecondFactor) -> AnyView {
    let words = move || {
        let date = factor.since.as_deref().map(|since| time::date(since, language())).unwrap_or_default();
        fill(words::SINCE, &[("date", &date), ("count", &factor.recovery_codes.to_string())])
    };
    view! {
        <div class="factor-standing">
            <span class="quiet">{words}</span>
            <Button label=t(words::NEW_CODES) on_press=move || row.asked.set(Some(Asked::Renew))/>
            <Button label=t(words::TURN_OFF) on_press=move || row.asked.set(Some(Asked::TurnOff))/>
        </div>
    }
    .into_any()
}

#[component]
fn Renew(row: Row) -> AnyView {
    let send = move |(proof, entry): (Proof, CodeEntry)| {
        row.busy.set(true);
        spawn_local(async move {
            let made = api::second_factor::renew(proof.code).await;
            row.busy.try_set(false);
            match made {
                Ok(made) => drop(row.codes.try_set(Some(made.codes.join("\n")))),
                Err(error) => entry.refuse("proof-code", error),
            }
        });
    };
    view! {
        <ProofForm
            text=words::NEW_CODES_TEXT
            action=words::NEW_CODES
            with_password=false
            recovery=true
            on_send=send
            busy=row.busy
            on_cancel=move |()| row.close()
        />
    }
    .into_any()
}

#[component]
fn TurnOff(row: Row) -> AnyView {
    let (account, toasts) = (use_account(), use_toasts());
    let with_password = account.user.with_untracked(|user| user.as_ref().is_none_or(|user| !user.passwordless));
    let send = move |(proof, entry): (Proof, CodeEntry)| {
        row.busy.set(true);
        spawn_local(async move {
            let wish = RemoveSecondFactor { password: proof.password, code: proof.code };
            let removed = api::second_factor::remove(&wish).await;
            row.busy.try_set(false);
            match removed {
                Ok(()) => {
                    row.close();
                    account.set_second_factor(false);
                    toasts.confirm(say(words::TURNED_OFF));
                }
                Err(error) => entry.refuse("proof-code", error),
            }
        });
    };
    view! {
        <ProofForm
            text=words::TURN_OFF_TEXT
            action=words::TURN_OFF
            with_password
            recovery=true
            danger=true
            on_send=send
            busy=row.busy
            on_cancel=move |()| row.close()
        />
    }
    .into_any()
}
