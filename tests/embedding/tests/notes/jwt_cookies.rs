//! The program's own routes, for browsers that have JSON Web Tokens in cookies.

use countersign::settings::{DjRestAuthContractSettings, Origin};

use super::*;

const ORIGIN: &str = "https://app.example";
const NOT_PROVIDED: &str = r#"{"detail":"Authentication credentials were not provided."}"#;

/// Logins at this contract are answered with tokens in cookies.
fn in_cookies(contract: &mut DjRestAuthContractSettings, name: &str) {
    (contract.enabled, contract.use_jwt, contract.session_login) = (true, true, false);
    contract.jwt_cookies.access_name = Some(name.to_owned());
}

async fn program(is_origin_proved: bool) -> Program {
    Program::with(|settings| {
        settings.cors.loopback_in_development = false;
        settings.cors.allowed_origins = vec![Origin::parse(ORIGIN).expect("an origin")];
        let contracts = &mut settings.contracts;
        in_cookies(&mut contracts.dj_rest_auth, "access-token");
        contracts.dj_rest_auth.jwt_cookies.refresh_name = Some("refresh-token".to_owned());
        in_cookies(&mut contracts.django_rest_auth, "jwt-cookie");
        for contract in [&mut contracts.dj_rest_auth, &mut contracts.django_rest_auth] {
            contract.jwt_cookies.is_origin_proved = is_origin_proved;
        }
    })
    .await
}

/// Logs ann in below this path. Returns the browser's cookies.
async fn log_in(program: &Program, base_path: &str) -> String {
    let request = program.client.post(program.url(&format!("{base_path}login/")));
    let answer = request.json(&json!({ "username": "ann", "password": PASSWORD })).send().await;
    let answer = answer.expect("the program answers");
    assert_eq!(answer.status(), 200);
    let set = answer.headers().get_all("set-cookie").iter().map(|value| value.to_str().expect("visible"));
    let set: Vec<_> = set.map(|cookie| cookie.split(';').next().expect("it has a value").to_owned()).collect();
    set.join("; ")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guarded_route_admits_by_the_cookie_of_either_package_until_the_login_ends() {
    let program = program(false).await;
    let id = program.verified("ann").await;
    for (base_path, name) in [("/dj-rest-auth/", "access-token"), ("/rest-auth/", "jwt-cookie")] {
        let cookies = log_in(&program, base_path).await;
        assert!(cookies.starts_with(&format!("{name}=")), "{cookies}");
        let (status, text, _) = program.ask("GET", "/notes", &[("cookie", &cookies)]).await;
        assert_eq!((status, text), (200, format!("the notes of {id}")), "{name}");
        let (status, text, _) = program.ask("GET", "/private/name", &[("cookie", &cookies)]).await;
        assert_eq!((status, text.as_str()), (200, "ann"), "{name}");
        let stale = format!("{name}=a.b.c");
        let (status, text, _) = program.ask("GET", "/notes", &[("cookie", &stale)]).await;
        assert_eq!((status, text.as_str()), (401, NOT_PROVIDED), "a bad one counts as none");

        let (status, ..) = program.ask("POST", &format!("{base_path}logout/"), &[("cookie", &cookies)]).await;
        assert_eq!(status, 200);
        let (status, text, challenge) = program.ask("GET", "/notes", &[("cookie", &cookies)]).await;
        assert_eq!((status, text.as_str(), challenge.as_deref()), (401, NOT_PROVIDED, Some("Token")), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_by_the_cookie_is_refused_from_another_site_and_where_the_settings_ask_without_a_proof() {
    for is_origin_proved in [false, true] {
        let program = program(is_origin_proved).await;
        program.verified("ann").await;
        for base_path in ["/dj-rest-auth/", "/rest-auth/"] {
            let cookies = log_in(&program, base_path).await;
            let unproved = if is_origin_proved { 403 } else { 200 };
            for (says, expected) in [
                (vec![], unproved),
                (vec![("sec-fetch-site", "same-origin")], 200),
                (vec![("origin", ORIGIN), ("sec-fetch-site", "cross-site")], 200),
                (vec![("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")], 403),
                (vec![("sec-fetch-site", "same-site")], 403),
                (vec![("origin", "null")], 403),
            ] {
                let headers = [vec![("cookie", cookies.as_str())], says].concat();
                let (status, text, _) = program.ask("POST", "/notes", &headers).await;
                assert_eq!(status, expected, "{base_path} {headers:?}: {text}");
            }
            let headers = [("cookie", cookies.as_str()), ("origin", "https://evil.example")];
            assert_eq!(program.ask("GET", "/notes", &headers).await.0, 200, "what only reads needs no proof");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_token_in_the_header_is_admitted_too() {
    let program = program(false).await;
    let id = program.verified("ann").await;
    let cookies = log_in(&program, "/rest-auth/").await;
    let token = cookies.strip_prefix("jwt-cookie=").expect("it is the only one");
    for (header, expected) in [(format!("JWT {token}"), 200), (format!("JWT {token}x"), 401)] {
        let (status, text, _) = program.ask("GET", "/notes", &[("authorization", &header)]).await;
        assert_eq!(status, expected, "{text}");
        assert!(status == 401 || text == format!("the notes of {id}"), "{text}");
    }
}
