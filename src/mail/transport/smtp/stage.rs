//! The steps of an SMTP session: how long each may take, and whether a refusal is about the recipient or the sender.

use std::time::Duration;

use super::channel::{ChannelError, Reply};
use crate::mail::delivery::DeliveryError;
use crate::mail::settings::SmtpRelay;

/// RSET and QUIT are cheap for a server. A server that takes longer than this is not used again.
const COURTESY_LIMIT: Duration = Duration::from_secs(20);

/// "Service not available, closing transmission channel": the connection cannot be used again.
const CLOSING: u16 = 421;

/// A step of the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Connect,
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

/// Why a step failed, and whether the connection can still be used.
#[derive(Debug)]
pub(super) struct Failure {
    pub stage: Stage,
    pub kind: FailureKind,
    pub error: DeliveryError,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FailureKind {
    /// The server replied with this code.
    Reply(u16),
    /// The server did not reply within the time limit.
    Silence,
    /// The connection broke, or client and server are out of step.
    Broken,
    /// The command was not sent.
    Unsaid,
}

impl Stage {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Connect => "connecting",
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
            Self::Greeting | Self::Hello | Self::StartTls | Self::Login | Self::MailFrom | Self::RcptTo => {
                settings.command_timeout
            }
            Self::Data => settings.data_timeout,
            Self::Block => settings.block_timeout,
            Self::EndOfData => settings.end_of_data_timeout,
            Self::Courtesy => settings.command_timeout.min(COURTESY_LIMIT),
        }
    }
}

impl Failure {
    /// Returns the failure for a reply that refuses the command.
    pub(super) fn refused(stage: Stage, reply: &Reply) -> Self {
        let code = reply.code;
        let text = reply.text();
        let reason = format!("{}: {code} {text}", stage.name());
        let error = if code < 500 {
            DeliveryError::delayed(Some(code), &reason)
        } else if is_about_the_recipient(stage, code, &text) {
            DeliveryError::refused(Some(code), &reason)
        } else {
            DeliveryError::sender_refused(Some(code), &reason)
        };
        Self { stage, kind: FailureKind::Reply(code), error }
    }

    /// Returns the failure for a reply that this command cannot have.
    pub(super) fn out_of_step(stage: Stage, reply: &Reply) -> Self {
        Self::broken(stage, &format!("{} is no answer to it", reply.code))
    }

    pub(super) fn silence(stage: Stage, limit: Duration) -> Self {
        let reason = format!("{}: no answer within {} ms", stage.name(), limit.as_millis());
        Self { stage, kind: FailureKind::Silence, error: DeliveryError::delayed(None, &reason) }
    }

    pub(super) fn broken(stage: Stage, reason: &str) -> Self {
        let reason = format!("{}: {reason}", stage.name());
        Self { stage, kind: FailureKind::Broken, error: DeliveryError::delayed(None, &reason) }
    }

    /// Returns the failure for a server that lacks what the settings require.
    pub(super) fn lacking(stage: Stage, reason: &str) -> Self {
        let reason = format!("{}: {reason}", stage.name());
        Self { stage, kind: FailureKind::Unsaid, error: DeliveryError::sender_refused(None, &reason) }
    }

    pub(super) fn channel(stage: Stage, error: &ChannelError) -> Self {
        Self::broken(stage, &error.to_string())
    }

    /// Returns whether client and server are in step, so that the connection can send another mail.
    pub(super) fn leaves_the_connection_usable(&self) -> bool {
        match self.kind {
            FailureKind::Reply(code) => code != CLOSING,
            FailureKind::Unsaid => true,
            FailureKind::Silence | FailureKind::Broken => false,
        }
    }

    /// Returns whether a new connection may succeed where this one, which has sent mails before, failed. Some servers
    /// accept a limited number of mails per connection, and then answer 421 or 452 or close it.
    pub(super) fn may_be_of_a_worn_connection(&self) -> bool {
        match (self.stage, self.kind) {
            (Stage::MailFrom, FailureKind::Reply(_)) => true,
            (Stage::RcptTo | Stage::Data, FailureKind::Reply(code)) => matches!(code, CLOSING | 452),
            (Stage::MailFrom | Stage::RcptTo | Stage::Data, FailureKind::Broken) => true,
            _ => false,
        }
    }

    /// Returns whether the server may have refused a new connection because others are open: some servers limit the
    /// connections of a client.
    pub(super) fn may_be_of_too_many_connections(&self) -> bool {
        let is_early = matches!(
            self.stage,
            Stage::Connect | Stage::Greeting | Stage::Hello | Stage::StartTls | Stage::Login | Stage::MailFrom
        );
        is_early
            && match self.kind {
                FailureKind::Reply(code) => code < 500,
                FailureKind::Broken => true,
                FailureKind::Silence | FailureKind::Unsaid => false,
            }
    }
}

