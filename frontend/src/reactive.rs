//! Memos and effects whose closures are boxed: one copy of the machinery for each value instead of one for each place
//! that uses it, which is a good part of the program's size.

use leptos::prelude::{Effect, Memo};

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
