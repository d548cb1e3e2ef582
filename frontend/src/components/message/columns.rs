//! Answers to one question side by side: a column for each, with a way to go on with it.

use super::answer::AnswerRow;
use crate::components::reasoning::Expected;
use crate::components::ui::ErrorCard;
use crate::i18n::{compare, fill, t};
use crate::reactive::{draw, memo};
use crate::state::conversation::{Column, RowKind, use_chat};
use crate::state::models::{shown_name, use_models};
use leptos::prelude::*;
use shared::{ApiError, MessageId, ModelId};

/// The answers to one question, side by side.
#[component]
pub fn ColumnsRow(
    /// What they are.
    kind: Memo<Option<RowKind>>,
) -> AnyView {
    let columns = memo(move || {
        kind.with(|kind| match kind {
            Some(RowKind::Columns(columns)) => columns.clone(),
            _ => Vec::new(),
        })
    });
    let places = move || (0..columns.with(Vec::len)).collect::<Vec<_>>();
    view! {
        <div class="turn columns last" class:three=move || columns.with(|all| all.len() > 2) role="group" aria-label=t(compare::SIDE_BY_SIDE)>
            <div class="columns-row">
                <For each=places key=|place| *place children=move |place| view! { <ColumnView columns place/> }/>
            </div>
        </div>
    }
    .into_any()
}

/// What stands in a column; its text grows elsewhere.
#[derive(Clone, Debug, PartialEq)]
enum Body {
    Answer(MessageId),
    Expected,
    Refused(ApiError),
}

impl Body {
    fn of(column: &Column) -> Self {
        match column {
            Column::Answer { id, .. } => Self::Answer(id.clone()),
            Column::Expected(_) => Self::Expected,
            Column::Refused { error, .. } => Self::Refused(error.clone()),
        }
    }
}

#[component]
fn ColumnView(columns: Memo<Vec<Column>>, place: usize) -> AnyView {
    let store = use_chat();
    let column = memo(move || columns.with(|all| all.get(place).cloned()));
    let name = named(column);
    let body = memo(move || column.with(|column| column.as_ref().map(Body::of)));
    let kind = memo(move || column.with(|column| column.as_ref().and_then(as_row)));
    let label = move || fill(compare::ANSWER_OF, &[("number", &(place + 1).to_string()), ("model", &name.get())]);
    let answer = memo(move || match body.get() {
        Some(Body::Answer(id)) => Some(id),
        _ => None,
    });
    let go_on = move |class: &'static str| {
        let words = move || fill(compare::GO_ON_WITH, &[("model", &name.get())]);
        answer.get().map(|id| {
            view! {
                <button class=class type="button" aria-label=words on:click=move |_| store.go_on_with(id.clone())>
                    <span class="button-label">{t(compare::GO_ON)}</span>
                </button>
            }
        })
    };
    let content = move || match body.get() {
        Some(Body::Answer(id)) => view! { <AnswerRow id kind/> }.into_any(),
        Some(Body::Expected) => view! { <article class="turn answer"><Expected/></article> }.into_any(),
        Some(Body::Refused(error)) => view! { <ErrorCard error/> }.into_any(),
        None => ().into_any(),
    };
    view! {
        <section class="column" aria-label=label>
            <div class="column-head">
                <p class="column-name">{move || name.get()}</p>
                {move || go_on("button")}
            </div>
            {draw(content)}
            <div class="column-foot">{move || go_on("button")}</div>
        </section>
    }
    .into_any()
}

/// What people call the model of a column. While an answer finds its place it is the one that was asked.
fn named(column: Memo<Option<Column>>) -> Memo<String> {
    let models = use_models();
    Memo::new(move |before: Option<&String>| {
        let name = match column.get() {
            Some(Column::Answer { model: Some(model), .. } | Column::Refused { model, .. }) => {
                Some(models.shown(&model))
            }
            Some(Column::Expected(Some(model))) => {
                let known = models.get(&ModelId::from(model.as_str()));
                Some(known.map_or_else(|| models.shown(&model), |model| shown_name(&model).to_owned()))
            }
            _ => None,
        };
        name.or_else(|| before.cloned()).unwrap_or_default()
    })
}

/// An answer as its row would have it: the last one, whose model and versions are seen in the columns.
fn as_row(column: &Column) -> Option<RowKind> {
    let Column::Answer { id, status, .. } = column else { return None };
    Some(RowKind::Answer { id: id.clone(), model: None, siblings: Vec::new(), status: *status, last: true })
}
