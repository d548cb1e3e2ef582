//! The forms of a budget: a new one, and the limit of one that is there.

use crate::components::limit_fields::{LimitFields, Limits};
use crate::components::ui::{Button, ButtonKind, ErrorCard, Select, TextField};
use crate::i18n::{Text, budgets as words, common, say, t};
use crate::reactive::draw;
use crate::state::budgets::{Budgets, parsed, typed};
use crate::state::models::{Heading, use_models};
use crate::state::toasts::{Toasts, use_toasts};
use crate::{api, dom};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::text_prop::TextProp;
use shared::accounts::PeopleQuery;
use shared::budgets::{Budget, CreateBudget, Subject, Unit, UpdateBudget};
use shared::{ApiError, ModelId, UserId};

/// Whom a budget may be for. One for a key is made with the key.
const SUBJECTS: [(&str, Text); 3] = [("each", words::EACH), ("person", words::PERSON), ("everyone", words::EVERYONE)];

/// The fields of a new budget and what is wrong with them.
#[derive(Clone, Copy)]
struct Form {
    budgets: Budgets,
    toasts: Toasts,
    subject: RwSignal<String>,
    person: RwSignal<String>,
    model: RwSignal<String>,
    limits: Limits,
    pressed: RwSignal<bool>,
    /// The name of which nobody is known.
    unknown: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<ApiError>>,
}

impl Form {
    fn person_error(self) -> Option<String> {
        let typed = self.person.get();
        let is_unknown = self.unknown.get().is_some_and(|name| name == typed.trim());
        let is_missing = self.pressed.get() && typed.trim().is_empty();
        (is_unknown || is_missing).then(|| say(words::PERSON_RULE).to_owned())
    }

    /// Whom it is for; none while that is nobody.
    async fn subject(self) -> api::ApiResult<Option<Subject>> {
        match self.subject.get_untracked().as_str() {
            "person" => {
                let name = self.person.get_untracked().trim().to_owned();
                let found = person(&name).await?;
                self.unknown.try_set(found.is_none().then_some(name));
                Ok(found.map(|user_id| Subject::Person { user_id }))
            }
            "everyone" => Ok(Some(Subject::Everyone)),
            _ => Ok(Some(Subject::Each)),
        }
    }

    async fn make(self, limit: u64) -> api::ApiResult<bool> {
        let Some(subject) = self.subject().await? else { return Ok(false) };
        let model = self.model.get_untracked();
        let wish = CreateBudget {
            subject,
            model_id: Some(ModelId(model)).filter(|id| !id.0.is_empty()),
            unit: self.limits.unit.get_untracked(),
            window: self.limits.window.get_untracked(),
            limit,
            enabled: true,
        };
        self.budgets.create(&wish).await.map(|()| true)
    }

    fn send(self, on_close: Callback<()>) {
        self.pressed.set(true);
        self.refused.set(None);
        if self.subject.with_untracked(|subject| subject == "person")
            && self.person.with_untracked(|name| name.trim().is_empty())
        {
            return dom::focus_id("budget-person");
        }
        let Some(limit) = self.limits.amount() else { return dom::focus_id("budget-limit") };
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            let result = self.make(limit).await;
            self.busy.try_set(false);
            match result {
                Ok(true) => {
                    on_close.try_run(());
                    self.toasts.confirm(say(words::MADE));
                }
                Ok(false) => dom::focus_id("budget-person"),
                Err(error) => _ = self.refused.try_set(Some(error)),
            }
        });
    }
}

/// The person of this very name.
async fn person(name: &str) -> api::ApiResult<Option<UserId>> {
    let query = PeopleQuery { q: Some(name.to_owned()), ..PeopleQuery::default() };
    let found = api::people::list(&query).await?;
    let same = found.items.into_iter().find(|user| user.username.to_lowercase() == name.to_lowercase());
    Ok(same.map(|user| user.id))
}

