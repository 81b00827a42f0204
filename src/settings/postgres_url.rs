//! The URL of a PostgreSQL database, split the way libpq splits it.
//!
//! libpq quotes what it cannot read, so a password with a character out of place would end up in an error or a log.
//! This parser refuses such text first.

use std::fmt;
use std::net::IpAddr;

use crate::secret::Secret;

/// Where a PostgreSQL database is, and how to get in. `Debug` and `Display` show hosts and database only.
#[derive(Clone)]
pub struct PostgresUrl {
    text: Secret,
    hosts: Vec<String>,
    shown: String,
    parameters: Vec<(String, String)>,
}

impl PostgresUrl {
    /// Splits `text`, which begins with `postgres://` or `postgresql://`.
    ///
    /// # Errors
    ///
    /// What is allowed. The text is not quoted: it may hold a password.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let rest = text.split_once("://").map(|(_, rest)| rest).unwrap_or_default();
        if rest.is_empty() || rest.chars().any(char::is_control) {
            return Err("after the scheme a host, a database or parameters are needed, on one line".to_owned());
        }
        // libpq's rule: up to the first `/`, whatever characters precede it.
        let after_user = match rest.find(['@', '/']) {
            Some(at) if rest[at..].starts_with('@') => &rest[at + 1..],
            _ => rest,
        };
        let (place, query) = after_user.split_once('?').unwrap_or((after_user, ""));
        let (authority, database) = place.split_once('/').unwrap_or((place, ""));
        // libpq quotes what stands around a blank, which may be a password.
        if database.contains('@') || decoded(rest).is_none() || rest.contains(char::is_whitespace) {
            return Err(out_of_place());
        }
        let mut hosts = Vec::new();
        for netloc in authority.split(',').filter(|_| !authority.is_empty()) {
            hosts.push(host_of(netloc).ok_or_else(out_of_place)?);
        }
        let parameters = parameters_of(query)?;
        for key in ["host", "hostaddr"] {
            if let Some((_, given)) = parameters.iter().find(|(name, _)| name == key) {
                hosts = given.split(',').map(str::to_owned).collect();
            }
        }
        Ok(Self { text: Secret::new(text), hosts, shown: format!("postgres://{place}"), parameters })
    }

    /// Returns the whole text, with its password.
    pub fn expose(&self) -> &str {
        self.text.expose()
    }

    /// Returns the whole text and after it those `parameters` that it does not set itself. Their values need no
    /// encoding.
    pub fn expose_with(&self, parameters: &[(&str, String)]) -> Secret {
        let mut text = self.text.expose().to_owned();
        let mut separator = match (self.parameters.is_empty(), text.ends_with('?')) {
            (true, false) => "?",
            (true, true) => "",
            (false, _) => "&",
        };
        for (name, value) in parameters {
            if self.parameter(name).is_none() {
                text.push_str(&format!("{separator}{name}={value}"));
                separator = "&";
            }
        }
        Secret::new(text)
    }

    /// Returns the value to which the URL sets this parameter of libpq.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().rfind(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns whether the server's certificate and its name are checked before anything is told to it.
    pub(super) fn verifies_server(&self) -> bool {
        // A certificate of the system's list makes libpq check the name as well.
        self.parameter("sslmode") == Some("verify-full") || self.parameter("sslrootcert") == Some("system")
    }

    /// Returns whether some of its hosts may be other machines. Without a host, libpq takes a socket of this one.
    pub(super) fn leaves_this_machine(&self) -> bool {
        let is_near = |host: &String| {
            host.is_empty()
                || host.starts_with(['/', '@'])
                || host.eq_ignore_ascii_case("localhost")
                || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
        };
        !self.hosts.iter().all(is_near)
    }
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

fn out_of_place() -> String {
    "allowed is postgres://user:password@host:port,…/database?parameter=value&…; any other character in user, password or \
     database is written as % and two hexadecimal digits: @ as %40, : as %3A, / as %2F, ? as %3F, % as %25"
        .to_owned()
}

/// Returns the host of `host`, `host:port`, `[address]` or `[address]:port`.
fn host_of(netloc: &str) -> Option<String> {
    let (host, port) = match netloc.strip_prefix('[') {
        Some(rest) => rest.split_once(']').filter(|(address, _)| address.parse::<IpAddr>().is_ok())?,
        None => netloc.split_at(netloc.find(':').unwrap_or(netloc.len())),
    };
    let port = port.strip_prefix(':').unwrap_or(port);
    let host = decoded(host)?;
    let is_socket = host.starts_with(['/', '@']);
    let is_name = host.chars().all(|letter| letter.is_ascii_alphanumeric() || ".-_:".contains(letter));
    (port.bytes().all(|digit| digit.is_ascii_digit()) && (is_socket || is_name)).then_some(host)
}

