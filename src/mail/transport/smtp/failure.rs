//! The failure of a step of an SMTP session, and what follows from it.

use std::time::Duration;

use super::channel::{ChannelError, Reply};
use super::refusal::is_about_the_recipient;
use super::stage::Stage;
use crate::mail::delivery::DeliveryError;

/// "Service not available, closing transmission channel": the connection cannot be used again.
const CLOSING: u16 = 421;

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

    /// Adds what the operator can do about it.
    #[must_use]
    pub(super) fn with_advice(mut self, advice: &str) -> Self {
        self.error = DeliveryError::delayed(self.error.code(), &format!("{}; {advice}", self.error.reason()));
        self
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

    /// Returns whether another address of the server may take the mail (RFC 5321, 5.1). Nothing of the mail's text has
    /// been sent, so it cannot arrive twice. A wrong password, and a final refusal of the sender, apply to all addresses.
    pub(super) fn may_be_of_one_address(&self) -> bool {
        match self.kind {
            FailureKind::Reply(code) if self.stage >= Stage::Login => {
                code == CLOSING && self.stage <= Stage::Data || code < 500 && self.stage <= Stage::MailFrom
            }
            FailureKind::Unsaid => self.stage < Stage::MailFrom,
            FailureKind::Reply(_) | FailureKind::Silence | FailureKind::Broken => self.stage <= Stage::Data,
        }
    }

    /// Returns whether the next mails should try the server's other addresses first.
    pub(super) fn speaks_against_the_address(&self) -> bool {
        self.may_be_of_one_address() || self.stage == Stage::Block
    }

    /// Returns the failure that tells more: that of the later step, or this one.
    pub(super) fn or_later(self, other: Self) -> Self {
        if other.stage > self.stage { other } else { self }
    }

    /// Returns whether the server may have refused a new connection because others are open: some servers limit the
    /// connections of a client.
    pub(super) fn may_be_of_too_many_connections(&self) -> bool {
        let is_early = matches!(
            self.stage,
            Stage::Connect
                | Stage::Tls
                | Stage::Greeting
                | Stage::Hello
                | Stage::StartTls
                | Stage::Login
                | Stage::MailFrom
        );
        is_early
            && match self.kind {
                FailureKind::Reply(code) => code < 500,
                FailureKind::Broken => true,
                FailureKind::Silence | FailureKind::Unsaid => false,
            }
    }
}
