//! What the provider was sent and what came back, as far as a sample goes.

use super::detail::hidden;
use crate::amounts::grouped;
use crate::i18n::{Text, fill, t, traces as words};
use leptos::prelude::*;
use shared::trace::{Sample, SamplePiece, TraceDetail};

/// Both samples.
#[component]
pub fn Samples(
    /// Of which trace.
    trace: StoredValue<TraceDetail>,
) -> AnyView {
    let (request, response) = trace.with_value(|trace| (trace.request.clone(), trace.response.clone()));
    let note = move || trace.with_value(hidden).unwrap_or_else(|| crate::i18n::say(words::SAMPLE_NOTE));
    let any = request.is_some() || response.is_some();
    view! {
        {request.map(|sample| section(words::SENT, sample))}
        {response.map(|sample| section(words::CAME_BACK, sample))}
        {any.then(|| view! { <p class="row-note">{note}</p> })}
    }
    .into_any()
}

fn section(title: Text, sample: Sample) -> AnyView {
    let Sample { set, left_out, pieces } = sample;
    let set = set.into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).collect_view();
    let left_out = (left_out > 0).then(
        || view! { <p class="row-note">{move || fill(words::MORE_PIECES, &[("count", &grouped(left_out))])}</p> },
    );
    view! {
        <details class="trace-sample">
            <summary>{t(title)}</summary>
            <dl class="trace-facts">{set}</dl>
            {left_out}
            {pieces.into_iter().map(piece).collect_view()}
        </details>
    }
    .into_any()
}

fn piece(piece: SamplePiece) -> AnyView {
    let SamplePiece { kind, chars, text, .. } = piece;
    view! {
        <p class="row-note">{move || fill(words::PIECE, &[("kind", &kind), ("count", &grouped(chars))])}</p>
        {text.filter(|text| !text.is_empty()).map(|text| view! { <pre class="trace-words" tabindex="0">{text}</pre> })}
    }
    .into_any()
}
