//! The state that all contracts of a site share: the accounts, the throttles, the cookies, the allowed origins.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::http::header::USER_AGENT;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use ipnet::IpNet;

use super::access_tokens::AccessTokens;
use super::cookies::Cookies;
use crate::accounts::{Accounts, Authenticated, Client, EndSessionsError, Failure, LogOut, LoggedIn};
use crate::http::client_address::{UnknownProxies, client_address};
use crate::http::cors::CorsOptions;
use crate::http::same_origin;
use crate::http::throttle::Throttle;
use crate::http::{AllowedOrigins, BodyLimits, ErrorStyle, Fault, HttpOptions};
use crate::identity::Network;
use crate::settings::{LoginAnswer, Rate, Settings};

pub(super) use super::cookies::{JwtCookies, LivingToken};

/// The most characters of a password in a change, a reset or a login. The references have no limit there; this one
/// bounds the work of normalising.
const LONGEST_PASSWORD: usize = 1_024;

/// The state that all contracts share. All threads use the same one.
pub(super) struct Site {
    pub(super) accounts: Accounts,
    pub(super) throttles: Throttles,
    pub(super) cookies: Cookies,
    /// The cookies in which logins give JSON Web Tokens, for each contract that sets some.
    pub(super) jwt_cookies: Vec<JwtCookies>,
    /// Where a contract serves JSON Web Tokens.
    pub(super) access_tokens: Option<AccessTokens>,
    /// The keys that verify JSON Web Tokens, where other services may have them: a JSON Web Key Set.
    pub(super) public_keys: Option<Bytes>,
    gives_cookies: bool,
    /// Whether a login may set the session's cookie.
    sets_session_cookies: bool,
    /// The frontends that may call from other origins.
    pub(super) origins: AllowedOrigins,
    body: BodyLimits,
    /// The most characters of a password at registration.
    pub(super) registered_password_max_length: usize,
    /// The most characters of a password everywhere else.
    pub(super) password_max_length: usize,
    pub(super) cors: CorsOptions,
    pub(super) trusted_proxies: Vec<IpNet>,
    unknown_proxies: UnknownProxies,
}

/// The site, for extractors and handlers. Each worker has a handle of its own to clone: threads that update one
/// reference count slow each other down.
pub(super) type SiteHandle = Data<Arc<Site>>;

/// One rate limit per client address for each expensive operation, shared by all contracts.
pub(super) struct Throttles {
    pub(super) register: Throttle,
    pub(super) resend_verification: Throttle,
    pub(super) login: Throttle,
    pub(super) send_reset_link: Throttle,
    pub(super) reset_password: Throttle,
    pub(super) register_email: Throttle,
    pub(super) sessions: Throttle,
    pub(super) refresh: Throttle,
}

impl Site {
    pub(super) fn new(accounts: Accounts, settings: &Settings) -> Self {
        let throttle = |name, rate: Rate| match (settings.throttle.enabled, settings.throttle.rate_limit_headers) {
            (false, _) => Throttle::off(),
            (true, false) => Throttle::new(name, rate.per_hour, rate.burst).unannounced(),
            (true, true) => Throttle::new(name, rate.per_hour, rate.burst),
        };
        let origins = AllowedOrigins::of(settings);
        let accounts_contract = &settings.contracts.accounts;
        let gives_own_cookies =
            accounts_contract.enabled && accounts_contract.answers_login_with(LoginAnswer::Cookie, &settings.login);
        let public_keys = accounts.token_pairs().and_then(|pairs| pairs.public_key_set()).map(Bytes::from);
        let access_tokens = accounts.token_pairs().map(|pairs| AccessTokens::new(pairs, settings));
        let jwt_cookies = JwtCookies::of_site(&settings.contracts);
        let sets_session_cookies = settings.login.cookie || gives_own_cookies;
        Self {
            access_tokens,
            jwt_cookies,
            public_keys,
            accounts,
            throttles: Throttles {
                register: throttle("register", settings.throttle.register),
                resend_verification: throttle("resend_verification", settings.throttle.resend_verification),
                login: throttle("login", settings.throttle.login),
                send_reset_link: throttle("send_reset_link", settings.throttle.send_reset_link),
                reset_password: throttle("reset_password", settings.throttle.reset_password),
                register_email: throttle("register_email", settings.throttle.register_email),
                sessions: throttle("sessions", settings.throttle.sessions),
                refresh: throttle("refresh", settings.throttle.refresh),
            },
            cookies: Cookies::of(&settings.sessions),
            gives_cookies: settings.login.cookie,
            sets_session_cookies,
            body: BodyLimits {
                size_bytes: settings.server.body_limit_bytes,
                read_for: settings.server.request_timeout,
            },
            registered_password_max_length: settings.passwords.max_length,
            password_max_length: settings.passwords.max_length.max(LONGEST_PASSWORD),
            cors: CorsOptions { origins: origins.clone(), headers: settings.cors.allowed_headers.clone() },
            origins,
            trusted_proxies: settings.server.trusted_proxies.clone(),
            unknown_proxies: UnknownProxies::default(),
        }
    }

    /// Charges a request to the budget of its client. Its answer tells what is left.
    ///
    /// # Errors
    ///
    /// 429 with the time until the next request is allowed.
    pub(super) fn admit(&self, throttle: &Throttle, request: &HttpRequest) -> Result<(), Fault> {
        throttle.admit(request, self.client_address(request))
    }

    /// Returns the options for reading a contract's requests and writing its errors.
    pub(super) fn http_options(&self, errors: ErrorStyle) -> HttpOptions {
        HttpOptions { body: self.body, errors, origins: self.origins.clone() }
    }

