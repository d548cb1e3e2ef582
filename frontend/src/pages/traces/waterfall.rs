//! The stages of a trace over one axis of time: plain boxes, in the colours of charts, each with its words beside it.

use crate::amounts::grouped;
use crate::i18n::{Text, error_message, fill, language, t, traces as words};
use crate::state::traces::waterfall::{Line, lines, percent};
use leptos::prelude::*;
use shared::events::Status;
use shared::trace::{Share, Stage, TraceDetail, TraceEvent, duration, status_name};
use shared::{ApiError, ErrorCode};

fn class(share: Share) -> &'static str {
    match share {
        Share::Own => "trace-own",
        Share::Provider => "trace-provider",
        Share::Tools => "trace-tools",
        Share::Moment => "trace-moment",
    }
}

/// Whose time it was: one bar of three shares, and what they are.
#[component]
pub fn Shares(
    /// Of which trace.
    trace: StoredValue<TraceDetail>,
) -> AnyView {
    let totals = trace.with_value(|trace| trace.brief.totals);
    let shares: [(Text, Share, u64); 3] = [
        (words::OWN, Share::Own, totals.own_us),
        (words::PROVIDER, Share::Provider, totals.provider_us),
        (words::TOOLS, Share::Tools, totals.tools_us),
    ];
    let shown = move || shares.into_iter().filter(|(_, share, us)| *us > 0 || *share != Share::Tools);
    let bars = shown().map(|(_, share, us)| {
        let width = format!("width:{}%", percent(us, totals.total_us).min(100.0));
        view! { <span class=class(share) style=width></span> }
    });
    let names = shown().map(|(name, share, us)| {
        view! { <li><span class=format!("trace-mark {}", class(share))></span>{t(name)}" "<strong>{duration(us)}</strong></li> }
    });
    view! {
        <h2 class="setting-group">{t(words::WHOSE)}</h2>
        <div class="trace-shares" aria-hidden="true">{bars.collect_view()}</div>
        <ul class="trace-legend">{names.collect_view()}</ul>
    }
    .into_any()
}

/// The stages.
#[component]
pub fn Waterfall(
    /// Of which trace.
    trace: StoredValue<TraceDetail>,
) -> AnyView {
    let rows = trace.with_value(lines).into_iter().map(|line| view! { <StageRow line=StoredValue::new(line)/> });
    view! {
        <h2 class="setting-group">{t(words::EVENTS)}</h2>
        <ol class="trace-stages">{rows.collect_view()}</ol>
    }
    .into_any()
}

#[component]
fn StageRow(line: StoredValue<Line>) -> AnyView {
    let (share, is_part) = line.with_value(|line| (line.share, line.is_part));
    let failed = line.with_value(|line| line.event.code.is_some() && line.event.stage != Stage::Notice);
    let bars = line.with_value(|line| {
        let bar = |(from, width): &(f64, f64)| {
            let style = format!("left:{from}%;width:{width}%");
            view! { <span class=class(share) style=style></span> }
        };
        line.bars.iter().map(bar).collect_view()
    });
    view! {
        <li class="trace-stage" class:trace-part=is_part class:trace-failed=failed>
            <span class="trace-name">{move || line.with_value(|line| line.event.stage.name(language()))}</span>
            <span class="trace-track" aria-hidden="true">{bars}</span>
            <span class="trace-time">{move || line.with_value(timed)}</span>
            <span class="trace-told">{move || line.with_value(|line| told(&line.event))}</span>
        </li>
    }
    .into_any()
}

fn timed(line: &Line) -> String {
    line.took.map_or_else(|| fill(words::AFTER, &[("time", &duration(line.event.at))]), duration)
}

/// What is known of a stage beside its time.
fn told(event: &TraceEvent) -> String {
    if let (Stage::End, Some(status)) = (event.stage, event.name.as_deref().and_then(Status::parse)) {
        // Why it ended so stands at the top.
        return status_name(status, language()).to_owned();
    }
    let count = event.count.map(|count| {
        let words = match event.stage {
            Stage::Context => words::CONTEXT_TOKENS,
            Stage::LeftOut => words::LEFT_OUT,
            _ => words::BYTES,
        };
        fill(words, &[("count", &grouped(count))])
    });
    let http = event.http.map(|status| fill(words::HTTP, &[("status", &status.to_string())]));
    let code = event.code.as_deref().map(|code| match ErrorCode::parse(code) {
        Some(known) => error_message(&ApiError::new(known, event.params.clone())),
        None => code.to_owned(),
    });
    let theirs = event.provider_request_id.as_ref().map(|id| fill(words::PROVIDER_REQUEST, &[("id", id)]));
    let detail = event.params.get("detail").cloned();
    let parts = [event.name.clone(), event.model.clone(), count, http, code, detail, theirs];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
