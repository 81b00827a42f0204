//! HTTP as such: what holds whatever is asked for.

use crate::support::TestApp;

#[tokio::test]
async fn an_unknown_path_is_answered_in_json() {
    let app = TestApp::start().await;
    for path in ["/", "/nothing", "nothing/", "register/more", "/api/v1/accounts", "/healthz/more"] {
        let answer = app.get(path).await;
        answer.expect_detail(404, "Not found.");
        assert_eq!(answer.header("content-type"), Some("application/json"), "{path}");
    }
}

#[tokio::test]
async fn requests_may_follow_each_other_on_one_connection() {
    let app = TestApp::start().await;
    let mut connection = app.connect().await;
    let request = "GET /healthz HTTP/1.1\r\nhost: test\r\n\r\n";
    connection.send(request.repeat(2)).await;
    for _ in 0..2 {
        connection.answer().await.expect("an answer").expect_detail(200, "alive");
    }
    connection.send(request).await;
    connection.finish().await;
    assert_eq!(connection.answer().await.expect("an answer").status, 200);
    assert!(app.raw("nonsense\r\n\r\n").await.is_none_or(|answer| answer.status == 400));
}
