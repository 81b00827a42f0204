//! How a fault is written: as the contract's JSON, or as problem details.

use std::borrow::Cow;
use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderValue, RETRY_AFTER, VARY, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde::{Serialize, Serializer};

use super::style::ErrorStyle;
use super::{Content, Extra, Fault, FieldFault, FieldFaults, Message, Note};
use crate::http::negotiation::{Representation, representation};
use crate::http::options_of;
use crate::http::outcome;
use crate::http::reply::{JSON, detail_body, written_as};

const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");
const ACCEPT_VARIES: HeaderValue = HeaderValue::from_static("Accept");

impl Fault {
    /// Writes the answer in the format of this client and this site, and logs it if it is worth a line.
    pub fn respond(&self, request: &HttpRequest) -> HttpResponse {
        self.respond_in(representation(request.headers()).unwrap_or_default(), request)
    }

    pub(in crate::http) fn respond_in(&self, language: Representation, request: &HttpRequest) -> HttpResponse {
        outcome::log(self, Some(request));
        self.write(language, &options_of(request).errors)
    }

    pub(in crate::http) fn write(&self, language: Representation, style: &ErrorStyle) -> HttpResponse {
        let mut response = match (language, &self.0.content) {
            (Representation::Json, Content::Empty(_)) => bodiless(self.0.status),
            (Representation::Json, _) => written_as(JSON, self.0.status, self.plain(style)),
            (Representation::Problem, _) => written_as(PROBLEM, self.0.status, self.problem(style)),
        };
        let headers = response.headers_mut();
        headers.append(VARY, ACCEPT_VARIES);
        match &self.0.extra {
            Extra::None => {}
            Extra::Allow(methods) => headers.append(ALLOW, methods.clone()),
            Extra::RetryAfter(span) => headers.append(RETRY_AFTER, HeaderValue::from(span.get())),
            Extra::Throttled(span, limit) => {
                headers.append(RETRY_AFTER, HeaderValue::from(span.get()));
                limit.write(headers);
            }
            Extra::Challenge(challenge) => headers.append(WWW_AUTHENTICATE, challenge.clone()),
            Extra::Authenticate => headers.append(WWW_AUTHENTICATE, style.challenge.clone()),
        }
        response
    }

    fn plain(&self, style: &ErrorStyle) -> Vec<u8> {
        match (&self.0.content, &style.non_field_errors_key) {
            (Content::Fields(fields), _) => bytes(&Errors { fields, style, told: FieldFault::message }),
            (Content::Rule(text), Some(key)) => bytes(&BTreeMap::from([(key, [text])])),
            (Content::Rule(text) | Content::Detail(text), _) => detail_body(text),
            (Content::Coded(text, note), _) => bytes(&CodedDetail {
                detail: text,
                code: self.0.code.as_str(),
                messages: note.map(|note| [InOrder(note)]),
            }),
            (Content::List(text), _) => bytes(&[text]),
            (Content::Bare(text), _) => bytes(text),
            (Content::Empty(_), _) => Vec::new(),
        }
    }

    /// Writes problem details (RFC 9457), with the codes of faulty fields as `errors`.
    fn problem(&self, style: &ErrorStyle) -> Vec<u8> {
        let (detail, errors) = match &self.0.content {
            Content::Detail(text)
            | Content::Rule(text)
            | Content::Coded(text, _)
            | Content::List(text)
            | Content::Bare(text)
            | Content::Empty(text) => (&**text, None),
            Content::Fields(fields) => {
                ("The request has invalid fields.", Some(Errors { fields, style, told: Coded::of }))
            }
        };
        bytes(&Problem {
            kind: "about:blank",
            title: self.0.status.canonical_reason().unwrap_or("Error"),
            status: self.0.status.as_u16(),
            detail,
            code: self.0.code.as_str(),
            errors,
        })
    }
}

/// Marks an error answer that has no body on purpose, so that none is added.
pub(in crate::http) struct Bodiless;

fn bodiless(status: StatusCode) -> HttpResponse {
    let mut response = HttpResponse::new(status);
    response.extensions_mut().insert(Bodiless);
    response
}

fn bytes(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("keys of text and values of text are always JSON")
}

#[derive(Serialize)]
struct Problem<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Errors<'a, Coded>>,
}

#[derive(Serialize)]
struct CodedDetail<'a> {
    detail: &'a str,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    messages: Option<[InOrder; 1]>,
}

/// An object with the members of a note.
struct InOrder(Note);

impl Serialize for InOrder {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}

/// Returns each field with the list of its faults, each converted by `told`.
struct Errors<'a, T> {
    fields: &'a [FieldFaults],
    style: &'a ErrorStyle,
    told: fn(&FieldFault) -> T,
}

impl<T: Serialize> Serialize for Errors<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let told = |faults: &[FieldFault]| faults.iter().map(self.told).collect::<Vec<_>>();
        let name =
            |name: &Option<Cow<'static, str>>| name.as_deref().unwrap_or_else(|| self.style.non_field_key()).to_owned();
        serializer.collect_map(self.fields.iter().map(|(known, faults)| (name(known), told(faults))))
    }
}

#[derive(Serialize)]
struct Coded {
    code: &'static str,
    message: Message,
}

impl Coded {
    fn of(fault: &FieldFault) -> Self {
        Self { code: fault.code().as_str(), message: fault.message() }
    }
}

