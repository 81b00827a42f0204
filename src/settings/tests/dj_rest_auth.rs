//! `[contracts.dj_rest_auth]`: what an operator who comes from dj-rest-auth may write.

use super::findings::sound;
use super::*;
use crate::secret::Secret;
use crate::settings::JwtCookieSettings;
use crate::settings::other_names::{KEYS, SETTINGS_OF_DJANGO};

const ON: &str = "[contracts.dj_rest_auth]\nenabled = true\n";

/// Returns the one fault of the contract's section with these lines.
fn fault_of(lines: &str) -> String {
    let faults = faults_of(&format!("{ON}{lines}"));
    assert_eq!(faults.len(), 1, "{lines}: {faults:#?}");
    faults.into_iter().next().expect("there is one")
}

#[test]
fn each_page_takes_the_parameters_of_its_links() {
    let key = "allowed is an absolute URL with {key}, as in \"https://app.example.org/account-confirm-email/{key}/\"";
    let both = "allowed is an absolute URL with {uid} and {token}, as in \"https://app.example.org/password-reset/{uid}/{token}/\"";
    for (name, url, allowed) in [
        ("account_confirm_email_url", "https://app.example.org/", key),
        ("account_confirm_email_url", "https://app.example.org/{uid}/{token}", key),
        ("account_confirm_email_url", "/confirm/{key}", key),
        ("password_reset_confirm_url", "https://app.example.org/{key}", both),
        ("password_reset_confirm_url", "https://app.example.org/{uid}", both),
    ] {
        let fault = fault_of(&format!("{name} = \"{url}\""));
        assert!(fault.contains(name) && fault.ends_with(allowed), "{url}: {fault}");
    }
}

#[test]
fn what_the_contract_cannot_do_without_is_named() {
    for (text, key) in [
        (format!("{ON}account_confirm_email_url = \"\""), "registration.verification"),
        (format!("{ON}password_reset_confirm_url = \"\""), "reset_password.enabled"),
        (format!("{ON}[login]\ntoken = false"), "login.token"),
        (format!("{ON}[login]\ncookie = false"), "login.cookie"),
        (format!("{ON}[registration]\npassword_at_verification = true"), "registration.password_at_verification"),
    ] {
        let faults = faults_of(&text);
        assert_eq!(faults.len(), 1, "{text}: {faults:#?}");
        assert!(faults[0].contains(&format!("`{key}`")) && faults[0].contains("contracts.dj_rest_auth."), "{faults:?}");
    }
    load_text(&format!("{ON}session_login = false\n[login]\ncookie = false")).expect("no cookie is needed");
    let pages = "[registration]\nfrontend_url = \"\"\n[reset_password]\nfrontend_url = \"\"\n[change_email]\nfrontend_url = \"\"";
    load_text(&format!("{ON}[contracts.accounts]\nenabled = false\n{pages}")).expect("no link leads there");
}

#[test]
fn the_section_of_the_older_package_is_judged_by_its_own_keys() {
    let older = "[contracts.django_rest_auth]\nenabled = true\n";
    for (text, key) in [
        (format!("{older}account_confirm_email_url = \"\""), "registration.verification"),
        (format!("{older}password_reset_confirm_url = \"\""), "reset_password.enabled"),
        (format!("{older}[login]\ntoken = false"), "login.token"),
        (format!("{older}base_path = \"/dj-rest-auth/\"\n{ON}"), "contracts.dj_rest_auth.base_path"),
        (format!("{older}jwt_auth_refresh_cookie = \"r\""), "contracts.django_rest_auth.jwt_auth_refresh_cookie"),
        (format!("{older}jwt_auth_httponly = false"), "contracts.django_rest_auth.jwt_auth_httponly"),
        (format!("{older}jwt_auth_cookie_domain = \"a.org\""), "contracts.django_rest_auth.jwt_auth_cookie_domain"),
        (format!("{older}jwt_auth_return_expiration = true"), "contracts.django_rest_auth.jwt_auth_return_expiration"),
    ] {
        let faults = faults_of(&text);
        assert_eq!(faults.len(), 1, "{text}: {faults:#?}");
        assert!(faults[0].contains(&format!("`{key}`")), "{faults:?}");
        assert!(faults[0].contains("contracts.django_rest_auth."), "{faults:?}");
    }
    load_text(&format!(
        "{older}{ON}use_jwt = true\njwt_auth_cookie = \"access\"\njwt_auth_refresh_cookie = \"refresh\""
    ))
    .expect("the older package needs no JSON Web Tokens");
}

