//! `all-profiles` GET: whom it lists, and how many.

use super::*;

#[tokio::test]
async fn a_long_list_comes_in_pages() {
    let app = TestApp::with(open).await;
    let mut token = String::new();
    for name in ["ann", "bea", "cyd", "dee"] {
        (_, token) = member(&app, name).await;
        app.advance(1);
    }
    let page = async |query: &str| app.profiles().get_by(&token, &format!("all-profiles/{query}")).await;
    assert_eq!(names(&page("?limit=3").await.expect(200)), ["dee", "cyd", "bea"]);
    assert_eq!(names(&page("?limit=3&offset=3").await.expect(200)), ["ann"]);
    assert_eq!(names(&page("?offset=4").await.expect(200)), [""; 0]);
    for (query, name) in
        [("?limit=0", "limit"), ("?limit=1001", "limit"), ("?offset=-1", "offset"), ("?offset=x", "offset")]
    {
        assert!(page(query).await.expect(400)[name].is_array(), "{query}");
    }
}

#[tokio::test]
async fn users_who_cannot_log_in_are_not_shown() {
    let app = TestApp::with(|settings| {
        open(settings);
        settings.registration.verification = true;
    })
    .await;
    let register = async |name: &str| {
        let body = djoser::registration(name, &format!("{name}@mail.example"));
        app.djoser().post(djoser::paths::USERS, &body).await.expect(201)["id"].as_str().expect("an id").to_owned()
    };
    let (unproved, disabled) = (register("bea").await, register("cyd").await);
    app.advance(1);
    let (_, token) = app.somebody("ann").await;
    let users = app.accounts().administration();
    users.verify_user(&UserId::from_stored(&disabled)).await.expect("it is there");
    assert_eq!(names(&app.profiles().get_by(&token, paths::ALL).await.expect(200)), ["ann", "cyd"]);
    users.disable_user(&UserId::from_stored(&disabled)).await.expect("it is there");
    assert_eq!(names(&app.profiles().get_by(&token, paths::ALL).await.expect(200)), ["ann"]);
    for id in [unproved, disabled] {
        app.profiles().get_by(&token, &paths::profile(&id)).await.expect_detail(404, MISSING);
    }
}

/// A list of long profiles must not take the memory of a thousand of them.
#[tokio::test]
async fn a_page_ends_early_where_profiles_are_long() {
    let app = TestApp::with(|settings| {
        open(settings);
        settings.contracts.djoser.hide_users = false;
        settings.server.body_limit_bytes = 1 << 20;
    })
    .await;
    let long = json!({ "description": "\u{1f98a}".repeat(10_000) });
    let mut token = String::new();
    for number in 0..40 {
        let (id, own) = member(&app, &format!("user{number}")).await;
        app.profiles().send_by(&own, "PATCH", &paths::profile(&id), &long).await.expect(200);
        app.advance(number % 2);
        token = own;
    }
    let mut seen = Vec::new();
    while seen.len() < 40 {
        let page = app.profiles().get_by(&token, &format!("all-profiles?offset={}", seen.len())).await;
        assert!(page.body.len() < 1_200_000, "{} bytes", page.body.len());
        let page = page.expect(200);
        assert!(page.as_array().is_some_and(|page| page.len() < 40 && !page.is_empty()));
        seen.extend(names(&page).into_iter().map(str::to_owned));
    }
    let mut expected: Vec<_> = (0..40).map(|number| format!("user{number}")).collect();
    seen.sort();
    expected.sort();
    assert_eq!(seen, expected, "each is on one page");
    let users = app.djoser().get_by(&token, djoser::paths::USERS).await;
    assert!(users.body.len() < 1_200_000 && users.status == 200, "{} bytes", users.body.len());
}
