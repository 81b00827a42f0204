//! Logins that fail.

use super::*;

/// A password of users who claim an address.
const CLAIMED: &str = "Velvet-Comet-77";

#[tokio::test]
async fn a_login_that_fails_costs_the_same_whoever_it_names() {
    for (app, questions) in inhabited_in_both_modes().await {
        let mut asked = 0;
        for (contract, question) in questions {
            let Question::Login { path, body, refused_with } = question else { continue };
            let path = app.path_of(contract, path);
            // An address is looked up in two ways where it may name a user: as that of its owner, and as a claim.
            let address_costs = match contract {
                Contract::Tutorial => 1,
                _ if is_correction(&path) => 1,
                _ => 2,
            };
            let (mut by_name, mut by_address) = (Vec::new(), Vec::new());
            for (login, password) in [
                ("nobody", PASSWORD),
                ("ann", "Wrong-Lantern-9"),
                ("bea", "Wrong-Lantern-9"),
                ("cyd", PASSWORD),
                ("cyd", "Wrong-Lantern-9"),
                ("no name and no address!", PASSWORD),
            ] {
                by_name.push(seen(&app, &path, &body(login, password)).await);
            }
            for (login, password) in [
                ("nobody@mail.example", PASSWORD),
                ("ann@mail.example", "Wrong-Lantern-9"),
                ("bea@mail.example", "Wrong-Lantern-9"),
                ("cyd@mail.example", PASSWORD),
                ("cyd@mail.example", "Wrong-Lantern-9"),
            ] {
                by_address.push(seen(&app, &path, &body(login, password)).await);
            }
            if !is_correction(&path) {
                // dj-rest-auth tells an unverified user who knows the password, at the same cost.
                for (login, all) in [("bea", &mut by_name), ("bea@mail.example", &mut by_address)] {
                    let unverified = seen(&app, &path, &body(login, PASSWORD)).await;
                    if [Contract::DjRestAuth, Contract::DjangoRestAuth].contains(&contract) {
                        assert_eq!(unverified.body, r#"{"non_field_errors":["E-mail is not verified."]}"#, "{path}");
                        let cost = |seen: &Seen| (seen.status, seen.hashes, seen.statements);
                        assert_eq!(cost(&unverified), cost(&all[0]), "{path}");
                    } else {
                        all.push(unverified);
                    }
                }
            }
            are_alike(&by_name);
            are_alike(&by_address);
            assert_eq!((by_name[0].status, by_name[0].hashes), (refused_with, 1), "{path}");
            assert_eq!((by_address[0].status, by_address[0].hashes), (refused_with, address_costs), "{path}");
            assert_eq!(by_name[0].body, by_address[0].body, "{path}");
            assert!(by_name[0].statements >= 2, "the counter counts: {:?}", by_name[0]);
            asked += 1;
        }
        assert!(asked >= 2);
    }
}

#[tokio::test]
async fn the_right_password_of_a_claim_is_told_by_address_whether_or_not_that_has_an_owner() {
    let app = inhabited(true).await;
    for (number, (contract, question)) in questions().into_iter().enumerate() {
        let Question::Login { path, body, .. } = question else { continue };
        if is_correction(path) {
            continue;
        }
        // Mallory registers with the address of ann, who has proved it, and with one that no user has.
        let owner = app.verified(&format!("owner{number}")).await.email;
        let free = format!("free{number}@mail.example");
        let mut told = Vec::new();
        for (username, email) in [(format!("mallory{number}"), &owner), (format!("eve{number}"), &free)] {
            let claim = json!({ "email": email, "password": CLAIMED, "password_confirm": CLAIMED });
            app.register(&username, claim).await.expect(201);
            app.deliver().await;
            for password in [CLAIMED, "Wrong-Lantern-9"] {
                let request =
                    app.request("POST", &app.path_of(contract, path)).header("accept", "application/problem+json");
                let problem = app.send(request.json(&body(email, password))).await;
                told.push(seen(&app, &app.path_of(contract, path), &body(email, password)).await);
                let expected = if password == CLAIMED && contract != Contract::Tutorial {
                    "email_not_verified"
                } else {
                    "login_invalid"
                };
                assert!(problem.body.contains(expected), "{path}: {}", problem.body);
            }
        }
        assert_eq!(told[..2], told[2..], "{path}");
        assert_eq!((told[0].hashes, told[0].statements), (told[1].hashes, told[1].statements), "{path}");
    }
}

/// Whether the right password of an unverified user does what is asked there.
fn is_correction(path: &str) -> bool {
    path.ends_with(paths::CORRECT_EMAIL)
}
