//! Pages of other sites: what they make their visitors' browsers send is refused, and charged to nobody.

use countersign::Settings;
use countersign::settings::Origin;
use serde_json::{Value, json};

use crate::budgets::by_account;
use crate::support::TestApp;
use crate::support::accounts::paths;
use crate::support::endpoints::{self, Row, serve_all};
use crate::support::limits::rate;
use crate::support::test_app::PASSWORD;

const FRONTEND: &str = "https://app.example";

/// Switches contracts on.
type Serve = fn(&mut Settings);

async fn limited(serve: Serve) -> TestApp {
    TestApp::with(|settings| {
        serve(settings);
        by_account(settings);
        settings.cors.allowed_origins = vec![Origin::parse(FRONTEND).expect("an origin")];
        settings.throttle.login = rate(1, 3);
        settings.throttle.register = rate(1, 3);
        // Also where no cookie could be planted.
        settings.login.cookie = false;
    })
    .await
}

/// What a form on another site may post to each of these endpoints that needs no credentials.
fn forms(rows: Vec<Row>) -> Vec<(Row, Value)> {
    endpoints::taking_bodies(rows).into_iter().filter(|(row, _)| !row.endpoint.is_guarded()).collect()
}

/// All contracts with tokens, and those that can with JSON Web Tokens, each with its endpoints.
fn modes() -> [(Serve, Vec<Row>); 2] {
    [(serve_all, endpoints::all()), (endpoints::serve_jwt, endpoints::all_with_jwt())]
}

#[tokio::test]
async fn a_form_of_another_site_is_refused_everywhere_and_charged_to_nobody() {
    for (serve, rows) in modes() {
        let app = limited(serve).await;
        app.verified("ann").await;
        app.registered("bob").await;
        app.mails().await;
        let before = app.store().statements_run();
        for says in [
            vec![("origin", "https://evil.example")],
            vec![("origin", "null")],
            vec![("sec-fetch-site", "cross-site")],
            vec![("sec-fetch-site", "same-site")],
            vec![("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("sec-fetch-mode", "navigate")],
            vec![("referer", "https://evil.example/form")],
        ] {
            for (row, fields) in forms(rows.clone()) {
                for _ in 0..4 {
                    let mut request = app.request_to(&row, "").form(fields.as_object().expect("an object"));
                    for (name, value) in &says {
                        request = request.header(*name, *value);
                    }
                    let request = request.header("accept", "application/problem+json");
                    assert_eq!(app.send(request).await.expect(403)["code"], "csrf_failed", "{row:?} {says:?}");
                }
            }
        }
        assert_eq!(app.store().statements_run(), before);
        assert!(app.mails().await.is_empty());
        app.log_in("ann", PASSWORD).await.expect(200);
        app.register("cyd", json!({})).await.expect(201);
    }
}

#[tokio::test]
async fn our_own_pages_the_frontend_and_programs_are_served() {
    for (serve, rows) in modes() {
        let app = limited(serve)
            .await
            .sibling(|settings| {
                serve(settings);
                by_account(settings);
            })
            .await;
        let own = app.url("/");
        for says in [
            vec![],
            vec![("sec-fetch-site", "none")],
            vec![("sec-fetch-site", "same-origin"), ("origin", "null")],
            vec![("origin", own.trim_end_matches('/'))],
            vec![("referer", own.as_str())],
        ] {
            for (row, fields) in forms(rows.clone()) {
                let mut request = app.request_to(&row, "").json(&fields);
                for (name, value) in &says {
                    request = request.header(*name, *value);
                }
                assert_ne!(app.send(request).await.status, 403, "{row:?} {says:?}");
            }
        }
    }
    let app = limited(serve_all).await;
    for site in ["cross-site", "same-site"] {
        let request = app.request("POST", paths::RESEND_VERIFICATION).json(&json!({ "email": "bob@mail.example" }));
        app.send(request.header("origin", FRONTEND).header("sec-fetch-site", site)).await.expect(200);
    }
}
