//! Guesses at passwords: which are counted, for whom, and what a success gives back.

use countersign::settings::LoginField;
use serde_json::json;

use super::{WRONG, by_account, log_in_from};
use crate::support::TestApp;
use crate::support::accounts::NEW_PASSWORD;
use crate::support::accounts::paths;
use crate::support::limits::rate;
use crate::support::test_app::{BEGINNING, PASSWORD};

async fn limited() -> TestApp {
    TestApp::with(by_account).await
}

#[tokio::test]
async fn a_username_like_a_users_id_gives_no_guesses_back() {
    let app = limited().await;
    let (victim, token) = app.somebody("ann").await;
    app.verified(&victim.id).await;
    let mut guesses = 0;
    for _ in 0..18 {
        for _ in 0..8 {
            guesses += u32::from(app.change_password(&token, WRONG, NEW_PASSWORD).await.status == 400);
        }
        app.log_in(&victim.id, PASSWORD).await.expect(200);
    }
    assert_eq!(guesses, 10);
}

#[tokio::test]
async fn wrong_logins_under_a_name_like_a_users_id_keep_nobody_from_a_new_password() {
    let app = limited().await;
    let (victim, token) = app.somebody("ann").await;
    for number in 0..110 {
        log_in_from(&app, &format!("198.51.100.{number}"), &victim.id, WRONG).await;
    }
    let from_here = app.log_in(&victim.id, WRONG).await;
    assert_eq!(from_here.status, 429, "{from_here:?}");
    app.change_password(&token, PASSWORD, NEW_PASSWORD).await.expect(200);
}

#[tokio::test]
async fn wrong_logins_as_a_user_keep_it_from_no_new_password_nor_the_other_way_round() {
    let app = limited().await;
    let (_, token) = app.somebody("ann").await;
    let (_, bobs) = app.somebody("bob").await;
    for _ in 0..12 {
        app.log_in("ann", WRONG).await;
        app.change_password(&bobs, WRONG, NEW_PASSWORD).await;
    }
    app.change_password(&token, PASSWORD, NEW_PASSWORD).await.expect(200);
    app.log_in("bob", PASSWORD).await.expect(200);
    assert_eq!(app.log_in("ann", NEW_PASSWORD).await.status, 429);
    assert_eq!(app.change_password(&bobs, PASSWORD, NEW_PASSWORD).await.status, 429);
}

#[tokio::test]
async fn a_new_password_gives_back_the_guesses_at_the_old_one() {
    let app = limited().await;
    let (_, token) = app.somebody("ann").await;
    for number in 0..4 {
        let [old, new] = if number % 2 == 0 { [PASSWORD, NEW_PASSWORD] } else { [NEW_PASSWORD, PASSWORD] };
        for _ in 0..6 {
            app.change_password(&token, WRONG, new).await.expect(400);
        }
        app.change_password(&token, old, new).await.expect(200);
    }
}

#[tokio::test]
async fn logins_of_one_account_from_many_networks_cost_nothing() {
    let app = limited().await;
    app.verified("ann").await;
    for number in 0..105 {
        log_in_from(&app, &format!("203.0.113.{number}"), "ann", PASSWORD).await.expect(200);
    }
    log_in_from(&app, "198.51.100.1", "ann", WRONG).await.expect(400);
}

#[tokio::test]
async fn a_success_gives_back_the_wrong_guesses_before_it_here_and_everywhere() {
    let app = limited().await;
    app.verified("ann").await;
    for number in 0..25 {
        let address = format!("203.0.113.{number}");
        for _ in 0..6 {
            log_in_from(&app, &address, "ann", WRONG).await.expect(400);
        }
        log_in_from(&app, &address, "ann", PASSWORD).await.expect(200);
    }
    for _ in 0..10 {
        log_in_from(&app, "198.51.100.1", "ann", WRONG).await.expect(400);
    }
    assert_eq!(log_in_from(&app, "198.51.100.1", "ann", PASSWORD).await.status, 429);
}

#[tokio::test]
async fn a_success_gives_back_no_more_than_its_own_network_had_spent() {
    let app = limited().await;
    app.verified("ann").await;
    let guess = async |network: u32, times: u32| {
        let mut looked_at = 0;
        for _ in 0..times {
            let answer = log_in_from(&app, &format!("203.0.113.{network}"), "ann", WRONG).await;
            looked_at += u32::from(answer.status == 400);
        }
        looked_at
    };
    for network in 0..9 {
        assert_eq!(guess(network, 10).await, 10);
    }
    assert_eq!(guess(10, 3).await, 3);
    log_in_from(&app, "203.0.113.10", "ann", PASSWORD).await.expect(200);
    assert_eq!(guess(11, 10).await, 10);
    assert_eq!(guess(12, 10).await, 0, "a hundred from everywhere");
}

