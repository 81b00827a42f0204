//! The sample app: where it is served, and where mailed links lead.

use countersign::settings::Served;
use serde_json::json;

use crate::support::TestApp;

const MAIN: &str = include_str!("../../web/app/main.js");

#[tokio::test]
async fn every_page_of_the_app_is_served_with_and_without_its_final_slash() {
    let app = TestApp::start().await;
    let start = app.send(app.request("GET", "/")).await;
    assert!(start.body.starts_with("<!doctype html>"), "{}", start.body);
    let paths = MAIN.lines().filter_map(|line| line.trim().strip_prefix("{ path: \"")?.split('"').next());
    let paths: Vec<&str> = paths.filter(|path| *path != "/" && *path != "/provider/").collect();
    assert!(paths.len() > 10, "{paths:?}");
    for path in paths {
        for path in [path, path.trim_end_matches('/')] {
            let answer = app.send(app.request("GET", path)).await;
            assert_eq!((answer.status, &answer.body), (200, &start.body), "{path}");
            assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
        }
    }
    for path in ["/verify-user/1/2/3", "/verify-email/1/a%40b.example/2/3", "/reset-password/1/2/3/", "/login/google"] {
        assert_eq!(app.send(app.request("GET", path)).await.body, start.body, "{path}");
    }
    app.send(app.request("GET", "/profile/more")).await.expect_detail(404, "Not found.");
    assert_eq!(app.send(app.request("POST", "/login/")).await.status, 405);
}

#[tokio::test]
async fn every_file_that_the_app_names_is_served() {
    let app = TestApp::start().await;
    let mut waiting = vec!["/".to_owned()];
    let mut seen = Vec::new();
    while let Some(path) = waiting.pop() {
        let answer = app.send(app.request("GET", &path)).await;
        assert_eq!(answer.status, 200, "{path}");
        let named = answer.body.split('"').filter(|text| text.starts_with("/assets/"));
        let fresh: Vec<_> = named.filter(|name| !seen.iter().any(|known| known == name)).map(str::to_owned).collect();
        seen.extend(fresh.iter().cloned());
        waiting.extend(fresh);
        assert!(!answer.body.contains("https://"), "{path} names another host");
    }
    assert!(seen.len() > 10, "{seen:?}");
}

#[tokio::test]
async fn the_app_knows_the_settings_in_force() {
    let app = TestApp::with(|settings| {
        settings.mail.app_name = "Tea & \"Co\"".to_owned();
        settings.contracts.accounts.base_path = "/accounts/".to_owned();
        settings.pages.mailbox = Served::Never;
    })
    .await;
    let expected = json!({
        "app_name": "Tea & \"Co\"", "api": "/accounts/", "login": ["token", "cookie"], "login_fields": ["username"],
        "registration": true, "verification": true, "correction": true, "reset_password": true, "reset_by_email": false,
        "account_deletion": true,
        "providers": false, "mailbox": false, "shortcuts": [{
            "path": "/docs", "title": "API", "text": "Every call, as this server is set up, with its fields and errors",
        }],
    });
    assert_eq!(app.send(app.request("GET", "/app/settings.json")).await.expect(200), expected);
}

#[tokio::test]
async fn the_link_of_the_first_mail_leads_to_a_page() {
    let app = TestApp::with(|settings| {
        let page = countersign::links::FrontendUrl::parse("http://localhost:0/verify-user/").expect("a URL");
        settings.registration.frontend_url = Some(page);
    })
    .await;
    app.post_json("register/", &TestApp::registration_of("ann")).await.expect(201);
    let link = app.link().await;
    let here = app.url("/").replace("127.0.0.1", "localhost");
    let path = link.url.strip_prefix(&here).expect("port 0 is the port that the system has chosen");
    assert_eq!(app.send(app.request("GET", &format!("/{path}"))).await.status, 200, "{path}");
}

#[tokio::test]
async fn switched_off_or_with_a_contract_at_the_root_the_app_is_not_served() {
    let switched_off = TestApp::with(|settings| settings.pages.app = Served::Never).await;
    let at_the_root = TestApp::with(|settings| settings.contracts.accounts.base_path = "/".to_owned()).await;
    for app in [switched_off, at_the_root] {
        for path in ["/", "/verify-user/", "/app/settings.json"] {
            app.send(app.request("GET", path)).await.expect_detail(404, "Not found.");
        }
    }
}
