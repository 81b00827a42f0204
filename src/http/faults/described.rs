//! A fault as the description of the API has it: with the body and the headers of the very answer that it becomes.

use actix_web::HttpResponse;
use actix_web::body::MessageBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, VARY};
use serde_json::Value;

use super::{Code, Content, ErrorStyle, Fault};
use crate::http::negotiation::Representation;

/// A fault, with the answer that it becomes.
#[derive(Clone, Debug)]
pub(crate) struct DescribedFault {
    pub(crate) status: StatusCode,
    pub(crate) code: Code,
    /// The codes of each field; the name of faults of no field is that of the contract.
    pub(crate) field_codes: Vec<(String, Vec<Code>)>,
    pub(crate) form: FaultForm,
    /// The body in the form of the contract; `None` if it has none.
    pub(crate) body: Option<Value>,
    /// The body as problem details.
    pub(crate) problem: Value,
    /// The headers that belong to the fault, each with a value.
    pub(crate) headers: Vec<(String, String)>,
}

/// The form of a fault's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultForm {
    /// `{"detail": "…"}`.
    Detail,
    /// A text in a list, under the key of the contract for errors of no field.
    Keyed,
    /// `{"detail": "…", "code": "…"}`, and more where a token is refused.
    Coded,
    /// `["…"]`.
    List,
    /// `"…"`.
    Bare,
    /// None.
    Empty,
    /// Each field with its messages.
    Fields,
}

impl Fault {
    /// Describes the answer to this fault in a contract's style.
    pub(crate) fn described(&self, style: &ErrorStyle) -> DescribedFault {
        let (headers, body) = parts(self.write(Representation::Json, style));
        let (_, problem) = parts(self.write(Representation::Problem, style));
        let (form, faults) = match (&self.0.content, &style.non_field_errors_key) {
            (Content::Rule(_), Some(_)) => (FaultForm::Keyed, &[][..]),
            (Content::Rule(_) | Content::Detail(_), _) => (FaultForm::Detail, &[][..]),
            (Content::Coded(..), _) => (FaultForm::Coded, &[][..]),
            (Content::List(_), _) => (FaultForm::List, &[][..]),
            (Content::Bare(_), _) => (FaultForm::Bare, &[][..]),
            (Content::Empty(_), _) => (FaultForm::Empty, &[][..]),
            (Content::Fields(fields), _) => (FaultForm::Fields, fields.as_slice()),
        };
        let field_codes = faults.iter().map(|(name, faults)| {
            let name = name.as_deref().unwrap_or_else(|| style.non_field_key()).to_owned();
            (name, faults.iter().map(super::FieldFault::code).collect())
        });
        let field_codes = field_codes.collect();
        let problem = problem.unwrap_or_default();
        DescribedFault { status: self.status(), code: self.code(), field_codes, form, body, problem, headers }
    }
}

fn parts(response: HttpResponse) -> (Vec<(String, String)>, Option<Value>) {
    let own = response.headers().iter().filter(|(name, _)| **name != CONTENT_TYPE && **name != VARY);
    let text = |value: &actix_web::http::header::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let headers = own.map(|(name, value)| (name.to_string(), text(value))).collect();
    let body = response.into_body().try_into_bytes().unwrap_or_default();
    (headers, serde_json::from_slice(&body).ok())
}
