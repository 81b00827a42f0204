//! Every code that an answer can carry. `docs/http-api/README.md` explains each, and a test compares this list with
//! that page.

/// Declares [`Code`] and the list of all codes together, so that the list is complete.
macro_rules! codes {
    ($($(#[doc = $text:literal])* $variant:ident = $name:literal,)*) => {
        /// What is wrong, for programs: a stable name in snake_case. The sentences beside it may change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $($(#[doc = $text])* $variant,)*
        }

        impl Code {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns what it means.
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($text,)*).trim_start(),)*
                }
            }

            /// Returns the name as it is written in answers.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

codes! {
    // Codes of an answer.
    /// Fields are wrong; each has codes of its own.
    InvalidFields = "invalid_fields",
    /// The body does not match its content type.
    ParseError = "parse_error",
    /// A registration has no address to verify.
    EmailMissing = "email_missing",
    /// A login is refused; the client is not told why.
    LoginInvalid = "login_invalid",
    /// The password is right, but the address is not verified.
    EmailNotVerified = "email_not_verified",
    /// A claim is forged, altered, for another purpose, used up or from the future.
    InvalidSignature = "invalid_signature",
    /// A valid link that was used before.
    LinkAlreadyUsed = "link_already_used",
    /// A valid link that has expired.
    SignatureExpired = "signature_expired",
    /// Another user verified the address first.
    EmailTaken = "email_taken",
    /// An identity provider does not confirm the login, or confirms it for another site.
    ProviderRefused = "provider_refused",
    /// An identity provider does not answer, or refuses this site.
    ProviderUnavailable = "provider_unavailable",
    /// A login by an identity provider has no user, and none may be created.
    RegistrationClosed = "registration_closed",
    /// The provider account belongs to another user.
    ProviderAccountTaken = "provider_account_taken",
    /// The user has too many provider accounts.
    TooManyProviderAccounts = "too_many_provider_accounts",
    /// The user could not log in any more.
    LastWayIn = "last_way_in",
    /// The settings do not allow the redirect URI.
    RedirectUriNotAllowed = "redirect_uri_not_allowed",
    /// A state of an authorization is not ours, or for another purpose.
    StateInvalid = "state_invalid",
    /// A state that was begun in another browser.
    StateOfAnotherBrowser = "state_of_another_browser",
    /// A state that has expired.
    StateExpired = "state_expired",
    /// A state that was used before.
    StateUsed = "state_used",
    /// The right password of a user who has already verified an address.
    EmailAlreadyVerified = "email_already_verified",
    /// A valid link of a deleted user, or an unknown name where the site reports that.
    UserNotFound = "user_not_found",
    /// The account was changed by another request meanwhile.
    Overtaken = "overtaken",
    /// The header `Idempotency-Key` is no string, empty or too long.
    IdempotencyKeyInvalid = "idempotency_key_invalid",
    /// The idempotency key came with another request before.
    IdempotencyKeyReused = "idempotency_key_reused",
    /// An earlier request with the idempotency key is not answered yet.
    IdempotencyKeyInUse = "idempotency_key_in_use",
    /// Malformed HTTP.
    BadRequest = "bad_request",
    /// No token and no live cookie.
    NotAuthenticated = "not_authenticated",
    /// An unknown token, or one whose session has ended.
    AuthenticationFailed = "authentication_failed",
    /// A JSON Web Token is malformed, expired, of the wrong type, or its session has ended.
    TokenNotValid = "token_not_valid",
    /// The header has a scheme for JSON Web Tokens without exactly one token.
    BadAuthorizationHeader = "bad_authorization_header",
    /// The user of a JSON Web Token is disabled.
    UserInactive = "user_inactive",
    /// The user may not do this.
    PermissionDenied = "permission_denied",
    /// A request does not come from an allowed origin.
    CsrfFailed = "csrf_failed",
    /// No such path, or a feature that is switched off.
    NotFound = "not_found",
    /// The path does not support the method.
    MethodNotAllowed = "method_not_allowed",
    /// The client accepts neither of our media types.
    NotAcceptable = "not_acceptable",
    /// The body did not arrive in time.
    RequestTimeout = "request_timeout",
    /// The body is too large.
    PayloadTooLarge = "payload_too_large",
    /// A body of an unsupported content type.
    UnsupportedMediaType = "unsupported_media_type",
    /// Too many requests.
    Throttled = "throttled",
    /// Any other refusal of the HTTP library.
    Refused = "refused",
    /// A server error.
    ServerError = "server_error",
    /// The queues are full.
    Unavailable = "unavailable",

    // Codes of a field: Django REST framework's own, and Django's for passwords.
    /// The field is missing.
    Required = "required",
    /// The field is `null`, or the body is.
    Null = "null",
    /// The field is empty, or has only blanks.
    Blank = "blank",
    /// The value is of the wrong type or shape.
    Invalid = "invalid",
    /// The text is too long.
    MaxLength = "max_length",
    /// The text is too short.
    MinLength = "min_length",
    /// The text is too long to be a number.
    MaxStringLength = "max_string_length",
    /// The number is too small.
    MinValue = "min_value",
    /// The number is too large.
    MaxValue = "max_value",
    /// The value is none of the choices.
    InvalidChoice = "invalid_choice",
    /// The text contains a NUL.
    NullCharactersNotAllowed = "null_characters_not_allowed",
    /// The text contains half of a surrogate pair.
    SurrogateCharactersNotAllowed = "surrogate_characters_not_allowed",
    /// Another user has the value.
    Unique = "unique",
    /// The new password resembles a value of its user.
    PasswordTooSimilar = "password_too_similar",
    /// The new password is too short.
    PasswordTooShort = "password_too_short",
    /// The new password is on the list of common ones.
    PasswordTooCommon = "password_too_common",
    /// The new password has digits only.
    PasswordEntirelyNumeric = "password_entirely_numeric",
    /// The repeated password differs from the password.
    PasswordMismatch = "password_mismatch",
    /// The repeated login name differs from the login name.
    UsernameMismatch = "username_mismatch",
    /// The current password is wrong.
    PasswordIncorrect = "password_incorrect",
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Returns the rows of the table of codes in the page on the API: the code, and whether it stands at a field.
    fn documented() -> Vec<(&'static str, bool)> {
        let page = include_str!("../../../docs/http-api/README.md");
        let (_, table) =
            page.split_once("| status | `code` | when |\n|---|---|---|\n").expect("the page has the table");
        let rows = table.lines().take_while(|line| line.starts_with('|'));
        let read = |row: &'static str| {
            let mut columns = row.split('|').skip(1);
            let place = columns.next()?.trim();
            Some((columns.next()?.split('`').nth(1)?, place == "field"))
        };
        rows.map(|row| read(row).expect("each row has a code in its second column")).collect()
    }

    #[test]
    fn every_code_is_explained_once_and_no_other_is() {
        let documented = documented();
        let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), Code::ALL.len(), "no two codes share a name");
        assert_eq!(documented.iter().map(|(code, _)| *code).collect::<BTreeSet<_>>(), names);
        let once: BTreeSet<_> = documented.iter().collect();
        assert_eq!(documented.len(), once.len(), "no code is explained twice");
    }

    #[test]
    fn codes_are_written_in_snake_case() {
        for code in Code::ALL {
            assert!(code.as_str().bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase()), "{code:?}");
        }
    }
}
