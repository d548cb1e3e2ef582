//! Sentences of the error table in views: names for machines stand between backticks there.

use leptos::prelude::*;

/// The pieces of a sentence, and whether each is a name for machines.
fn pieces(sentence: &str) -> impl Iterator<Item = (bool, &str)> {
    sentence.split('`').enumerate().map(|(index, text)| (index % 2 == 1, text)).filter(|(_, text)| !text.is_empty())
}

/// A sentence with its names for machines as code.
#[must_use]
pub fn with_code(sentence: &str) -> Vec<AnyView> {
    let view = |(is_code, text): (bool, &str)| {
        let text = text.to_owned();
        if is_code { view! { <code>{text}</code> }.into_any() } else { text.into_any() }
    };
    pieces(sentence).map(view).collect()
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn names_between_backticks_are_told_apart() {
        let found: Vec<_> = pieces("`api.example` refused, run `aichat`.").collect();
        assert_eq!(found, [(true, "api.example"), (false, " refused, run "), (true, "aichat"), (false, ".")]);
    }
}
