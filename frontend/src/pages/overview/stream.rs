//! Whether events come one by one to this very browser: drawn as they arrive, so that a proxy which holds answers back is
//! seen at once.

use crate::api::stream::{Abort, read};
use crate::api::{self, overview};
use crate::components::setting_row::SettingRow;
use crate::components::ui::{Button, ErrorCard, Glyph, Icon};
use crate::i18n::{Text, fill, overview as words, say, t};
use crate::reactive::draw;
use crate::time;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::ApiError;
use shared::self_test::{EVENTS, SPAN_MS, SelfTestEvent, Verdict};
use shared::sse::Decoder;

/// What is known of a test.
#[derive(Clone, Debug, Default, PartialEq)]
struct Test {
    /// When each event arrived, in milliseconds since the first.
    arrived: Vec<f64>,
    /// When the first one arrived, of the page's clock.
    begun: f64,
    over: bool,
}

impl Test {
    fn hear(&mut self, now: f64) {
        if self.arrived.is_empty() {
            self.begun = now;
        }
        self.arrived.push(now - self.begun);
    }

    fn verdict(&self) -> Option<Verdict> {
        let span = self.arrived.last().copied().unwrap_or(0.0);
        self.over.then(|| Verdict::of(self.arrived.len(), span))
    }
}

/// Listens when somebody asks, and draws what comes.
#[component]
pub fn StreamRows() -> AnyView {
    let (test, failure) = (RwSignal::new(None::<Test>), RwSignal::new(None::<ApiError>));
    let busy = Signal::derive(move || test.with(|test| test.as_ref().is_some_and(|test| !test.over)));
    let abort = StoredValue::new_local(Abort::default());
    on_cleanup(move || abort.with_value(Abort::abort));
    let begin = move || {
        failure.set(None);
        test.set(Some(Test::default()));
        abort.set_value(Abort::new());
        spawn_local(async move {
            let heard = listen(test, abort.get_value()).await;
            let _ = failure.try_set(heard.err());
            let _ = test.try_update(|test| test.iter_mut().for_each(|test| test.over = true));
        });
    };
    let body = move || match failure.get() {
        Some(error) => view! { <ErrorCard error on_retry=begin/> }.into_any(),
        None if test.with(Option::is_none) => ().into_any(),
        None => view! { <Track test/> }.into_any(),
    };
    view! {
        <SettingRow id="stream-test" label=t(words::STREAM) text=t(words::STREAM_TEXT)>
            <Button label=t(words::STREAM_GO) busy on_press=begin/>
        </SettingRow>
        {draw(body)}
    }
    .into_any()
}

async fn listen(test: RwSignal<Option<Test>>, abort: Abort) -> api::ApiResult<()> {
    let response = overview::stream_test(&abort).await?;
    let mut decoder = Decoder::default();
    read(&response, |bytes| {
        let mut count = 0;
        let whole = decoder.push(bytes, |frame| {
            count += usize::from(serde_json::from_str::<SelfTestEvent>(&frame.data).is_ok());
        });
        let now = time::now_ms();
        let hear = |test: &mut Option<Test>| {
            let test = test.get_or_insert_default();
            (0..count).for_each(|_| test.hear(now));
            test.arrived.len() < EVENTS as usize
        };
        whole.is_ok() && test.try_update(hear) == Some(true)
    })
    .await;
    Ok(())
}

/// The events over the time that they should take, then what follows from that.
#[component]
fn Track(test: RwSignal<Option<Test>>) -> AnyView {
    let arrived = move || test.with(|test| test.as_ref().map(|test| test.arrived.clone()).unwrap_or_default());
    let marks = move || {
        let mark = |(number, at): (usize, f64)| {
            let told =
                move || fill(words::STREAM_EVENT, &[("number", &number.to_string()), ("ms", &format!("{at:.0}"))]);
            view! { <li style:inset-inline-start=place(at)><span class="visually-hidden">{told}</span></li> }
        };
        (1..).zip(arrived()).map(mark).collect_view()
    };
    let verdict = move || test.with(|test| test.as_ref().and_then(Test::verdict));
    let told = move || {
        let Some(verdict) = verdict() else { return ().into_any() };
        let (glyph, text, class) = look(verdict);
        let (count, ms) = (arrived().len().to_string(), format!("{:.0}", arrived().last().copied().unwrap_or(0.0)));
        let (of, wanted) = (EVENTS.to_string(), SPAN_MS.to_string());
        let text = move || fill(text, &[("count", &count), ("of", &of), ("ms", &ms), ("wanted", &wanted)]);
        view! { <p class=class><Icon glyph/><span>{text}</span></p> }.into_any()
    };
    view! {
        <div class="stream-test">
            <ol class="stream-track" aria-label=move || say(words::STREAM)>{draw(marks)}</ol>
            <div role="status">{draw(told)}</div>
        </div>
    }
    .into_any()
}

/// Where an event stands on the track, whose end is half as long again as it should take.
fn place(at: f64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "less than a second")]
    let whole = SPAN_MS as f64 * 1.5;
    format!("{:.1}%", (at / whole).clamp(0.0, 1.0) * 100.0)
}

fn look(verdict: Verdict) -> (Glyph, Text, &'static str) {
    match verdict {
        Verdict::Well => (Glyph::CircleCheck, words::STREAM_WELL, "stream-verdict stream-well"),
        Verdict::HeldBack => (Glyph::CircleAlert, words::STREAM_HELD, "stream-verdict stream-held"),
        Verdict::Cut => (Glyph::CircleAlert, words::STREAM_CUT, "stream-verdict stream-held"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_stand_where_they_arrived_and_the_end_says_what_follows() {
        let mut test = Test::default();
        for now in [1_000.0, 1_200.0, 1_400.0, 1_600.0, 1_800.0] {
            assert_eq!(test.verdict(), None);
            test.hear(now);
        }
        test.over = true;
        assert_eq!(test.arrived, [0.0, 200.0, 400.0, 600.0, 800.0]);
        assert_eq!(
            (test.verdict(), place(600.0).as_str(), place(9_000.0).as_str()),
            (Some(Verdict::Well), "50.0%", "100.0%")
        );
        let together = Test { arrived: vec![0.0; 5], over: true, ..Test::default() };
        assert_eq!(together.verdict(), Some(Verdict::HeldBack));
        let short = Test { arrived: vec![0.0, 200.0], over: true, ..Test::default() };
        assert_eq!(short.verdict(), Some(Verdict::Cut));
    }
}