#[test]
fn settings_of_the_packages_are_answered_with_the_keys_that_have_their_meaning() {
    for (text, key) in [
        ("[REST_AUTH]\nOLD_PASSWORD_FIELD_ENABLED = true", "change_password.old_required"),
        ("[contracts.dj_rest_auth]\nold_password_field_enabled = true", "change_password.old_required"),
        ("[contracts.dj_rest_auth]\ntoken_model = \"\"", "login.token"),
        ("[REST_AUTH]\nJWT_AUTH_COOKIE = \"a\"", "contracts.dj_rest_auth.jwt_auth_cookie"),
        ("REST_USE_JWT = true", "contracts.dj_rest_auth.use_jwt"),
        ("ACCOUNT_EMAIL_VERIFICATION = \"none\"", "registration.verification"),
        ("ACCOUNT_LOGIN_METHODS = [\"email\"]", "login.fields"),
        ("[SIMPLE_JWT]\nACCESS_TOKEN_LIFETIME = 60", "jwt.access_expires_after_seconds"),
        ("[JWT_AUTH]\nJWT_EXPIRATION_DELTA = 60", "contracts.django_rest_auth.jwt_expires_after_seconds"),
        ("[contracts.django_rest_auth]\njwt_auth_header_prefix = \"JWT\"", "jwt.header_types"),
        ("PASSWORD_RESET_TIMEOUT = 60", "reset_password.expires_after_seconds"),
        ("[JWT_AUTH]\nJWT_EXPIRATION_DELTA = 60", "contracts.django_rest_auth.jwt_expires_after_seconds"),
        ("[contracts.django_rest_auth]\nuser_details_serializer = \"a\"", "contracts.dj_rest_auth.user_fields"),
    ] {
        let faults = faults_of(text);
        assert!(faults.len() == 1 && faults[0].ends_with(&format!("did you mean `{key}`?")), "{text}: {faults:?}");
    }
    let known: Vec<_> = Settings::defaults().entries().iter().map(|entry| entry.key.clone()).collect();
    for (name, key) in KEYS.iter().chain(&SETTINGS_OF_DJANGO) {
        assert!(known.iter().any(|known| known == key), "{name}: {key}");
    }
}

