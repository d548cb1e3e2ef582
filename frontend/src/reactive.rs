//! Memos, effects and changing views whose closures are boxed: one copy of the machinery for each type of value instead
//! of one for each place that uses it, which is a good part of the program's size.

use leptos::prelude::*;
use std::sync::Arc;

/// A value that is computed from others and tells of changes only.
#[must_use]
pub fn memo<T: PartialEq + Send + Sync + 'static>(value: impl Fn() -> T + Send + Sync + 'static) -> Memo<T> {
    boxed(Box::new(value))
}

fn boxed<T: PartialEq + Send + Sync + 'static>(value: Box<dyn Fn() -> T + Send + Sync>) -> Memo<T> {
    Memo::new(move |_| value())
}

/// Reaches outward when what it reads changes: storage, focus, titles. Never sets a signal.
pub fn effect(reach: impl FnMut() + 'static) {
    run(Box::new(reach));
}

fn run(reach: Box<dyn FnMut()>) {
    Effect::new(reach);
}

/// A part of a view that changes with what it reads. For closures with a name; those written inside `view!` are boxed there.
pub fn draw<V: IntoAny + 'static>(mut view: impl FnMut() -> V + Send + 'static) -> AnyView {
    drawn(Box::new(move || view().into_any()))
}

fn drawn(view: Box<dyn FnMut() -> AnyView + Send>) -> AnyView {
    view.into_any()
}

/// A list whose rows keep their places in the document as long as their keys are there.
pub fn list(
    keys: impl Fn() -> Vec<String> + Send + Sync + 'static,
    row: impl Fn(String) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    listed(Box::new(keys), Arc::new(row))
}

fn listed(
    keys: Box<dyn Fn() -> Vec<String> + Send + Sync>,
    row: Arc<dyn Fn(String) -> AnyView + Send + Sync>,
) -> AnyView {
    view! { <For each=move || keys() key=String::clone children=move |key| row(key)/> }.into_any()
}
