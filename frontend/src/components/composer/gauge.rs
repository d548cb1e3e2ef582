//! The ring that shows how full the context is, and the numbers behind it. It asks the server after each answer and each
//! change of model, a moment later, so that nobody who types or flips through chats waits for it.

use crate::amounts::grouped;
use crate::api;
use crate::components::ui::{Placement, Popover};
use crate::i18n::{Text, chat, fill, say, t};
use crate::later::{Part, later};
use crate::reactive::{draw, effect, memo};
use crate::state::composer::Composer;
use crate::state::composer::attachments::Attachments;
use crate::state::conversation::{ChatStore, Conversation, Phase};
use crate::state::gauge::{Measure, Note, Weight};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::SessionId;
use shared::chat::{ContextGauge, Model};
use std::time::Duration;
use wasm_split_helpers::wasm_split;

/// How long nothing has to happen before the server is asked.
const REST: Duration = Duration::from_millis(300);

/// How full the context is.
#[component]
pub fn GaugeRing(
    /// The chat.
    store: ChatStore,
    /// What is typed.
    composer: Composer,
    /// The chosen model.
    chosen: Memo<Option<Model>>,
) -> AnyView {
    let known = RwSignal::new(None::<(SessionId, ContextGauge)>);
    ask(store, chosen, known);
    let measure = memo(move || {
        let weight = Weight::of(composer.weight.get(), &composer.files.shown.with(Attachments::here));
        match store.session.get() {
            Some(session) => known.with(|known| {
                // What was counted for another model says nothing about this one.
                let fits = |gauge: &ContextGauge| {
                    chosen.with(|model| model.as_ref().is_some_and(|model| model.id == gauge.model))
                };
                let (_, gauge) = known.as_ref().filter(|(of, gauge)| *of == session && fits(gauge))?;
                Some(Measure::of(gauge, weight))
            }),
            None => {
                let limit = chosen.with(|model| model.as_ref()?.facts.context_window)?;
                Some(Measure::fresh(limit, weight))
            }
        }
    });
    let shown = memo(move || measure.get().filter(|measure| measure.is_worth_a_ring()).is_some());
    let body = move || shown.get().then(|| later(|| Box::pin(ring_part()), (store, measure)));
    draw(body)
}

#[wasm_split(more, fallible)]
fn ring_part() -> Part<(ChatStore, Memo<Option<Measure>>)> {
    Ok(|(store, measure)| view! { <Ring store measure/> }.into_any())
}

/// Asks the server as soon as things have come to rest.
fn ask(store: ChatStore, chosen: Memo<Option<Model>>, known: RwSignal<Option<(SessionId, ContextGauge)>>) {
    let model = memo(move || chosen.with(|model| model.as_ref().map(|model| model.id.clone())));
    let is_ready = memo(move || store.phase.with(|phase| *phase == Phase::Ready));
    // Another leaf, another path: an answer, a version, a deleted message of another device.
    let leaf = memo(move || store.rows.with(|rows| rows.last().map(|row| row.key.clone())));
    let asked = StoredValue::new(0_u32);
    effect(move || {
        // Only a memo that is read is worked out, and tells of its changes.
        leaf.with(|_| ());
        // Whatever was about to be asked is out of date, also where nothing is asked in its place.
        asked.update_value(|asked| *asked += 1);
        let (Some(session), Some(model)) = (store.session.get(), model.get()) else { return };
        if store.is_busy.get() || !is_ready.get() {
            return;
        }
        let mine = asked.get_value();
        let go = move || {
            if asked.try_get_value() != Some(mine) {
                return;
            }
            spawn_local(async move {
                // Without a count there is no ring; nothing else hangs on it.
                if let Ok(gauge) = api::sessions::context(&session, &model).await
                    && asked.try_get_value() == Some(mine)
                {
                    known.set(Some((session, gauge)));
                }
            });
        };
        set_timeout(go, REST);
    });
}

#[component]
fn Ring(store: ChatStore, measure: Memo<Option<Measure>>) -> AnyView {
    let open = RwSignal::new(false);
    let anchor = NodeRef::<html::Button>::new();
    let share = move || measure.get().map(Measure::share).unwrap_or_default();
    let over = move || measure.get().is_some_and(Measure::is_over);
    let name = move || fill(chat::GAUGE, &[("share", &share().to_string())]);
    view! {
        <button
            node_ref=anchor
            class="icon-button gauge"
            class:over=over
            type="button"
            aria-label=name
            data-tip=name
            aria-haspopup="dialog"
            aria-expanded=move || open.get().to_string()
            on:click=move |_| open.update(|open| *open = !*open)
        >
            <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
                <circle class="gauge-track" cx="12" cy="12" r="9"></circle>
                <circle class="gauge-arc" cx="12" cy="12" r="9" pathLength="100" style=move || format!("--share:{}", share().min(100))></circle>
            </svg>
        </button>
        <Popover open anchor name=t(chat::GAUGE_TITLE) placement=Placement::End class="facts gauge-facts">
            {move || measure.get().map(|measure| facts(store, measure))}
        </Popover>
    }
    .into_any()
}

/// The numbers, and what they mean.
fn facts(store: ChatStore, measure: Measure) -> AnyView {
    let lines = [
        (chat::GAUGE_USED, measure.used),
        (chat::GAUGE_DRAFT, measure.draft),
        (chat::GAUGE_RESERVED, measure.reserved),
        (chat::GAUGE_LIMIT, measure.limit),
    ];
    let lines = lines.into_iter().filter(|(_, tokens)| *tokens > 0);
    let row = |(name, tokens): (Text, u64)| {
        let tokens = move || fill(chat::FILE_TOKENS, &[("count", &grouped(tokens))]);
        view! { <dt>{t(name)}</dt><dd>{tokens}</dd> }
    };
    let messages = if measure.is_over() { store.read(Conversation::weights) } else { None };
    let words = words(measure.note(messages.as_deref()));
    view! { <p class="gauge-title">{t(chat::GAUGE_TITLE)}</p><dl>{lines.map(row).collect_view()}</dl><p class="gauge-note">{words}</p> }
        .into_any()
}

fn words(note: Note) -> String {
    let count = |text, count: u64| fill(text, &[("count", &grouped(count))]);
    match note {
        Note::Fits => say(chat::GAUGE_FITS).to_owned(),
        Note::OldOut(number) => count(chat::GAUGE_OLD_OUT, number),
        Note::WillOut(Some(number)) => count(chat::GAUGE_WILL_OUT, number),
        Note::WillOut(None) => say(chat::GAUGE_MORE_OUT).to_owned(),
        Note::TooLong => say(chat::GAUGE_TOO_LONG).to_owned(),
    }
}
