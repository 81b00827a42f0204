//! The table of endpoints is complete, and each endpoint has the methods and the access that it says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use reqwest::header::ALLOW;
use serde_json::json;

use crate::support::TestApp;
use crate::support::endpoints::{self, Contract};

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The endpoints that a contract's page has a heading for: ``### `path/` METHOD, METHOD``.
fn documented(contract: Contract) -> BTreeSet<(String, String)> {
    let path = repository().join(format!("docs/http-api/{}.md", contract.name().replace('_', "-")));
    let page = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let headings = page.lines().filter_map(|line| line.strip_prefix("### `")?.split_once("` "));
    let endpoints = headings.flat_map(|(path, methods)| methods.split(", ").map(move |method| (path, method)));
    endpoints.map(|(path, method)| (path.to_owned(), method.to_owned())).collect()
}

#[test]
fn the_page_of_a_contract_has_every_endpoint_and_no_other() {
    for contract in Contract::ALL {
        let listed = contract.endpoints().iter();
        let listed: BTreeSet<_> = listed.map(|row| (row.path.to_owned(), row.method.to_owned())).collect();
        assert_eq!(documented(contract), listed, "docs/http-api/{}.md and the test client", contract.name());
    }
}

/// Every Rust file of a contract.
fn sources(contract: Contract) -> Vec<PathBuf> {
    let folder = repository().join("src/contracts").join(contract.source());
    let parts = fs::read_dir(&folder).into_iter().flatten().map(|entry| entry.expect("it can be read").path());
    parts.chain([folder.with_extension("rs")]).collect()
}

/// What no row names is not tested.
#[test]
fn every_path_that_a_contract_serves_has_a_row() {
    for contract in Contract::ALL {
        let mut served = BTreeSet::new();
        for path in sources(contract) {
            let source = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            for constructor in ["Endpoint::open(\"", "Endpoint::guarded(\"", "_path: \""] {
                let paths = source.split(constructor).skip(1).filter_map(|rest| rest.split('"').next());
                served.extend(paths.map(|path| format!("{path}/")));
            }
        }
        let listed = contract.endpoints().iter().map(|row| row.path);
        let listed = listed.chain(contract.paths_of_other_settings().iter().copied());
        // The other paths with a provider's name are put together.
        let is_in_source = |path: &&str| !path.contains("{name}") && !path.starts_with("{provider}");
        let listed: BTreeSet<_> = listed.filter(is_in_source).map(str::to_owned).collect();
        assert_eq!(served, listed, "src/contracts/{} and the test client", contract.source());
    }
}

