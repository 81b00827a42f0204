//! Requests that no honest client sends, to every endpoint that is served where there are identity providers.

use super::*;
use crate::support::endpoints::{Contract, serve_all};

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const TYPES: [&str; 4] = ["application/json", "application/x-www-form-urlencoded", "text/plain", "multipart/form-data"];

fn bodies() -> Vec<String> {
    let members = ["code", "state", "access_token", "id_token", "token_secret", "code_verifier", "redirect_uri"];
    let with =
        |value: Value| json!(members.map(|name| (name, value.clone())).into_iter().collect::<Object>()).to_string();
    let values = [json!(null), json!([]), json!({}), json!(1), json!(true), json!("\0"), json!("\u{fffd}\n\u{202e}")];
    let mut bodies: Vec<_> = values.into_iter().map(with).collect();
    bodies.extend([with(json!("x".repeat(50_000))), with(json!("a.b")), with(json!("")), with(json!("é&=%00"))]);
    bodies.extend(["", "{", "[]", "null", "code=%00&state=%ff", "{\"connect\":\"maybe\"}"].map(str::to_owned));
    bodies
}

type Object = std::collections::BTreeMap<&'static str, Value>;

async fn site() -> Site {
    Site::with(|settings| {
        serve_all(settings);
        settings.throttle.enabled = false;
    })
    .await
}

/// The whole paths, each with its methods.
fn paths(site: &Site) -> Vec<(String, Vec<&'static str>)> {
    let mut paths: Vec<(String, Vec<&str>)> = Vec::new();
    for contract in Contract::ALL {
        for (method, path) in contract.endpoints_with_providers() {
            let path = site.app.path_of(contract, &path.replace("{name}", "idp").replace("{provider}", "idp"));
            match paths.iter_mut().find(|(known, _)| *known == path) {
                Some((_, methods)) => methods.push(method),
                None => paths.push((path, vec![method])),
            }
        }
    }
    paths
}

#[tokio::test]
async fn a_malformed_request_is_refused_and_changes_nothing() {
    let site = site().await;
    let (_, session) = site.app.somebody("bob").await;
    for (path, methods) in paths(&site) {
        for method in methods.into_iter().filter(|method| *method == "POST") {
            for (body, content_type) in bodies().iter().flat_map(|body| TYPES.map(|content_type| (body, content_type)))
            {
                let request = site.app.request_by(&session, method, &path);
                let answer = site.app.send(request.header("content-type", content_type).body(body.clone())).await;
                let begins = path.ends_with("/start/") && answer.status == 200;
                assert!(begins || (400..500).contains(&answer.status), "{method} {path} {body:.60}: {answer:?}");
            }
        }
    }
    assert!(site.accounts_of(&session).await.is_empty());
    assert_eq!(site.app.users().await.len(), 1);
}

#[tokio::test]
async fn each_path_has_its_methods_and_no_others() {
    let site = site().await;
    let (_, session) = site.app.somebody("bob").await;
    for (path, methods) in paths(&site) {
        for method in METHODS {
            let answer = site.app.send(site.app.request_by(&session, method, &path)).await;
            assert_eq!(answer.status == 405, !methods.contains(&method), "{method} {path}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn own_provider_accounts_are_for_who_is_logged_in() {
    let site = site().await;
    for (path, methods) in paths(&site) {
        let is_own = ["provider-accounts", "socialaccounts", "/connect"].iter().any(|part| path.contains(part));
        for method in methods {
            let answer = site.app.send(site.app.request(method, &path)).await;
            assert!(answer.status < 500, "{method} {path}: {answer:?}");
            assert_eq!(answer.status == 401, is_own, "{method} {path}: {answer:?}");
        }
    }
}