    /// Returns the names of the cookies by which users are logged in, those that the site sets.
    pub(super) fn login_cookies(&self) -> Vec<String> {
        let of_sessions = self.sets_session_cookies.then(|| self.cookies.session_name().to_owned());
        let of_tokens = self.jwt_cookies.iter().filter_map(JwtCookies::access_name).map(str::to_owned);
        of_sessions.into_iter().chain(of_tokens).collect()
    }

    /// Adds the cookies of a new session, if the site logs in by cookie.
    pub(super) fn give_cookies(&self, request: &HttpRequest, response: &mut HttpResponse, session: &LoggedIn) {
        if self.gives_cookies {
            self.set_cookies(request, response, session);
        }
    }

    /// Adds the cookies of a new session, whatever the site does elsewhere.
    pub(super) fn set_cookies(&self, request: &HttpRequest, response: &mut HttpResponse, session: &LoggedIn) {
        self.cookies.set(response, session);
        self.cookies.note_if_lost(request.headers());
        self.remove_other_logins(request, response);
    }

    /// Removes the cookies of other logins from a browser to which a login has just given some, so that its next request
    /// is that of the new login, whichever contract answers it.
    pub(super) fn remove_other_logins(&self, request: &HttpRequest, response: &mut HttpResponse) {
        self.cookies.remove_others(request.headers(), response);
        for cookies in &self.jwt_cookies {
            cookies.remove_others(request.headers(), response);
        }
    }

    /// Checks that a request may change something by one of these cookies with a JSON Web Token.
    ///
    /// A browser adds the cookie to every request, also to one that another site caused. Current browsers report that;
    /// a request without such a report comes from another program, which sends the cookie on purpose. The settings may
    /// ask for a proof in any case.
    ///
    /// # Errors
    ///
    /// 403, if the request may not.
    pub(super) fn admit_by_jwt_cookie(&self, request: &HttpRequest, cookies: &JwtCookies) -> Result<(), Fault> {
        if request.method().is_safe() {
            return Ok(());
        }
        let is_admitted = match cookies.is_origin_proved {
            true => same_origin::is_proven(request, &self.origins),
            false => !same_origin::is_refuted(request, &self.origins),
        };
        if is_admitted { Ok(()) } else { Err(same_origin::fault()) }
    }

    /// Returns whether the request proves that it comes from the API's own origin or an allowed one.
    pub(super) fn proves_origin(&self, request: &HttpRequest) -> bool {
        same_origin::is_proven(request, &self.origins)
    }

    /// Removes the cookies of a login from the browser, and those of JSON Web Tokens even if it sent none: it may keep one
    /// for another path.
    pub(super) fn remove_all_cookies(&self, request: &HttpRequest, response: &mut HttpResponse) {
        self.cookies.remove(request.headers(), response);
        for cookies in &self.jwt_cookies {
            cookies.remove(response);
        }
    }

    /// Removes the cookies of a login from the browser, if it sent any.
    pub(super) fn remove_cookies(&self, request: &HttpRequest, response: &mut HttpResponse) {
        self.cookies.remove(request.headers(), response);
        for cookies in &self.jwt_cookies {
            cookies.remove_sent(request.headers(), response);
        }
    }

    /// Ends the session of a request and those of all its cookies, and removes the cookies. The session may have ended
    /// meanwhile, which is what is wanted.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub(super) async fn end_session(
        &self,
        who: &Authenticated,
        request: &HttpRequest,
        response: &mut HttpResponse,
    ) -> Result<(), Fault> {
        self.log_out(who).await?;
        self.end_sessions_of_cookies(request).await?;
        self.remove_cookies(request, response);
        Ok(())
    }

    /// Ends the sessions whose cookies the browser sent, also those of access tokens. Returns whether there were some.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub(super) async fn end_sessions_of_cookies(&self, request: &HttpRequest) -> Result<bool, Fault> {
        let headers = request.headers();
        let mut ended = false;
        for token in self.cookies.sessions(headers) {
            if let Some(who) = self.accounts.authenticate(&token).await? {
                self.log_out(&who).await?;
                ended = true;
            }
        }
        let Some(access_tokens) = &self.access_tokens else { return Ok(ended) };
        for token in self.jwt_cookies.iter().flat_map(|cookies| cookies.access_tokens(headers)) {
            if let Some(who) = access_tokens.authenticate_if_good(token).await? {
                self.log_out(&who).await?;
                ended = true;
            }
        }
        Ok(ended)
    }

    /// Ends the session of a request. It may have ended meanwhile, which is what is wanted.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub(super) async fn log_out(&self, who: &Authenticated) -> Result<(), Fault> {
        match self.accounts.log_out(who, LogOut::ThisSession).await {
            Ok(()) | Err(Failure::Refused(EndSessionsError::LoggedOut)) => Ok(()),
            Err(Failure::Service(error)) => Err(error.into()),
        }
    }

    /// Returns the client's address.
    pub(super) fn client_address(&self, request: &HttpRequest) -> Option<IpAddr> {
        self.unknown_proxies.watch(request, &self.trusted_proxies);
        client_address(request, &self.trusted_proxies)
    }

    /// Describes where a request comes from, for the user's list of sessions.
    pub(super) fn client(&self, request: &HttpRequest) -> Client {
        let user_agent = request.headers().get(USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()));
        let address = self.client_address(request);
        Client {
            user_agent: user_agent.unwrap_or_default().chars().filter(|letter| !letter.is_control()).collect(),
            address: address.map(|address| address.to_string()).unwrap_or_default(),
            network: address.map(Network::of),
        }
    }
}
