//! A mailed link is followed.

use crate::support::TestApp;

#[tokio::test]
async fn who_follows_the_link_is_verified() {
    let app = TestApp::start().await;
    let ann = app.registered("ann").await;
    assert_eq!(app.user(&ann.id).await.verified_at, None);
    let link = app.link().await;
    assert_eq!(link.user_id, ann.id);
    app.advance(60);
    app.verify(&link).await.expect_detail(200, "User verified successfully");
    assert_eq!(app.user(&ann.id).await.verified_at, Some(app.now()));
}
