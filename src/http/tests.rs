//! Tests of a small service that is built from this module's types.

mod described;
mod malformed;
mod order;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, Service, ServiceResponse};
use actix_web::http::header::{CONTENT_TYPE, HeaderMap, HeaderName};
use actix_web::http::{Method, StatusCode};
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, FromRequest, HttpRequest, HttpResponse, web};
use std::future::{Ready, ready};

use super::body::Body;
use super::cors::{CorsOptions, cors};
use super::endpoint::Endpoint;
use super::endpoint::{Admitted, FieldDescription, FieldKind, Switch};
use super::faults::Code;
use super::fields::TextRule;
use super::reply::{Answer, detail, json};
use super::{AllowedOrigins, Envelope, Fault, HttpOptions, unknown_path};

/// An answer in its parts.
pub(super) struct Seen {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Seen {
    fn header(&self, name: impl Into<HeaderName>) -> Option<&str> {
        let name: HeaderName = name.into();
        self.headers.get(name).map(|value| value.to_str().expect("headers are visible"))
    }

    fn named(&self, name: &'static str) -> Option<&str> {
        self.header(HeaderName::from_static(name))
    }
}

/// A gate that admits requests with the right word.
#[derive(Clone, Debug)]
struct Guest(String);

impl FromRequest for Guest {
    type Error = Fault;
    type Future = Ready<Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let word = request.headers().get("x-word").and_then(|word| word.to_str().ok());
        let refused =
            || Fault::unauthenticated(Code::NotAuthenticated, "Authentication credentials were not provided.");
        ready(word.map(|word| Self(word.to_owned())).ok_or_else(refused))
    }
}

async fn verify(body: Body) -> Answer {
    let mut fields = body.fields()?;
    let user_id = fields.text("user_id", TextRule::TRIMMED);
    let timestamp = fields.integer("timestamp");
    let signature = fields.text("signature", TextRule::TRIMMED);
    let (_, _, signature) = fields.finish((user_id, timestamp, signature))?;
    if signature != "good" {
        return Err(Fault::refused(Code::InvalidSignature, "Invalid signature"));
    }
    Ok(detail("User verified successfully"))
}

async fn show(Admitted(Guest(word)): Admitted<Guest>) -> Answer {
    json(StatusCode::OK, &word)
}

async fn change(_: Admitted<Guest>, number: web::Path<u8>, _: Body) -> Answer {
    json(StatusCode::OK, &*number)
}

async fn break_down() -> Answer {
    Err(Fault::internal(std::io::Error::other("the disk is on fire")))
}

/// Sends one request to a fresh service under these options.
pub(super) async fn answer_under(options: HttpOptions, origins: &[&str], request: TestRequest) -> Seen {
    let origins = CorsOptions { origins: AllowedOrigins::listed(origins), ..CorsOptions::default() };
    let description = vec![
        FieldDescription::required("user_id", FieldKind::String, "User id"),
        FieldDescription::optional("timestamp", FieldKind::Integer, "Timestamp").at_most(9).help("Seconds."),
    ];
    let app = App::new()
        .app_data(options)
        .service(Endpoint::open("/verify", "Verify").taking("POST", description).on(Method::POST, verify))
        .service(Endpoint::open("/closed", "Closed").switched(Switch::Off).on(Method::POST, verify))
        .service(Endpoint::open("/broken", "Broken").on(Method::GET, break_down))
        .service(Endpoint::<Guest>::guarded("/guests", "Guests").on(Method::GET, show))
        .service(Endpoint::<Guest>::guarded("/guests/{number}", "Guest").on(Method::PUT, change))
        .route("/plain", web::get().to(|| async { HttpResponse::ImATeapot().body("short and stout") }))
        .route(
            "/page",
            web::get().to(|| async { HttpResponse::Ok().insert_header(("cache-control", "max-age=9")).body("") }),
        )
        .default_service(web::to(unknown_path))
        .wrap(cors(&origins))
        .wrap(Envelope::default());
    let app = init_service(app).await;
    seen(app.call(request.to_request()).await.expect("the envelope leaves no error"))
}

pub(super) async fn answer(request: TestRequest) -> Seen {
    answer_under(HttpOptions::default(), &[], request).await
}

fn seen<B: MessageBody + 'static>(response: ServiceResponse<B>) -> Seen {
    let (status, headers) = (response.status(), response.headers().clone());
    let body: BoxBody = response.into_body().boxed();
    let bytes = body.try_into_bytes().expect("the body is at hand");
    Seen { status, headers, body: String::from_utf8(bytes.to_vec()).expect("answers are UTF-8") }
}

fn post_json(path: &str, body: &str) -> TestRequest {
    TestRequest::post().uri(path).insert_header((CONTENT_TYPE, "application/json")).set_payload(body.to_owned())
}
