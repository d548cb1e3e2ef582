//! How an operation is described: what it takes, and what it answers.

use schemars::{JsonSchema, Schema, SchemaGenerator};

/// Makes the schema of a type.
pub(super) type Shape = fn(&mut SchemaGenerator) -> Schema;

/// What a request brings along.
pub(super) enum Body {
    /// Nothing.
    None,
    /// JSON of a type.
    Json(Shape),
    /// JSON of a type, or nothing.
    Maybe(Shape),
    /// JSON as another standard defines it, by its name in `programs.json`.
    Foreign(&'static str),
    /// The bytes of a file, of these media types.
    Bytes(&'static [&'static str]),
}

/// What comes back.
pub(super) enum Content {
    /// Nothing but the head.
    None,
    /// JSON of a type.
    Json(Shape),
    /// JSON as another standard defines it.
    Foreign(&'static str),
    /// A stream of events (`text/event-stream`), each with JSON of a type.
    Events(Shape),
    /// A stream of events as another standard defines them.
    ForeignEvents(&'static str),
    /// Something else, of this media type.
    Media(&'static str),
}

/// One answer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content: Content,
}

/// An operation: a line of the table of routes, in words and shapes.
pub(super) struct Operation {
    /// Its handler, `module::function`: what joins it to its line.
    pub(super) name: &'static str,
    /// What it does, in one sentence.
    pub(super) summary: &'static str,
    /// Its query.
    pub(super) query: Option<Shape>,
    pub(super) body: Body,
    /// What it answers when all is well, by status; failures have one form and are added to each.
    pub(super) answers: Vec<Answer>,
}

/// Begins the description of what a handler does.
pub(super) fn op(name: &'static str, summary: &'static str) -> Operation {
    Operation { name, summary, query: None, body: Body::None, answers: Vec::new() }
}

fn shape<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

impl Operation {
    pub(super) fn query<T: JsonSchema>(self) -> Self {
        Self { query: Some(shape::<T>), ..self }
    }

    pub(super) fn body<T: JsonSchema>(self) -> Self {
        Self { body: Body::Json(shape::<T>), ..self }
    }

    pub(super) fn maybe<T: JsonSchema>(self) -> Self {
        Self { body: Body::Maybe(shape::<T>), ..self }
    }

    pub(super) fn foreign(self, body: &'static str) -> Self {
        Self { body: Body::Foreign(body), ..self }
    }

    pub(super) fn bytes(self, media: &'static [&'static str]) -> Self {
        Self { body: Body::Bytes(media), ..self }
    }

    pub(super) fn json<T: JsonSchema>(self, status: u16) -> Self {
        self.answer(status, Content::Json(shape::<T>))
    }

    pub(super) fn events<T: JsonSchema>(self) -> Self {
        self.answer(200, Content::Events(shape::<T>))
    }

    pub(super) fn none(self, status: u16) -> Self {
        self.answer(status, Content::None)
    }

    pub(super) fn media(self, kind: &'static str) -> Self {
        self.answer(200, Content::Media(kind))
    }

    pub(super) fn answer(mut self, status: u16, content: Content) -> Self {
        self.answers.push(Answer { status, content });
        self
    }

    /// Whether an example of a request is due.
    #[cfg(test)]
    pub(super) fn takes_json(&self) -> bool {
        matches!(self.body, Body::Json(_) | Body::Maybe(_) | Body::Foreign(_))
    }

    /// Whether an example of an answer is due.
    #[cfg(test)]
    pub(super) fn answers_json(&self) -> bool {
        self.answers.iter().any(|answer| matches!(answer.content, Content::Json(_) | Content::Foreign(_)))
    }
}
