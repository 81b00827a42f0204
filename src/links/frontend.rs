//! The page of the frontend that a link leads to, and where in its URL the parameters go.

use form_urlencoded::Serializer;
use url::Url;

use super::html_text::surviving_html;

/// What links add to the URL of a page.
const PARAMETERS: [&str; 4] = ["user_id", "email", "timestamp", "signature"];

/// An absolute `http` or `https` URL that links are built on.
///
/// Absolute, so that no header of a request can decide where a mailed link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrontendUrl {
    url: Url,
    /// How much of the URL comes before the parameters.
    parameters_at: usize,
    /// What joins the parameters to what stands before them.
    joint: &'static str,
}

/// Why a text is not a [`FrontendUrl`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrontendUrlError {
    /// It does not begin with `http://` or `https://`.
    #[error("the URL must be absolute and begin with `https://` or `http://`")]
    NotAbsoluteHttp,
    /// Nothing stands where the host should.
    #[error("the URL names no host")]
    NoHost,
    /// It carries a user name or a password, which everyone who is mailed would read.
    #[error("the URL must not carry a user name or password before its host")]
    UserInfo,
    /// It has a blank, a line end, another control character or a backslash in it.
    #[error("the URL has a blank, a backslash or a control character in it")]
    StrayCharacter,
    /// Its query has a parameter of a link's own name already, so that the page would find two.
    #[error("the URL's query has `{0}` in it, which each link adds; rename it")]
    TakenParameter(&'static str),
    /// Host or port are not what they should be.
    #[error("the URL cannot be read: {0}")]
    Unreadable(url::ParseError),
}

impl FrontendUrl {
    /// Parses the URL of a page: `https://app.example/verify`, `https://app.example/?lang=fr`,
    /// `https://app.example/#/verify`.
    ///
    /// # Errors
    ///
    /// - [`FrontendUrlError::NotAbsoluteHttp`]: relative, or of another scheme.
    /// - [`FrontendUrlError::StrayCharacter`]: browsers and the `url` crate repair such a URL silently.
    /// - [`FrontendUrlError::NoHost`]: `https:///verify`, `https://:8443/`.
    /// - [`FrontendUrlError::UserInfo`]: the host is preceded by an `@`, as in `https://user@app.example/`.
    /// - [`FrontendUrlError::TakenParameter`]: a name that links use, as in `https://app.example/verify?timestamp=1`.
    /// - [`FrontendUrlError::Unreadable`]: host or port are invalid.
    pub fn parse(text: &str) -> Result<Self, FrontendUrlError> {
        let (scheme, rest) = text.split_once("://").ok_or(FrontendUrlError::NotAbsoluteHttp)?;
        if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
            return Err(FrontendUrlError::NotAbsoluteHttp);
        }
        if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
            return Err(FrontendUrlError::StrayCharacter);
        }
        // The `url` crate skips superfluous slashes: it would read `https:///verify` as the host `verify`.
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(FrontendUrlError::UserInfo);
        }
        if authority.is_empty() || authority.starts_with(':') {
            return Err(FrontendUrlError::NoHost);
        }
        let url = Url::parse(text).map_err(FrontendUrlError::Unreadable)?;
        if let Some(name) = taken_parameter(&url) {
            return Err(FrontendUrlError::TakenParameter(name));
        }
        let (parameters_at, joint) = place_of_parameters(&url);
        Ok(Self { url, parameters_at, joint })
    }

    /// The URL without parameters.
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// The URL in its parts.
    pub fn as_url(&self) -> &Url {
        &self.url
    }

    /// The URL with the pairs that `append` writes, form-encoded, in a spelling that survives HTML.
    pub(super) fn with_parameters(&self, append: impl FnOnce(&mut Serializer<'_, String>)) -> String {
        let (before, after) = self.as_str().split_at(self.parameters_at);
        let mut parameters = Serializer::new(String::new());
        append(&mut parameters);
        surviving_html(&[before, self.joint, &parameters.finish(), after].concat())
    }
}

/// Finds where parameters go, and what joins them to what stands before.
///
/// A page that routes in its fragment (`#/…`, `#!/…`) reads parameters there; any other page reads its query.
fn place_of_parameters(url: &Url) -> (usize, &'static str) {
    let whole = url.as_str();
    match url.fragment() {
        Some(route) if route.starts_with('/') || route.starts_with("!/") => {
            (whole.len(), joint_after(route.split_once('?').map(|(_, query)| query)))
        }
        Some(fragment) => (whole.len() - fragment.len() - "#".len(), joint_after(url.query())),
        None => (whole.len(), joint_after(url.query())),
    }
}

/// Finds a parameter of the page's own, in its query or its route, that every link would add a second time.
fn taken_parameter(url: &Url) -> Option<&'static str> {
    let of_route = url.fragment().and_then(|route| route.split_once('?')).map(|(_, query)| query);
    let pairs =
        || [url.query(), of_route].into_iter().flatten().flat_map(|query| form_urlencoded::parse(query.as_bytes()));
    PARAMETERS.into_iter().find(|name| pairs().any(|(found, _)| found == *name))
}

