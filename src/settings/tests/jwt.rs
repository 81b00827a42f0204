//! `[jwt]`: where its secrets come from, what contradicts, and what is risky.

use super::findings::{keys_found, sound};
use super::*;
use crate::clock::Seconds;
use crate::links::FrontendUrl;
use crate::secret::Secret;

const ON: &str = "contracts.djoser.enabled = true\ncontracts.djoser.jwt = true\n";
const SECRET: &str = "3f8a1c5d92e7b06448d1c2a9be57f3603f8a1c5d92e7b064";

#[test]
fn a_secret_is_generated_where_a_contract_needs_it_and_only_there() {
    let disk = Disk::new();
    let file = disk.path("var/jwt.secret");
    let text = format!("jwt.secrets_file = {file:?}\n");
    assert_eq!(load_text(&text).unwrap().generate_missing_jwt_secret().unwrap(), None);
    assert!(!file.exists());

    let text = format!("{ON}{text}");
    let mut first = load_text(&text).unwrap();
    assert_eq!(first.generate_missing_jwt_secret().unwrap(), Some(file.clone()));
    let mut second = load_text(&text).unwrap();
    assert_eq!(second.generate_missing_jwt_secret().unwrap(), None);
    assert_eq!(first.jwt.secrets[0].expose(), second.jwt.secrets[0].expose());
    let content = fs::read_to_string(&file).unwrap();
    assert!(content.starts_with("# Signs the JSON Web Tokens of countersign."), "{content}");
}

#[test]
fn production_makes_no_secret_of_tokens_up_where_a_contract_needs_one() {
    let load = |text: &str| {
        let disk = Disk::new();
        let links = "links.secrets = [\"9c1be2a4f7d05836b4e1d9a27f3c6058\"]";
        let file = disk.with("settings.toml", &format!("mode = \"production\"\n{links}\n{text}"));
        Settings::load_for_review(Some(&file), []).map(drop).map_err(|errors| errors.to_string())
    };
    load("").unwrap();
    let told = load(&format!("{ON}jwt.secrets_file = \"\"")).unwrap_err();
    assert!(told.contains("a secret is needed to sign JSON Web Tokens"), "{told}");
    let told = load(ON).unwrap_err();
    assert!(told.contains("`jwt.secrets_file`") && told.contains("there is no such file"), "{told}");
    load(&format!("{ON}jwt.secrets = [{SECRET:?}]")).unwrap();
}

#[test]
fn the_secrets_of_tokens_are_shown_nowhere() {
    let settings = load_text(&format!("{ON}jwt.secrets = [{SECRET:?}]")).unwrap();
    assert_eq!(entry(&settings, "jwt.secrets").shown_value, "(hidden)");
    assert!(!format!("{settings:?}").contains(SECRET));
    assert_eq!(settings.jwt.secrets_file, None);
}

#[test]
fn what_cannot_hold_together_is_told() {
    let lives = "jwt.access_expires_after_seconds = 301\njwt.refresh_expires_after_seconds = 300\n";
    assert_eq!(faults_of(&format!("{ON}{lives}")).len(), 1);
    assert_eq!(faults_of(&format!("{ON}jwt.header_types = []")).len(), 1);
    load_text(&format!("{lives}jwt.header_types = []")).unwrap();
    for word in ["", "Token", "token", "two words", "JWT:"] {
        assert_eq!(faults_of(&format!("jwt.header_types = [{word:?}]")).len(), 1, "{word}");
    }
}

#[test]
fn each_risk_of_tokens_is_named_by_its_key_where_they_are_served() {
    let served = || {
        let mut settings = sound();
        settings.contracts.djoser.enabled = true;
        settings.contracts.djoser.jwt = true;
        let page = "https://app.example.org/#/{uid}/{token}";
        let pages = &mut settings.contracts.djoser;
        pages.activation_url = Some(ActivationPages {
            registration: FrontendUrl::parse(page).unwrap(),
            email: FrontendUrl::parse(page).unwrap(),
        });
        pages.password_reset_confirm_url = Some(FrontendUrl::parse(page).unwrap());
        pages.username_reset_confirm_url = Some(FrontendUrl::parse(page).unwrap());
        settings.jwt.secrets = vec![Secret::new(SECRET)];
        settings.jwt.secrets_file = None;
        settings
    };
    assert_eq!(served().findings(), []);
    type Change = fn(&mut Settings);
    let changes: [(&str, Change); 6] = [
        ("jwt.secrets", |s| s.jwt.secrets.push(Secret::new("a".repeat(64)))),
        ("jwt.secrets", |s| s.jwt.secrets.push(Secret::new("a countersign secret of many words"))),
        ("jwt.secrets", |s| s.jwt.secrets.push(s.links.secrets[0].clone())),
        ("jwt.algorithm", |s| s.jwt.algorithm = JwtAlgorithm::Hs512),
        ("jwt.access_expires_after_seconds", |s| s.jwt.access_expires_after = Seconds::new(3_601)),
        ("jwt.refresh_expires_after_seconds", |s| s.jwt.refresh_expires_after = Seconds::new(91 * 86_400)),
    ];
    for (key, change) in changes {
        let mut settings = served();
        change(&mut settings);
        assert_eq!(keys_found(&settings), [key]);
        settings.contracts.djoser.jwt = false;
        assert_eq!(keys_found(&settings), [""; 0], "{key}");
    }
}

#[test]
fn a_login_with_tokens_at_the_first_contract_needs_a_secret_and_stands_alone() {
    let login = |list: &str| format!("contracts.accounts.login = [{list}]\n");
    let settings = load_text(&login("\"jwt\"")).unwrap();
    assert!(settings.contracts.serve_jwt());
    for list in ["\"jwt\", \"token\"", "\"cookie\", \"jwt\""] {
        let told = faults_of(&login(list));
        assert!(told.len() == 1 && told[0].contains("list \"jwt\" alone"), "{told:?}");
    }
    for list in ["\"\"", "\"JWT\"", "\"session\""] {
        let told = faults_of(&login(list));
        assert!(told.len() == 1 && told[0].contains("allowed are"), "{told:?}");
    }
    let nothing = "login.token = false\nlogin.cookie = false\n";
    assert_eq!(faults_of(nothing).len(), 1);
    load_text(&format!("{nothing}{}", login("\"jwt\""))).unwrap();
    let told = faults_of(&format!("{}jwt.header_types = []", login("\"jwt\"")));
    assert!(told.len() == 1 && told[0].contains("`contracts.accounts.login`"), "{told:?}");
    assert!(
        !load_text(&format!("contracts.accounts.enabled = false\n{}", login("\"jwt\""))).unwrap().contracts.serve_jwt()
    );
}

#[test]
fn simplejwts_own_names_are_recognised() {
    for (line, meant) in [
        ("access_token_lifetime = 300", "jwt.access_expires_after_seconds"),
        ("ACCESS_TOKEN_LIFETIME = 300", "jwt.access_expires_after_seconds"),
        ("refresh_token_lifetime = 86400", "jwt.refresh_expires_after_seconds"),
        ("signing_key = \"a\"", "jwt.secrets"),
        ("blacklist_after_rotation = true", "jwt.rotate_refresh_tokens"),
        ("auth_header_types = [\"Bearer\"]", "jwt.header_types"),
        ("leeway = 5", "jwt.leeway_seconds"),
    ] {
        let told = faults_of(&format!("[jwt]\n{line}\n"));
        assert!(told.len() == 1 && told[0].contains(&format!("`{meant}`")), "{line}: {told:?}");
    }
}
