//! Providers that hang, drip, flood, redirect or answer nonsense.

use std::time::{Duration, Instant};

use countersign::clock::Seconds;
use countersign::providers::Providers;
use futures_util::future::{join, join_all};

use super::{ann, code, only, open, token, unavailable};
use crate::support::fake_providers::{Act, FakeGitHub, FakeOpenId, REDIRECT_URI, Reply, Server};

const PATHS: [&str; 3] = ["/.well-known/openid-configuration", "/keys", "/token"];

/// A provider that may take so many seconds.
fn limited(fake: &FakeOpenId, seconds: u64) -> countersign::settings::Provider {
    let mut settings = fake.settings("fake");
    settings.timeout = Seconds::new(seconds);
    settings
}

#[tokio::test]
async fn a_provider_that_hangs_or_drips_is_given_up_in_time() {
    for act in [Act::Hang, Act::Drip] {
        let fakes: Vec<_> = PATHS.map(|path| (path, FakeOpenId::start())).into();
        let logins = fakes.iter().map(async |(path, fake)| {
            fake.server.make(path, act.clone());
            let providers = open(limited(fake, 1));
            let bare = fake.code_for(&ann(), REDIRECT_URI, None, None);
            let (_, cause) = unavailable(only(&providers).identify(code(&bare)).await);
            assert!(cause.contains("in time"), "{path}: {cause}");
        });
        let begun = Instant::now();
        join_all(logins).await;
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn a_flood_is_cut_off() {
    let fake = FakeOpenId::start();
    for path in PATHS {
        let fake_of_path = FakeOpenId::start();
        fake_of_path.server.make(path, Act::Flood(50_000_000));
        let (_, cause) = unavailable(super::log_in(&fake_of_path).await);
        assert!(cause.contains("larger than 1 MiB"), "{path}: {cause}");
    }
    assert!(super::log_in(&fake).await.is_ok());
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_pages_for_people_are_no_answers() {
    let inner = Server::start(|_| Reply::html(200));
    let moved = || Reply::html(302).with_header("Location", format!("{}/metadata", inner.url()));
    for path in PATHS {
        for (reply, told) in [
            (moved(), "redirects elsewhere"),
            (Reply { status: 307, ..moved() }, "redirects elsewhere"),
            (Reply::html(500), "500"),
            (Reply::html(200), ""),
            (Reply { body: b"[".to_vec(), ..Reply::json(200, &"".into()) }, ""),
            (Reply { body: Vec::new(), ..Reply::json(200, &"".into()) }, ""),
        ] {
            let fake = FakeOpenId::start();
            fake.server.make(path, Act::Reply(reply.clone()));
            let (retry_after_seconds, cause) = unavailable(super::log_in(&fake).await);
            assert!(cause.contains(told) && (1..=300).contains(&retry_after_seconds), "{path}: {reply:?}: {cause}");
        }
    }
    assert_eq!(inner.received("/metadata").len(), 0);
}

#[tokio::test]
async fn a_provider_that_is_away_or_breaks_off_is_worth_another_try() {
    let fake = FakeOpenId::start();
    fake.server.make("/token", Act::Close);
    let (_, cause) = unavailable(super::log_in(&fake).await);
    assert!(cause.contains("cannot be reached"), "{cause}");
    let settings = fake.settings("fake");
    drop(fake);
    let providers = open(settings);
    let (_, cause) = unavailable(only(&providers).identify(token("a")).await);
    assert!(cause.contains("cannot be reached"), "{cause}");
}

#[tokio::test]
async fn a_slow_provider_slows_no_other_and_has_a_limit_of_its_own() {
    let (slow, quick) = (FakeOpenId::start(), FakeGitHub::start());
    slow.server.make("/.well-known/openid-configuration", Act::Hang);
    let settings = [limited(&slow, 6), quick.settings("github")];
    let providers = Providers::open(&settings).expect("a thread");
    let [slow, github] = ["fake", "github"].map(|name| providers.get(name).expect("it is set"));
    let of_ann = quick.token_for(1, "ann", &[]);
    let waiting = join_all((0..40).map(|_| slow.identify(token("a"))));
    let beside = async {
        let begun = Instant::now();
        for _ in 0..3 {
            github.identify(token(&of_ann)).await.expect("a user");
        }
        begun.elapsed()
    };
    let (outcomes, elapsed) = join(waiting, beside).await;
    assert!(elapsed < Duration::from_secs(5), "{elapsed:?}");
    let causes: Vec<_> = outcomes.into_iter().map(unavailable).collect();
    let turned_away = causes.iter().filter(|(after, cause)| *after == 1 && cause.contains("32 requests")).count();
    assert_eq!(turned_away, 8, "{causes:?}");
}

#[tokio::test]
async fn a_login_that_is_given_up_leaves_its_place_to_others() {
    let fake = FakeOpenId::start();
    fake.server.make("/.well-known/openid-configuration", Act::Hang);
    let providers = open(limited(&fake, 60));
    for _ in 0..3 {
        let waiting = join_all((0..32).map(|_| only(&providers).identify(token("a"))));
        assert!(tokio::time::timeout(Duration::from_millis(200), waiting).await.is_err());
    }
    fake.server.heal("/.well-known/openid-configuration");
    let (of_ann, _) = fake.tokens_for(&ann());
    assert!(only(&providers).identify(token(&of_ann)).await.is_ok());
}

#[tokio::test]
async fn dropping_the_providers_ends_what_still_waits() {
    let fake = FakeOpenId::start();
    fake.server.make("/.well-known/openid-configuration", Act::Hang);
    let providers = open(limited(&fake, 60));
    {
        let mut waiting = Box::pin(only(&providers).identify(token("a")));
        assert!(tokio::time::timeout(Duration::from_millis(100), &mut waiting).await.is_err());
    }
    let begun = Instant::now();
    drop(providers);
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}