/// Returns whether a final refusal is about the recipient, whom no further attempt can reach. Every other refusal is
/// about the sender, this machine or the server, and applies to every mail. In doubt the refusal counts as one of
/// these: a wrong guess then costs some attempts, while a wrong guess in the other direction would park deliverable
/// mails.
///
/// The enhanced status code (RFC 3463) decides where there is one. Classes 1 (addresses) and 2 (mailboxes) are the
/// recipient's, but for 5.1.7 and 5.1.8, which are the sender's address. 5.3 (the server), 5.4 (routes and limits, as
/// in "550 5.4.5 daily limit"), 5.5 (protocol), 5.6 (content: the same in every mail) and 5.7 (policy, as in "550 5.7.1
/// relaying denied") are not; but 5.6.7 is an address that is not ASCII.
///
/// Without one, RCPT TO's own codes of RFC 5321 count. 550 after the text is mostly about its content.
fn is_about_the_recipient(stage: Stage, code: u16, text: &str) -> bool {
    if !matches!(stage, Stage::RcptTo | Stage::Data | Stage::EndOfData) {
        return false;
    }
    match enhanced_status(text) {
        Some((1, 7 | 8)) => false,
        Some((1 | 2, _)) => true,
        Some((6, 7)) => stage == Stage::RcptTo,
        Some(_) => false,
        None => stage == Stage::RcptTo && matches!(code, 550..=553 | 556),
    }
}

/// Subject and detail of an enhanced status code of class 5 at the beginning of a text.
fn enhanced_status(text: &str) -> Option<(u16, u16)> {
    let word = text.split_whitespace().next()?;
    let mut parts = word.split('.');
    let (class, subject, detail) = (parts.next()?, parts.next()?, parts.next()?);
    let detail = detail.trim_end_matches(|letter: char| !letter.is_ascii_digit());
    (class == "5" && parts.next().is_none_or(str::is_empty)).then_some(())?;
    Some((subject.parse().ok()?, detail.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::DeliveryFault;

    fn judged(stage: Stage, line: &str) -> DeliveryError {
        let (code, text) = line.split_at(3);
        let reply = Reply { code: code.parse().expect("a code"), lines: vec![text.trim().to_owned()] };
        Failure::refused(stage, &reply).error
    }

    #[test]
    fn what_names_the_recipient_refuses_the_mail() {
        for (stage, line) in [
            (Stage::RcptTo, "550 5.1.1 <ann@mail.example>: no such user"),
            (Stage::RcptTo, "550 no such user"),
            (Stage::RcptTo, "551 user not local"),
            (Stage::RcptTo, "553 mailbox name not allowed"),
            (Stage::RcptTo, "556 5.1.10 null MX"),
            (Stage::RcptTo, "501 5.1.3 bad recipient address"),
            (Stage::RcptTo, "552 5.2.2 mailbox full"),
            (Stage::RcptTo, "553 5.6.7 address is not ASCII"),
            (Stage::Data, "554 5.1.1 no valid recipients"),
            (Stage::EndOfData, "550 5.1.1: no such user"),
        ] {
            assert_eq!(judged(stage, line).fault(), DeliveryFault::Refused, "{line}");
        }
    }

    #[test]
    fn what_is_about_the_sender_or_this_machine_is_tried_again() {
        for (stage, line) in [
            (Stage::Greeting, "554 5.7.1 your address is on a list"),
            (Stage::Hello, "550 5.1.1 who is that?"),
            (Stage::StartTls, "554 5.7.3 no TLS now"),
            (Stage::Login, "535 5.7.8 wrong password"),
            (Stage::MailFrom, "550 5.4.5 daily limit"),
            (Stage::MailFrom, "553 5.1.8 no such domain"),
            (Stage::MailFrom, "550 sender rejected"),
            (Stage::RcptTo, "504 5.5.2 <box>: Helo command rejected: need fully-qualified hostname"),
            (Stage::RcptTo, "504 need fully-qualified hostname"),
            (Stage::RcptTo, "550 5.7.1 relaying denied"),
            (Stage::RcptTo, "554 5.7.1 client host rejected"),
            (Stage::RcptTo, "554 relay access denied"),
            (Stage::RcptTo, "550 5.4.5 daily limit"),
            (Stage::RcptTo, "553 5.1.8 sender's domain does not exist"),
            (Stage::RcptTo, "550 5.1.7 bad sender's mailbox"),
            (Stage::RcptTo, "530 5.7.0 authentication required"),
            (Stage::RcptTo, "503 5.5.1 bad sequence of commands"),
            (Stage::Data, "554 no"),
            (Stage::EndOfData, "554 5.7.1 looks like spam"),
            (Stage::EndOfData, "550 5.7.1 no DKIM signature"),
            (Stage::EndOfData, "552 5.3.4 too big"),
            (Stage::EndOfData, "554 5.6.0 malformed"),
            (Stage::EndOfData, "550 rejected"),
        ] {
            let error = judged(stage, line);
            assert_eq!((error.fault(), error.is_about_the_sender()), (DeliveryFault::Delayed, true), "{line}");
        }
        let error = judged(Stage::RcptTo, "450 4.2.0 greylisted");
        assert_eq!((error.fault(), error.is_about_the_sender()), (DeliveryFault::Delayed, false));
    }

    #[test]
    fn enhanced_status_codes_are_read_where_they_stand_first() {
        for (text, status) in [
            ("5.1.1 no", Some((1, 1))),
            ("5.1.10", Some((1, 10))),
            ("5.7.1: no", Some((7, 1))),
            ("see 5.1.1", None),
            ("5.1 no", None),
            ("4.1.1 no", None),
            ("5.1.1.1 no", None),
            ("", None),
        ] {
            assert_eq!(enhanced_status(text), status, "{text:?}");
        }
    }
}
