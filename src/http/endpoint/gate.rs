//! The gates of endpoints: what a request must pass before its method is checked.

use std::any::TypeId;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use crate::http::faults::Fault;
use crate::http::{options_of, same_origin};

/// A check that a request must pass before its method is checked: an extractor, such as the logged-in session.
///
/// A handler behind a gate receives the extracted value as [`Admitted`].
pub(crate) trait Gate: FromRequest + Clone + 'static {}

impl<T: FromRequest + Clone + 'static> Gate for T {}

/// The gate that admits every request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Anyone;

impl FromRequest for Anyone {
    type Error = Fault;
    type Future = Ready<Result<Self, Fault>>;

    fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self))
    }
}

/// Extracts the value that the endpoint's gate extracted.
#[derive(Clone, Debug)]
pub(crate) struct Admitted<G>(pub G);

impl<G: Gate> FromRequest for Admitted<G> {
    type Error = Fault;
    type Future = Ready<Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = request.extensions().get::<G>().cloned();
        ready(found.map(Self).ok_or_else(|| Fault::internal_text("the endpoint has another gate".to_owned())))
    }
}

/// Returns whether the gate is another than [`Anyone`].
pub(super) fn has_gate<G: Gate>() -> bool {
    TypeId::of::<G>() != TypeId::of::<Anyone>()
}

/// Checks that the gate admits the request, and keeps what it extracts for the handler.
pub(super) async fn admit<G: Gate>(request: &HttpRequest) -> Result<(), Fault> {
    // An open gate extracts nothing, and storing a value in the request's extensions has a cost.
    if has_gate::<G>() {
        let found = G::from_request(request, &mut Payload::None).await.map_err(into_fault)?;
        request.extensions_mut().insert(found);
        return Ok(());
    }
    // A page of another site must not make its visitors' browsers send such requests: they would use up the visitors'
    // budgets, send mails, or log visitors in as another user. Behind other gates the credentials decide.
    if !request.method().is_safe() && same_origin::is_refuted(request, &options_of(request).origins) {
        return Err(same_origin::fault());
    }
    Ok(())
}

/// Converts an extractor's error. Our own extractors return faults; actix's and others return errors of their own.
pub(super) fn into_fault(error: impl Into<actix_web::Error>) -> Fault {
    Fault::from_error(&error.into())
}
