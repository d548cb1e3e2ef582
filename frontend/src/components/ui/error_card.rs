//! An error in the place of the result: what happened, what to do, actions, and the details for whoever helps.

use super::sentence::with_code;
use super::{Button, ButtonKind, Glyph, Icon};
use crate::clipboard::Copying;
use crate::i18n::{Text, common, error_hint, error_message, t};
use crate::reactive::draw;
use leptos::prelude::*;
use shared::ApiError;

/// The details of an error as labelled lines: code, the provider's own words, request id.
#[must_use]
pub fn details(error: &ApiError) -> Vec<(Text, String)> {
    let words = error.params.get("detail").cloned().unwrap_or_default();
    let lines = [
        (common::ERROR_CODE, error.code.clone()),
        (common::PROVIDER_WORDS, words),
        (common::REQUEST_ID, error.request_id.clone()),
    ];
    lines.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// An error, with what can be done about it.
#[component]
pub fn ErrorCard(
    /// What went wrong.
    error: ApiError,
    /// What Retry does; absent where trying again means pressing the same button again.
    #[prop(optional, into)]
    on_retry: Option<Callback<()>>,
    /// Other actions, after Retry.
    #[prop(optional)]
    children: Option<Children>,
) -> AnyView {
    let error = StoredValue::new(error);
    let open = RwSignal::new(false);
    let message = move || with_code(&error.with_value(error_message));
    let hint = move || error.with_value(error_hint).map(|hint| view! { <p class="error-hint">{with_code(&hint)}</p> });
    let facts = move || open.get().then(|| view! { <Facts lines=error.with_value(details)/> });
    view! {
        <div class="error-card" role="alert">
            <div class="error-head">
                <Icon glyph=Glyph::CircleAlert/>
                <div>
                    <p class="error-message">{message}</p>
                    {draw(hint)}
                </div>
            </div>
            <div class="error-actions">
                {on_retry.map(|retry| view! { <Button label=t(common::RETRY) glyph=Glyph::RotateCw on_press=retry/> })}
                {children.map(|children| children())}
                <button
                    class="button button-quiet error-more"
                    type="button"
                    aria-expanded=move || open.get().to_string()
                    on:click=move |_| open.update(|open| *open = !*open)
                >
                    {t(common::DETAILS)}
                </button>
            </div>
            {draw(facts)}
        </div>
    }
    .into_any()
}

#[component]
fn Facts(lines: Vec<(Text, String)>) -> AnyView {
    let rows = lines.clone().into_iter().map(|(name, value)| view! { <dt>{t(name)}</dt><dd>{value}</dd> });
    let copying = Copying::default();
    let copy = move || {
        copying.start(lines.iter().map(|(name, value)| format!("{}: {value}", name.en)).collect::<Vec<_>>().join("\n"));
    };
    view! {
        <div class="error-facts">
            <dl>{rows.collect_view()}</dl>
            <Button label=move || copying.label(common::COPY) glyph=Glyph::Copy kind=ButtonKind::Quiet on_press=copy/>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::{ApiError, common, details};
    use shared::error::params;

    #[test]
    fn details_leave_out_what_is_unknown() {
        let error = ApiError {
            code: "provider.region".to_owned(),
            params: params([("detail", "Country not supported".to_owned()), ("host", "api.example".to_owned())]),
            ..ApiError::default()
        };
        let names: Vec<_> = details(&error).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, [common::ERROR_CODE, common::PROVIDER_WORDS]);
    }
}
