//! Ids of imported users: a number stays a number in every contract that shows one.

use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::test_app::PASSWORD;

async fn everything() -> TestApp {
    TestApp::with(|settings| {
        let contracts = &mut settings.contracts;
        contracts.djoser.enabled = true;
        contracts.dj_rest_auth.enabled = true;
        contracts.django_rest_auth.enabled = true;
        contracts.profiles.enabled = true;
    })
    .await
}

/// What each contract shows as the id of the logged-in user.
async fn shown(app: &TestApp) -> Vec<Value> {
    let login = app.log_in("ann", PASSWORD).await.expect(200);
    let token = login["token"].as_str().expect("a token");
    let mut shown = Vec::new();
    for (path, name) in [
        ("/api/v1/accounts/profile/", "id"),
        ("/auth/users/me/", "id"),
        ("/dj-rest-auth/user/", "pk"),
        ("/rest-auth/user/", "pk"),
    ] {
        shown.push(app.get_by(token, path).await.expect(200)[name].clone());
    }
    let id = app.users().await[0].id.clone();
    let path = format!("/auth/users/{}/", id.as_str());
    shown.push(app.get_by(token, &path).await.expect(200)["id"].clone());
    shown
}

#[tokio::test]
async fn an_id_of_decimal_digits_is_a_number_in_each_contract() {
    let app = everything().await;
    app.verified("ann").await;
    for (id, value) in [
        ("42", json!(42)),
        ("9007199254740991", json!(9_007_199_254_740_991_u64)),
        ("9007199254740992", json!("9007199254740992")),
        ("0042", json!("0042")),
        ("ann-42", json!("ann-42")),
    ] {
        app.execute(&format!("DELETE FROM sessions; UPDATE users SET id = '{id}'"));
        assert_eq!(shown(&app).await, vec![value; 5], "{id}");
    }
}

#[tokio::test]
async fn an_id_of_this_server_is_a_text_in_each_contract() {
    let app = everything().await;
    let ann = app.verified("ann").await;
    assert_eq!(shown(&app).await, vec![json!(ann.id); 5]);
}

#[tokio::test]
async fn a_number_finds_its_user_and_no_other() {
    let app = everything().await;
    let (ann, ben) = (app.verified("ann").await, app.verified("ben").await);
    for (person, id) in [(&ann, "7"), (&ben, "70")] {
        app.execute(&format!("UPDATE users SET id = '{id}' WHERE id = '{}'", person.id));
    }
    app.execute("UPDATE users SET staff_at = 1 WHERE id = '7'");
    let login = app.log_in("ann", PASSWORD).await.expect(200);
    let token = login["token"].as_str().expect("a token");
    let listed = app.get_by(token, "/auth/users/").await.expect(200);
    let ids: Vec<_> = listed.as_array().expect("a list").iter().map(|user| user["id"].clone()).collect();
    assert_eq!(ids, [json!(7), json!(70)]);
    assert_eq!(app.get_by(token, "/auth/users/70/").await.expect(200)["username"], "ben");
    app.get_by(token, "/auth/users/07/").await.expect(404);
}
