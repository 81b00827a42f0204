//! The headers of every answer, and the order of the checks of a request.

use std::io;
use std::sync::{Arc, Mutex};

use actix_web::http::header::{
    ACCEPT, ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS,
    ACCESS_CONTROL_MAX_AGE, ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, ORIGIN, VARY,
    WWW_AUTHENTICATE, X_FRAME_OPTIONS,
};

use super::*;
use crate::http::faults::ErrorStyle;

const GOOD: &str = r#"{"user_id":7,"timestamp":"1","signature":" good "}"#;

#[actix_web::test]
async fn both_spellings_of_the_path_are_served() {
    for path in ["/verify", "/verify/"] {
        let seen = answer(post_json(path, GOOD)).await;
        assert_eq!(
            (seen.status, &*seen.body),
            (StatusCode::OK, r#"{"detail":"User verified successfully"}"#),
            "{path}"
        );
        assert_eq!(seen.header(CONTENT_TYPE), Some("application/json"));
        assert_eq!(seen.header(ALLOW), Some("POST, OPTIONS"));
        assert_eq!(seen.header(VARY), Some("Accept"));
    }
}

#[actix_web::test]
async fn every_answer_is_sealed() {
    for request in [post_json("/verify", GOOD), post_json("/verify", "{"), TestRequest::get().uri("/nowhere")] {
        let seen = answer(request.insert_header(("x-request-id", "trace-1"))).await;
        assert_eq!(seen.named("x-request-id"), Some("trace-1"));
        assert_eq!(seen.header(X_FRAME_OPTIONS), Some("DENY"));
        assert_eq!(seen.header(CACHE_CONTROL), Some("no-store"));
        assert_eq!(seen.header(CONTENT_SECURITY_POLICY), Some("default-src 'none'; frame-ancestors 'none'"));
        assert_eq!(seen.named("referrer-policy"), Some("same-origin"));
        assert_eq!(seen.named("cross-origin-opener-policy"), Some("same-origin"));
    }
    assert!(answer(post_json("/verify", GOOD)).await.named("x-request-id").is_some_and(|id| id.len() > 16));
}

#[actix_web::test]
async fn a_page_keeps_its_own_cache_control() {
    assert_eq!(answer(TestRequest::get().uri("/page")).await.header(CACHE_CONTROL), Some("max-age=9"));
}

#[actix_web::test]
async fn an_unknown_path_is_json() {
    let seen = answer(TestRequest::get().uri("/nowhere").insert_header((ACCEPT, "text/html"))).await;
    assert_eq!((seen.status, &*seen.body), (StatusCode::NOT_FOUND, r#"{"detail":"Not found."}"#));
    assert_eq!(seen.header(VARY), Some("Accept"));
}

#[actix_web::test]
async fn errors_of_other_services_become_json() {
    let seen = answer(TestRequest::get().uri("/plain")).await;
    assert_eq!((seen.status.as_u16(), &*seen.body), (418, r#"{"detail":"I'm a teapot."}"#));
    assert_eq!(seen.header(CONTENT_TYPE), Some("application/json"));
    assert_eq!(seen.header(CONTENT_LENGTH), None);
}

#[actix_web::test]
async fn errors_of_foreign_extractors_become_json() {
    let request = TestRequest::put().uri("/guests/many").insert_header(("x-word", "w"));
    let seen = answer(request).await;
    assert_eq!((seen.status, &*seen.body), (StatusCode::NOT_FOUND, r#"{"detail":"Not found."}"#));
    assert_eq!(seen.header(ALLOW), Some("PUT, OPTIONS"));
}

#[actix_web::test]
async fn an_internal_fault_is_one_fixed_sentence() {
    let seen = answer(TestRequest::get().uri("/broken")).await;
    let expected = r#"{"detail":"A server error occurred. Please try again later."}"#;
    assert_eq!((seen.status, &*seen.body), (StatusCode::INTERNAL_SERVER_ERROR, expected));
}

#[actix_web::test]
async fn the_cause_of_an_internal_fault_is_logged_once_with_the_request_id() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let listening = tracing::subscriber::set_default(subscriber);
    answer(TestRequest::get().uri("/broken").insert_header(("x-request-id", "trace-7"))).await;
    drop(listening);
    let told = String::from_utf8(log.0.lock().expect("nobody panicked").clone()).expect("logs are UTF-8");
    let lines: Vec<&str> = told.lines().filter(|line| line.contains("the disk is on fire")).collect();
    assert!(matches!(lines[..], [line] if line.contains("request trace-7 failed")), "{told}");
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panicked").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[actix_web::test]
async fn a_method_that_is_not_offered_is_named() {
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::HEAD, Method::TRACE] {
        let seen = answer(TestRequest::default().method(method.clone()).uri("/verify/")).await;
        let expected = format!(r#"{{"detail":"Method \"{method}\" not allowed."}}"#);
        assert_eq!((seen.status, &seen.body), (StatusCode::METHOD_NOT_ALLOWED, &expected));
        let told: Vec<_> = seen.headers.get_all(ALLOW).collect();
        assert_eq!(told, ["POST, OPTIONS"]);
    }
}

#[actix_web::test]
async fn a_switched_off_feature_is_not_found_before_its_body_is_read() {
    let seen = answer(post_json("/closed", "{")).await;
    assert_eq!((seen.status, &*seen.body), (StatusCode::NOT_FOUND, r#"{"detail":"Not found."}"#));
    assert_eq!(answer(TestRequest::get().uri("/closed")).await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer(TestRequest::default().method(Method::OPTIONS).uri("/closed")).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn language_comes_before_gate_and_gate_before_method() {
    for method in [Method::GET, Method::POST, Method::OPTIONS] {
        let request = || TestRequest::default().method(method.clone()).uri("/guests");
        let seen = answer(request().insert_header((ACCEPT, "text/html"))).await;
        assert_eq!(seen.status, StatusCode::NOT_ACCEPTABLE);
        assert_eq!(seen.body, r#"{"detail":"Could not satisfy the request Accept header."}"#);
        let seen = answer(request()).await;
        assert_eq!(seen.status, StatusCode::UNAUTHORIZED);
        assert_eq!(seen.header(WWW_AUTHENTICATE), Some("Token"));
        assert_eq!(seen.header(ALLOW), Some("GET, HEAD, OPTIONS"));
    }
    let seen = answer(TestRequest::post().uri("/guests").insert_header(("x-word", "w"))).await;
    assert_eq!(seen.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[actix_web::test]
async fn a_handler_finds_what_the_gate_found() {
    for request in [TestRequest::get(), TestRequest::default().method(Method::HEAD)] {
        let seen = answer(request.uri("/guests/").insert_header(("x-word", "sesame"))).await;
        assert_eq!((seen.status, &*seen.body), (StatusCode::OK, "\"sesame\""));
    }
}

#[actix_web::test]
async fn options_describe_the_endpoint() {
    let seen = answer(TestRequest::default().method(Method::OPTIONS).uri("/verify/")).await;
    let expected = concat!(
        r#"{"name":"Verify","description":"","renders":["application/json"],"#,
        r#""parses":["application/json","application/x-www-form-urlencoded","multipart/form-data"],"#,
        r#""actions":{"POST":{"user_id":{"type":"string","required":true,"read_only":false,"label":"User id"},"#,
        r#""timestamp":{"type":"integer","required":false,"read_only":false,"label":"Timestamp","#,
        r#""help_text":"Seconds.","max_length":9}}}}"#
    );
    assert_eq!((seen.status, &*seen.body), (StatusCode::OK, expected));
    assert_eq!(seen.header(ALLOW), Some("POST, OPTIONS"));
}

#[actix_web::test]
async fn errors_are_problem_details_for_those_who_ask() {
    let forged = r#"{"user_id":7,"timestamp":1,"signature":"bad"}"#;
    let seen = answer(post_json("/verify", forged).insert_header((ACCEPT, "application/problem+json"))).await;
    assert_eq!(seen.header(CONTENT_TYPE), Some("application/problem+json"));
    let expected = r#"{"type":"about:blank","title":"Bad Request","status":400,"detail":"Invalid signature","code":"invalid_signature"}"#;
    assert_eq!((seen.status, &*seen.body), (StatusCode::BAD_REQUEST, expected));
}

#[actix_web::test]
async fn the_site_s_style_reaches_the_wire() {
    let errors = ErrorStyle { non_field_errors_key: Some("non_field_errors".into()), ..ErrorStyle::DEFAULT };
    let options = HttpOptions { errors, ..HttpOptions::default() };
    let forged = r#"{"user_id":7,"timestamp":1,"signature":"bad"}"#;
    let seen = answer_under(options, &[], post_json("/verify", forged)).await;
    assert_eq!(seen.body, r#"{"non_field_errors":["Invalid signature"]}"#);
}

const FRONTEND: &str = "https://app.example";

#[actix_web::test]
async fn a_configured_frontend_may_read_the_answers() {
    let request = || post_json("/verify", GOOD);
    let seen = answer_under(HttpOptions::default(), &[FRONTEND], request().insert_header((ORIGIN, FRONTEND))).await;
    assert_eq!(seen.header(ACCESS_CONTROL_ALLOW_ORIGIN), Some(FRONTEND));
    assert_eq!(seen.header(ACCESS_CONTROL_ALLOW_CREDENTIALS), Some("true"));
    let exposed = seen.header(ACCESS_CONTROL_EXPOSE_HEADERS).unwrap_or_default();
    assert!(exposed.contains("x-request-id") && exposed.contains("retry-after"), "{exposed}");
    assert!(seen.header(VARY).is_some_and(|vary| vary.contains("Accept") && vary.contains("Origin")));
    let other = request().insert_header((ORIGIN, "https://evil.example"));
    assert_eq!(
        answer_under(HttpOptions::default(), &[FRONTEND], other).await.header(ACCESS_CONTROL_ALLOW_ORIGIN),
        None
    );
}

#[actix_web::test]
async fn caches_hear_that_an_answer_depends_on_the_origin() {
    let varies = |seen: super::Seen| seen.header(VARY).map(str::to_owned);
    let seen = answer_under(HttpOptions::default(), &[FRONTEND], post_json("/verify", GOOD)).await;
    assert_eq!(varies(seen).as_deref(), Some("Accept, Origin"));
    let seen = answer_under(HttpOptions::default(), &[], post_json("/verify", GOOD)).await;
    assert_eq!(varies(seen).as_deref(), Some("Accept"), "nobody from elsewhere is let in");
}

#[actix_web::test]
async fn a_preflight_is_answered_for_configured_frontends_only() {
    let preflight = |origin| {
        TestRequest::default()
            .method(Method::OPTIONS)
            .uri("/verify/")
            .insert_header((ORIGIN, origin))
            .insert_header(("access-control-request-method", "POST"))
            .insert_header(("access-control-request-headers", "authorization,content-type,x-request-id"))
    };
    let seen = answer_under(HttpOptions::default(), &[FRONTEND], preflight(FRONTEND)).await;
    assert_eq!(seen.status, StatusCode::OK);
    assert_eq!(seen.header(ACCESS_CONTROL_ALLOW_ORIGIN), Some(FRONTEND));
    assert_eq!(seen.header(ACCESS_CONTROL_MAX_AGE), Some("3600"));
    let seen = answer_under(HttpOptions::default(), &[FRONTEND], preflight("https://evil.example")).await;
    assert_eq!((seen.status, seen.header(ACCESS_CONTROL_MAX_AGE)), (StatusCode::OK, None));
    assert_eq!(seen.header(ACCESS_CONTROL_ALLOW_ORIGIN), None);
    let seen = answer_under(HttpOptions::default(), &[], preflight(FRONTEND)).await;
    assert_eq!(seen.header(ACCESS_CONTROL_ALLOW_ORIGIN), None);
}
