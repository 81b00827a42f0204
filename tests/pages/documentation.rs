//! The description of the API, and the page that shows it.

use countersign::settings::Served;

use crate::support::TestApp;

const DOCUMENT: &str = "/api/openapi.json";

#[tokio::test]
async fn the_description_is_served_and_is_that_of_the_settings() {
    let app = TestApp::start().await;
    let answer = app.get(DOCUMENT).await;
    assert_eq!(&answer.expect(200), app.described());
    assert_eq!(answer.json()["openapi"], "3.1.0");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let tag = answer.header("etag").expect("a tag").to_owned();
    let again = app.send(app.request("GET", DOCUMENT).header("if-none-match", tag)).await;
    assert_eq!((again.status, again.body.as_str()), (304, ""));
}

#[tokio::test]
async fn the_page_takes_nothing_from_elsewhere_and_its_files_are_there() {
    let app = TestApp::start().await;
    let page = app.get("/docs").await;
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert!(!page.body.contains("http://") && !page.body.contains("https://"), "{}", page.body);
    let quoted = page.body.split('"').filter(|part| part.starts_with("/assets/"));
    let mut files: Vec<_> = quoted.map(str::to_owned).collect();
    files.push("/assets/docs/schemas.js".to_owned());
    assert!(files.len() >= 5, "{files:?}");
    for file in files {
        assert_eq!(app.get(&file).await.status, 200, "{file}");
    }
}

#[tokio::test]
async fn both_can_be_switched_off() {
    let app = TestApp::with(|settings| settings.pages.docs = Served::Never).await;
    for path in ["/docs", "/docs/", DOCUMENT] {
        app.get(path).await.expect_detail(404, "Not found.");
    }
}