#[test]
fn the_single_token_of_the_older_package_leaves_no_setting_without_effect() {
    let older = "[contracts.django_rest_auth]\nenabled = true\n";
    let fault = |text: String| {
        let faults = faults_of(&text);
        assert_eq!(faults.len(), 1, "{text}: {faults:#?}");
        faults.into_iter().next().expect("there is one")
    };
    for line in ["jwt_expires_after_seconds = 60", "jwt_auth_cookie = \"a\"", "jwt_auth_samesite = \"Strict\""] {
        assert!(fault(format!("{older}{line}")).contains("`contracts.django_rest_auth.use_jwt`"), "{line}");
    }
    let with_jwt = format!("{older}use_jwt = true\n");
    for line in ["jwt_auth_secure = false", "jwt_auth_samesite = \"Strict\"", "jwt_auth_cookie_use_csrf = true"] {
        assert!(fault(format!("{with_jwt}{line}")).contains("`contracts.django_rest_auth.jwt_auth_cookie`"), "{line}");
    }
    for (lines, key) in [
        ("jwt_expires_after_seconds = 0", "jwt_expires_after_seconds`"),
        ("jwt_auth_cookie = \"sessionid\"", "jwt_auth_cookie`"),
        ("jwt_auth_cookie = \"__Host-a\"\njwt_auth_secure = false", "jwt_auth_secure`"),
        ("jwt_auth_cookie = \"a\"\njwt_auth_samesite = \"None\"\njwt_auth_secure = false", "jwt_auth_secure`"),
        ("[sessions]\nmax_per_user = 1", "contracts.django_rest_auth.session_login`"),
        ("[jwt]\nheader_types = []", "contracts.django_rest_auth.use_jwt`"),
    ] {
        let fault = fault(format!("{with_jwt}{lines}"));
        assert!(fault.contains(key), "{lines}: {fault}");
    }
    load_text(&format!("{with_jwt}[login]\ntoken = false")).expect("the login gives none");
    let pairs = "[jwt]\naccess_expires_after_seconds = 86400\nrefresh_expires_after_seconds = 3600";
    load_text(&format!("{with_jwt}{pairs}")).expect("there are no pairs");
    let settings = load_text(&with_jwt).expect("it is allowed");
    assert!(settings.contracts.serve_jwt() && !settings.contracts.serve_token_pairs());

    let shared = "use_jwt = true\njwt_auth_cookie = ";
    let both = format!("{older}{shared}\"a\"\n{ON}{shared}\"b\"\njwt_auth_refresh_cookie = ");
    assert!(fault(format!("{both}\"a\"")).contains("`contracts.dj_rest_auth.jwt_auth_refresh_cookie`"));
    load_text(&format!("{both}\"c\"")).expect("each cookie has a name of its own");
}

#[test]
fn a_field_of_the_user_is_named_once_and_the_id_is_pk() {
    assert!(fault_of("user_fields = [\"pk\", \"email\", \"pk\"]").ends_with("\"pk\" is named twice; name it once"));
    assert!(fault_of("user_fields = [\"id\"]").contains("allowed are \"pk\""));
    assert!(
        fault_of("user_fields = [\"pk\", \"gender\"]")
            .ends_with("fields of [[profile_fields]] follow them by themselves")
    );
    load_text(&format!("{ON}user_fields = [\"email\", \"pk\"]")).expect("any order");
}

#[test]
fn json_web_tokens_need_no_other_token_and_cookies_need_json_web_tokens() {
    load_text(&format!("{ON}use_jwt = true\n[login]\ntoken = false")).expect("the login gives none");
    for line in [
        "jwt_auth_cookie = \"a\"",
        "jwt_auth_refresh_cookie = \"a\"",
        "jwt_auth_cookie_domain = \"example.org\"",
        "jwt_auth_cookie_use_csrf = true",
        "jwt_auth_return_expiration = true",
    ] {
        assert!(fault_of(line).contains("contracts.dj_rest_auth.use_jwt"), "{line}");
    }
    for line in ["jwt_auth_cookie_domain = \"example.org\"", "jwt_auth_cookie_use_csrf = true"] {
        let fault = fault_of(&format!("use_jwt = true\n{line}"));
        assert!(fault.contains("contracts.dj_rest_auth.jwt_auth_cookie`"), "{fault}");
    }
}