#[tokio::test]
async fn the_names_of_one_account_have_one_budget() {
    let app = TestApp::with(|settings| {
        by_account(settings);
        settings.login.fields = vec![LoginField::Username, LoginField::Email];
    })
    .await;
    let ann = app.verified("ann").await;
    for number in 0..10 {
        let name = ["ann", "ANN", &ann.email, "ANN@mail.example"][number % 4];
        app.log_in(name, WRONG).await.expect(400);
    }
    for name in ["ann", &ann.email] {
        assert_eq!(app.log_in(name, PASSWORD).await.status, 429, "{name}");
    }
    for name in ["nobody", "nobody@mail.example"] {
        for _ in 0..10 {
            app.log_in(name, WRONG).await.expect(400);
        }
        assert_eq!(app.log_in(name, WRONG).await.status, 429, "{name}");
    }
}

#[tokio::test]
async fn many_networks_of_one_subscriber_have_fewer_guesses_than_as_many_subscribers() {
    for (network, wider) in [("2001:db8:1:2{}::1", 40), ("2001:db8:1:{}00::1", 100)] {
        let app = limited().await;
        app.verified("ann").await;
        let mut looked_at = 0;
        for number in 0x10..0x10 + 30 {
            let address = network.replace("{}", &format!("{number:02x}"));
            for _ in 0..5 {
                looked_at += i32::from(log_in_from(&app, &address, "ann", WRONG).await.status == 400);
            }
        }
        assert_eq!(looked_at, wider, "{network}");
    }
}

#[tokio::test]
async fn a_right_password_is_no_guess_though_it_does_not_log_in() {
    let app = limited().await;
    app.registered("bea").await;
    let cyd = app.verified("cyd").await;
    app.store().disable_user(countersign::UserId::from_stored(&cyd.id), app.now()).await.expect("it answers");
    for _ in 0..12 {
        for name in ["bea", "cyd"] {
            app.log_in(name, PASSWORD).await.expect(400);
        }
    }
    app.log_in("bea", WRONG).await.expect(400);
}

#[tokio::test]
async fn a_new_password_that_is_refused_makes_no_guess_of_a_right_one() {
    let app = limited().await;
    let (_, token) = app.somebody("ann").await;
    for _ in 0..12 {
        app.change_password(&token, PASSWORD, "12345").await.expect(400);
    }
    app.change_password(&token, PASSWORD, NEW_PASSWORD).await.expect(200);
}

#[tokio::test]
async fn guesses_come_back_with_time() {
    let app = TestApp::with(|settings| {
        by_account(settings);
        settings.throttle.account_login = rate(60, 2);
    })
    .await;
    app.verified("ann").await;
    for _ in 0..2 {
        app.log_in("ann", WRONG).await.expect(400);
    }
    let refused = app.log_in("ann", PASSWORD).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("60")));
    app.advance(60);
    app.log_in("ann", WRONG).await.expect(400);
    app.advance(60);
    app.post_json(paths::LOGIN, &json!({ "login": "ann", "password": PASSWORD })).await.expect(200);
}

#[tokio::test]
async fn a_limit_that_was_raised_frees_the_accounts_that_it_had_locked() {
    let strict = TestApp::with(|settings| {
        by_account(settings);
        settings.throttle.account_login = rate(1, 5);
        settings.throttle.account_mails = rate(1, 2);
    })
    .await;
    strict.verified("ann").await;
    for _ in 0..5 {
        strict.log_in("ann", WRONG).await.expect(400);
    }
    for _ in 0..2 {
        strict.ask_for_reset("ann").await.expect(200);
    }
    assert_eq!(strict.log_in("ann", PASSWORD).await.status, 429);
    assert_eq!(strict.ask_for_reset("ann").await.status, 429);

    let generous = |settings: &mut countersign::Settings| {
        by_account(settings);
        settings.throttle.account_login = rate(60, 2);
        settings.throttle.account_mails = rate(60, 2);
    };
    let app = strict.sibling(generous).await;
    let refused = app.log_in("ann", PASSWORD).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("60")), "a used-up budget of today");
    let refused = app.ask_for_reset("ann").await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("60")));
    app.advance(60);
    app.log_in("ann", PASSWORD).await.expect(200);
    app.ask_for_reset("ann").await.expect(200);
}

#[tokio::test]
async fn a_clock_that_was_ahead_locks_no_account_for_longer_than_the_limit_does() {
    let ahead = limited().await;
    ahead.verified("ann").await;
    ahead.advance(365 * 86_400);
    for name in ["ann", "nobody"] {
        for _ in 0..10 {
            ahead.log_in(name, WRONG).await.expect(400);
        }
        for _ in 0..5 {
            ahead.ask_for_reset(name).await;
        }
    }
    let app = ahead.sibling_at(BEGINNING, by_account).await;
    for name in ["ann", "nobody"] {
        let refused = app.log_in(name, PASSWORD).await;
        assert_eq!((refused.status, refused.header("retry-after")), (429, Some("120")), "{name}");
        let refused = app.ask_for_reset(name).await;
        assert_eq!((refused.status, refused.header("retry-after")), (429, Some("360")), "{name}");
    }
    app.advance(360);
    app.ask_for_reset("ann").await.expect(200);
    app.log_in("ann", PASSWORD).await.expect(200);
    app.log_in("nobody", PASSWORD).await.expect(400);
}
