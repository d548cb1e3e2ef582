//! The sheet about one model: words, access, facts with their source, what every request carries, and how programs ask it.
//! The fields are the rows of `state/catalog/fields.rs`, and those of `programs.rs`; this only draws them.

use super::programs::{ProgramFields, Programs};
use crate::components::ui::{Button, ButtonKind, ErrorCard, FieldKind, Segmented, Select, TextArea, TextField};
use crate::dom;
use crate::i18n::{Text, common, fill, models as words, say, t};
use crate::state::catalog::fields::{FACTS, Fault, Field, Kind, PARAMETERS, WORDS, all, layer};
use crate::state::catalog::reach::Reach;
use crate::state::catalog::use_catalog;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::text_prop::TextProp;
use shared::ApiError;
use shared::models::{CatalogModel, FactSource, ModelKind, UpdateModel};
use std::sync::Arc;

/// What stands in the fields, in the order of the table.
type Typed = Arc<Vec<(&'static Field, RwSignal<String>)>>;

/// The sheet.
#[component]
pub fn ModelSheet(
    /// The model.
    model: CatalogModel,
    /// Whether the sheet is open.
    open: RwSignal<bool>,
) -> AnyView {
    let catalog = use_catalog();
    let typed: Typed = Arc::new(all().map(|field| (field, RwSignal::new(field.stored(&model.overrides)))).collect());
    let before = Reach::of(&model.access);
    let reach = RwSignal::new(before);
    let (busy, half_price) = (RwSignal::new(false), RwSignal::new(false));
    let failure = RwSignal::new(None::<ApiError>);
    let (id, programs) = (model.id.clone(), Programs::of(&model.id));
    let entered = typed.clone();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let texts: Vec<_> = entered.iter().map(|(field, text)| (*field, text.get_untracked())).collect();
        let overrides = match layer(texts.iter().map(|(field, text)| (*field, text.as_str()))) {
            Ok(overrides) => overrides,
            Err(fault) => {
                half_price.set(fault == Fault::Price);
                return complain(fault);
            }
        };
        let Ok(interfaces) = programs.change() else { return };
        // What nobody touched here somebody else may have changed meanwhile.
        let access = Some(reach.get_untracked()).filter(|reach| *reach != before).map(Reach::roles);
        let change = UpdateModel { shown: None, access, overrides: Some(overrides) };
        half_price.set(false);
        busy.set(true);
        failure.set(None);
        let id = id.clone();
        spawn_local(async move {
            let mut result = catalog.update(&id, &change).await;
            if let (Ok(()), Some(wish)) = (&result, interfaces) {
                result = programs.store(&wish).await;
            }
            busy.try_set(false);
            match result {
                Ok(()) => drop(open.try_set(false)),
                Err(error) => drop(failure.try_set(Some(error))),
            }
        });
    };
    let facts = typed.clone();
    let reset = move || {
        facts
            .iter()
            .filter(|(field, _)| field.place.starts_with("/facts"))
            .for_each(|(_, text)| text.set(String::new()));
    };
    let kind = model.facts.kind.unwrap_or(ModelKind::Chat);
    let model = Arc::new(model);
    let part = |fields: &[Field]| {
        let of_part = typed.iter().filter(|(field, _)| fields.iter().any(|own| own.place == field.place));
        of_part.map(|(field, text)| view! { <FieldView field text=*text model=model.clone()/> }).collect_view()
    };
    view! {
        <form class="form" novalidate on:submit=submit>
            <p class="quiet">{format!("{} · {}", model.connection, model.public_name)}</p>
            {part(WORDS)}
            <Access reach/>
            <Head title=words::FACTS text=words::FACTS_TEXT/>
            <div class="grid-fields">{part(FACTS)}</div>
            {move || half_price.get().then(|| view! { <p class="field-note fault" role="alert">{t(words::RULE_PRICE)}</p> })}
            <div><Button label=t(words::RESET_FACTS) kind=ButtonKind::Quiet on_press=reset/></div>
            <Head title=words::PARAMETERS text=words::PARAMETERS_TEXT/>
            <div class="grid-fields">{part(PARAMETERS)}</div>
            <ProgramFields programs kind/>
            {move || failure.get().map(|error| view! { <ErrorCard error/> })}
            <div class="dialog-actions">
                <Button label=t(common::CANCEL) on_press=move || open.set(false)/>
                <Button label=t(common::SAVE) kind=ButtonKind::Primary submit=true busy/>
            </div>
        </form>
    }
    .into_any()
}

