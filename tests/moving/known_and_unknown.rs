//! A stranger who posts old links learns nothing about users: known, moved and unknown ones get the same answer for the
//! same work.

use countersign::Settings;
use serde_json::{Value, json};

use super::old_site::{ANN, CLEO, OLD_SITE, disable, moved_in};
use crate::support::TestApp;
use crate::support::endpoints::Contract;

const NEW_PASSWORD: &str = "Velvet-Comet-77";
/// A token and a signature that fit no user.
const TOKEN: &str = "bxodq8-00112233445566778899aabbccddeeff";
const SIGNATURE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn serving(one_time: bool) -> impl FnOnce(&mut Settings) {
    move |settings| {
        settings.contracts.djoser.enabled = true;
        settings.contracts.djoser.username_reset_confirm_url =
            Some(countersign::links::FrontendUrl::parse("https://app.example/username/{uid}/{token}").expect("a URL"));
        settings.contracts.dj_rest_auth.enabled = true;
        settings.moving.django_rest_registration.register_one_time_use = one_time;
        settings.moving.django_rest_registration.reset_password_one_time_use = one_time;
    }
}

/// What is posted about a user, by id, with the id in base64url and in base 36.
fn questions(id: &str, base_64: &str, base_36: &str) -> Vec<(Contract, &'static str, Value)> {
    let signed = |other: Value| {
        let mut body = json!({ "user_id": id, "timestamp": "1700000000", "signature": SIGNATURE });
        body.as_object_mut().expect("an object").extend(other.as_object().expect("an object").clone());
        body
    };
    let new = json!({ "password": NEW_PASSWORD, "password_confirm": NEW_PASSWORD });
    let of_djoser = |other: Value| {
        let mut body = json!({ "uid": base_64, "token": TOKEN });
        body.as_object_mut().expect("an object").extend(other.as_object().expect("an object").clone());
        body
    };
    let reset =
        |uid: &str| json!({ "uid": uid, "token": TOKEN, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD });
    vec![
        (Contract::Accounts, "verify-registration/", signed(json!({}))),
        (Contract::Accounts, "reset-password/", signed(new)),
        (Contract::Accounts, "verify-email/", signed(json!({ "email": "new@mail.example" }))),
        (Contract::Djoser, "users/activation/", of_djoser(json!({}))),
        (Contract::Djoser, "users/reset_password_confirm/", of_djoser(json!({ "new_password": NEW_PASSWORD }))),
        (Contract::Djoser, "users/reset_username_confirm/", of_djoser(json!({ "new_username": "other" }))),
        (Contract::DjRestAuth, "password/reset/confirm/", reset(base_64)),
        (Contract::DjRestAuth, "password/reset/confirm/", reset(base_36)),
        (Contract::DjRestAuth, "registration/verify-email/", json!({ "key": format!("{base_64}:1r31eq:{SIGNATURE}") })),
    ]
}

/// Posts a body. Returns the answer without what differs each time, and how many statements it took.
async fn seen(app: &TestApp, (contract, path, body): &(Contract, &'static str, Value)) -> (u16, String, u64, u64) {
    let (statements, hashes) = (app.store().statements_run(), app.accounts().hasher().hashes_done());
    let answer = app.post_json(&app.path_of(*contract, path), body).await;
    let statements = app.store().statements_run() - statements;
    (answer.status, answer.body, statements, app.accounts().hasher().hashes_done() - hashes)
}

#[tokio::test]
async fn a_forged_old_link_tells_nothing_of_its_user() {
    for one_time in [false, true] {
        let app = moved_in(serving(one_time)).await;
        disable(app.accounts(), "2").await;
        app.execute("DELETE FROM moved_users WHERE user_id = '40'");
        // Ann and cleo moved; bob is disabled; the turtle did not move; no user has the last id.
        let people = [(ANN, "MQ", "1"), ("2", "Mg", "2"), (CLEO, "Mw", "3"), ("40", "NDA", "14"), ("9", "OQ", "9")];
        let asked = people.map(|(id, base_64, base_36)| questions(id, base_64, base_36));
        for index in 0..asked[0].len() {
            let mut all = Vec::new();
            for questions in &asked {
                all.push(seen(&app, &questions[index]).await);
            }
            let path = asked[0][index].1;
            assert!(all.iter().all(|other| *other == all[0]), "{path}: {all:#?}");
            assert!([400, 404].contains(&all[0].0), "{path}: {:?}", all[0]);
        }
    }
}

#[tokio::test]
async fn a_forged_link_that_needs_no_user_asks_no_database() {
    let app = moved_in(serving(false)).await;
    let questions = questions(ANN, "MQ", "1");
    for index in [0, 1, 2, 8] {
        let (status, _, statements, _) = seen(&app, &questions[index]).await;
        assert_eq!((statements, [400, 404].contains(&status)), (0, true), "{}", questions[index].1);
    }
}

#[tokio::test]
async fn links_of_ours_cost_the_same_with_and_without_old_ones() {
    let mut costs = Vec::new();
    for is_on in [true, false] {
        let app = moved_in(|settings| {
            serving(false)(settings);
            if !is_on {
                settings.moving.django_rest_registration.secrets.clear();
                settings.moving.djoser.secrets.clear();
                settings.moving.allauth.secrets.clear();
            }
        })
        .await;
        let digits = "00112233445566778899aabbccddeeff";
        let own = json!({ "uid": "MQ", "token": format!("1700000000-{digits}"), "new_password": NEW_PASSWORD });
        let signed = json!({ "user_id": ANN, "timestamp": "1700000000", "signature": digits.repeat(2) });
        let djoser = seen(&app, &(Contract::Djoser, "users/reset_password_confirm/", own)).await;
        let accounts = seen(&app, &(Contract::Accounts, "verify-registration/", signed)).await;
        costs.push((djoser, accounts));
    }
    assert_eq!(costs[0], costs[1]);
    assert!(OLD_SITE.users.len() > 3);
}
