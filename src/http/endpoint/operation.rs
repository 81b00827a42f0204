//! One method of an endpoint as clients see it, for the description of the API: what it is for, what it takes, what it
//! answers and why it refuses.
//!
//! Refusals are [`Fault`]s that the handler gives, so that the description has their status, code, shape and sentence.
//! What every endpoint may answer is not listed: the document adds it.

use std::borrow::Cow;

use actix_web::http::StatusCode;

use super::metadata::FieldDescription;
use super::shape::Shape;
use crate::http::faults::Fault;

/// The description of one method of an endpoint.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    /// Its name for programs: in snake_case, and no other of the contract has it.
    pub(crate) id: Cow<'static, str>,
    /// What it does, in a few words.
    pub(crate) summary: &'static str,
    /// What a client must know beyond that. Markdown, may be empty.
    pub(crate) description: Cow<'static, str>,
    /// The fields of its body; `None`: those that OPTIONS describes.
    pub(crate) fields: Option<Vec<FieldDescription>>,
    /// The parameters in the query.
    pub(crate) query: Vec<FieldDescription>,
    /// The answers to requests that are carried out.
    pub(crate) successes: Vec<Success>,
    /// One fault for each code with which the handler refuses.
    pub(crate) refusals: Vec<Fault>,
    /// Whether the handler asks for a login, where the endpoint's gate does not.
    pub(crate) login: Login,
    /// Whether a client may be told to come back later (429).
    pub(crate) is_throttled: bool,
    /// Whether the handler reads an idempotency key.
    pub(crate) takes_idempotency_key: bool,
}

/// Whether a handler looks for a login by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Login {
    /// It does not.
    Ignored,
    /// It works with and without one.
    Optional,
    /// It refuses requests without one.
    Required,
}

/// The answer to a request that is carried out.
#[derive(Clone, Debug)]
pub(crate) struct Success {
    /// Its status.
    pub(crate) status: StatusCode,
    /// When it is given.
    pub(crate) description: &'static str,
    /// Its body, if it has one.
    pub(crate) body: Option<Shape>,
}

impl Operation {
    /// Returns the description of an operation that answers nothing yet.
    pub(crate) fn new(id: impl Into<Cow<'static, str>>, summary: &'static str) -> Self {
        Self {
            id: id.into(),
            summary,
            description: Cow::Borrowed(""),
            fields: None,
            query: Vec::new(),
            successes: Vec::new(),
            refusals: Vec::new(),
            login: Login::Ignored,
            is_throttled: false,
            takes_idempotency_key: false,
        }
    }

    /// Sets what a client must know beyond the summary.
    #[must_use]
    pub(crate) fn about(self, description: impl Into<Cow<'static, str>>) -> Self {
        Self { description: description.into(), ..self }
    }

    /// Sets the fields of the body, where OPTIONS does not describe them.
    #[must_use]
    pub(crate) fn taking(self, fields: Vec<FieldDescription>) -> Self {
        Self { fields: Some(fields), ..self }
    }

    /// Sets the parameters in the query.
    #[must_use]
    pub(crate) fn querying(self, query: Vec<FieldDescription>) -> Self {
        Self { query, ..self }
    }

    /// Adds an answer with a body.
    #[must_use]
    pub(crate) fn answers(mut self, status: StatusCode, description: &'static str, body: Shape) -> Self {
        self.successes.push(Success { status, description, body: Some(body) });
        self
    }

    /// Adds the answer 200 with `{"detail": text}`.
    #[must_use]
    pub(crate) fn answers_detail(self, text: &'static str) -> Self {
        self.answers(StatusCode::OK, "It is done.", Shape::detail(text))
    }

    /// Adds an answer without a body.
    #[must_use]
    pub(crate) fn answers_nothing(mut self, status: StatusCode, description: &'static str) -> Self {
        self.successes.push(Success { status, description, body: None });
        self
    }

    /// Adds faults with which the handler refuses.
    #[must_use]
    pub(crate) fn refuses(mut self, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.refusals.extend(faults);
        self
    }

    /// Says that the handler limits how often a client may ask.
    #[must_use]
    pub(crate) fn throttled(self) -> Self {
        Self { is_throttled: true, ..self }
    }

    /// Says that a client may send the request again with its idempotency key.
    #[must_use]
    pub(crate) fn repeatable(self) -> Self {
        Self { takes_idempotency_key: true, ..self }
    }

    /// Says that the handler looks for a login by itself.
    #[must_use]
    pub(crate) fn logging_in(self, login: Login) -> Self {
        Self { login, ..self }
    }
}