/// The form of a new budget.
#[component]
pub fn BudgetForm(
    /// Where it is kept.
    budgets: Budgets,
    /// The wish to close it.
    #[prop(into)]
    on_close: Callback<()>,
) -> AnyView {
    let form = Form {
        budgets,
        toasts: use_toasts(),
        subject: RwSignal::new("each".to_owned()),
        person: RwSignal::default(),
        model: RwSignal::default(),
        limits: Limits::new("budget"),
        pressed: RwSignal::new(false),
        unknown: RwSignal::new(None),
        busy: RwSignal::new(false),
        refused: RwSignal::new(None),
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        form.send(on_close);
    };
    let person = move || {
        form.subject.with(|subject| subject == "person").then(|| {
            let error = Signal::derive(move || form.person_error());
            view! { <TextField id="budget-person" label=t(words::PERSON_NAME) value=form.person error required=true/> }
        })
    };
    let subjects = SUBJECTS.map(|(value, text)| (value.to_owned(), TextProp::from(t(text)))).to_vec();
    let currency = Signal::derive(move || budgets.state.with(|state| state.currency));
    view! {
        <form class="form" novalidate on:submit=submit>
            <Select
                id="budget-subject"
                label=t(words::WHO)
                options=subjects
                value=form.subject
                on_change=move |chosen| form.subject.set(chosen)
            />
            {draw(person)}
            <ModelSelect model=form.model/>
            <LimitFields limits=form.limits pressed=form.pressed currency/>
            {move || form.refused.get().map(|error| view! { <ErrorCard error/> })}
            <div class="dialog-actions">
                <Button label=t(common::CANCEL) on_press=on_close/>
                <Button label=t(words::MAKE) kind=ButtonKind::Primary submit=true busy=form.busy/>
            </div>
        </form>
    }
    .into_any()
}

/// All models, or one of them.
#[component]
fn ModelSelect(model: RwSignal<String>) -> AnyView {
    let all = (String::new(), TextProp::from(t(words::ALL_MODELS)));
    let ids = use_models()
        .groups("")
        .into_iter()
        .filter(|group| matches!(group.heading, Heading::Connection(_)))
        .flat_map(|group| group.models);
    let known = ids.map(|model| {
        let name = model.label.unwrap_or(model.name);
        (model.id.to_string(), TextProp::from(move || name.clone()))
    });
    let options = std::iter::once(all).chain(known).collect();
    view! { <Select id="budget-model" label=t(words::MODEL) options value=model on_change=move |chosen| model.set(chosen)/> }
        .into_any()
}

/// The form that changes the limit of a budget.
#[component]
pub fn LimitForm(
    /// Where it is kept.
    budgets: Budgets,
    /// The budget.
    budget: Budget,
    /// The wish to close it.
    #[prop(into)]
    on_close: Callback<()>,
) -> AnyView {
    let (unit, id, toasts) = (budget.unit, StoredValue::new(budget.id), use_toasts());
    let value = RwSignal::new(typed(unit, budget.limit));
    let (busy, refused) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let rule = if unit == Unit::Money { words::MONEY_RULE } else { words::LIMIT_RULE };
    let wish = move || value.with(|value| parsed(unit, value));
    let error = Signal::derive(move || wish().is_none().then(|| say(rule).to_owned()));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(limit) = untrack(wish) else { return dom::focus_id("budget-new-limit") };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        refused.set(None);
        spawn_local(async move {
            let change = UpdateBudget { limit: Some(limit), enabled: None };
            let result = budgets.update(&id.get_value(), &change).await;
            busy.try_set(false);
            if result.is_ok() {
                on_close.try_run(());
                toasts.confirm(say(words::CHANGED));
            }
            refused.try_set(result.err());
        });
    };
    view! {
        <form class="form" novalidate on:submit=submit>
            <TextField id="budget-new-limit" label=t(words::LIMIT) value error required=true/>
            {move || refused.get().map(|error| view! { <ErrorCard error/> })}
            <div class="dialog-actions">
                <Button label=t(common::CANCEL) on_press=on_close/>
                <Button label=t(common::SAVE) kind=ButtonKind::Primary submit=true busy/>
            </div>
        </form>
    }
    .into_any()
}
