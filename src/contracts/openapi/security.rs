//! How a request proves who is logged in.

use utoipa::openapi::SecurityRequirement;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};

/// The schemes of a site, each with its name in the document.
pub(in crate::contracts) struct Schemes(Vec<(String, SecurityScheme)>);

impl Schemes {
    /// Returns the schemes of a site. `cookies` are the names of the cookies by which users are logged in.
    pub(in crate::contracts) fn new(serves_jwt: bool, cookies: &[String]) -> Self {
        let token = ApiKeyValue::with_description("Authorization", "`Token ` and the token of a login.");
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
        let bearer = match serves_jwt {
            true => bearer.bearer_format("JWT").description(Some("The access token or the token of a login.")),
            false => bearer.description(Some("The token of a login.")),
        };
        let headers = [
            ("token".to_owned(), SecurityScheme::ApiKey(ApiKey::Header(token))),
            ("bearer".to_owned(), SecurityScheme::Http(bearer.build())),
        ];
        let cookies = cookies.iter().enumerate().map(|(number, name)| {
            let about = "Set by a login. A request that changes something must come from an allowed origin.";
            let cookie = ApiKeyValue::with_description(name.as_str(), about);
            let key = if number == 0 { "cookie".to_owned() } else { format!("cookie{}", number + 1) };
            (key, SecurityScheme::ApiKey(ApiKey::Cookie(cookie)))
        });
        Self(headers.into_iter().chain(cookies).collect())
    }

    /// Returns what a request needs that must be logged in: one of the schemes.
    pub(super) fn required(&self) -> Vec<SecurityRequirement> {
        self.0.iter().map(|(name, _)| SecurityRequirement::new::<_, [&str; 0], &str>(name.as_str(), [])).collect()
    }

    /// Returns what a request may have that works without a login.
    pub(super) fn optional(&self) -> Vec<SecurityRequirement> {
        self.required().into_iter().chain([SecurityRequirement::default()]).collect()
    }

    pub(super) fn into_named(self) -> Vec<(String, SecurityScheme)> {
        self.0
    }
}
