//! The dialog that imports a list of people: a file or a text, what it would make line by line, and the list with the
//! passwords that were made.

use crate::components::ui::{Button, ButtonKind, Dialog, ErrorCard, Glyph, TextArea};
use crate::i18n::{common, error_message, fill, people, roster as words, say, settings, t};
use crate::reactive::draw;
use crate::state::people::{List, People, use_people};
use crate::{dom, save, t};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::ApiError;
use shared::accounts::{UserRole, UserStatus};
use shared::people_csv::{ImportReport, ImportRow};
use std::sync::Arc;

/// Where the dialog stands.
#[derive(Clone)]
enum Step {
    Choosing,
    /// What a list would make.
    Looking(Arc<ImportReport>),
    /// How many people were made, and the list of their passwords.
    Done(usize, String),
}

/// What the dialog works with.
#[derive(Clone, Copy)]
struct Import {
    people: People,
    step: RwSignal<Step>,
    text: RwSignal<String>,
    /// The file that was chosen; browsers do not share theirs between threads, and there is one.
    file: StoredValue<Option<web_sys::File>, LocalStorage>,
    file_name: RwSignal<Option<String>>,
    pressed: RwSignal<bool>,
    busy: RwSignal<bool>,
    failure: RwSignal<Option<ApiError>>,
}

impl Import {
    fn new() -> Self {
        Self {
            people: use_people(),
            step: RwSignal::new(Step::Choosing),
            text: RwSignal::default(),
            file: StoredValue::new_local(None),
            file_name: RwSignal::new(None),
            pressed: RwSignal::new(false),
            busy: RwSignal::new(false),
            failure: RwSignal::new(None),
        }
    }

    fn clear(self) {
        self.step.set(Step::Choosing);
        self.text.set(String::new());
        self.file.set_value(None);
        self.file_name.set(None);
        self.pressed.set(false);
        self.failure.set(None);
    }

    fn is_empty(self) -> bool {
        self.file_name.with(Option::is_none) && self.text.with(|text| text.trim().is_empty())
    }

    fn is_done(self) -> bool {
        self.step.with(|step| matches!(step, Step::Done(..)))
    }

    fn list(self) -> List {
        match self.file.get_value() {
            Some(file) => List::File(file),
            None => List::Text(self.text.get_untracked()),
        }
    }

    /// Looks at the list, or has it made.
    fn send(self, check: bool) {
        self.pressed.set(true);
        if self.busy.get_untracked() || untrack(|| self.is_empty()) {
            return;
        }
        self.busy.set(true);
        self.failure.set(None);
        let list = self.list();
        spawn_local(async move {
            let result = self.people.import(&list, check).await;
            self.busy.try_set(false);
            match result {
                Ok(ImportReport { csv: Some(csv), rows, .. }) => self.step.try_set(Step::Done(rows.len(), csv)),
                Ok(report) => self.step.try_set(Step::Looking(Arc::new(report))),
                Err(error) => {
                    self.failure.try_set(Some(error));
                    None
                }
            };
        });
    }
}

/// The dialog.
#[component]
pub fn ImportPeople(
    /// Whether it is open.
    open: RwSignal<bool>,
) -> AnyView {
    let import = Import::new();
    let close = move || {
        open.set(false);
        import.clear();
    };
    let title = move || match import.step.get() {
        Step::Done(count, _) => fill(words::DONE_TITLE, &[("count", &count.to_string())]),
        _ => say(words::IMPORT).to_owned(),
    };
    let body = move || match import.step.get() {
        Step::Choosing => view! { <Choosing import on_close=move |()| close()/> }.into_any(),
        Step::Looking(report) => view! { <Looking import report/> }.into_any(),
        Step::Done(_, csv) => view! { <Made csv on_close=move |()| close()/> }.into_any(),
    };
    view! {
        <Dialog open on_close=close title steady=Signal::derive(move || import.is_done())>
            {draw(body)}
            {move || import.failure.get().map(|error| view! { <ErrorCard error/> })}
        </Dialog>
    }
    .into_any()
}

