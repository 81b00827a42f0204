//! A page of another site, whose visitor has JSON Web Tokens in cookies.

use super::*;
use crate::support::dj_rest_auth::{credentials, paths as djra};
use crate::support::endpoints::Contract;

const COOKIES: [&str; 2] = ["access-token", "refresh-token"];

/// All contracts, with JSON Web Tokens in cookies that browsers add to every request.
async fn app_with_cookies() -> TestApp {
    TestApp::with_all_contracts(|settings| {
        settings.cors.loopback_in_development = false;
        settings.cors.allowed_origins = vec![Origin::parse(FRONTEND).expect("an origin")];
        settings.registration.verification = false;
        let contract = &mut settings.contracts.dj_rest_auth;
        (contract.use_jwt, contract.session_login) = (true, false);
        contract.jwt_cookies.access_name = Some(COOKIES[0].to_owned());
        contract.jwt_cookies.refresh_name = Some(COOKIES[1].to_owned());
        contract.jwt_cookies.same_site = countersign::settings::CookieSameSite::None;
    })
    .await
}

/// The cookies of a new user.
async fn visitor(app: &TestApp) -> String {
    let answer = app.dj_rest_auth().register("ann").await;
    answer.expect(201);
    COOKIES.map(|name| format!("{name}={}", cookie(&answer, name).expect("it is set"))).join("; ")
}

#[tokio::test]
async fn the_visitors_cookies_change_nothing_from_another_site() {
    let app = app_with_cookies().await;
    let carried = visitor(&app).await;
    let before = app.users().await;
    let mut tried = 0;
    // `X-CSRFToken` is no report of another site, and no page of one can send it.
    for headers in foreign().into_iter().filter(|headers| headers[0].0 != "x-csrftoken") {
        for row in endpoints::all().iter().filter(|row| row.endpoint.is_guarded() && !row.endpoint.is_safe()) {
            let path = app.path_of(row.contract, row.endpoint.path);
            for form in ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"] {
                let request =
                    app.request(row.endpoint.method, &path).header("cookie", &carried).header("content-type", form);
                let answer = app.send(add(request, &headers).body("username=mallory")).await;
                answer.expect_detail(403, CSRF);
                tried += 1;
            }
        }
        for path in [djra::REFRESH, djra::LOGOUT, djra::LOGIN, djra::REGISTRATION] {
            let request = app.request("POST", &app.path_of(Contract::DjRestAuth, path)).header("cookie", &carried);
            let body = serde_json::to_string(&credentials("ann", PASSWORD)).expect("it is JSON");
            let answer = app.send(add(request, &headers).header("content-type", "application/json").body(body)).await;
            answer.expect_detail(403, CSRF);
            assert_eq!(answer.header("set-cookie"), None, "{path} {headers:?}: nobody is logged in or out");
        }
    }
    assert!(tried >= 400, "{tried}");
    assert_eq!(format!("{:?}", app.users().await), format!("{before:?}"));
    let user = app.request("GET", &app.path_of(Contract::DjRestAuth, djra::USER)).header("cookie", &carried);
    app.send(user).await.expect(200);
}

#[tokio::test]
async fn our_own_pages_the_frontend_and_other_programs_may_use_them() {
    let app = app_with_cookies().await;
    let carried = visitor(&app).await;
    for headers in [
        vec![],
        vec![("sec-fetch-site", "same-origin".to_owned())],
        vec![("origin", FRONTEND.to_owned()), ("sec-fetch-site", "cross-site".to_owned())],
        vec![("referer", format!("{FRONTEND}/settings?a=b"))],
    ] {
        for contract in [Contract::DjRestAuth, Contract::Accounts] {
            let path = match contract {
                Contract::DjRestAuth => app.path_of(contract, djra::USER),
                _ => app.path_of(contract, paths::PROFILE),
            };
            let request = app.request("PATCH", &path).header("cookie", &carried);
            let answer = app.send(add(request, &headers).json(&json!({ "first_name": "Ann" }))).await;
            assert_eq!(answer.status, 200, "{headers:?}: {answer:?}");
        }
    }
    let request = app.request("GET", &app.path_of(Contract::DjRestAuth, djra::USER)).header("cookie", &carried);
    let answer = app.send(request.header("origin", "https://evil.example")).await;
    assert_eq!(answer.header("access-control-allow-origin"), None, "the browser keeps it from the page");
}
