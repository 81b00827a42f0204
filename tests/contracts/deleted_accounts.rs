//! Accounts that are deleted while a browser keeps their JSON Web Tokens in cookies.

use serde_json::{Value, json};

use crate::support::accounts::cookie;
use crate::support::dj_rest_auth::paths;
use crate::support::djoser;
use crate::support::endpoints::{Contract, JWT_COOKIES, serve_jwt};
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, TestApp};

async fn user_by(app: &TestApp, contract: Contract, header: &str, value: &str) -> Answer {
    app.send(app.request("GET", &app.path_of(contract, paths::USER)).header(header, value)).await
}

/// The browser has logged in at both contracts that give such cookies.
#[tokio::test]
async fn the_cookies_of_a_deleted_account_are_removed_and_its_tokens_are_refused() {
    let app = TestApp::with(|settings| {
        serve_jwt(settings);
        settings.registration.verification = false;
    })
    .await;
    let pair = app.dj_rest_auth().register("ann").await;
    let single = app.django_rest_auth().log_in("ann", PASSWORD).await;
    let value = |name: &str| cookie(&pair, name).or_else(|| cookie(&single, name)).expect("it is set");
    let [access, refresh, token] = JWT_COOKIES.map(value);
    let jar: Vec<_> =
        JWT_COOKIES.iter().zip([&access, &refresh, &token]).map(|(name, v)| format!("{name}={v}")).collect();
    let jar = jar.join("; ");

    let delete = |password: &str| {
        let request = app.request("DELETE", &app.path_of(Contract::Djoser, djoser::paths::ME));
        request.header("cookie", &jar).json(&json!({ "current_password": password }))
    };
    let refused = app.send(delete("Wrong-Lantern-9")).await;
    assert_eq!((refused.status, refused.header("set-cookie")), (400, None), "nothing has happened");
    let foreign = app.send(delete(PASSWORD).header("origin", "https://evil.example")).await;
    assert_eq!((foreign.status, foreign.header("set-cookie")), (403, None), "nor is it another site's to delete");
    assert_eq!(user_by(&app, Contract::DjRestAuth, "cookie", &jar).await.status, 200);

    let deleted = app.send(delete(PASSWORD)).await;
    assert_eq!(deleted.status, 204);
    for name in JWT_COOKIES {
        assert_eq!(cookie(&deleted, name).as_deref(), Some(""), "{name}");
    }
    assert!(app.users().await.is_empty());
    let nothing = "Authentication credentials were not provided.";
    for contract in [Contract::DjRestAuth, Contract::DjangoRestAuth] {
        user_by(&app, contract, "cookie", &jar).await.expect_detail(401, nothing);
    }
    let of_pair = user_by(&app, Contract::DjRestAuth, "authorization", &format!("Bearer {access}")).await;
    assert_eq!(of_pair.expect(401), json!({ "detail": "User not found", "code": "user_not_found" }));
    let of_single = user_by(&app, Contract::DjangoRestAuth, "authorization", &format!("JWT {token}")).await;
    of_single.expect_detail(401, "Invalid signature.");
    let refreshed: Value = app.dj_rest_auth().post(paths::REFRESH, &json!({ "refresh": refresh })).await.expect(401);
    assert_eq!(refreshed["detail"], "No active account found for the given token.");
}
