//! The steps of an SMTP session, and how long each may take.

use std::time::Duration;

use crate::mail::settings::SmtpRelay;

/// RSET and QUIT are cheap for a server. A server that takes longer than this is not used again.
const COURTESY_LIMIT: Duration = Duration::from_secs(20);

/// A step of the session, in the order of the steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Connect,
    /// TLS from the first byte.
    Tls,
    Greeting,
    Hello,
    StartTls,
    Login,
    MailFrom,
    RcptTo,
    Data,
    Block,
    EndOfData,
    Courtesy,
}

impl Stage {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Connect => "connecting",
            Self::Tls => "TLS",
            Self::Greeting => "greeting",
            Self::Hello => "EHLO",
            Self::StartTls => "STARTTLS",
            Self::Login => "AUTH",
            Self::MailFrom => "MAIL FROM",
            Self::RcptTo => "RCPT TO",
            Self::Data => "DATA",
            Self::Block => "text of the mail",
            Self::EndOfData => "end of data",
            Self::Courtesy => "RSET",
        }
    }

    /// Returns how long the server may take (RFC 5321, 4.5.3.2, unless the settings say otherwise).
    pub(super) fn limit(self, settings: &SmtpRelay) -> Duration {
        match self {
            Self::Connect => settings.connect_timeout,
            Self::Tls | Self::Greeting | Self::Hello | Self::StartTls | Self::Login | Self::MailFrom | Self::RcptTo => {
                settings.command_timeout
            }
            Self::Data => settings.data_timeout,
            Self::Block => settings.block_timeout,
            Self::EndOfData => settings.end_of_data_timeout,
            Self::Courtesy => settings.command_timeout.min(COURTESY_LIMIT),
        }
    }
}