impl ResponseError for Fault {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    /// Writes the answer for a handler of an embedding program: plain JSON in the default style, since the request is
    /// unknown here.
    fn error_response(&self) -> HttpResponse {
        outcome::log(self, None);
        self.write(Representation::Json, &ErrorStyle::DEFAULT)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::MessageBody;
    use actix_web::http::header::CONTENT_TYPE;

    use super::*;
    use crate::clock::Seconds;
    use crate::http::faults::{Code, FieldErrors};

    const TOO_COMMON: FieldFault = FieldFault::told(Code::PasswordTooCommon, "This password is too common.");
    const NUMERIC: FieldFault = FieldFault::told(Code::PasswordEntirelyNumeric, "This password is entirely numeric.");

    fn text_of(response: HttpResponse) -> String {
        let bytes = response.into_body().try_into_bytes().expect("the body is at hand");
        String::from_utf8(bytes.to_vec()).expect("JSON is UTF-8")
    }

    fn two_fields() -> Fault {
        let mut errors = FieldErrors::default();
        errors.add("password", TOO_COMMON);
        errors.add("username", FieldFault::NotAnObject("Żółć \"quoted\""));
        errors.add("password", TOO_COMMON);
        errors.add("password", NUMERIC);
        errors.finish().expect_err("errors were added")
    }

    #[test]
    fn field_errors_keep_their_order_and_their_letters() {
        let body = text_of(two_fields().write(Representation::Json, &ErrorStyle::DEFAULT));
        let expected = r#"{"password":["This password is too common.","This password is entirely numeric."],"username":["Invalid data. Expected a dictionary, but got Żółć \"quoted\"."]}"#;
        assert_eq!(body, expected);
    }

    #[test]
    fn a_site_may_key_its_business_errors() {
        let style = ErrorStyle { non_field_errors_key: Some("__all__".into()), ..ErrorStyle::DEFAULT };
        let written = |fault: Fault| text_of(fault.write(Representation::Json, &style));
        assert_eq!(
            written(Fault::refused(Code::InvalidSignature, "Invalid signature")),
            r#"{"__all__":["Invalid signature"]}"#
        );
        assert_eq!(written(Fault::non_field(FieldFault::NoData)), r#"{"__all__":["No data provided"]}"#);
        assert_eq!(written(Fault::not_found()), r#"{"detail":"Not found."}"#);
        assert_eq!(written(Fault::parse_error("JSON parse error - x")), r#"{"detail":"JSON parse error - x"}"#);
    }

    #[test]
    fn a_list_and_an_empty_answer_are_whole_in_problem_details() {
        let list = Fault::list(Code::UserNotFound, "There is no such user.");
        assert_eq!(text_of(list.write(Representation::Json, &ErrorStyle::DEFAULT)), r#"["There is no such user."]"#);
        let empty = Fault::empty(Code::NotFound, "This is switched off.");
        let response = empty.write(Representation::Json, &ErrorStyle::DEFAULT);
        assert_eq!(response.headers().get(CONTENT_TYPE), None);
        assert_eq!(text_of(response), "");
        for (fault, code, detail) in
            [(list, "user_not_found", "There is no such user."), (empty, "not_found", "This is switched off.")]
        {
            let body = text_of(fault.write(Representation::Problem, &ErrorStyle::DEFAULT));
            let body: serde_json::Value = serde_json::from_str(&body).expect("problem details are JSON");
            assert_eq!((&body["code"], &body["detail"]), (&code.into(), &detail.into()));
        }
    }

    #[test]
    fn problem_details_carry_code_and_errors() {
        let response = two_fields().write(Representation::Problem, &ErrorStyle::DEFAULT);
        assert_eq!(response.headers().get(CONTENT_TYPE), Some(&PROBLEM));
        let body: serde_json::Value = serde_json::from_str(&text_of(response)).expect("problem details are JSON");
        assert_eq!(body["type"], "about:blank");
        assert_eq!(body["title"], "Bad Request");
        assert_eq!(body["status"], 400);
        assert_eq!(body["code"], "invalid_fields");
        let second = &body["errors"]["password"][1];
        assert_eq!(second["code"], "password_entirely_numeric");
        assert_eq!(second["message"], "This password is entirely numeric.");
    }

    #[test]
    fn faults_bring_the_header_they_need() {
        let header = |fault: Fault, name| {
            let response = fault.write(Representation::Json, &ErrorStyle::DEFAULT);
            assert_eq!(response.headers().get(VARY), Some(&ACCEPT_VARIES));
            response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        assert_eq!(header(Fault::too_many_requests(Seconds::new(7)), RETRY_AFTER).as_deref(), Some("7"));
        assert_eq!(
            header(Fault::unauthenticated(Code::NotAuthenticated, "Who?"), WWW_AUTHENTICATE).as_deref(),
            Some("Token")
        );
        let allow = HeaderValue::from_static("POST, OPTIONS");
        assert_eq!(header(Fault::method_not_allowed("GET", allow), ALLOW).as_deref(), Some("POST, OPTIONS"));
    }

    #[test]
    fn the_client_never_reads_an_inner_cause() {
        let fault = Fault::internal(std::io::Error::other("disk on fire at /secret/place"));
        for language in [Representation::Json, Representation::Problem] {
            let body = text_of(fault.write(language, &ErrorStyle::DEFAULT));
            assert!(body.contains("A server error occurred.") && !body.contains("fire"), "{body}");
        }
    }
}
