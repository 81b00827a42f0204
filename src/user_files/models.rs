//! The models of Django's packages whose records an import reads, beside that of users.

/// Tokens of Django REST framework. Their keys are secrets.
pub(super) const TOKEN: &str = "authtoken.token";
/// Addresses of allauth.
pub(super) const EMAIL: &str = "account.emailaddress";
/// Provider accounts of allauth.
pub(super) const ACCOUNT: &str = "socialaccount.socialaccount";
/// Refresh tokens that simplejwt has given out.
pub(super) const OUTSTANDING: &str = "token_blacklist.outstandingtoken";
/// Refresh tokens that simplejwt does not accept any more.
pub(super) const BLACKLISTED: &str = "token_blacklist.blacklistedtoken";