fn parameters_of(query: &str) -> Result<Vec<(String, String)>, String> {
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').filter(|(_, value)| !value.contains('='))?;
        Some((decoded(name)?, decoded(value)?))
    };
    let pairs = query.split('&').filter(|part| !part.is_empty());
    pairs.map(|part| pair(part).ok_or_else(out_of_place)).collect()
}

/// Returns the text without percent encoding; none if that is broken.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    bytes.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
    for part in parts {
        let digits = part.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(digits, 16).ok().filter(|byte| *byte != 0)?);
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> PostgresUrl {
        PostgresUrl::parse(text).unwrap_or_else(|requirement| panic!("{text}: {requirement}"))
    }

    #[test]
    fn hosts_and_database_are_shown_and_nothing_else() {
        for (text, shown) in [
            ("postgres://ann:hunter2@db.example/accounts", "postgres://db.example/accounts"),
            (
                "postgresql://ann:hunter2@db.example:5433/accounts?sslmode=verify-full",
                "postgres://db.example:5433/accounts",
            ),
            ("postgres://a,b:5433,[::1]:5434/accounts?password=hunter2", "postgres://a,b:5433,[::1]:5434/accounts"),
            ("postgres://ann:hunter2%40%2F@%2Fvar%2Frun%2Fpostgresql/x", "postgres://%2Fvar%2Frun%2Fpostgresql/x"),
            ("postgres://ann:hunter2?@db.example/accounts", "postgres://db.example/accounts"),
            ("postgres://db.example?user=ann", "postgres://db.example"),
            ("postgres:///accounts", "postgres:///accounts"),
        ] {
            let url = parsed(text);
            assert_eq!(url.to_string(), shown);
            assert_eq!(url.expose(), text);
        }
    }

    #[test]
    fn a_password_out_of_place_is_refused_and_not_quoted() {
        for text in [
            "postgres://ann:hun/ter2@db.example/accounts",
            "postgres://ann:hun ter2@db.example/accounts",
            "postgres://db.example/accounts?password=hun ter2",
            "postgres://ann:12/hunter2@db.example/accounts",
            "postgres://ann:hunter2@2@db.example/accounts",
            "postgres://ann:hunter2%@db.example/accounts",
            "postgres://ann:hunter2%zz@db.example/accounts",
            "postgres://ann:hunter2@db.example:port/accounts",
            "postgres://ann:hunter2@[db]/accounts",
            "postgres://ann:hunter2@db.example/accounts?sslmode",
            "postgres://ann:hunter2@db.example/accounts?password=hun=ter2",
            "postgres://ann:hunter2@db.example/acc\nounts",
            "postgres://",
        ] {
            let requirement = PostgresUrl::parse(text).err().unwrap_or_else(|| panic!("{text:?} was taken"));
            assert!(!requirement.contains("ter2"), "{requirement}");
        }
    }

    #[test]
    fn what_the_url_says_itself_goes_before() {
        let ours = [("connect_timeout", "5".to_owned()), ("sslmode", "prefer".to_owned())];
        for (text, whole) in [
            ("postgres://a/b", "postgres://a/b?connect_timeout=5&sslmode=prefer"),
            ("postgres://a/b?", "postgres://a/b?connect_timeout=5&sslmode=prefer"),
            ("postgres://a/b?sslmode=require", "postgres://a/b?sslmode=require&connect_timeout=5"),
            ("postgres://u:p?@a", "postgres://u:p?@a?connect_timeout=5&sslmode=prefer"),
        ] {
            assert_eq!(parsed(text).expose_with(&ours).expose(), whole);
        }
    }

    #[test]
    fn hosts_of_this_machine_are_told_from_others() {
        for near in ["postgres://localhost,127.0.0.1:5433,[::1]/x", "postgres:///x", "postgres://%2Frun/x?user=a"] {
            assert!(!parsed(near).leaves_this_machine(), "{near}");
        }
        for far in ["postgres://localhost,db.example/x", "postgres:///x?host=db.example", "postgres://[2001:db8::1]/x"]
        {
            assert!(parsed(far).leaves_this_machine(), "{far}");
        }
    }
}
