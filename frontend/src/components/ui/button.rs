//! Buttons: with words, with an icon alone, and links that look like buttons.

use super::{Glyph, Icon};
use leptos::html;
use leptos::prelude::*;
use leptos::text_prop::TextProp;

/// How much weight a button has. One primary on a screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// The one action of the screen.
    Primary,
    /// Any other action.
    #[default]
    Plain,
    /// An action beside others, without an outline.
    Quiet,
    /// An action that takes something away.
    Danger,
}

impl ButtonKind {
    fn class(self) -> &'static str {
        match self {
            Self::Primary => "button button-primary",
            Self::Plain => "button",
            Self::Quiet => "button button-quiet",
            Self::Danger => "button button-danger",
        }
    }
}

/// A button with words. While `busy` it keeps its focus and its width, turns a spinner and does nothing.
#[component]
pub fn Button(
    /// A verb.
    #[prop(into)]
    label: TextProp,
    /// Its weight.
    #[prop(optional)]
    kind: ButtonKind,
    /// What pressing does.
    #[prop(optional, into)]
    on_press: Option<Callback<()>>,
    /// Whether its work is under way.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Whether it cannot be pressed; the reason has to be visible.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// An icon before the words.
    #[prop(optional, into)]
    glyph: Option<Glyph>,
    /// Whether it sends the form around it.
    #[prop(optional)]
    submit: bool,
    /// Its id.
    #[prop(optional, into)]
    id: Option<String>,
) -> AnyView {
    let press = move |event: leptos::ev::MouseEvent| {
        if busy.get_untracked() {
            event.prevent_default();
        } else if let Some(on_press) = on_press {
            on_press.run(());
        }
    };
    view! {
        <button
            id=id
            class=kind.class()
            type=if submit { "submit" } else { "button" }
            disabled=move || disabled.get()
            aria-busy=move || busy.get().then_some("true")
            on:click=press
        >
            {glyph.map(|glyph| view! { <Icon glyph/> })}
            <span class="button-label">{move || label.get()}</span>
        </button>
    }
    .into_any()
}

/// A link that looks like a button.
#[component]
pub fn LinkButton(
    /// A verb.
    #[prop(into)]
    label: TextProp,
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// Its weight.
    #[prop(optional)]
    kind: ButtonKind,
    /// An icon before the words.
    #[prop(optional, into)]
    glyph: Option<Glyph>,
) -> AnyView {
    view! {
        <a class=kind.class() href=href>
            {glyph.map(|glyph| view! { <Icon glyph/> })}
            <span class="button-label">{move || label.get()}</span>
        </a>
    }
    .into_any()
}

/// A button that shows an icon alone; its name is read aloud and shown with the shortcut after 500 ms.
#[component]
pub fn IconButton(
    /// What it does.
    #[prop(into)]
    name: TextProp,
    /// Its icon.
    #[prop(into)]
    glyph: Signal<Glyph>,
    /// What pressing does.
    #[prop(into)]
    on_press: Callback<()>,
    /// The shortcut that does the same, for the tooltip.
    #[prop(optional, into)]
    shortcut: Option<String>,
    /// For a button that stays pressed: whether it is.
    #[prop(optional, into)]
    pressed: Option<Signal<bool>>,
    /// For a button that opens something: whether that is open.
    #[prop(optional, into)]
    expanded: Option<Signal<bool>>,
    /// For a button that opens something: `menu`, `dialog` or `listbox`.
    #[prop(optional, into)]
    popup: Option<&'static str>,
    /// Whether it cannot be pressed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// How it looks.
    #[prop(default = "icon-button")]
    class: &'static str,
    /// The button itself.
    #[prop(optional)]
    node_ref: NodeRef<html::Button>,
) -> AnyView {
    let tip = name.clone();
    view! {
        <button
            node_ref=node_ref
            class=class
            type="button"
            aria-label=move || name.get()
            data-tip=move || tip.get()
            data-keys=shortcut
            aria-pressed=move || pressed.map(|signal| signal.get().to_string())
            aria-expanded=move || expanded.map(|signal| signal.get().to_string())
            aria-haspopup=popup
            disabled=move || disabled.get()
            on:click=move |_| on_press.run(())
        >
            {move || view! { <Icon glyph=glyph.get()/> }}
        </button>
    }
    .into_any()
}
