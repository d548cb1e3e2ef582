//! Everything that is told, in Prometheus's form: what was counted, and what is read from where it is at this moment.

use super::answers::ENDS;
use super::text::{Kind, Text, seconds};
use super::{Metrics, process};
use crate::App;
use crate::{logging, sse, standing, version};
use std::sync::atomic::Ordering;

pub use super::text::MEDIA_TYPE;

/// The text for this moment.
#[must_use]
pub fn told(app: &App) -> String {
    let mut text = Text::default();
    about(&mut text, app);
    requests(&mut text, &app.metrics);
    answers(&mut text, &app.metrics);
    queues(&mut text, app);
    database(&mut text, app);
    memory(&mut text);
    text.finish()
}

fn about(text: &mut Text, app: &App) {
    let build = version::build();
    text.family("aichat_build_info", Kind::Gauge, "Which build answers; always 1.");
    text.sample("aichat_build_info", &[("version", &build.version), ("commit", &build.commit)], 1);
    let name = "aichat_degraded";
    text.family(name, Kind::Gauge, "1 for everything that works worse than it should, by its code.");
    for code in standing::codes(app) {
        text.sample(name, &[("code", &code)], 1);
    }
}

fn requests(text: &mut Text, metrics: &Metrics) {
    let counted: Vec<_> = metrics.requests.read().collect();
    let name = "aichat_http_requests_total";
    text.family(name, Kind::Counter, "Requests that were answered, by route and class of the status.");
    for route in &counted {
        let (method, path) = route.route.unwrap_or(("other", "other"));
        for (class, count) in (1..).zip(route.classes).filter(|(_, count)| *count > 0) {
            text.sample(name, &[("method", method), ("route", path), ("status", &format!("{class}xx"))], count);
        }
    }
    let name = "aichat_http_request_seconds";
    text.family(name, Kind::Summary, "Time until the head of the answer, by route.");
    for route in &counted {
        let (method, path) = route.route.unwrap_or(("other", "other"));
        let labels = [("method", method), ("route", path)];
        text.sample(&format!("{name}_sum"), &labels, seconds(route.micros));
        text.sample(&format!("{name}_count"), &labels, route.classes.iter().sum::<u64>());
    }
}

fn answers(text: &mut Text, metrics: &Metrics) {
    let models = metrics.answers.read();
    let of = |pick: usize| {
        models.iter().flat_map(move |(name, model)| {
            ENDS.iter().zip(&model.ends).map(move |(status, (first, total))| {
                let histogram = if pick == 0 { first } else { total };
                (name.as_str(), status.as_str(), histogram)
            })
        })
    };
    let families = [
        ("aichat_answer_first_token_seconds", "Time until the first word of an answer, by model and how it ended."),
        ("aichat_answer_seconds", "Time until the end of an answer, by model and how it ended."),
    ];
    for (pick, (name, help)) in families.into_iter().enumerate() {
        text.family(name, Kind::Histogram, help);
        for (model, status, histogram) in of(pick).filter(|(.., histogram)| !histogram.is_empty()) {
            text.histogram(name, &[("model", model), ("status", status)], histogram);
        }
    }
    let families = [
        ("aichat_admission_seconds", "Our own time from a request until a provider is called.", &metrics.own.admission),
        ("aichat_own_seconds", "All of our own time, of answers that are traced.", &metrics.own.total),
    ];
    for (name, help, histogram) in families {
        text.family(name, Kind::Histogram, help);
        text.histogram(name, &[], histogram);
    }
    let name = "aichat_tokens_total";
    text.family(
        name,
        Kind::Counter,
        "Tokens of all calls of providers, titles included; cached ones are among those read.",
    );
    for (model, counted) in &models {
        for (kind, tokens) in ["prompt", "cached", "completion"].into_iter().zip(&counted.tokens) {
            text.sample(name, &[("model", model), ("kind", kind)], tokens.load(Ordering::Relaxed));
        }
    }
}

fn queues(text: &mut Text, app: &App) {
    let (waiting, bytes, dropped) = app.traces.queue();
    let gauge = |text: &mut Text, name: &str, help: &str, value: usize| text.single(name, Kind::Gauge, help, value);
    gauge(text, "aichat_streams_open", "Event streams that are open: tabs, readers and programs.", sse::open());
    gauge(text, "aichat_answers_running", "Answers of chats that are being written here.", app.runs.count());
    gauge(
        text,
        "aichat_program_calls_running",
        "Calls of programs below /v1 that are being answered.",
        app.gateway.running(),
    );
    gauge(
        text,
        "aichat_checkpoint_unsaved_answers",
        "Running answers that wait for the next checkpoint.",
        app.runs.unsaved(),
    );
    gauge(text, "aichat_trace_queue_traces", "Task traces that wait to be stored.", waiting);
    gauge(text, "aichat_trace_queue_bytes", "About how many bytes they take.", bytes);
    text.single(
        "aichat_traces_dropped_total",
        Kind::Counter,
        "Task traces that were dropped: too many at once.",
        dropped,
    );
    let lost = logging::lines_lost();
    text.single("aichat_log_lines_lost_total", Kind::Counter, "Lines that the files of the log lack.", lost);
}

fn database(text: &mut Text, app: &App) {
    let timings = app.db.timings();
    let name = "aichat_database_statement_seconds";
    text.family(name, Kind::Histogram, "How long statements took.");
    text.histogram(name, &[], &timings.statements);
    let failed = timings.failed.load(Ordering::Relaxed);
    text.single("aichat_database_statements_failed_total", Kind::Counter, "Statements that failed.", failed);
    let name = "aichat_database_transaction_wait_seconds";
    text.family(name, Kind::Histogram, "How long writing transactions waited for their turn.");
    text.histogram(name, &[], &timings.turns);
    let waiting = timings.waiting.load(Ordering::Relaxed);
    text.single("aichat_database_transactions_waiting", Kind::Gauge, "Writing transactions that wait.", waiting);
}

fn memory(text: &mut Text) {
    if let Some((resident, anonymous)) = process::memory() {
        text.single("process_resident_memory_bytes", Kind::Gauge, "Memory of this process, files included.", resident);
        text.single("aichat_memory_anonymous_bytes", Kind::Gauge, "Memory that no file backs.", anonymous);
    }
    if let Some(open) = process::open_files() {
        text.single("process_open_fds", Kind::Gauge, "Open files and sockets.", open);
    }
}
