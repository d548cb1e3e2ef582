//! The dialog of a row: what is asked before a deed, and the password that one made.

use super::deed::Deed;
use super::row::Row;
use crate::components::given::Given;
use crate::components::ui::{Button, ButtonKind, Dialog, ErrorCard, TextField};
use crate::i18n::{common, fill, people as words, say, t};
use crate::reactive::draw;
use leptos::prelude::*;

/// Asks, and shows what came of it where that has to be handed over.
pub(super) fn question(row: Row) -> AnyView {
    // The words stay while the dialog leaves, so they follow the last question and not the present one.
    let last_asked = Memo::new(move |last: Option<&Option<Deed>>| row.asking.get().or(last.copied().flatten()));
    let title = move || {
        let title = match row.given.with(Option::is_some) {
            true => Some(words::GIVEN_TITLE),
            false => last_asked.get().and_then(Deed::question).map(|(title, _)| title),
        };
        title.map(|title| fill(title, &[("name", &row.name())])).unwrap_or_default()
    };
    let close = move || {
        row.asking.set(None);
        row.given.set(None);
    };
    let body = move || match (row.given.get(), last_asked.get()) {
        (Some(password), _) => {
            view! { <Given text=words::GIVEN_TEXT secret=password on_done=move |()| close()/> }.into_any()
        }
        (None, Some(deed)) => view! { <Asked row deed/> }.into_any(),
        (None, None) => ().into_any(),
    };
    view! {
        <Dialog
            open=Signal::derive(move || row.asking.get().is_some())
            on_close=close
            title
            steady=Signal::derive(move || row.given.with(Option::is_some))
        >
            {draw(body)}
        </Dialog>
    }
    .into_any()
}

#[component]
fn Asked(row: Row, deed: Deed) -> AnyView {
    let fault = move || row.typed.with(|typed| deed.fault(typed)).map(|text| say(text).to_owned());
    let send = move || {
        if untrack(fault).is_none() {
            row.run(deed);
        }
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if !row.busy.get_untracked() {
            send();
        }
    };
    let field = deed.takes().map(|(id, label, hint)| {
        view! { <TextField id label=t(label) value=row.typed hint=t(hint) error=Signal::derive(fault)/> }
    });
    let kind = if deed == Deed::Rename { ButtonKind::Primary } else { ButtonKind::Danger };
    view! {
        <form class="form" novalidate on:submit=submit>
            <p>{deed.question().map(|(_, text)| t(text))}</p>
            {field}
            {move || row.failure.get().map(|error| view! { <ErrorCard error/> })}
            <div class="dialog-actions">
                <Button label=t(common::CANCEL) on_press=move || row.asking.set(None)/>
                <Button label=t(deed.label()) kind busy=row.busy submit=true/>
            </div>
        </form>
    }
    .into_any()
}
