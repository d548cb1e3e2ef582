//! Chats under the day of their last activity.

use super::row::ChatRow;
use crate::i18n::{Text, chat, language, say};
use crate::reactive::memo;
use crate::state::chats::use_chats;
use crate::time::{self, Age};
use leptos::prelude::*;
use shared::SessionId;
use shared::chat::Session;
use shared::error::Language;

/// A heading of the list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Heading {
    Recent(AgeKey),
    Month(String),
}

/// The ages that have words of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum AgeKey {
    Today,
    Yesterday,
    Week,
    Month,
}

impl AgeKey {
    fn text(self) -> Text {
        match self {
            Self::Today => chat::TODAY,
            Self::Yesterday => chat::YESTERDAY,
            Self::Week => chat::LAST_WEEK,
            Self::Month => chat::LAST_MONTH,
        }
    }
}

/// One line of the list: a heading or a chat. One keyed list of both moves rows without drawing them again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Line {
    Heading(Heading),
    Chat(SessionId),
}

/// The chats with their headings.
#[component]
pub fn Groups(
    /// A chat was chosen.
    on_chosen: Callback<()>,
) -> AnyView {
    let chats = use_chats();
    let lines = memo(move || chats.items.with(|items| lines(items, time::now_ms(), language())));
    let line = move |line: Line| match line {
        Line::Heading(Heading::Month(name)) => view! { <h2 class="sidebar-group">{name}</h2> }.into_any(),
        Line::Heading(Heading::Recent(age)) => {
            view! { <h2 class="sidebar-group">{move || say(age.text())}</h2> }.into_any()
        }
        Line::Chat(id) => view! { <ChatRow id on_chosen/> }.into_any(),
    };
    view! { <For each=move || lines.get() key=Clone::clone children=line/> }.into_any()
}

fn lines(items: &[Session], now: f64, language: Language) -> Vec<Line> {
    let headed = items.iter().map(|session| (heading(session, now, language), session.id.clone()));
    with_headings(headed)
}

/// A heading before the first chat of each run of chats that share it. While the order is held, a chat may stand under
/// a day that is not its own; a heading is then not repeated.
fn with_headings(chats: impl Iterator<Item = (Heading, SessionId)>) -> Vec<Line> {
    let mut lines = Vec::new();
    for (heading, id) in chats {
        let heading = Line::Heading(heading);
        if !lines.contains(&heading) {
            lines.push(heading);
        }
        lines.push(Line::Chat(id));
    }
    lines
}

fn heading(session: &Session, now: f64, language: Language) -> Heading {
    let Some(then) = time::parse(&session.last_activity_at) else { return Heading::Recent(AgeKey::Today) };
    match time::age(then, now) {
        Age::Today => Heading::Recent(AgeKey::Today),
        Age::Yesterday => Heading::Recent(AgeKey::Yesterday),
        Age::Week => Heading::Recent(AgeKey::Week),
        Age::Month => Heading::Recent(AgeKey::Month),
        Age::Older => Heading::Month(time::month(&session.last_activity_at, language)),
    }
}

#[cfg(test)]
mod tests {
    use super::{AgeKey, Heading, Line, with_headings};

    #[test]
    fn each_day_has_one_heading() {
        let today = || Heading::Recent(AgeKey::Today);
        let older = || Heading::Month("May 2026".into());
        let chats = [(today(), "a".into()), (today(), "b".into()), (older(), "c".into()), (today(), "d".into())];
        let lines = with_headings(chats.into_iter());
        let expected = [
            Line::Heading(today()),
            Line::Chat("a".into()),
            Line::Chat("b".into()),
            Line::Heading(older()),
            Line::Chat("c".into()),
            Line::Chat("d".into()),
        ];
        assert_eq!(lines, expected);
    }
}
