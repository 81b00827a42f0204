//! `[contracts.dj_rest_auth]`: what an operator who comes from dj-rest-auth may write.

use super::*;

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
fn a_field_of_the_user_is_named_once_and_the_id_is_pk() {
    assert!(fault_of("user_fields = [\"pk\", \"email\", \"pk\"]").ends_with("\"pk\" is named twice; name it once"));
    assert!(fault_of("user_fields = [\"id\"]").contains("allowed are \"pk\""));
    load_text(&format!("{ON}user_fields = [\"email\", \"pk\"]")).expect("any order");
}
