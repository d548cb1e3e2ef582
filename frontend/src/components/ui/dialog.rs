//! Modal dialogs on the browser's own `<dialog>`: it traps the focus and makes the rest inert. On phones a sheet.

use super::{Button, ButtonKind, ErrorCard, Glyph, IconButton};
use crate::i18n::{common, t};
use crate::reactive::{draw, effect};
use crate::{back, dom, marks};
use leptos::html;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use shared::ApiError;
use wasm_bindgen::JsCast;

/// A modal dialog. Its content is made when it opens and dropped when it closes.
#[component]
pub fn Dialog(
    /// Whether it is open.
    #[prop(into)]
    open: Signal<bool>,
    /// The wish to close it: Esc, the cross, a press beside it unless something was typed.
    #[prop(into)]
    on_close: Callback<()>,
    /// Its title.
    #[prop(into)]
    title: TextProp,
    /// How it looks.
    #[prop(default = "dialog")]
    class: &'static str,
    /// Whether a press beside it leaves it open: what it shows does not come again.
    #[prop(optional, into)]
    steady: Signal<bool>,
    /// Its content.
    children: ChildrenFn,
) -> AnyView {
    let children = StoredValue::new(children);
    let title = StoredValue::new(title);
    let body = move || {
        open.get().then(|| {
            let (title, content) = (title.get_value(), children.with_value(|children| children()));
            view! { <Modal title class on_close steady content/> }
        })
    };
    draw(body)
}

#[component]
fn Modal(
    title: TextProp,
    class: &'static str,
    on_close: Callback<()>,
    steady: Signal<bool>,
    content: AnyView,
) -> AnyView {
    let node = NodeRef::<html::Dialog>::new();
    let before = StoredValue::new_local(dom::focused());
    effect(move || {
        if let Some(dialog) = node.get()
            && !dialog.open()
        {
            // Fails only when the dialog is already open or has left the page.
            let _ = dialog.show_modal();
            focus_content(&dialog);
        }
    });
    marks::hold(marks::DIALOG, || true);
    on_cleanup(move || {
        // As long as the dialog is on the page everything else is inert and takes no focus.
        if let Some(Some(element)) = before.try_get_value() {
            queue_microtask(move || dom::focus(&element));
        }
    });
    if dom::is_phone() {
        back::closes(move || on_close.run(()));
    }
    let cancel = move |event: web_sys::Event| {
        event.prevent_default();
        on_close.run(());
    };
    // What is typed is not lost to a press that missed. A search is no loss.
    let touched = StoredValue::new(false);
    let typed = move |event: web_sys::Event| {
        let field = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let is_search = field.is_some_and(|field| field.matches("[type=search], [role=combobox]").unwrap_or(false));
        if !is_search {
            touched.set_value(true);
        }
    };
    let press = move |event: web_sys::PointerEvent| {
        // The box covers the dialog, so a press on the dialog itself is one on its backdrop.
        if event.target() == event.current_target() && !touched.get_value() && !steady.get_untracked() {
            on_close.run(());
        }
    };
    view! {
        <dialog node_ref=node class=class aria-labelledby="dialog-title" on:cancel=cancel on:input=typed on:pointerdown=press>
            <div class="dialog-box">
                <header class="dialog-head">
                    <h2 id="dialog-title">{move || title.get()}</h2>
                    <IconButton name=t(common::CLOSE) glyph=Glyph::X on_press=on_close/>
                </header>
                <div class="dialog-body">{content}</div>
            </div>
        </dialog>
    }
    .into_any()
}

/// Focuses what the dialog is about instead of its cross. Not on phones, where the keyboard would cover it.
fn focus_content(dialog: &web_sys::HtmlDialogElement) {
    if !dom::is_phone()
        && let Some(first) = dom::all(dialog, ".dialog-body :is(input, select, textarea, button)").first()
    {
        dom::focus(first);
    }
}

/// A question before something is taken away: one sentence, the action in words, Cancel.
#[component]
pub fn Confirm(
    /// Whether it is open.
    #[prop(into)]
    open: Signal<bool>,
    /// The wish to close it.
    #[prop(into)]
    on_close: Callback<()>,
    /// What is asked.
    #[prop(into)]
    title: TextProp,
    /// What will happen.
    #[prop(into)]
    text: TextProp,
    /// The action, a verb.
    #[prop(into)]
    action: TextProp,
    /// What confirming does. It closes the dialog itself when it is done.
    #[prop(into)]
    on_confirm: Callback<()>,
    /// Whether its work is under way.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Why it did not work.
    #[prop(optional, into)]
    error: Signal<Option<ApiError>>,
) -> AnyView {
    let (text, action) = (StoredValue::new(text), StoredValue::new(action));
    view! {
        <Dialog open on_close title>
            <p>{move || text.with_value(TextProp::get)}</p>
            {move || error.get().map(|error| view! { <ErrorCard error/> })}
            <div class="dialog-actions">
                <Button label=t(common::CANCEL) on_press=on_close/>
                <Button label=action.get_value() kind=ButtonKind::Danger busy on_press=on_confirm/>
            </div>
        </Dialog>
    }
    .into_any()
}
