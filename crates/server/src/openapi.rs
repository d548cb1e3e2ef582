//! The API's own description, for programs and for the page at `/docs`: every route with what it takes and what it answers.
//!
//! It is made of the table of routes, so no route can be missing, and of the types that handlers read and write, so no field
//! can be wrong. The tests hold every answer that they get against it (`tests/it/support/described.rs`).

mod document;
mod operation;
mod operations;
mod schemas;

use serde_json::{Map, Value};
use std::sync::LazyLock;

/// Bodies as they were sent and answered in a test, by handler.
const EXAMPLES: &str = include_str!("openapi/examples.json");

/// The page at `/docs`.
pub const PAGE: &str = include_str!("openapi/page/index.html");
/// What draws it.
pub const SCRIPT: &str = include_str!("openapi/page/page.js");
/// How it looks.
pub const STYLE: &str = include_str!("openapi/page/page.css");

/// The document, written.
static DOCUMENT: LazyLock<String> = LazyLock::new(|| document().to_string());

/// The document as it is sent.
#[must_use]
pub fn text() -> &'static str {
    &DOCUMENT
}

/// The document.
#[must_use]
pub fn document() -> Value {
    document::document(operations::operations(), &examples())
}

fn examples() -> Map<String, Value> {
    // The file is part of the program, and a test reads it.
    serde_json::from_str(EXAMPLES).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{examples, operations};
    use crate::routes::TABLE;
    use std::collections::BTreeSet;

    #[test]
    fn every_route_has_one_description_and_every_description_a_route() {
        let described: Vec<_> = operations::operations().iter().map(|operation| operation.name).collect();
        let routes: BTreeSet<_> = TABLE.iter().map(|line| line.name).collect();
        assert_eq!(described.iter().copied().collect::<BTreeSet<_>>(), routes);
        assert_eq!(described.len(), routes.len(), "one is there twice");
    }

    #[test]
    fn every_body_and_answer_has_an_example() {
        let examples = examples();
        assert!(!examples.is_empty());
        for operation in operations::operations() {
            let example = examples.get(operation.name);
            assert!(
                !operation.takes_json() || example.is_some_and(|it| it.get("request").is_some()),
                "{}",
                operation.name
            );
            assert!(
                !operation.answers_json() || example.is_some_and(|it| it.get("response").is_some()),
                "{}",
                operation.name
            );
        }
    }
}
