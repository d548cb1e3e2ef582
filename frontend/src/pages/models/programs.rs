//! How programs ask a model, in the sheet about it: how it fills gaps in texts, and how it is asked for a ranking. It is kept
//! apart from what is known of the model, so it is read when the sheet opens and stored only where something was changed.

use crate::components::ui::{ErrorCard, Select, Skeleton, TextArea};
use crate::i18n::{Text, fill, models as words, t};
use crate::reactive::draw;
use crate::state::catalog::forms::{Forms, NATIVE, NONE, TEMPLATE};
use crate::{api, dom};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::text_prop::TextProp;
use shared::interfaces::{Interfaces, MAX_STOPS};
use shared::models::ModelKind;
use shared::{ApiError, ModelId};

const TEMPLATE_ID: &str = "model-template";
const STOPS_ID: &str = "model-stops";

/// A field breaks its rule, and says so.
#[derive(Clone, Copy, Debug)]
pub struct Broken;

/// What stands in the fields.
#[derive(Clone, Copy)]
pub struct Programs {
    id: StoredValue<ModelId>,
    /// What is stored; none until it is known.
    stored: RwSignal<Option<Interfaces>>,
    failure: RwSignal<Option<ApiError>>,
    gap: RwSignal<String>,
    template: RwSignal<String>,
    stops: RwSignal<String>,
    ranking: RwSignal<String>,
}

impl Programs {
    /// Reads what is stored.
    #[must_use]
    pub fn of(id: &ModelId) -> Self {
        let empty = || RwSignal::new(String::new());
        let programs = Self {
            id: StoredValue::new(id.clone()),
            stored: RwSignal::new(None),
            failure: RwSignal::new(None),
            gap: empty(),
            template: empty(),
            stops: empty(),
            ranking: empty(),
        };
        programs.read();
        programs
    }

    fn read(self) {
        self.failure.set(None);
        spawn_local(async move {
            let Some(id) = self.id.try_get_value() else { return };
            let answer = api::catalog::interfaces(&id).await;
            // The sheet may be closed by now.
            if self.stored.is_disposed() {
                return;
            }
            match answer {
                Ok(stored) => self.show(stored),
                Err(error) => self.failure.set(Some(error)),
            }
        });
    }

    fn show(self, stored: Interfaces) {
        let Forms { gap, template, stops, ranking } = Forms::from(&stored);
        self.gap.set(gap);
        self.template.set(template);
        self.stops.set(stops);
        self.ranking.set(ranking);
        self.stored.set(Some(stored));
    }

    fn typed(self) -> Forms {
        Forms {
            gap: self.gap.get(),
            template: self.template.get(),
            stops: self.stops.get(),
            ranking: self.ranking.get(),
        }
    }

    /// What is to be stored, if anything was changed.
    ///
    /// # Errors
    /// A field breaks its rule; it has the focus now.
    pub fn change(self) -> Result<Option<Interfaces>, Broken> {
        let typed = untrack(|| self.typed());
        let Some(wish) = typed.interfaces() else {
            dom::focus_id(if typed.has_marks() { STOPS_ID } else { TEMPLATE_ID });
            return Err(Broken);
        };
        // What is not known was not changed either.
        Ok(self.stored.get_untracked().filter(|stored| *stored != wish).map(|_| wish))
    }

    /// Stores it.
    ///
    /// # Errors
    /// As the server refuses.
    pub async fn store(self, wish: &Interfaces) -> api::ApiResult<()> {
        let Some(id) = self.id.try_get_value() else { return Ok(()) };
        let stored = api::catalog::set_interfaces(&id, wish).await?;
        self.stored.try_set(Some(stored));
        Ok(())
    }
}

/// The fields, for what the model is made for.
#[component]
pub fn ProgramFields(
    /// What stands in them.
    programs: Programs,
    /// What the model is made for.
    kind: ModelKind,
) -> AnyView {
    let fills = matches!(kind, ModelKind::Chat | ModelKind::Other);
    let ranks = kind == ModelKind::Rerank;
    if !fills && !ranks {
        return ().into_any();
    }
    let is_known = move || programs.stored.with(Option::is_some);
    let body = move || match (programs.failure.get(), is_known()) {
        (Some(error), _) => view! { <ErrorCard error on_retry=move || programs.read()/> }.into_any(),
        (None, false) => view! { <Skeleton rows=1/> }.into_any(),
        (None, true) if fills => view! { <GapFields programs/> }.into_any(),
        (None, true) => view! { <RankingField programs/> }.into_any(),
    };
    view! {
        <div class="form-head"><h3>{t(words::PROGRAMS)}</h3> <p class="field-note">{t(words::PROGRAMS_TEXT)}</p></div>
        {draw(body)}
    }
    .into_any()
}

/// A choice whose first value follows from the model itself.
fn options(named: &[(&'static str, Text)]) -> Vec<(String, TextProp)> {
    let by_itself = (String::new(), TextProp::from(t(words::BY_ITSELF)));
    let named = named.iter().map(|(value, text)| ((*value).to_owned(), TextProp::from(t(*text))));
    std::iter::once(by_itself).chain(named).collect()
}

#[component]
fn GapFields(programs: Programs) -> AnyView {
    let options = options(&[(NATIVE, words::GAP_NATIVE), (TEMPLATE, words::GAP_TEMPLATE), (NONE, words::GAP_NONE)]);
    let is_template = move || programs.gap.with(|gap| gap == TEMPLATE);
    let prompt = move || {
        is_template().then(|| {
            // Said once something stands there: an empty field is no mistake yet.
            let rule = Signal::derive(move || {
                let typed = programs.typed();
                (!typed.template.is_empty() && !typed.has_marks())
                    .then(|| crate::i18n::say(words::TEMPLATE_RULE).to_owned())
            });
            let stops_rule = Signal::derive(move || {
                (!programs.typed().has_stops()).then(|| fill(words::STOPS_RULE, &[("most", &MAX_STOPS.to_string())]))
            });
            view! {
                <TextArea id=TEMPLATE_ID label=t(words::TEMPLATE) value=programs.template error=rule code=true/>
                <TextArea id=STOPS_ID label=t(words::STOPS) value=programs.stops error=stops_rule code=true/>
            }
        })
    };
    view! {
        <Select
            id="model-gap"
            label=t(words::GAP)
            hint=t(words::GAP_TEXT)
            options
            value=programs.gap
            on_change=move |value| programs.gap.set(value)
        />
        {draw(prompt)}
    }
    .into_any()
}

#[component]
fn RankingField(programs: Programs) -> AnyView {
    let options = options(&[
        ("standard", words::RANKING_STANDARD),
        ("plural", words::RANKING_PLURAL),
        ("texts", words::RANKING_TEXTS),
    ]);
    view! {
        <Select
            id="model-ranking"
            label=t(words::RANKING)
            hint=t(words::RANKING_TEXT)
            options
            value=programs.ranking
            on_change=move |value| programs.ranking.set(value)
        />
    }
    .into_any()
}
