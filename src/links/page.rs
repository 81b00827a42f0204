//! Absolute URLs of pages for mails. No header of a request decides where they lead.

use url::Url;

/// An absolute `http` or `https` URL of a page.
///
/// It is absolute, so that no header of a request can decide where a mailed URL leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageUrl(Url);

/// Why a text is not a [`PageUrl`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageUrlError {
    /// It does not begin with `http://` or `https://`.
    #[error("the URL must be absolute and begin with `https://` or `http://`")]
    NotAbsoluteHttp,
    /// It has no host.
    #[error("the URL names no host")]
    NoHost,
    /// It contains a user name or a password, which every recipient of the mail would read.
    #[error("the URL must not carry a user name or password before its host")]
    UserInfo,
    /// It contains a blank, a line end, another control character or a backslash.
    #[error("the URL has a blank, a backslash or a control character in it")]
    StrayCharacter,
    /// It contains a brace, as placeholders do.
    #[error("the URL has a brace in it, and takes no placeholders; write `%7B` or `%7D`")]
    Brace,
    /// Its host or port is invalid.
    #[error("the URL cannot be read: {0}")]
    Unreadable(url::ParseError),
}

impl PageUrl {
    /// Parses an absolute URL: `https://app.example/verify`, `https://app.example/#/verify`.
    ///
    /// # Errors
    ///
    /// - [`PageUrlError::NotAbsoluteHttp`]: relative, or of another scheme.
    /// - [`PageUrlError::StrayCharacter`]: browsers and the `url` crate repair such a URL silently.
    /// - [`PageUrlError::Brace`]: a placeholder, as in `https://app.example/{uid}`.
    /// - [`PageUrlError::UserInfo`]: the host is preceded by an `@`, as in `https://user@app.example/`.
    /// - [`PageUrlError::NoHost`]: `https:///verify`, `https://:8443/`.
    /// - [`PageUrlError::Unreadable`]: host or port are invalid.
    pub fn parse(text: &str) -> Result<Self, PageUrlError> {
        let authority = authority(text)?;
        if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
            return Err(PageUrlError::StrayCharacter);
        }
        if text.contains(['{', '}']) {
            return Err(PageUrlError::Brace);
        }
        if authority.contains('@') {
            return Err(PageUrlError::UserInfo);
        }
        if authority.is_empty() || authority.starts_with(':') {
            return Err(PageUrlError::NoHost);
        }
        Url::parse(text).map(Self).map_err(PageUrlError::Unreadable)
    }

    /// Returns the URL as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Returns the URL in its parts.
    pub fn as_url(&self) -> &Url {
        &self.0
    }
}

/// Returns the text between `://` and the path. The `url` crate cannot be used here: it skips superfluous slashes, and
/// would read `https:///verify` as the host `verify`.
pub(super) fn authority(text: &str) -> Result<&str, PageUrlError> {
    let (scheme, rest) = text.split_once("://").ok_or(PageUrlError::NotAbsoluteHttp)?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return Err(PageUrlError::NotAbsoluteHttp);
    }
    Ok(rest.split(['/', '?', '#']).next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_mail_may_carry_is_refused() {
        for (text, error) in [
            ("", PageUrlError::NotAbsoluteHttp),
            ("/verify", PageUrlError::NotAbsoluteHttp),
            ("//app.example/verify", PageUrlError::NotAbsoluteHttp),
            ("app.example/verify", PageUrlError::NotAbsoluteHttp),
            ("https:app.example", PageUrlError::NotAbsoluteHttp),
            ("ftp://app.example/", PageUrlError::NotAbsoluteHttp),
            ("javascript://app.example/%0aalert(1)", PageUrlError::NotAbsoluteHttp),
            (" https://app.example/", PageUrlError::NotAbsoluteHttp),
            ("https://app.example/ verify", PageUrlError::StrayCharacter),
            ("https://app.example/\nverify", PageUrlError::StrayCharacter),
            ("https://app.example\\verify", PageUrlError::StrayCharacter),
            ("https://app.example/{uid}", PageUrlError::Brace),
            ("https://app.example/#}", PageUrlError::Brace),
            ("https:///verify", PageUrlError::NoHost),
            ("https://", PageUrlError::NoHost),
            ("https://:8443/", PageUrlError::NoHost),
            ("https://user:password@app.example/", PageUrlError::UserInfo),
            ("https://@app.example/", PageUrlError::UserInfo),
            ("https://app.example:99999/", PageUrlError::Unreadable(url::ParseError::InvalidPort)),
        ] {
            assert_eq!(PageUrl::parse(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn an_at_sign_behind_the_host_is_no_user_info() {
        assert_eq!(PageUrl::parse("https://app.example/@me").expect("a good URL").as_str(), "https://app.example/@me");
    }
}