#[component]
fn Choosing(import: Import, #[prop(into)] on_close: Callback<()>) -> AnyView {
    let input = NodeRef::<html::Input>::new();
    let chosen = move |event: web_sys::Event| {
        let field: web_sys::HtmlInputElement = event_target(&event);
        let file = field.files().and_then(|files| files.get(0));
        // The same file chosen again is a choice, too.
        field.set_value("");
        if let Some(file) = file {
            import.file_name.set(Some(file.name()));
            import.file.set_value(Some(file));
            import.send(true);
        }
    };
    let choose = move || {
        if let Some(input) = input.get_untracked() {
            dom::press(&input);
        }
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        // What was typed last counts.
        if import.text.with_untracked(|text| !text.trim().is_empty()) {
            import.file.set_value(None);
            import.file_name.set(None);
        }
        import.send(true);
    };
    let missing = move || (import.pressed.get() && import.is_empty()).then(|| say(words::EMPTY).to_owned());
    view! {
        <form class="form" novalidate on:submit=submit>
            <p>{t(words::INTRO)}</p>
            <div class="import-file">
                <input
                    node_ref=input
                    type="file"
                    accept=".csv,.txt,text/csv,text/plain"
                    hidden
                    aria-label=t(words::FILE)
                    on:change=chosen
                />
                <Button label=t(words::FILE) glyph=Glyph::FileText busy=import.busy on_press=choose/>
                <span class="quiet">{move || import.file_name.get()}</span>
            </div>
            <TextArea
                id="import-text"
                label=t(words::PASTE)
                value=import.text
                hint=t(words::PASTE_HINT)
                error=Signal::derive(missing)
                code=true
            />
            <div class="dialog-actions">
                <Button label=t(common::CANCEL) on_press=on_close/>
                <Button label=t(words::CHECK) kind=ButtonKind::Primary submit=true busy=import.busy/>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn Looking(import: Import, report: Arc<ImportReport>) -> AnyView {
    let faults = report.rows.iter().filter(|row| row.error.is_some()).count();
    let (text, count) = if faults == 0 { (words::READY, report.rows.len()) } else { (words::FAULTS, faults) };
    let strange = report.ignored.join(", ");
    let ignored =
        (!strange.is_empty()).then(move || view! { <p class="quiet">{t!(words::IGNORED, list = strange.clone())}</p> });
    // What cannot be made comes first: it is what there is to do.
    let (wrong, right): (Vec<ImportRow>, Vec<ImportRow>) =
        report.rows.iter().cloned().partition(|row| row.error.is_some());
    let rows = wrong.into_iter().chain(right).map(|row| view! { <Line row/> }).collect_view();
    let back = move || {
        import.failure.set(None);
        import.step.set(Step::Choosing);
    };
    let add = (faults == 0).then(|| {
        view! {
            <Button
                label=t(words::ADD)
                kind=ButtonKind::Primary
                busy=import.busy
                on_press=move || import.send(false)
            />
        }
    });
    view! {
        <p role="status">{t!(text, count = count.to_string())}</p>
        {ignored}
        <ul class="rows import-rows" tabindex="0" aria-label=t(words::IMPORT)>{rows}</ul>
        <div class="dialog-actions">
            <Button label=t(words::BACK) on_press=back/>
            {add}
        </div>
    }
    .into_any()
}

#[component]
fn Line(row: ImportRow) -> AnyView {
    let status = match row.status {
        UserStatus::Pending => Some(settings::STATUS_PENDING),
        UserStatus::Disabled => Some(settings::STATUS_DISABLED),
        UserStatus::Active | UserStatus::Rejected => None,
    };
    let password = if row.has_password { words::GIVEN } else { words::MADE };
    let is_admin = row.role == UserRole::Admin;
    let line = row.line.to_string();
    let note = match row.error {
        Some(error) => view! { <p class="row-note row-trouble">{move || error_message(&error)}</p> }.into_any(),
        None => view! { <p class="row-note">{t(password)}</p> }.into_any(),
    };
    view! {
        <li class="row">
            <div class="row-words">
                <p class="row-title">
                    <strong>{row.username}</strong>
                    {is_admin.then(|| view! { <span class="chip">{t(settings::ROLE_ADMIN)}</span> })}
                    {status.map(|text| view! { <span class="chip">{t(text)}</span> })}
                    <span class="quiet">{t!(words::LINE, line = line.clone())}</span>
                </p>
                {note}
            </div>
        </li>
    }
    .into_any()
}

#[component]
fn Made(csv: String, #[prop(into)] on_close: Callback<()>) -> AnyView {
    view! {
        <p>{t(words::DONE_TEXT)}</p>
        <div class="dialog-actions">
            <Button
                label=t(words::SAVE)
                glyph=Glyph::Download
                on_press=move || save::text(&csv, "aichat-people.csv")
            />
            <Button label=t(people::DONE) kind=ButtonKind::Primary on_press=on_close/>
        </div>
    }
    .into_any()
}