fn joint_after(query: Option<&str>) -> &'static str {
    match query {
        None => "?",
        Some(query) if query.is_empty() || query.ends_with('&') => "",
        Some(_) => "&",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_built(page: &str, expected: &str) {
        let page = FrontendUrl::parse(page).expect("a good URL");
        let built = page.with_parameters(|pairs| {
            pairs.append_pair("a", "1").append_pair("b", "2");
        });
        assert_eq!(built, expected);
    }

    #[test]
    fn parameters_become_the_query() {
        assert_built("https://app.example/verify", "https://app.example/verify?a=1&b=2");
        assert_built("https://app.example", "https://app.example/?a=1&b=2");
        assert_built("HTTP://localhost:3000/v/", "http://localhost:3000/v/?a=1&b=2");
        assert_built("https://bücher.example/prüfen", "https://xn--bcher-kva.example/pr%C3%BCfen?a=1&b=2");
    }

    #[test]
    fn parameters_join_a_query_that_is_there() {
        assert_built("https://app.example/?lang=fr", "https://app.example/?lang=fr&a=1&b=2");
        assert_built("https://app.example/?", "https://app.example/?a=1&b=2");
        assert_built("https://app.example/?lang=fr&", "https://app.example/?lang=fr&a=1&b=2");
    }

    #[test]
    fn parameters_of_the_page_survive_html_as_well() {
        assert_built("https://app.example/?x=1&copy=2", "https://app.example/?x=1&%63opy=2&a=1&b=2");
        assert_built("https://app.example/#/?x&times=2", "https://app.example/#/?x&%74imes=2&a=1&b=2");
    }

    #[test]
    fn a_page_has_no_parameter_of_a_links_name() {
        for (page, name) in [
            ("https://app.example/?timestamp=5", "timestamp"),
            ("https://app.example/?lang=fr&%75ser_id=me#form", "user_id"),
            ("https://app.example/#/verify?signature", "signature"),
            ("https://app.example/?email=x#/verify", "email"),
        ] {
            assert_eq!(FrontendUrl::parse(page), Err(FrontendUrlError::TakenParameter(name)), "{page}");
        }
        FrontendUrl::parse("https://app.example/?Email=1&user=email").expect("these are other names");
    }

    #[test]
    fn an_ordinary_fragment_stays_at_the_end() {
        assert_built("https://app.example/verify#form", "https://app.example/verify?a=1&b=2#form");
        assert_built("https://app.example/?lang=fr#form", "https://app.example/?lang=fr&a=1&b=2#form");
        assert_built("https://app.example/#", "https://app.example/?a=1&b=2#");
        assert_built("https://app.example/#what?", "https://app.example/?a=1&b=2#what?");
    }

    #[test]
    fn a_route_in_the_fragment_gets_the_parameters() {
        assert_built("https://app.example/#/verify", "https://app.example/#/verify?a=1&b=2");
        assert_built("https://app.example/#!/verify", "https://app.example/#!/verify?a=1&b=2");
        assert_built("https://app.example/#/verify?lang=fr", "https://app.example/#/verify?lang=fr&a=1&b=2");
        assert_built("https://app.example/?x=y#/verify", "https://app.example/?x=y#/verify?a=1&b=2");
        assert_built("https://app.example/#/verify?", "https://app.example/#/verify?a=1&b=2");
    }

    #[test]
    fn what_no_mail_may_carry_is_refused() {
        for (text, error) in [
            ("", FrontendUrlError::NotAbsoluteHttp),
            ("/verify", FrontendUrlError::NotAbsoluteHttp),
            ("//app.example/verify", FrontendUrlError::NotAbsoluteHttp),
            ("app.example/verify", FrontendUrlError::NotAbsoluteHttp),
            ("https:app.example", FrontendUrlError::NotAbsoluteHttp),
            ("ftp://app.example/", FrontendUrlError::NotAbsoluteHttp),
            ("javascript://app.example/%0aalert(1)", FrontendUrlError::NotAbsoluteHttp),
            (" https://app.example/", FrontendUrlError::NotAbsoluteHttp),
            ("https://app.example/ verify", FrontendUrlError::StrayCharacter),
            ("https://app.example/\nverify", FrontendUrlError::StrayCharacter),
            ("https://app.example\\verify", FrontendUrlError::StrayCharacter),
            ("https:///verify", FrontendUrlError::NoHost),
            ("https://", FrontendUrlError::NoHost),
            ("https://:8443/", FrontendUrlError::NoHost),
            ("https://user:password@app.example/", FrontendUrlError::UserInfo),
            ("https://@app.example/", FrontendUrlError::UserInfo),
            ("https://app.example:99999/", FrontendUrlError::Unreadable(url::ParseError::InvalidPort)),
        ] {
            assert_eq!(FrontendUrl::parse(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn an_at_sign_behind_the_host_is_no_user_info() {
        assert_built("https://app.example/@me", "https://app.example/@me?a=1&b=2");
    }
}
