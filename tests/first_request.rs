//! What the program shows a developer at its start: a request that registers somebody, and what cannot be used yet.

use reqwest::Client;

use crate::process::{Home, Program};

/// Unlimited, cheap, on a free port; quiet otherwise.
const QUIET: &str = "[server]\nbind = \"127.0.0.1:0\"\n[passwords]\nmemory_kib = 8\npasses = 1\n\
                     [throttle]\nenabled = false\n[log]\nlevel = \"error\"\n";

/// A required field of each type, with bounds; and one that no registration takes.
const FIELDS: &str = r#"
[[profile_fields]]
name = "gender"
type = "choice"
choices = ["it's mine", "F"]
required = true
[[profile_fields]]
name = "born_on"
type = "date"
max = 1990-12-31
required = true
editable = "at-registration"
[[profile_fields]]
name = "points"
type = "integer"
min = 5
required = true
[[profile_fields]]
name = "newsletter"
type = "boolean"
required = true
[[profile_fields]]
name = "motto"
type = "text"
min_length = 16
required = true
[[profile_fields]]
name = "initials"
type = "text"
max_length = 2
required = true
[[profile_fields]]
name = "level"
type = "integer"
editable = "never"
"#;

async fn started(settings: &str) -> (Home, Program) {
    let home = Home::new(&format!("{QUIET}{settings}"));
    let program = Program::start(home.command(&["serve"]));
    program.wait_for_log("This is development mode.").await;
    (home, program)
}

/// Sends the request that the program shows, and returns its status and answer.
async fn send_shown(program: &Program) -> (u16, String) {
    let log = program.log();
    let url = log.split_once("  curl ").expect("it shows a request").1.split(' ').next().expect("it has a URL");
    let (_, body) = log.split_once("-d '").expect("it has a body");
    let body = body[..body.find("'\n").expect("it ends")].replace(r"'\''", "'");
    let request = Client::new().post(url).header("Content-Type", "application/json").body(body);
    let answer = request.send().await.expect("the program answers");
    (answer.status().as_u16(), answer.text().await.expect("a text"))
}

#[tokio::test]
async fn the_request_that_is_shown_registers_at_every_contract_with_declared_fields() {
    for contract in [
        "[contracts.accounts]\nenabled = true\n",
        "[contracts.djoser]\nenabled = true\nuser_create_password_retype = true\n[contracts.accounts]\nenabled = false\n",
        "[contracts.dj_rest_auth]\nenabled = true\n[contracts.accounts]\nenabled = false\n",
        "[contracts.django_rest_auth]\nenabled = true\n[contracts.accounts]\nenabled = false\n",
        "[contracts.profiles]\nenabled = true\n[contracts.tutorial]\nenabled = true\n\
         [contracts.accounts]\nenabled = false\n[registration]\nverification = false\n",
    ] {
        let (_home, program) = started(&format!("{contract}{FIELDS}")).await;
        let (status, answer) = send_shown(&program).await;
        assert_eq!(status, 201, "{contract}: {answer}\n{}", program.log());
    }
}

#[tokio::test]
async fn no_request_is_shown_where_registration_is_off() {
    let (_home, program) = started("[registration]\nenabled = false\n").await;
    assert!(!program.log().contains("curl"), "{}", program.log());
}

#[tokio::test]
async fn what_cannot_be_used_is_told_in_development_by_the_start_and_by_the_check() {
    for (settings, key) in [
        ("[contracts.accounts]\nenabled = false\n[contracts.profiles]\nenabled = true\n", "contracts.accounts.enabled"),
        ("[contracts.accounts]\nenabled = false\n", "contracts.accounts.enabled"),
        (
            "[contracts.dj_rest_auth]\nenabled = true\nuse_jwt = true\njwt_auth_cookie = \"access\"\n",
            "contracts.dj_rest_auth.jwt_auth_refresh_cookie",
        ),
        (
            "[contracts.dj_rest_auth]\nenabled = true\npassword_reset_confirm_url = \
             \"http://localhost:8000/dj-rest-auth/password/reset/confirm/{uid}/{token}/\"\n",
            "contracts.dj_rest_auth.password_reset_confirm_url",
        ),
    ] {
        let (home, program) = started(settings).await;
        assert!(program.log().contains(&format!("risk: `{key}`: ")), "{}", program.log());
        let checked = home.run(&["check"]);
        assert!(checked.stdout.contains(&format!("RISK        `{key}` = ")), "{}", checked.stdout);
        assert_eq!(checked.code, Some(1));
    }
}
