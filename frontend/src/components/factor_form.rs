//! Setting up a second factor: a picture to scan, a first code, and the recovery codes. On a page of its own where it has to
//! be done first, else in a dialog.

use crate::api;
use crate::components::given::Given;
use crate::components::ui::{Button, ButtonKind, CopyButton, ErrorCard, FieldKind, Skeleton, TextField};
use crate::dom;
use crate::i18n::{auth, common, error_message, factor as words, say, t};
use crate::reactive::draw;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::second_factor::NewSecondFactor;
use shared::{ApiError, ErrorCode};
use std::sync::Arc;

/// Where the setting up stands.
#[derive(Clone)]
enum Step {
    Asking,
    Failed(ApiError),
    Scan(NewSecondFactor),
    Done(Vec<String>),
}

/// The field of a code, with what is wrong with it.
#[derive(Clone, Copy)]
pub struct CodeEntry {
    /// What was typed.
    pub value: RwSignal<String>,
    /// Whether it was sent, so that an empty field is wrong.
    pub pressed: RwSignal<bool>,
    /// Why the server refused it.
    pub refused: RwSignal<Option<ApiError>>,
}

impl Default for CodeEntry {
    fn default() -> Self {
        Self { value: RwSignal::default(), pressed: RwSignal::new(false), refused: RwSignal::new(None) }
    }
}

impl CodeEntry {
    /// What to send; none leaves the person at the empty field.
    #[must_use]
    pub fn take(self, id: &str) -> Option<String> {
        self.pressed.set(true);
        let typed = self.value.get_untracked().trim().to_owned();
        if typed.is_empty() {
            dom::focus_id(id);
            return None;
        }
        self.refused.set(None);
        Some(typed)
    }

    /// Takes in a refusal, and leads back to the field.
    pub fn refuse(self, id: &str, error: ApiError) {
        self.refused.try_set(Some(error));
        dom::focus_id(id);
    }

    fn error(self) -> Option<String> {
        let empty = self.pressed.get() && self.value.with(|value| value.trim().is_empty());
        let wrong = || self.refused.get().filter(is_of_field).map(|error| error_message(&error));
        empty.then(|| say(words::CODE_MISSING).to_owned()).or_else(wrong)
    }

    /// What the server says that is not about the code; tracked.
    #[must_use]
    pub fn other(self) -> Option<ApiError> {
        self.refused.get().filter(|error| !is_of_field(error))
    }
}

fn is_of_field(error: &ApiError) -> bool {
    error.known() == Some(ErrorCode::AuthCode)
}

/// The field of a code. Phones offer digits, and fill in a code that they know.
#[component]
pub fn CodeField(
    /// Its id.
    id: &'static str,
    /// What is typed.
    entry: CodeEntry,
    /// Whether a recovery code will do: then it takes letters.
    #[prop(optional)]
    recovery: bool,
) -> AnyView {
    let (kind, label) =
        if recovery { (FieldKind::Text, words::CODE_OR_RECOVERY) } else { (FieldKind::Number, words::CODE) };
    view! {
        <TextField
            id
            kind
            label=t(label)
            value=entry.value
            error=Signal::derive(move || entry.error())
            autocomplete="one-time-code"
            required=true
        />
    }
    .into_any()
}

/// Sets a second factor up.
#[component]
pub fn FactorForm(
    /// What happens once the recovery codes were seen.
    #[prop(into)]
    on_done: Callback<()>,
) -> AnyView {
    let step = RwSignal::new(Step::Asking);
    let begin = move || {
        step.set(Step::Asking);
        spawn_local(async move {
            let begun = api::second_factor::begin().await;
            step.try_set(begun.map_or_else(Step::Failed, Step::Scan));
        });
    };
    begin();
    let body = move || match step.get() {
        Step::Asking => view! { <Skeleton rows=4/> }.into_any(),
        Step::Failed(error) => view! { <ErrorCard error on_retry=begin/> }.into_any(),
        Step::Scan(new) => view! { <Scan new step/> }.into_any(),
        Step::Done(codes) => view! { <Given text=words::CODES_TEXT secret=codes.join("\n") on_done/> }.into_any(),
    };
    draw(body)
}

/// Where the picture is: the browser draws it as a picture, so nothing in it could run.
fn source(qr: &str) -> String {
    format!("data:image/svg+xml,{}", api::escape(qr))
}

