//! Constraints between several settings.

mod contracts;

use super::reader::Reader;
use super::{
    CookieSameSite, CookieTransport, DatabaseUrl, LoginAnswer, LoginField, MailTransport, Settings, UsernamePolicy,
};

/// Records every contradiction within `settings`.
pub(super) fn find(settings: &Settings, reader: &mut Reader) {
    contracts::find(settings, reader);
    listeners(settings, reader);
    registration(settings, reader);
    login(settings, reader);
    cookies(settings, reader);
    links(settings, reader);
    jwt(settings, reader);
    database(settings, reader);
    outbox(settings, reader);
    mail_server(settings, reader);
    let passwords = &settings.passwords;
    if passwords.memory_kib < 8 * passwords.parallelism {
        reader.contradict(
            &["passwords.memory_kib", "passwords.parallelism"],
            "Argon2 needs at least 8 KiB of memory per lane (RFC 9106, 3.1)",
        );
    }
}

fn listeners(settings: &Settings, reader: &mut Reader) {
    let server = settings.server.bind;
    if settings.metrics.bind.is_some_and(|metrics| metrics.overlaps(server)) {
        reader.contradict(
            &["server.bind", "metrics.bind"],
            "two listeners cannot have one address: give the metrics another port",
        );
    }
}

fn registration(settings: &Settings, reader: &mut Reader) {
    let registration = &settings.registration;
    if !registration.verification {
        return;
    }
    if registration.frontend_url.is_none() && settings.contracts.uses_site_pages() {
        reader.contradict(
            &["registration.verification", "registration.frontend_url"],
            "a link needs a page to lead to: give the URL of your frontend's page, or turn verification off",
        );
    }
    if settings.users.purge_unverified_after.is_some_and(|purge_after| purge_after < registration.expires_after) {
        reader.contradict(
            &["users.purge_unverified_after_seconds", "registration.expires_after_seconds"],
            "an unverified user must not be deleted before the link expires: purge later, or let links expire earlier",
        );
    }
}

fn login(settings: &Settings, reader: &mut Reader) {
    let login = &settings.login;
    if login.fields.is_empty() {
        reader.refuse("login.fields", "users need something to log in by: \"username\", \"email\" or both");
    }
    let accounts = &settings.contracts.accounts.login;
    if accounts.contains(&LoginAnswer::Jwt) && accounts.iter().any(|answer| *answer != LoginAnswer::Jwt) {
        let requirement =
            "a login with JSON Web Tokens has neither a token nor a cookie: list \"jwt\" alone, or leave it out";
        reader.refuse("contracts.accounts.login", requirement);
    }
    if !login.token && !login.cookie && accounts.is_empty() {
        reader.contradict(
            &["login.token", "login.cookie"],
            "a login must answer with a token, a cookie or both: set one to true; contracts that answer logins with JSON \
             Web Tokens give these instead",
        );
    }
    if settings.users.username != UsernamePolicy::Required && !login.fields.contains(&LoginField::Email) {
        reader.contradict(
            &["users.username", "login.fields"],
            "users without a username of their choice log in by e-mail address: add \"email\" to the fields",
        );
    }
    if settings.sessions.idle_after > settings.sessions.expires_after {
        reader.contradict(
            &["sessions.idle_after_seconds", "sessions.expires_after_seconds"],
            "a session cannot be unused for longer than it lasts",
        );
    }
}

fn cookies(settings: &Settings, reader: &mut Reader) {
    let sessions = &settings.sessions;
    let is_secure = sessions.cookie_transport == CookieTransport::Tls;
    if sessions.cookie_same_site == CookieSameSite::None && !is_secure {
        reader.contradict(
            &["sessions.cookie_same_site", "sessions.cookie_secure"],
            "browsers drop a cookie for other sites that is not Secure: set `cookie_secure` to true",
        );
    }
    if sessions.cookie_partitioned && !is_secure {
        reader.contradict(
            &["sessions.cookie_partitioned", "sessions.cookie_secure"],
            "browsers drop a partitioned cookie that is not Secure: set `cookie_secure` to true",
        );
    }
}

fn links(settings: &Settings, reader: &mut Reader) {
    if !settings.contracts.uses_site_pages() {
        return;
    }
    let page = "a link needs a page to lead to: give the URL of your frontend's page, or turn it off";
    if settings.reset_password.enabled && settings.reset_password.frontend_url.is_none() {
        reader.contradict(&["reset_password.enabled", "reset_password.frontend_url"], page);
    }
    if settings.change_email.verification && settings.change_email.frontend_url.is_none() {
        reader.contradict(&["change_email.verification", "change_email.frontend_url"], page);
    }
}

fn jwt(settings: &Settings, reader: &mut Reader) {
    if !settings.contracts.serve_jwt() {
        return;
    }
    let jwt = &settings.jwt;
    if settings.contracts.serve_token_pairs() && jwt.access_expires_after > jwt.refresh_expires_after {
        reader.contradict(
            &["jwt.access_expires_after_seconds", "jwt.refresh_expires_after_seconds"],
            "a login ends with its refresh token, so an access token cannot live longer: let it end earlier",
        );
    }
    if jwt.header_types.is_empty() {
        let key = match &settings.contracts {
            contracts if contracts.accounts_serve_jwt() => "contracts.accounts.login",
            contracts if contracts.dj_rest_auth.serves_jwt() => "contracts.dj_rest_auth.use_jwt",
            contracts if contracts.django_rest_auth.serves_jwt() => "contracts.django_rest_auth.use_jwt",
            _ => "contracts.djoser.jwt",
        };
        reader.contradict(
            &[key, "jwt.header_types"],
            "access tokens need a word before them: add \"Bearer\", or serve no JSON Web Tokens",
        );
    }
}

fn database(settings: &Settings, reader: &mut Reader) {
    let database = &settings.database;
    let is_postgres = matches!(database.url, DatabaseUrl::Postgres(_));
    if is_postgres && database.statement_timeout < database.busy_timeout {
        reader.contradict(
            &["database.statement_timeout_seconds", "database.busy_timeout_seconds"],
            "a statement cannot wait for a lock longer than it may take: let it take longer, or wait less",
        );
    }
}

fn outbox(settings: &Settings, reader: &mut Reader) {
    let mail = &settings.mail;
    if mail.longest_retry_after < mail.first_retry_after {
        reader.contradict(
            &["mail.first_retry_after_seconds", "mail.longest_retry_after_seconds"],
            "the longest pause must not be shorter than the first",
        );
    }
    if mail.give_up_after <= mail.first_retry_after {
        reader.contradict(
            &["mail.first_retry_after_seconds", "mail.give_up_after_seconds"],
            "a mail must not be given up before it was tried a second time",
        );
    }
}

fn mail_server(settings: &Settings, reader: &mut Reader) {
    let smtp = &settings.mail.smtp;
    if settings.mail.transport == MailTransport::Smtp && smtp.host.is_none() {
        reader.contradict(&["mail.transport", "mail.smtp.host"], "transport \"smtp\" needs the name of a mail server");
    }
    let password_key = if smtp.password_file.is_some() { "mail.smtp.password_file" } else { "mail.smtp.password" };
    if smtp.username.is_some() != smtp.password.is_some() {
        reader.contradict(&["mail.smtp.username", password_key], "give both or neither");
    }
}