/// All contracts with tokens, and those that can with JSON Web Tokens, each with their paths.
async fn in_both_modes() -> [(TestApp, BTreeMap<(Contract, &'static str), String>); 2] {
    [
        (TestApp::with_all_contracts(|_| {}).await, endpoints::paths()),
        (TestApp::with(endpoints::serve_jwt).await, endpoints::paths_of(endpoints::all_with_jwt())),
    ]
}

#[tokio::test]
async fn every_path_describes_itself_in_both_spellings() {
    for (app, paths) in in_both_modes().await {
        let (_, token) = app.somebody("ann").await;
        for ((contract, path), allow) in paths {
            let path = app.path_of(contract, path);
            let with_slash = app.send(app.request_by(&token, "OPTIONS", &path)).await;
            let without = app.send(app.request_by(&token, "OPTIONS", path.trim_end_matches('/'))).await;
            for answer in [&with_slash, &without] {
                let described = answer.expect(200);
                assert!(described["name"].as_str().is_some_and(|name| !name.is_empty()), "{path}: {described}");
                assert_eq!(answer.header(ALLOW.as_str()), Some(allow.as_str()), "{path}");
            }
            assert_eq!(with_slash.json(), without.json(), "{path}");
        }
    }
}

#[tokio::test]
async fn a_method_that_is_not_offered_is_refused_with_those_that_are() {
    for (app, paths) in in_both_modes().await {
        let (_, token) = app.somebody("ann").await;
        for ((contract, path), allow) in paths {
            let path = app.path_of(contract, path);
            for spelling in [path.as_str(), path.trim_end_matches('/')] {
                for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "BREW", "post"] {
                    if allow.split(", ").any(|allowed| allowed == method) {
                        continue;
                    }
                    let request = app.request_by(&token, method, spelling).header("content-type", "application/json");
                    let answer = app.send(request.body("{")).await;
                    answer.expect_detail(405, &format!("Method \"{method}\" not allowed."));
                    assert_eq!(answer.header(ALLOW.as_str()), Some(allow.as_str()), "{method} {spelling}");
                }
                if !allow.contains("HEAD") {
                    let answer = app.send(app.request_by(&token, "HEAD", spelling)).await;
                    assert_eq!((answer.status, answer.body.as_str()), (405, ""), "{spelling}");
                    assert_eq!(answer.header(ALLOW.as_str()), Some(allow.as_str()), "{spelling}");
                }
            }
        }
        assert!(app.is_alive(&token).await);
    }
}

#[tokio::test]
async fn a_guarded_endpoint_is_refused_to_strangers_and_an_open_one_is_not() {
    let app = TestApp::with_all_contracts(|_| {}).await;
    for row in endpoints::all() {
        let path = app.path_of(row.contract, row.endpoint.path);
        let request = app.request(row.endpoint.method, &path).header("accept", "application/problem+json");
        let answer = app.send(request.json(&json!({}))).await;
        let is_refused = answer.status == 401 && answer.json()["code"] == "not_authenticated";
        assert_eq!(is_refused, row.endpoint.is_guarded(), "{row:?}: {answer:?}");
        // Each contract has a challenge of its own, or none.
        let challenge = answer.header("www-authenticate");
        assert_eq!(challenge.is_some(), is_refused, "{row:?}: {challenge:?}");
    }
}

/// Whether a path is that of an endpoint but for its last part, in whose place the endpoint has an id.
fn is_beside_ids(contract: Contract, paths: &[(Contract, &str)], app: &TestApp, path: &str) -> bool {
    let folder = |path: &str| path.trim_end_matches('/').rsplit_once('/').map(|(folder, _)| folder.to_owned());
    let of_ids = paths.iter().filter(|(known, path)| *known == contract && path.ends_with("{id}/"));
    let mut folders = of_ids.map(|(_, path)| folder(&app.path_of(contract, path)));
    !path.ends_with("//") && folders.any(|known| known == folder(path))
}

#[tokio::test]
async fn what_looks_like_an_endpoint_and_is_none_is_not_found() {
    let app = TestApp::with_all_contracts(|_| {}).await;
    let (_, token) = app.somebody("ann").await;
    let paths: Vec<_> = endpoints::paths().into_keys().collect();
    for (contract, path) in &paths {
        let has_parts_below = paths.iter().any(|(_, other)| other.len() > path.len() && other.starts_with(path));
        let path = app.path_of(*contract, path);
        let bare = path.trim_end_matches('/');
        let mut others =
            vec![format!("{path}/"), format!("{bare};a=b/"), format!("{bare}.json"), format!("{bare}%00/")];
        // An upper-case id is an id.
        if !path.contains('1') {
            let (base, last) = bare.rsplit_once('/').expect("paths have slashes");
            others.push(format!("{base}/{}/", last.to_uppercase()));
        } else {
            others.clear();
        }
        if !has_parts_below {
            others.extend(["more", "1/", "%20", "..%2f"].map(|more| format!("{path}{more}")));
        }
        for other in others {
            let request = app.request_by(&token, "POST", &other).header("content-type", "application/json");
            // A name beside others may be an id, which takes no POST.
            let status = if is_beside_ids(*contract, &paths, &app, &other) { 405 } else { 404 };
            app.send(request.body("{}")).await.expect_refusal(status, &other);
        }
    }
}