#[component]
fn Scan(new: NewSecondFactor, step: RwSignal<Step>) -> AnyView {
    let entry = CodeEntry::default();
    let busy = RwSignal::new(false);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let Some(code) = entry.take("factor-code") else { return };
        busy.set(true);
        spawn_local(async move {
            let confirmed = api::second_factor::confirm(code).await;
            busy.try_set(false);
            match confirmed {
                Ok(made) => drop(step.try_set(Step::Done(made.codes))),
                Err(error) => entry.refuse("factor-code", error),
            }
        });
    };
    let other = move || entry.other().map(|error| view! { <ErrorCard error/> });
    let secret = new.secret.clone();
    view! {
        <form class="form factor" novalidate on:submit=submit>
            <p>{t(words::SCAN)}</p>
            <img class="factor-qr" src=source(&new.qr) alt=t(words::QR)/>
            <p class="factor-app"><a href=new.uri>{t(words::OPEN_APP)}</a></p>
            <div class="key-try">
                <p class="field-label">{t(words::SECRET)}</p>
                <CopyButton text=Arc::new(move || secret.clone()) label=words::COPY_SECRET/>
            </div>
            <p class="given"><code>{grouped(&new.secret)}</code></p>
            <CodeField id="factor-code" entry/>
            {draw(other)}
            <Button label=t(words::CONFIRM) kind=ButtonKind::Primary submit=true busy/>
        </form>
    }
    .into_any()
}

/// In groups of four, for typing.
fn grouped(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// Asks for a code and, of whoever has one, the password; then does something with both.
#[component]
pub fn ProofForm(
    /// What happens then.
    text: crate::i18n::Text,
    /// What the button says.
    action: crate::i18n::Text,
    /// Whether the password is asked for.
    with_password: bool,
    /// Whether a recovery code will do.
    #[prop(optional)]
    recovery: bool,
    /// Whether the button takes something away.
    #[prop(optional)]
    danger: bool,
    /// Does it; the form shows what is answered.
    #[prop(into)]
    on_send: Callback<(Proof, CodeEntry)>,
    /// Whether it is under way.
    busy: RwSignal<bool>,
    /// What Cancel does.
    #[prop(into)]
    on_cancel: Callback<()>,
) -> AnyView {
    let entry = CodeEntry::default();
    let password = RwSignal::new(String::new());
    let wrong_password = move || {
        let is_password = |error: &ApiError| error.known() == Some(ErrorCode::AuthPassword);
        let missing = entry.pressed.get() && password.with(String::is_empty);
        let missing = missing.then(|| say(auth::PASSWORD_MISSING).to_owned());
        missing.or_else(|| entry.refused.get().filter(is_password).map(|error| error_message(&error)))
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        entry.pressed.set(true);
        if with_password && password.with_untracked(String::is_empty) {
            return dom::focus_id("proof-password");
        }
        if busy.get_untracked() {
            return;
        }
        let Some(code) = entry.take("proof-code") else { return };
        let password = with_password.then(|| password.get_untracked());
        on_send.run((Proof { password, code }, entry));
    };
    let other = move || {
        let error = entry.other().filter(|error| error.known() != Some(ErrorCode::AuthPassword));
        error.map(|error| view! { <ErrorCard error/> })
    };
    let field = with_password.then(|| {
        view! {
            <TextField
                id="proof-password"
                kind=FieldKind::Password
                label=t(auth::PASSWORD)
                value=password
                error=Signal::derive(wrong_password)
                autocomplete="current-password"
                required=true
            />
        }
    });
    let kind = if danger { ButtonKind::Danger } else { ButtonKind::Primary };
    view! {
        <form class="form" novalidate on:submit=submit>
            <p>{t(text)}</p>
            {field}
            <CodeField id="proof-code" entry recovery/>
            {draw(other)}
            <div class="dialog-actions">
                <Button label=t(common::CANCEL) on_press=on_cancel/>
                <Button label=t(action) kind submit=true busy/>
            </div>
        </form>
    }
    .into_any()
}

/// What somebody shows.
#[derive(Clone)]
pub struct Proof {
    /// The password, where it was asked for.
    pub password: Option<String>,
    /// The code.
    pub code: String,
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn a_secret_is_shown_in_groups_of_four() {
        assert_eq!(grouped("ABCDEFGHIJ"), "ABCD EFGH IJ");
    }
}
