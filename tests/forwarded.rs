//! A proxy that the settings do not name.

use crate::process::{Home, registration};

#[tokio::test]
async fn a_proxy_that_is_not_trusted_is_told_to_the_log_once() {
    let home = Home::new("[server]\nbind = \"127.0.0.1:0\"\n[passwords]\nmemory_kib = 8\npasses = 1\n");
    let program = home.serve();
    for (name, header) in [("ann", "X-Forwarded-For"), ("bob", "Forwarded"), ("cyd", "X-Real-IP")] {
        let request =
            reqwest::Client::new().post(format!("{}register/", program.base_url().await)).header(header, "192.0.2.7");
        assert_eq!(request.json(&registration(name)).send().await.expect("it answers").status(), 201);
    }
    program.wait_for_log("`server.trusted_proxies`").await;
    assert_eq!(program.log().matches("`server.trusted_proxies`").count(), 1, "{}", program.log());
}
