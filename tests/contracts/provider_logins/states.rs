//! The `state` of a login: each is of one browser, one purpose, ten minutes and one use.

use std::time::Duration;

use super::*;
use crate::support::accounts::{at_once, count};
use crate::support::fake_providers::Act;

const BEGIN_AGAIN: &str = "The state is not valid. Please begin again.";

#[tokio::test]
async fn a_state_is_used_once() {
    let site = Site::start().await;
    let mut browser = Browser::default();
    let url = site.begin(&mut browser).await;
    let login = site.idp.log_in(&url, &ann());
    token(&site.bring(&browser, None, &login.code, &login.state).await);
    let another = site.idp.log_in(&url, &ann());
    let again = site.bring(&browser, None, &another.code, &login.state).await;
    expect_refused(&again, "This login was finished before. Please begin again.");
    // A refused code uses it up as well.
    let url = site.begin(&mut browser).await;
    let login = site.idp.log_in(&url, &ann());
    let wrong = site.bring(&browser, None, "wrong", &login.state).await;
    expect_refused(&wrong, "The identity provider does not confirm this login. Please begin again.");
    let late = site.bring(&browser, None, &login.code, &login.state).await;
    expect_refused(&late, "This login was finished before. Please begin again.");
}

#[tokio::test]
async fn of_many_uses_at_once_one_wins() {
    let site = Site::start().await;
    let mut browser = Browser::default();
    let url = site.begin(&mut browser).await;
    let login = site.idp.log_in(&url, &ann());
    let answers = at_once((0..32).map(|_| site.bring(&browser, None, &login.code, &login.state))).await;
    assert_eq!((count(&answers, 200), count(&answers, 400)), (1, 31), "{answers:?}");
}

#[tokio::test]
async fn a_state_is_of_its_browser() {
    let site = Site::start().await;
    let (mut mallory, mut bob) = (Browser::default(), Browser::default());
    let url = site.begin(&mut mallory).await;
    site.begin(&mut bob).await;
    let login = site.idp.log_in(&url, &ann());
    let sentence = "This login was begun in another browser. Please begin again.";
    let strange = Browser { cookies: vec![format!("{BROWSER}={}", "0".repeat(64))] };
    for browser in [&bob, &Browser::default(), &strange] {
        expect_refused(&site.bring(browser, None, &login.code, &login.state).await, sentence);
    }
    token(&site.bring(&mallory, None, &login.code, &login.state).await);
}

#[tokio::test]
async fn two_tabs_of_a_browser_log_in_side_by_side() {
    let site = Site::start().await;
    let mut browser = Browser::default();
    let first = site.begin(&mut browser).await;
    let cookie = browser.cookies.clone();
    let second = site.begin(&mut browser).await;
    assert_eq!(browser.cookies, cookie);
    for url in [&second, &first] {
        token(&site.finish(&browser, url, &ann()).await);
    }
}

#[tokio::test]
async fn a_state_lasts_ten_minutes() {
    for (seconds, status) in [(600, 200), (601, 400)] {
        let site = Site::start().await;
        let mut browser = Browser::default();
        let url = site.begin(&mut browser).await;
        let login = site.idp.log_in(&url, &ann());
        // The provider's own clock does not move: it would refuse the code.
        site.app.advance(seconds);
        let answer = site.bring(&browser, None, &login.code, &login.state).await;
        assert_eq!(answer.status, status, "{answer:?}");
        if status == 400 {
            expect_refused(&answer, "The login took too long. Please begin again.");
        }
    }
}

#[tokio::test]
async fn no_other_text_is_a_state() {
    let site = Site::start().await;
    let mut browser = Browser::default();
    let url = site.begin(&mut browser).await;
    let login = site.idp.log_in(&url, &ann());
    let (text, signature) = login.state.split_once('.').expect("two parts");
    let other = site.begin(&mut browser).await;
    let other = site.idp.log_in(&other, &ann()).state;
    let crossed = format!("{}.{signature}", other.split_once('.').expect("two parts").0);
    for state in ["x", ".", text, &crossed, &format!("{}x", login.state), &"a".repeat(20_000)] {
        expect_refused(&site.bring(&browser, None, &login.code, state).await, BEGIN_AGAIN);
    }
    let blank = site.bring(&browser, None, "", "").await.expect(400);
    let required = json!(["This field may not be blank."]);
    assert_eq!(blank, json!({ "code": required, "state": required }));
}

#[tokio::test]
async fn a_state_is_of_its_provider_and_its_purpose() {
    let second = FakeOpenId::start_at(Clock::manual(BEGINNING));
    let other = second.settings("other");
    let site = Site::with(|settings| settings.providers.push(other)).await;
    let mut browser = Browser::default();
    let url = site.begin(&mut browser).await;
    let login = site.idp.log_in(&url, &ann());
    let body = json!({ "code": login.code, "state": login.state });
    expect_refused(&browser.send(&site.app, "providers/other/finish/", None, &body).await, BEGIN_AGAIN);
    // A login connects nothing, even if its browser is logged in.
    let (_, bob) = site.app.somebody("bob").await;
    token(&site.bring(&browser, Some(&bob), &login.code, &login.state).await);
    assert!(site.accounts_of(&bob).await.is_empty());
}

#[tokio::test]
async fn a_code_of_another_login_is_refused() {
    let site = Site::start().await;
    let mut browser = Browser::default();
    let (first, second) = (site.begin(&mut browser).await, site.begin(&mut browser).await);
    let (first, second) = (site.idp.log_in(&first, &ann()), site.idp.log_in(&second, &ann()));
    let crossed = site.bring(&browser, None, &second.code, &first.state).await;
    expect_refused(&crossed, "The identity provider does not confirm this login. Please begin again.");
}

#[tokio::test]
async fn who_goes_away_in_the_middle_of_a_login_does_not_get_the_state_back() {
    let site = Site::start().await;
    let mut browser = Browser::default();
    let url = site.begin(&mut browser).await;
    let login = site.idp.log_in(&url, &ann());
    site.idp.server.make("/token", Act::Hang);
    let asked = async {
        while site.idp.server.received("/token").is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        answer = site.bring(&browser, None, &login.code, &login.state) => panic!("{answer:?}"),
        () = asked => {}
    }
    site.idp.server.heal("/token");
    // The server notices that the client is gone while it answers these.
    for _ in 0..20 {
        let late = site.bring(&browser, None, &login.code, &login.state).await;
        expect_refused(&late, "This login was finished before. Please begin again.");
    }
}

#[tokio::test]
async fn cookies_that_others_set_under_the_same_name_do_not_matter() {
    let site = Site::start().await;
    let mut browser = Browser::default();
    let url = site.begin(&mut browser).await;
    let strange = ["x".repeat(64), "A".repeat(64), String::new(), "1".repeat(63)];
    let strange = strange.map(|value| format!("{BROWSER}={value}"));
    browser.cookies.splice(0..0, strange);
    token(&site.finish(&browser, &url, &ann()).await);
}