#[test]
fn cookies_have_names_paths_and_domains_that_browsers_keep() {
    for (line, allowed) in [
        ("jwt_auth_cookie = \"a b\"", "letters, digits"),
        ("jwt_auth_cookie = \"a;b\"", "letters, digits"),
        ("jwt_auth_cookie = \"caf\u{e9}\"", "letters, digits"),
        ("jwt_auth_refresh_cookie = \"sessionid\"", "another cookie of this server"),
        ("jwt_auth_cookie = \"__host-SessionId\"", "another cookie of this server"),
        ("jwt_auth_cookie = \"csrftoken\"", "another cookie of this server"),
        ("jwt_auth_refresh_cookie_path = \"auth\"", "begins with a slash"),
        ("jwt_auth_refresh_cookie_path = \"/a;b\"", "begins with a slash"),
        ("jwt_auth_cookie_domain = \"127.0.0.1\"", "the name of a domain"),
        ("jwt_auth_cookie_domain = \"org\"", "the name of a domain"),
        ("jwt_auth_cookie_domain = \"https://example.org\"", "the name of a domain"),
        ("jwt_auth_samesite = \"Sometimes\"", "\"Lax\", \"Strict\", \"None\""),
    ] {
        let fault = fault_of(&format!("use_jwt = true\n{line}"));
        assert!(fault.contains(allowed), "{line}: {fault}");
    }
    let read =
        load_text(&format!("{ON}use_jwt = true\njwt_auth_cookie = \"a\"\njwt_auth_cookie_domain = \".Example.org\""));
    let cookies = read.expect("it is allowed").contracts.dj_rest_auth.jwt_cookies;
    assert_eq!(cookies.domain.as_deref(), Some("example.org"), "the dot has no meaning");
}

#[test]
fn cookies_that_browsers_would_drop_are_refused() {
    let named = "use_jwt = true\njwt_auth_cookie = \"access\"\njwt_auth_refresh_cookie = ";
    for (lines, key) in [
        ("\"access\"", "jwt_auth_refresh_cookie`"),
        ("\"\"\njwt_auth_refresh_cookie_path = \"/auth/\"", "jwt_auth_refresh_cookie_path`"),
        ("\"r\"\njwt_auth_samesite = \"None\"\njwt_auth_secure = false", "jwt_auth_secure`"),
        ("\"__Secure-r\"\njwt_auth_secure = false", "jwt_auth_secure`"),
        ("\"__HOST-r\"\njwt_auth_secure = false", "jwt_auth_secure`"),
        ("\"__Http-r\"\njwt_auth_secure = false", "jwt_auth_secure`"),
        ("\"__Http-r\"\njwt_auth_httponly = false", "jwt_auth_httponly`"),
        ("\"__Host-http-r\"\njwt_auth_httponly = false", "jwt_auth_httponly`"),
        ("\"__Host-r\"\njwt_auth_cookie_domain = \"example.org\"", "jwt_auth_cookie_domain`"),
        ("\"__Host-r\"\njwt_auth_refresh_cookie_path = \"/auth/\"", "jwt_auth_refresh_cookie_path`"),
    ] {
        let fault = fault_of(&format!("{named}{lines}"));
        assert!(fault.contains(key), "{lines}: {fault}");
    }
    load_text(&format!("{ON}{named}\"__Host-r\"")).expect("it is kept");
}

#[test]
fn a_session_beside_a_pair_needs_room_for_two() {
    let one = "use_jwt = true\n[sessions]\nmax_per_user = 1";
    assert!(fault_of(one).contains("sessions.max_per_user"));
    load_text(&format!("{ON}session_login = false\n{one}")).expect("there is one session");
}