fn complain(fault: Fault) {
    let place = match fault {
        Fault::Rule(place) => place,
        Fault::Price => "/facts/price/input",
    };
    if let Some(field) = all().find(|field| field.place == place) {
        dom::focus_id(&field.id());
    }
}

#[component]
fn Head(title: Text, text: Text) -> AnyView {
    view! { <div class="form-head"><h3>{t(title)}</h3> <p class="field-note">{t(text)}</p></div> }.into_any()
}

#[component]
fn Access(reach: RwSignal<Reach>) -> AnyView {
    let options = Reach::ALL.map(|reach| (reach.as_str(), TextProp::from(t(reach.words())))).to_vec();
    let value = Signal::derive(move || reach.get().as_str());
    let choose = move |chosen: &'static str| {
        if let Some(known) = Reach::ALL.into_iter().find(|known| known.as_str() == chosen) {
            reach.set(known);
        }
    };
    view! {
        <div class="field">
            <span class="field-label">{t(words::ACCESS)}</span>
            <Segmented
                id="model-access"
                label=t(words::ACCESS)
                options
                value
                on_change=choose
            />
        </div>
    }
    .into_any()
}

/// Where a known fact comes from, in words; tracked.
fn source_words(source: Option<FactSource>) -> Text {
    match source {
        Some(FactSource::Provider) => words::FROM_PROVIDER,
        Some(FactSource::Table) => words::FROM_TABLE,
        Some(FactSource::Override) => words::FROM_HERE,
        None => words::UNKNOWN,
    }
}

#[component]
fn FieldView(field: &'static Field, text: RwSignal<String>, model: Arc<CatalogModel>) -> AnyView {
    let is_fact = field.place.starts_with("/facts");
    let source = field.source(&model);
    let about = move || match field.kind {
        Kind::Object => say(words::EXTRA_HINT),
        _ if is_fact => say(source_words(source)),
        _ => "",
    };
    let error = Signal::derive(move || text.with(|text| field.fault(text)));
    // What was changed here is in the field itself.
    let known = untrack(|| field.known(&model)).filter(|_| source != Some(FactSource::Override)).unwrap_or_default();
    match field.kind {
        Kind::Choice(options) => {
            let nothing = move || match &known[..] {
                _ if !is_fact => say(words::NOT_SENT).to_owned(),
                "" => say(words::AS_IS).to_owned(),
                known => fill(words::AS_KNOWN, &[("value", known)]),
            };
            let options = choices(options, &text.get_untracked(), TextProp::from(nothing));
            view! {
                <Select id=field.id() label=t(field.label) hint=about options value=text on_change=move |value| text.set(value)/>
            }
            .into_any()
        }
        Kind::Object => view! {
            <div class="part-whole">
                <TextArea id=field.id() label=t(field.label) hint=about value=text error code=true/>
            </div>
        }
        .into_any(),
        kind => {
            let kind = if matches!(kind, Kind::Line(_)) { FieldKind::Text } else { FieldKind::Number };
            view! { <TextField id=field.id() kind label=t(field.label) hint=about value=text error placeholder=known/> }
                .into_any()
        }
    }
}

/// The values of a choice: none first, and what is stored even where the table does not know it.
fn choices(known: &'static [(&'static str, Text)], stored: &str, nothing: TextProp) -> Vec<(String, TextProp)> {
    let named = known.iter().map(|(value, words)| ((*value).to_owned(), TextProp::from(t(*words))));
    let is_known = stored.is_empty() || known.iter().any(|(value, _)| *value == stored);
    let foreign = (!is_known).then(|| (stored.to_owned(), TextProp::from(stored.to_owned())));
    std::iter::once((String::new(), nothing)).chain(named).chain(foreign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_value_that_the_table_does_not_know_can_stay() {
        const KNOWN: &[(&str, Text)] = &[("true", words::YES)];
        let values = |stored: &str| {
            choices(KNOWN, stored, TextProp::from("")).into_iter().map(|(value, _)| value).collect::<Vec<_>>()
        };
        assert_eq!(values("true"), ["", "true"]);
        assert_eq!(values(r#"["low"]"#), ["", "true", r#"["low"]"#]);
    }
}
