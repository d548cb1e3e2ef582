//! One row of the log: a line, what is missing, or where another server begins.

use crate::i18n::{Text, fill, language, logs as words, say, t};
use crate::state::logs::{Logs, Row};
use crate::time;
use leptos::prelude::*;
use shared::logs::{Level, LogLine};

/// The row with this key. It never changes.
pub fn row(logs: Logs, key: &str) -> AnyView {
    match logs.state.with_untracked(|state| state.row(key).cloned()) {
        None => ().into_any(),
        Some(Row::Line(line)) => drawn(line),
        Some(Row::Gap(count)) => note(move || fill(words::GAP, &[("count", &count.to_string())])),
        Some(Row::Restart) => note(|| say(words::RESTART).to_owned()),
    }
}

fn note(text: impl Fn() -> String + Send + Sync + 'static) -> AnyView {
    view! { <li class="log-note">{text}</li> }.into_any()
}

fn drawn(line: LogLine) -> AnyView {
    let (at, whole) = (line.at.clone(), line.at);
    view! {
        <li class=class_of(line.level)>
            <time class="log-time" datetime=whole.clone() title=whole>{move || time::precise(&at, language())}</time>
            <span class="log-level">{t(named(line.level))}</span>
            <span class="log-text">{line.text}</span>
        </li>
    }
    .into_any()
}

fn class_of(level: Level) -> &'static str {
    match level {
        Level::Error => "log-line log-error",
        Level::Warn => "log-line log-warn",
        Level::Info => "log-line log-info",
        Level::Debug | Level::Trace => "log-line log-fine",
    }
}

/// A level as people read it.
pub(super) fn named(level: Level) -> Text {
    Text::of(level.as_str(), level.texts())
}