#[test]
fn each_danger_of_the_cookies_in_production_is_named_by_its_key() {
    let sound = || {
        let mut settings = sound();
        settings.jwt.secrets = vec![Secret::new("5f0a3c9e71d84b26a8e3f1c07d926b4e")];
        settings.jwt.secrets_file = None;
        let lines = "account_confirm_email_url = \"https://app.example.org/confirm/{key}/\"\n\
                     password_reset_confirm_url = \"https://app.example.org/reset/{uid}/{token}/\"\n\
                     use_jwt = true\njwt_auth_cookie = \"access-token\"\njwt_auth_refresh_cookie = \"refresh-token\"";
        settings.contracts.dj_rest_auth = load_text(&format!("{ON}{lines}")).expect("settings").contracts.dj_rest_auth;
        settings
    };
    let found = |change: fn(&mut JwtCookieSettings)| {
        let mut settings = sound();
        change(&mut settings.contracts.dj_rest_auth.jwt_cookies);
        settings.findings().into_iter().map(|finding| (finding.key, finding.severity)).collect::<Vec<_>>()
    };
    for (key, severity, change) in [
        (
            "jwt_auth_refresh_cookie",
            Severity::Risk,
            (|cookies| cookies.refresh_name = None) as fn(&mut JwtCookieSettings),
        ),
        ("jwt_auth_refresh_cookie_path", Severity::Risk, |cookies| cookies.refresh_path = "/other/".to_owned()),
        ("jwt_auth_refresh_cookie_path", Severity::Risk, |cookies| {
            cookies.refresh_path = "/dj-rest-auth/token/refresh/".to_owned();
        }),
        ("jwt_auth_refresh_cookie_path", Severity::Risk, |cookies| cookies.refresh_path = "/dj-rest".to_owned()),
        ("jwt_auth_secure", Severity::Error, |cookies| cookies.is_secure = false),
        ("jwt_auth_httponly", Severity::Risk, |cookies| cookies.is_http_only = false),
        ("jwt_auth_samesite", Severity::Risk, |cookies| cookies.same_site = CookieSameSite::None),
        ("jwt_auth_cookie_domain", Severity::Risk, |cookies| cookies.domain = Some("example.org".to_owned())),
    ] {
        assert_eq!(found(change), [(format!("contracts.dj_rest_auth.{key}").as_str(), severity)]);
    }
    let harmless: [fn(&mut JwtCookieSettings); 5] = [
        |_| (),
        |cookies| cookies.refresh_path = "/dj-rest-auth".to_owned(),
        |cookies| cookies.refresh_path = "/dj-rest-auth/".to_owned(),
        |cookies| cookies.is_origin_proved = true,
        |cookies| cookies.same_site = CookieSameSite::Strict,
    ];
    for change in harmless {
        assert_eq!(found(change), []);
    }
}

/// Returns what production would be told of the single JSON Web Token with these lines.
fn single_jwt_findings(lines: &str) -> Vec<(Severity, &'static str)> {
    let settings = load_text(&format!("[contracts.django_rest_auth]\nenabled = true\nuse_jwt = true\n{lines}"));
    let findings = settings.expect("it is allowed in development").findings();
    let of_tokens = findings.into_iter().filter(|finding| finding.key.contains("django_rest_auth.jwt_"));
    of_tokens.map(|finding| (finding.severity, finding.key)).collect()
}

#[test]
fn each_danger_of_the_single_token_in_production_is_named_by_its_key() {
    const ONE: &str = "jwt_auth_cookie = \"a\"\n";
    for (lines, severity, key) in [
        ("jwt_auth_secure = false", Severity::Error, "contracts.django_rest_auth.jwt_auth_secure"),
        ("jwt_auth_samesite = \"None\"", Severity::Risk, "contracts.django_rest_auth.jwt_auth_samesite"),
        ("jwt_expires_after_seconds = 86401", Severity::Risk, "contracts.django_rest_auth.jwt_expires_after_seconds"),
    ] {
        assert_eq!(single_jwt_findings(&format!("{ONE}{lines}")), [(severity, key)]);
    }
    assert_eq!(single_jwt_findings(&format!("{ONE}jwt_expires_after_seconds = 86400")), []);
}

#[test]
fn production_does_not_start_with_a_json_web_token_in_clear_text() {
    for section in ["dj_rest_auth", "django_rest_auth"] {
        let lines = "enabled = true\nuse_jwt = true\njwt_auth_cookie = \"a\"\njwt_auth_secure = false";
        let faults = faults_of(&format!("mode = \"production\"\n[contracts.{section}]\n{lines}"));
        let key = format!("`contracts.{section}.jwt_auth_secure`");
        let told = faults.iter().filter(|fault| fault.contains(&key)).collect::<Vec<_>>();
        assert_eq!(told.len(), 1, "{faults:#?}");
        assert!(told[0].contains("set true, as the proxy before this server speaks TLS"), "{told:?}");
    }
}
