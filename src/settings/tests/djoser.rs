//! `[contracts.djoser]`: what an operator who comes from djoser may write.

use super::*;

const ON: &str = "[contracts.djoser]\nenabled = true\n";

/// Returns the one fault of the contract's section with these lines.
fn fault_of(lines: &str) -> String {
    let faults = faults_of(&format!("{ON}{lines}"));
    assert_eq!(faults.len(), 1, "{faults:#?}");
    faults.into_iter().next().expect("there is one")
}

#[test]
fn a_page_that_is_no_url_with_uid_and_token_is_told_what_is_allowed() {
    let allowed =
        "allowed is an absolute URL with {uid} and {token}, as in \"https://app.example.org/activate/{uid}/{token}\"";
    for url in [
        "https://app.example.org/activate/",
        "https://app.example.org/activate/{uid}",
        "https://app.example.org/activate/{key}",
        "https://app.example.org/activate/{user_id}/{timestamp}/{signature}",
        "https://app.example.org/{host}/{uid}/{token}",
        "https://app.example.org/{uid}{token}",
        "https://{uid}.example.org/{token}",
    ] {
        let fault = fault_of(&format!("activation_url = \"{url}\""));
        assert!(fault.ends_with(allowed), "{url}: {fault}");
    }
    let fault = fault_of("password_reset_confirm_url = \"password/reset/confirm/{uid}/{token}\"");
    assert!(fault.contains("put scheme and host of your frontend before it") && fault.ends_with(allowed), "{fault}");
}

#[test]
fn what_the_contract_cannot_do_without_is_named_together() {
    for (text, keys) in [
        (format!("{ON}activation_url = \"\""), vec!["registration.verification"]),
        (format!("{ON}password_reset_confirm_url = \"\""), vec!["reset_password.enabled"]),
        (format!("{ON}[login]\nfields = [\"email\"]"), vec!["login.fields"]),
        (format!("{ON}[login]\ntoken = false"), vec!["login.token"]),
        (format!("{ON}create_session_on_login = true\n[login]\ncookie = false"), vec!["login.cookie"]),
        (format!("{ON}[registration]\npassword_at_verification = true"), vec!["registration.password_at_verification"]),
    ] {
        let faults = faults_of(&text);
        assert_eq!(faults.len(), keys.len(), "{text}: {faults:#?}");
        for (fault, key) in faults.iter().zip(keys) {
            assert!(fault.contains(&format!("`{key}`")) && fault.contains("contracts.djoser."), "{text}: {fault}");
        }
    }
    load_text(&format!("{ON}username_reset_confirm_url = \"\"")).expect("login names need not be reset");
    load_text(&format!("{ON}[users]\nusername = \"none\"\n[login]\nfields = [\"email\"]")).expect("by address");
}

#[test]
fn some_login_must_be_left() {
    const SECRET: &str = "[jwt]\nsecrets = [\"0123456789abcdef0123456789abcdef\"]\n";
    for (text, keys, advice) in [
        (
            format!("{ON}token = false"),
            ["contracts.djoser.token", "contracts.djoser.jwt"],
            "nobody could log in at it: set one of them to true, or turn the contract off",
        ),
        (
            format!("{ON}token = false\njwt = true\ncreate_session_on_login = true\n{SECRET}[login]\ncookie = true"),
            ["contracts.djoser.token", "contracts.djoser.create_session_on_login"],
            "the cookie is set by token/login/, which is not served: set one of them otherwise",
        ),
        (
            format!("{ON}[login]\ntoken = false\ncookie = true"),
            ["contracts.djoser.token", "login.token"],
            "its login answers with a token: set `login.token` to true, or set this to false",
        ),
    ] {
        let faults = faults_of(&text);
        assert_eq!(faults.len(), 1, "{text}: {faults:#?}");
        for key in keys {
            assert!(faults[0].contains(&format!("`{key}`")), "{text}: {}", faults[0]);
        }
        assert!(faults[0].ends_with(advice), "{text}: {}", faults[0]);
    }
    let alone = format!("{ON}token = false\njwt = true\n{SECRET}[contracts.accounts]\nenabled = false\n");
    load_text(&format!("{alone}[login]\ntoken = false\ncookie = true")).expect("JSON Web Tokens are left");
}

#[test]
fn a_required_field_must_be_taken_by_registration() {
    let field = "[[profile_fields]]\nname = \"role\"\ntype = \"text\"\n";
    let fault = fault_of(&format!("profile_fields = false\n{field}required = true"));
    assert!(fault.contains("`role`") && fault.contains("`contracts.djoser.profile_fields`"), "{fault}");
    load_text(&format!("{ON}profile_fields = false\n{field}")).expect("the profile may be filled in later");
    load_text(&format!("[contracts.djoser]\nprofile_fields = false\n{field}required = true")).expect("it is off");
}

#[test]
fn where_the_contract_takes_links_alone_the_sites_own_pages_are_not_needed() {
    let pages = "[registration]\nfrontend_url = \"\"\n[reset_password]\nfrontend_url = \"\"\n[change_email]\nfrontend_url = \"\"";
    load_text(&format!("{ON}[contracts.accounts]\nenabled = false\n{pages}")).expect("no link leads there");
    assert_eq!(faults_of(&format!("{ON}{pages}")).len(), 3);
}

#[test]
fn a_field_is_named_once() {
    let fault = fault_of("user_fields = [\"id\", \"email\", \"id\"]");
    assert!(fault.ends_with("\"id\" is named twice; name it once"), "{fault}");
    assert!(fault_of("editable_fields = [\"username\"]").contains("allowed are \"email\""));
}

#[test]
fn no_contract_takes_the_place_of_a_health_check() {
    for path in ["/healthz", "readyz/"] {
        let fault = fault_of(&format!("base_path = \"{path}\""));
        assert!(fault.contains("the health checks are there"), "{fault}");
    }
    load_text(&format!("{ON}base_path = \"/healthz/auth\"")).expect("it is another path");
}

#[test]
fn djosers_own_names_and_keys_of_other_sections_are_recognised() {
    for (line, meant) in [
        ("send_activation_email = true", "registration.verification"),
        ("send_confirmation_email = true", "registration.welcome_mail"),
        ("login_field = \"email\"", "login.fields"),
        ("username_reset_show_email_not_found = true", "contracts.djoser.show_email_not_found"),
        ("users.username = \"none\"", "users.username"),
        ("login.fields = [\"email\"]", "login.fields"),
        ("registration.verification = false", "registration.verification"),
        ("hide_user = true", "contracts.djoser.hide_users"),
    ] {
        let fault = fault_of(line);
        assert!(fault.contains(&format!("`{meant}`")), "{line}: {fault}");
    }
}
