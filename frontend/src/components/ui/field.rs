//! Labelled inputs: text, password, several lines, choice from a list. A label stands above, a hint below, an error names the rule.

use super::sentence::with_code;
use super::{Glyph, Icon};
use crate::i18n::{common, say};
use leptos::html;
use leptos::prelude::*;
use leptos::text_prop::TextProp;

/// What a field takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldKind {
    /// A line of text.
    #[default]
    Text,
    /// A secret; it can be shown.
    Password,
    /// An address.
    Url,
    /// A whole number.
    Number,
    /// A search.
    Search,
}

impl FieldKind {
    fn input_type(self) -> &'static str {
        match self {
            // `number` inputs swallow what they do not understand, so numbers are text with a digit keyboard.
            Self::Text | Self::Number => "text",
            Self::Password => "password",
            Self::Url => "url",
            Self::Search => "search",
        }
    }

    fn input_mode(self) -> Option<&'static str> {
        (self == Self::Number).then_some("numeric")
    }
}

/// A labelled line of text.
#[component]
pub fn TextField(
    /// Its id, which is its address on the page (`#id`).
    #[prop(into)]
    id: String,
    /// Its label.
    #[prop(into)]
    label: TextProp,
    /// Its text.
    value: RwSignal<String>,
    /// What it takes.
    #[prop(optional)]
    kind: FieldKind,
    /// One sentence of help.
    #[prop(optional, into)]
    hint: TextProp,
    /// Why it is wrong, naming the rule.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// What the browser may fill in.
    #[prop(optional, into)]
    autocomplete: Option<&'static str>,
    /// An example; never a label.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// Whether it has to be filled in.
    #[prop(optional)]
    required: bool,
    /// Whether it is fixed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// What happens when it is left.
    #[prop(optional, into)]
    on_leave: Option<Callback<()>>,
    /// The input itself.
    #[prop(optional)]
    node_ref: NodeRef<html::Input>,
) -> AnyView {
    let revealed = RwSignal::new(false);
    let has_error = move || error.with(Option::is_some);
    let note = format!("{id}-note");
    let described = note.clone();
    let input_type = move || if revealed.get() { "text" } else { kind.input_type() };
    view! {
        <div class="field" class:field-wrong=has_error>
            <label class="field-label" for=id.clone()>{move || label.get()}</label>
            <div class="field-box">
                <input
                    node_ref=node_ref
                    id=id.clone()
                    name=id
                    type=input_type
                    inputmode=kind.input_mode()
                    autocomplete=autocomplete.unwrap_or("off")
                    autocapitalize="none"
                    spellcheck="false"
                    placeholder=placeholder
                    aria-required=required.then_some("true")
                    aria-invalid=move || has_error().then_some("true")
                    aria-describedby=described
                    disabled=move || disabled.get()
                    prop:value=value
                    on:input:target=move |event| value.set(event.target().value())
                    on:blur=move |_| if let Some(on_leave) = on_leave { on_leave.run(()) }
                />
                {(kind == FieldKind::Password).then(|| view! { <Reveal revealed/> })}
            </div>
            <FieldNote id=note hint error/>
        </div>
    }
    .into_any()
}

/// What stands below a field: the error in place of the hint.
#[component]
fn FieldNote(
    /// Its id, for the field's description.
    id: String,
    /// One sentence of help.
    hint: TextProp,
    /// Why the field is wrong.
    error: Signal<Option<String>>,
) -> AnyView {
    view! {
        <p id=id class="field-note" aria-live="polite">
            {move || with_code(&error.get().unwrap_or_else(|| hint.get().to_string()))}
        </p>
    }
    .into_any()
}

#[component]
fn Reveal(revealed: RwSignal<bool>) -> AnyView {
    let name = move || say(if revealed.get() { common::HIDE_PASSWORD } else { common::SHOW_PASSWORD });
    let glyph = move || if revealed.get() { Glyph::EyeOff } else { Glyph::Eye };
    view! {
        <button class="field-reveal" type="button" aria-label=name data-tip=name on:click=move |_| revealed.update(|on| *on = !*on)>
            {move || view! { <Icon glyph=glyph()/> }}
        </button>
    }
    .into_any()
}

/// A labelled choice from a list.
#[component]
pub fn Select(
    /// Its id.
    #[prop(into)]
    id: String,
    /// Its label.
    #[prop(into)]
    label: TextProp,
    /// Values and their words.
    options: Vec<(String, TextProp)>,
    /// The chosen value.
    #[prop(into)]
    value: Signal<String>,
    /// What choosing does.
    #[prop(into)]
    on_change: Callback<String>,
    /// Whether the label is only read aloud, because the row around it shows one.
    #[prop(optional)]
    label_hidden: bool,
    /// One sentence of help.
    #[prop(optional, into)]
    hint: TextProp,
    /// Whether it is fixed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> AnyView {
    let note = format!("{id}-note");
    let described = note.clone();
    let options = options.into_iter().map(|(option, words)| {
        let own = option.clone();
        view! { <option value=option selected=move || value.get() == own>{move || words.get()}</option> }
    });
    view! {
        <div class="field">
            <label class="field-label" class:visually-hidden=label_hidden for=id.clone()>{move || label.get()}</label>
            <div class="field-box select-box">
                <select
                    id=id
                    aria-describedby=described
                    disabled=move || disabled.get()
                    prop:value=value
                    on:change:target=move |event| on_change.run(event.target().value())
                >
                    {options.collect_view()}
                </select>
                <Icon glyph=Glyph::ChevronDown/>
            </div>
            <FieldNote id=note hint error=Signal::stored(None)/>
        </div>
    }
    .into_any()
}

/// A labelled text of several lines.
#[component]
pub fn TextArea(
    /// Its id.
    #[prop(into)]
    id: String,
    /// Its label.
    #[prop(into)]
    label: TextProp,
    /// Its text.
    value: RwSignal<String>,
    /// One sentence of help.
    #[prop(optional, into)]
    hint: TextProp,
    /// Why it is wrong, naming the rule.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Whether machines read it.
    #[prop(optional)]
    code: bool,
    /// Whether the label is only read aloud, because the row around it shows one.
    #[prop(optional)]
    label_hidden: bool,
) -> AnyView {
    let has_error = move || error.with(Option::is_some);
    let note = format!("{id}-note");
    view! {
        <div class="field" class:field-wrong=has_error>
            <label class="field-label" class:visually-hidden=label_hidden for=id.clone()>{move || label.get()}</label>
            <div class="field-box">
                <textarea
                    id=id
                    class:code=code
                    rows="5"
                    spellcheck=(!code).to_string()
                    aria-invalid=move || has_error().then_some("true")
                    aria-describedby=note.clone()
                    prop:value=value
                    on:input:target=move |event| value.set(event.target().value())
                ></textarea>
            </div>
            <FieldNote id=note hint error/>
        </div>
    }
    .into_any()
}
