//! How users log in, and how long sessions last.

use super::reader::Reader;
use crate::clock::Seconds;

/// `[login]`: who may log in, by which names, and what the answer holds.
#[derive(Clone, Debug)]
pub struct LoginSettings {
    /// What counts as a login; never empty.
    pub fields: Vec<LoginField>,
    /// Whether users must have proved their address.
    pub require_verified: bool,
    /// Whether the answer holds a token.
    pub token: bool,
    /// Whether the answer sets a cookie.
    pub cookie: bool,
}

/// Something a user can log in by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginField {
    /// The username, in any case.
    Username,
    /// The address that the user has proved, in any case.
    Email,
}

impl LoginSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            fields: reader.list("login.fields", |text| match text {
                "username" => Ok(LoginField::Username),
                "email" => Ok(LoginField::Email),
                _ => Err("allowed are \"username\" and \"email\"".to_owned()),
            }),
            require_verified: reader.flag("login.require_verified"),
            token: reader.flag("login.token"),
            cookie: reader.flag("login.cookie"),
        }
    }
}

/// `[sessions]`: how long a session lasts, and the attributes of its cookie.
#[derive(Clone, Debug)]
pub struct SessionsSettings {
    /// The lifetime of a session, even if it is used: 1 min to 1 year.
    pub expires_after: Seconds,
    /// How long a session lasts without use: 1 min to 1 year.
    pub idle_after: Seconds,
    /// How many sessions a user may have at once, 1 to 1000: a login beyond that ends the oldest.
    pub max_per_user: u32,
    /// To which requests a browser adds the cookie.
    pub cookie_same_site: CookieSameSite,
    /// Over which connections the browser sends the cookie.
    pub cookie_transport: CookieTransport,
    /// Whether browsers keep a separate cookie for each site that embeds the frontend (`Partitioned`).
    pub cookie_partitioned: bool,
}

/// Over which connections the browser sends the cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CookieTransport {
    /// TLS only (`Secure`, and the prefix `__Host-`). Most browsers count the loopback as such.
    Tls,
    /// Plain HTTP too: for development in browsers that do not, or on other machines.
    Any,
}

/// To which requests a browser adds the cookie (RFC 6265bis, `SameSite`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CookieSameSite {
    /// Only those from the site itself.
    Strict,
    /// Those too that follow a link from elsewhere.
    Lax,
    /// All: for a frontend on another site.
    None,
}

impl SessionsSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let same_site =
            [("strict", CookieSameSite::Strict), ("lax", CookieSameSite::Lax), ("none", CookieSameSite::None)];
        Self {
            expires_after: reader.seconds("sessions.expires_after_seconds", 60..=31_622_400),
            idle_after: reader.seconds("sessions.idle_after_seconds", 60..=31_622_400),
            max_per_user: reader.number("sessions.max_per_user", 1..=1_000),
            cookie_same_site: reader.choice("sessions.cookie_same_site", &same_site),
            cookie_transport: match reader.flag("sessions.cookie_secure") {
                true => CookieTransport::Tls,
                false => CookieTransport::Any,
            },
            cookie_partitioned: reader.flag("sessions.cookie_partitioned"),
        }
    }
}
