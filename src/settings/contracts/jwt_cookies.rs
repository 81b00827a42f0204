//! The cookies in which `[contracts.dj_rest_auth]` and `[contracts.django_rest_auth]` give JSON Web Tokens.

use std::net::IpAddr;

use crate::settings::login::CookieSameSite;
use crate::settings::own_cookies;
use crate::settings::reader::Reader;

const SAME_SITE: [(&str, CookieSameSite); 3] =
    [("Lax", CookieSameSite::Lax), ("Strict", CookieSameSite::Strict), ("None", CookieSameSite::None)];

/// The longest name of a cookie. Browsers ignore a cookie whose name and value together have more than 4096 bytes.
const LONGEST_NAME: usize = 100;

/// What the name of a cookie may have beside letters and digits.
const MARKS: &str = "-_.!#$%&'*+^`|~";

/// The cookies in which logins give JSON Web Tokens. The keys begin with `jwt_auth_`, as in dj-rest-auth.
///
/// `[contracts.django_rest_auth]` has one token, and so one cookie, that of the access token. Scripts cannot read it, and
/// it has no domain.
#[derive(Clone, Debug)]
pub struct JwtCookieSettings {
    /// The name of the access token's cookie; `None`: there is none.
    pub access_name: Option<String>,
    /// The name of the refresh token's cookie; `None`: there is none.
    pub refresh_name: Option<String>,
    /// The path of the refresh token's cookie. That of the access token is `/`.
    pub refresh_path: String,
    /// Whether browsers send the cookies over TLS only. Most browsers count the loopback as such.
    pub is_secure: bool,
    /// Whether scripts cannot read the cookies. The refresh token is in no body then.
    pub is_http_only: bool,
    /// To which requests a browser adds the cookies.
    pub same_site: CookieSameSite,
    /// The domain whose hosts get the cookies; `None`: only the host that set them.
    pub domain: Option<String>,
    /// Whether a request that changes something by a cookie must prove its origin.
    pub is_origin_proved: bool,
}

impl JwtCookieSettings {
    /// Reads those of `[contracts.dj_rest_auth]`.
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            access_name: reader.optional("contracts.dj_rest_auth.jwt_auth_cookie", parse_name),
            refresh_name: reader.optional("contracts.dj_rest_auth.jwt_auth_refresh_cookie", parse_name),
            refresh_path: reader.parsed("contracts.dj_rest_auth.jwt_auth_refresh_cookie_path", parse_path),
            is_secure: reader.flag("contracts.dj_rest_auth.jwt_auth_secure"),
            is_http_only: reader.flag("contracts.dj_rest_auth.jwt_auth_httponly"),
            same_site: reader.choice("contracts.dj_rest_auth.jwt_auth_samesite", &SAME_SITE),
            domain: reader.optional("contracts.dj_rest_auth.jwt_auth_cookie_domain", parse_domain),
            is_origin_proved: reader.flag("contracts.dj_rest_auth.jwt_auth_cookie_use_csrf"),
        }
    }

    /// Reads those of `[contracts.django_rest_auth]`.
    pub(super) fn read_older(reader: &mut Reader) -> Self {
        Self {
            access_name: reader.optional("contracts.django_rest_auth.jwt_auth_cookie", parse_name),
            is_secure: reader.flag("contracts.django_rest_auth.jwt_auth_secure"),
            same_site: reader.choice("contracts.django_rest_auth.jwt_auth_samesite", &SAME_SITE),
            is_origin_proved: reader.flag("contracts.django_rest_auth.jwt_auth_cookie_use_csrf"),
            ..Self::none()
        }
    }

    /// Returns the settings of a contract that sets no such cookies.
    pub(super) fn none() -> Self {
        Self {
            access_name: None,
            refresh_name: None,
            refresh_path: "/".to_owned(),
            is_secure: true,
            is_http_only: true,
            same_site: CookieSameSite::Lax,
            domain: None,
            is_origin_proved: false,
        }
    }

    /// Returns whether a login sets any of them.
    pub fn are_set(&self) -> bool {
        self.access_name.is_some() || self.refresh_name.is_some()
    }

    /// Returns whether browsers send the refresh token's cookie to `path` (RFC 6265, 5.1.4).
    pub(in crate::settings) fn refresh_path_matches(&self, path: &str) -> bool {
        let rest = path.strip_prefix(self.refresh_path.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || self.refresh_path.ends_with('/'))
    }

    /// Returns the key, without its section, and the name of each that a login sets.
    pub(in crate::settings) fn named(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let names = [
            ("jwt_auth_cookie", self.access_name.as_deref()),
            ("jwt_auth_refresh_cookie", self.refresh_name.as_deref()),
        ];
        names.into_iter().filter_map(|(key, name)| Some((key, name?)))
    }
}

/// Parses the name of a cookie: a token (RFC 6265, 4.1.1).
fn parse_name(text: &str) -> Result<String, String> {
    let is_token = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || MARKS.as_bytes().contains(&byte));
    if !is_token || text.len() > LONGEST_NAME {
        return Err(format!("allowed are up to {LONGEST_NAME} letters, digits and {MARKS}, as in \"access-token\""));
    }
    if own_cookies::is_own(text) {
        return Err(
            "another cookie of this server has that name; allowed is another, as in \"access-token\"".to_owned()
        );
    }
    Ok(text.to_owned())
}

/// Parses the path of a cookie: printable characters of ASCII without those that end an attribute.
fn parse_path(text: &str) -> Result<String, String> {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b";,\"\\?#".contains(&byte);
    if !text.starts_with('/') || !text.bytes().all(is_plain) {
        return Err("allowed is a path that begins with a slash, as in \"/dj-rest-auth/\"".to_owned());
    }
    Ok(text.to_owned())
}

/// Parses the domain of a cookie. A dot before it has no meaning (RFC 6265, 5.2.3), and is left out.
fn parse_domain(text: &str) -> Result<String, String> {
    let name = text.strip_prefix('.').unwrap_or(text).to_ascii_lowercase();
    let is_label = |label: &str| {
        let is_plain = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        !label.is_empty() && label.len() <= 63 && is_plain && !label.starts_with('-') && !label.ends_with('-')
    };
    if name.parse::<IpAddr>().is_ok() || name.len() > 253 || !name.contains('.') || !name.split('.').all(is_label) {
        return Err(
            "allowed is the name of a domain of yours, as in \"example.org\"; without one, only the host of this \
                    server gets the cookies"
                .to_owned(),
        );
    }
    Ok(name)
}
