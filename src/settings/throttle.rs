//! How often a client may ask.

use std::num::NonZeroU32;

use super::reader::Reader;

/// `[throttle]`: limits per client address and endpoint.
#[derive(Clone, Debug)]
pub struct ThrottleSettings {
    /// Whether there are any limits.
    pub enabled: bool,
    /// Whether answers tell a client what is left of its limit.
    pub rate_limit_headers: bool,
    /// The limit of `register/`.
    pub register: Rate,
    /// The limit of `resend-verification/`.
    pub resend_verification: Rate,
    /// The limit of `login/` and `change-password/`.
    pub login: Rate,
    /// The limit of `send-reset-password-link/`.
    pub send_reset_link: Rate,
    /// The limit of `reset-password/`.
    pub reset_password: Rate,
    /// The limit of `register-email/`.
    pub register_email: Rate,
    /// The limit of `sessions/` and `sessions/{id}/`.
    pub sessions: Rate,
    /// The limit of `jwt/refresh/` and `jwt/blacklist/`.
    pub refresh: Rate,
    /// Failed logins to one account from one network.
    pub account_login: Rate,
    /// Failed logins to one account from all networks its user has not logged in from lately.
    pub account_login_anywhere: Rate,
    /// Mails to one address that strangers can ask for.
    pub account_mails: Rate,
}

/// A bucket of requests that is refilled evenly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Requests the bucket gains per hour: 1 to 1,000,000.
    pub per_hour: NonZeroU32,
    /// Requests the bucket holds: 1 to 100,000.
    pub burst: NonZeroU32,
}

impl ThrottleSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            enabled: reader.flag("throttle.enabled"),
            rate_limit_headers: reader.flag("throttle.rate_limit_headers"),
            register: Rate::read(reader, "throttle.register_per_hour", "throttle.register_burst"),
            resend_verification: Rate::read(
                reader,
                "throttle.resend_verification_per_hour",
                "throttle.resend_verification_burst",
            ),
            login: Rate::read(reader, "throttle.login_per_hour", "throttle.login_burst"),
            send_reset_link: Rate::read(reader, "throttle.send_reset_link_per_hour", "throttle.send_reset_link_burst"),
            reset_password: Rate::read(reader, "throttle.reset_password_per_hour", "throttle.reset_password_burst"),
            register_email: Rate::read(reader, "throttle.register_email_per_hour", "throttle.register_email_burst"),
            sessions: Rate::read(reader, "throttle.sessions_per_hour", "throttle.sessions_burst"),
            refresh: Rate::read(reader, "throttle.refresh_per_hour", "throttle.refresh_burst"),
            account_login: Rate::read(reader, "throttle.account_login_per_hour", "throttle.account_login_burst"),
            account_login_anywhere: Rate::read(
                reader,
                "throttle.account_login_anywhere_per_hour",
                "throttle.account_login_anywhere_burst",
            ),
            account_mails: Rate::read(reader, "throttle.account_mails_per_hour", "throttle.account_mails_burst"),
        }
    }
}

impl Rate {
    fn read(reader: &mut Reader, per_hour_key: &str, burst_key: &str) -> Self {
        let per_hour = NonZeroU32::new(reader.number(per_hour_key, 1..=1_000_000));
        let burst = NonZeroU32::new(reader.number(burst_key, 1..=100_000));
        Self { per_hour: per_hour.expect("the range begins at 1"), burst: burst.expect("the range begins at 1") }
    }
}
