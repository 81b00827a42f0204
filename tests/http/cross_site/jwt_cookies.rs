//! A page of another site, whose visitor has JSON Web Tokens in cookies.

use super::*;
use crate::support::dj_rest_auth::{credentials, paths as djra};
use crate::support::endpoints::{Contract, JWT_COOKIES, WITH_JWT, serve_jwt};

/// All contracts, with JSON Web Tokens in cookies that browsers add to every request.
async fn app_with_cookies() -> TestApp {
    TestApp::with(|settings| {
        serve_jwt(settings);
        settings.cors.loopback_in_development = false;
        settings.cors.allowed_origins = vec![Origin::parse(FRONTEND).expect("an origin")];
        settings.registration.verification = false;
    })
    .await
}

/// The cookies of a new user of the contract.
async fn visitor(app: &TestApp, contract: Contract) -> String {
    let answer = match contract {
        Contract::DjangoRestAuth => app.django_rest_auth().register("ann").await,
        _ => app.dj_rest_auth().register("ann").await,
    };
    answer.expect(201);
    let set = JWT_COOKIES.iter().filter_map(|name| Some(format!("{name}={}", cookie(&answer, name)?)));
    let set: Vec<_> = set.collect();
    assert_eq!(set.len(), if contract == Contract::DjangoRestAuth { 1 } else { 2 });
    set.join("; ")
}

#[tokio::test]
async fn the_visitors_cookies_change_nothing_from_another_site() {
    for contract in WITH_JWT {
        change_nothing_from_another_site(contract).await;
    }
}

async fn change_nothing_from_another_site(contract: Contract) {
    let app = app_with_cookies().await;
    let carried = visitor(&app, contract).await;
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
        let refresh = (contract == Contract::DjRestAuth).then_some(djra::REFRESH);
        for path in [djra::LOGOUT, djra::LOGIN, djra::REGISTRATION].into_iter().chain(refresh) {
            let request = app.request("POST", &app.path_of(contract, path)).header("cookie", &carried);
            let body = serde_json::to_string(&credentials("ann", PASSWORD)).expect("it is JSON");
            let answer = app.send(add(request, &headers).header("content-type", "application/json").body(body)).await;
            answer.expect_detail(403, CSRF);
            assert_eq!(answer.header("set-cookie"), None, "{path} {headers:?}: nobody is logged in or out");
        }
    }
    assert!(tried >= 400, "{tried}");
    assert_eq!(format!("{:?}", app.users().await), format!("{before:?}"));
    let user = app.request("GET", &app.path_of(contract, djra::USER)).header("cookie", &carried);
    app.send(user).await.expect(200);
}

#[tokio::test]
async fn our_own_pages_the_frontend_and_other_programs_may_use_them() {
    for contract in WITH_JWT {
        may_be_used_by_our_own_pages_the_frontend_and_other_programs(contract).await;
    }
}

async fn may_be_used_by_our_own_pages_the_frontend_and_other_programs(given_by: Contract) {
    let app = app_with_cookies().await;
    let carried = visitor(&app, given_by).await;
    for headers in [
        vec![],
        vec![("sec-fetch-site", "same-origin".to_owned())],
        vec![("origin", FRONTEND.to_owned()), ("sec-fetch-site", "cross-site".to_owned())],
        vec![("referer", format!("{FRONTEND}/settings?a=b"))],
    ] {
        for contract in [Contract::DjRestAuth, Contract::DjangoRestAuth, Contract::Accounts] {
            let path = match contract {
                Contract::Accounts => app.path_of(contract, paths::PROFILE),
                _ => app.path_of(contract, djra::USER),
            };
            let request = app.request("PATCH", &path).header("cookie", &carried);
            let answer = app.send(add(request, &headers).json(&json!({ "first_name": "Ann" }))).await;
            assert_eq!(answer.status, 200, "{headers:?}: {answer:?}");
        }
    }
    let request = app.request("GET", &app.path_of(given_by, djra::USER)).header("cookie", &carried);
    let answer = app.send(request.header("origin", "https://evil.example")).await;
    assert_eq!(answer.header("access-control-allow-origin"), None, "the browser keeps it from the page");
}
