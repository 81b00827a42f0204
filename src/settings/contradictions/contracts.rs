//! Constraints of the contracts: between their own settings, and between them and those of the site.

mod jwt_cookies;

use crate::settings::reader::Reader;
use crate::settings::{DjRestAuthContractSettings, LoginField, Settings, UsernamePolicy};

/// Records every contradiction of a contract.
pub(super) fn find(settings: &Settings, reader: &mut Reader) {
    base_paths(settings, reader);
    contract_names(settings, reader);
    profile_fields(settings, reader);
    djoser(settings, reader);
    for (section, contract) in settings.contracts.dj_rest_auths() {
        dj_rest_auth(settings, reader, section, contract);
    }
    jwt_cookies::find(&settings.contracts, reader);
}

fn base_paths(settings: &Settings, reader: &mut Reader) {
    let enabled: Vec<_> = settings.contracts.enabled().collect();
    for (position, (name, base_path)) in enabled.iter().enumerate() {
        if let Some((other, _)) = enabled[..position].iter().find(|(_, earlier)| earlier == base_path) {
            let keys = [format!("contracts.{other}.base_path"), format!("contracts.{name}.base_path")];
            reader.contradict(
                &keys.each_ref().map(String::as_str),
                "two contracts cannot be served below one base path: give one of them another",
            );
        }
    }
}

/// Checks the contracts whose users log in by username, and get a token.
fn contract_names(settings: &Settings, reader: &mut Reader) {
    let policy = settings.users.username;
    let (djoser, tutorial) = (settings.contracts.djoser.enabled, settings.contracts.tutorial.enabled);
    if tutorial && policy == UsernamePolicy::None {
        reader.contradict(
            &["contracts.tutorial.enabled", "users.username"],
            "its users register and log in by username: set `users.username` to \"required\" or \"generated\", or turn \
             the contract off",
        );
    }
    // Where users need not choose one, djoser's log in by address, unless "username" is among the fields.
    for (key, logs_in_by_username) in [
        ("contracts.djoser.enabled", djoser && policy == UsernamePolicy::Required),
        ("contracts.tutorial.enabled", tutorial),
    ] {
        if logs_in_by_username && !settings.login.fields.contains(&LoginField::Username) {
            reader.contradict(
                &[key, "login.fields"],
                "its users log in by username: add \"username\" to the fields, or turn the contract off",
            );
        }
    }
    let gives_tokens = djoser && settings.contracts.djoser.token;
    for (key, is_used, instead) in [
        ("contracts.djoser.token", gives_tokens, "set this to false"),
        (
            "contracts.dj_rest_auth.enabled",
            settings.contracts.dj_rest_auth.enabled && !settings.contracts.dj_rest_auth.use_jwt,
            "`contracts.dj_rest_auth.use_jwt` to true, or turn the contract off",
        ),
        (
            "contracts.django_rest_auth.enabled",
            settings.contracts.django_rest_auth.enabled && !settings.contracts.django_rest_auth.use_jwt,
            "`contracts.django_rest_auth.use_jwt` to true, or turn the contract off",
        ),
        ("contracts.tutorial.enabled", tutorial, "turn the contract off"),
    ] {
        if is_used && !settings.login.token {
            let message = format!("its login answers with a token: set `login.token` to true, or {instead}");
            reader.contradict(&[key, "login.token"], &message);
        }
    }
}

fn profile_fields(settings: &Settings, reader: &mut Reader) {
    let key = settings.contracts.accounts.non_field_errors_key.as_deref();
    if key.is_some_and(|key| settings.profile_fields.get(key).is_some()) {
        reader.contradict(
            &["contracts.accounts.non_field_errors_key", "profile_fields"],
            "errors of a field and errors of no field would have one key: choose another for one of them",
        );
    }
    let djoser = &settings.contracts.djoser;
    let required = settings.profile_fields.iter().find(|field| field.is_required());
    if let Some(required) = required.filter(|_| djoser.enabled && !djoser.profile_fields) {
        let message = format!(
            "nobody could register at users/, which would not take the required field `{}`: set this to true, or let \
             the field be filled in later with `required = false`",
            required.name()
        );
        reader.contradict(&["contracts.djoser.profile_fields", "profile_fields"], &message);
    }
}

fn djoser(settings: &Settings, reader: &mut Reader) {
    let djoser = &settings.contracts.djoser;
    if !djoser.enabled {
        return;
    }
    if !djoser.token && !djoser.jwt {
        let message = "nobody could log in at it: set one of them to true, or turn the contract off";
        reader.contradict(&["contracts.djoser.token", "contracts.djoser.jwt"], message);
    }
    if !djoser.token && djoser.create_session_on_login {
        let message = "the cookie is set by token/login/, which is not served: set one of them otherwise";
        reader.contradict(&["contracts.djoser.token", "contracts.djoser.create_session_on_login"], message);
    }
    let confirmation = ("contracts.djoser.activation_url", djoser.activation_url.is_some());
    let reset = ("contracts.djoser.password_reset_confirm_url", djoser.password_reset_confirm_url.is_some());
    own_pages(settings, reader, "contracts.djoser.enabled", confirmation, reset);
    if djoser.create_session_on_login && !settings.login.cookie {
        reader.contradict(
            &["contracts.djoser.create_session_on_login", "login.cookie"],
            "the session is kept in a cookie: set `login.cookie` to true, or `create_session_on_login` to false",
        );
    }
}

fn dj_rest_auth(settings: &Settings, reader: &mut Reader, section: &str, contract: &DjRestAuthContractSettings) {
    if !contract.enabled {
        return;
    }
    let key = |name: &str| format!("contracts.{section}.{name}");
    let (confirmation, reset) = (key("account_confirm_email_url"), key("password_reset_confirm_url"));
    let confirmation = (confirmation.as_str(), contract.account_confirm_email_url.is_some());
    let reset = (reset.as_str(), contract.password_reset_confirm_url.is_some());
    own_pages(settings, reader, &key("enabled"), confirmation, reset);
    if contract.session_login && !settings.login.cookie {
        reader.contradict(
            &[&key("session_login"), "login.cookie"],
            "the session is kept in a cookie: set `login.cookie` to true, or `session_login` to false",
        );
    }
    if contract.session_login && contract.use_jwt && settings.sessions.max_per_user < 2 {
        reader.contradict(
            &[&key("session_login"), "sessions.max_per_user"],
            "a login begins two sessions, that of the tokens and that of the cookie: allow 2, or set `session_login` to \
             false",
        );
    }
}

/// Checks the pages of a contract that has pages of its own: that where an address is confirmed, and that where a
/// password is reset, each with its key and whether it is set.
fn own_pages(
    settings: &Settings,
    reader: &mut Reader,
    enabled_key: &str,
    confirmation: (&str, bool),
    reset: (&str, bool),
) {
    for (key, is_used) in [
        ("registration.verification", settings.registration.verification),
        ("change_email.verification", settings.change_email.verification),
    ] {
        if is_used && !confirmation.1 {
            reader.contradict(
                &[key, confirmation.0],
                "a link needs a page to lead to: give the URL of your frontend's page, or turn the verification off",
            );
        }
    }
    if settings.reset_password.enabled && !reset.1 {
        reader.contradict(
            &["reset_password.enabled", reset.0],
            "a link needs a page to lead to: give the URL of your frontend's page, or turn the reset off",
        );
    }
    if settings.registration.verification && settings.registration.password_at_verification {
        reader.contradict(
            &[enabled_key, "registration.password_at_verification"],
            "its pages post no password with a link: set `password_at_verification` to false, or turn the contract off",
        );
    }
}
