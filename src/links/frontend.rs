//! The frontend page that a link leads to, and where in its URL the parts of the link are placed.

mod error;
mod template;
#[cfg(test)]
mod tests;

use std::fmt;
use std::marker::PhantomData;

use form_urlencoded::Serializer;
use url::Url;

use super::html_text::surviving_html;
use super::page::PageUrl;
use super::placeholder::{Placeholder, WITH_ADDRESS};
use super::purpose::{Purpose, sealed::Address as _};
use super::spelling::Spelling;

pub use error::FrontendUrlError;
use template::Template;

/// The page of the frontend that links of the purpose `P` lead to: an absolute `http` or `https` URL.
///
/// Without placeholders the parts of a link become parameters of the URL's query. With placeholders they replace them:
/// all of `{user_id}`, `{timestamp}`, `{signature}`, and `{email}` where the purpose signs an address; or `{uid}` and
/// `{token}`; or `{key}`. Placeholders may stand in path, query and fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrontendUrl<P: Purpose> {
    form: Form,
    purpose: PhantomData<P>,
}

/// The values of a link, as the path of a request carries them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Carried<'a> {
    /// For pages with `{key}`.
    Key(&'a str),
    /// For pages with `{uid}` and `{token}`.
    UidToken { uid: &'a str, token: &'a str },
}

impl<'a> Carried<'a> {
    fn spelling(self) -> Spelling {
        match self {
            Self::Key(_) => Spelling::Key,
            Self::UidToken { .. } => Spelling::UidToken,
        }
    }

    /// Returns the value of a placeholder of this spelling.
    fn of(self, placeholder: Placeholder) -> &'a str {
        match (self, placeholder) {
            (Self::Key(key), Placeholder::Key) => key,
            (Self::UidToken { uid, .. }, Placeholder::Uid) => uid,
            (Self::UidToken { token, .. }, Placeholder::Token) => token,
            _ => "",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    Query {
        page: PageUrl,
        /// How many bytes of the URL precede the parameters.
        parameters_at: usize,
        /// The separator between the parameters and the text before them.
        joint: &'static str,
    },
    Template(Template),
}

impl<P: Purpose> FrontendUrl<P> {
    /// Parses the URL of a page: `https://app.example/verify`, `https://app.example/?lang=fr`,
    /// `https://app.example/#/verify`, `https://app.example/verify/{uid}/{token}`.
    ///
    /// # Errors
    ///
    /// [`FrontendUrlError::Page`] for what [`PageUrl::parse`] refuses. Without placeholders
    /// [`FrontendUrlError::TakenParameter`] for a name that links use, as in `https://app.example/verify?timestamp=1`.
    /// With placeholders the other variants, unless they are one whole set.
    pub fn parse(text: &str) -> Result<Self, FrontendUrlError> {
        let form = if text.contains(['{', '}']) {
            Form::Template(Template::parse(text, P::Address::PARTS)?)
        } else {
            query(text)?
        };
        Ok(Self { form, purpose: PhantomData })
    }

    /// Returns the spelling of links to this page.
    pub fn spelling(&self) -> Spelling {
        match &self.form {
            Form::Query { .. } => Spelling::Parts,
            Form::Template(template) => template.spelling(),
        }
    }

    /// Returns the parsed URL: every link has its scheme, host and port. The text in the place of placeholders is
    /// unspecified.
    pub fn as_url(&self) -> &Url {
        match &self.form {
            Form::Query { page, .. } => page.as_url(),
            Form::Template(template) => template.page().as_url(),
        }
    }

    /// Returns the URL of a link to this page with values that a client sent, percent-encoded; `None` where the links of
    /// this page have another spelling.
    pub(crate) fn url_carrying(&self, values: Carried<'_>) -> Option<String> {
        (self.spelling() == values.spelling())
            .then(|| self.with_values(|placeholder| values.of(placeholder).to_owned()))
    }

    /// Returns the URL of a link to this page: `value` returns the value of a placeholder.
    pub(super) fn with_values(&self, value: impl Fn(Placeholder) -> String) -> String {
        surviving_html(&match &self.form {
            Form::Template(template) => template.fill(value),
            Form::Query { page, parameters_at, joint } => {
                let (before, after) = page.as_str().split_at(*parameters_at);
                let mut parameters = Serializer::new(String::new());
                for parameter in P::Address::PARTS {
                    parameters.append_pair(parameter.name(), &value(*parameter));
                }
                [before, joint, &parameters.finish(), after].concat()
            }
        })
    }
}

impl<P: Purpose> fmt::Display for FrontendUrl<P> {
    /// Returns the URL without a link's values, but with its placeholders.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.form {
            Form::Query { page, .. } => f.write_str(page.as_str()),
            Form::Template(template) => template.fmt(f),
        }
    }
}

fn query(text: &str) -> Result<Form, FrontendUrlError> {
    let page = PageUrl::parse(text)?;
    if let Some(name) = taken_parameter(page.as_url()) {
        return Err(FrontendUrlError::TakenParameter(name));
    }
    let (parameters_at, joint) = place_of_parameters(page.as_url());
    Ok(Form::Query { page, parameters_at, joint })
}

/// Returns where parameters are inserted, and the separator before them.
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

/// Returns a parameter in the page's own query or route that every link would add a second time.
fn taken_parameter(url: &Url) -> Option<&'static str> {
    let of_route = url.fragment().and_then(|route| route.split_once('?')).map(|(_, query)| query);
    let pairs =
        || [url.query(), of_route].into_iter().flatten().flat_map(|query| form_urlencoded::parse(query.as_bytes()));
    let mut names = WITH_ADDRESS.iter().map(|placeholder| placeholder.name());
    names.find(|name| pairs().any(|(found, _)| found == *name))
}

fn joint_after(query: Option<&str>) -> &'static str {
    match query {
        None => "?",
        Some(query) if query.is_empty() || query.ends_with('&') => "",
        Some(_) => "&",
    }
}
