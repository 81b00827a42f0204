//! Requests that are broken as HTTP, byte by byte.

use super::Target;

/// A request's head, with `{length}` bytes of JSON announced.
fn head(extra: &str) -> String {
    format!("POST /api/v1/accounts/register/ HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n{extra}\r\n\r\n")
}

#[tokio::test]
async fn a_body_that_breaks_off_is_the_requests_fault() {
    let target = Target::start().await;
    for (what, request) in [
        ("fewer bytes than announced", head("content-length: 100") + "{\"username\":"),
        ("no bytes at all", head("content-length: 100")),
        ("a whole body, and more announced", head("content-length: 3") + "{}"),
        ("a chunk that breaks off", head("transfer-encoding: chunked") + "5\r\n{\"a"),
        ("chunks without the last", head("transfer-encoding: chunked") + "2\r\n{}\r\n"),
        ("a chunk of no number", head("transfer-encoding: chunked") + "zz\r\n{}\r\n0\r\n\r\n"),
        ("a chunk of a huge number", head("transfer-encoding: chunked") + "fffffffffffffffff\r\n{}\r\n"),
        ("a chunk of a negative number", head("transfer-encoding: chunked") + "-2\r\n{}\r\n0\r\n\r\n"),
        ("a chunk longer than it says", head("transfer-encoding: chunked") + "2\r\n{}{}\r\n0\r\n\r\n"),
    ] {
        let answer = target.app.raw(request).await.expect(what);
        answer.expect_refusal(400, what);
    }
    target.assert_unharmed().await;
}

/// What is no HTTP never reaches the application: the server says 4xx without a body, or nothing, and hangs up.
#[tokio::test]
async fn what_is_no_http_is_refused_and_forgotten() {
    let target = Target::start().await;
    let long = "x".repeat(200_000);
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("nonsense", b"nonsense\r\n\r\n".to_vec()),
        ("nothing", Vec::new()),
        ("NULs", vec![0; 4_096]),
        ("a TLS greeting", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec()),
        ("an HTTP/2 preface and nothing more", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()),
        ("half a head", b"POST /api/v1/accounts/register/ HTTP/1.1\r\nhost: a\r\n".to_vec()),
        ("another protocol", b"POST /api/v1/accounts/register/ HTTP/9.9\r\nhost: a\r\n\r\n".to_vec()),
        ("no protocol", b"POST /api/v1/accounts/register/\r\n\r\n".to_vec()),
        ("a path that is no URL", b"POST /api/v1/accounts/reg\xff/ HTTP/1.1\r\nhost: a\r\n\r\n".to_vec()),
        ("a path without end", format!("POST /{long} HTTP/1.1\r\nhost: a\r\n\r\n").into_bytes()),
        ("a header without end", head(&format!("x: {long}")).into_bytes()),
        ("headers without end", head(&"x: y\r\n".repeat(20_000)).into_bytes()),
        ("a NUL in a header", head("x: a\0b").into_bytes()),
        ("a blank in a header's name", head("x y: z").into_bytes()),
        ("a blank before a colon", head("x : z").into_bytes()),
        ("a header over two lines", head("x: y\r\n z").into_bytes()),
        ("a length of no number", (head("content-length: two") + "{}").into_bytes()),
        ("a negative length", (head("content-length: -2") + "{}").into_bytes()),
        ("a length with a sign", (head("content-length: +2") + "{}").into_bytes()),
        ("a length beyond 64 bits", (head("content-length: 99999999999999999999") + "{}").into_bytes()),
        ("two lengths", (head("content-length: 2\r\ncontent-length: 3") + "{}x").into_bytes()),
        ("a length and chunks", (head("content-length: 2\r\ntransfer-encoding: chunked") + "0\r\n\r\n").into_bytes()),
        ("an unknown transfer encoding", head("transfer-encoding: gzip").into_bytes()),
    ];
    for (what, request) in cases {
        let answer = target.app.raw(request).await;
        assert!(answer.as_ref().is_none_or(|answer| (400..500).contains(&answer.status)), "{what}: {answer:?}");
        assert!(answer.is_none_or(|answer| answer.body.is_empty()), "{what}");
    }
    target.assert_unharmed().await;
}

#[tokio::test]
async fn a_request_hidden_in_anothers_body_is_not_served() {
    let target = Target::start().await;
    let hidden = "POST /api/v1/accounts/resend-verification/ HTTP/1.1\r\nhost: a\r\n\
                  content-type: application/x-www-form-urlencoded\r\ncontent-length: 26\r\n\r\nemail=pending@mail.example";
    let requests = [
        head(&format!("content-length: {}", hidden.len())) + hidden,
        head(&format!("content-length: {}\r\ntransfer-encoding: chunked", hidden.len())) + "0\r\n\r\n" + hidden,
        head("content-length: 0\r\ncontent-length: 0") + hidden,
        head("transfer-encoding: chunked\r\ntransfer-encoding: identity") + "0\r\n\r\n" + hidden,
    ];
    for request in requests {
        let mut connection = target.app.connect().await;
        connection.send(&request).await;
        connection.finish().await;
        let answer = connection.answer().await.expect("an answer");
        assert_eq!(answer.status, 400, "{request}: {answer:?}");
        assert!(connection.answer().await.is_none_or(|answer| answer.status >= 400), "{request}");
    }
    target.assert_unharmed().await;
}

#[tokio::test]
async fn a_client_that_leaves_early_leaves_nothing_behind() {
    let target = Target::start().await;
    for _ in 0..32 {
        let mut connection = target.app.connect().await;
        connection.send(head("content-length: 60000") + &" ".repeat(30_000)).await;
        drop(connection);
    }
    target.assert_unharmed().await;
}
