//! What an operator can do about a mail server that is set up wrong, in the few words that a reason has room for.

use super::channel::ChannelError;
use super::failure::Failure;
use super::stage::Stage;
use crate::mail::settings::SmtpRelay;

/// A server says nothing where it should greet.
pub(super) const OF_SILENCE: &str =
    "if TLS begins with the first byte there, as on port 465, set `mail.smtp.tls` to \"implicit\"";

/// A server says nothing where it should begin TLS.
pub(super) const OF_TLS_PORT: &str = "see `mail.smtp.port` and `mail.smtp.tls`: \"implicit\" is for port 465";

/// A server does not offer STARTTLS.
pub(super) const OF_NO_STARTTLS: &str =
    "the server does not offer it; see `mail.smtp.port`, or set `mail.smtp.tls` to \"implicit\" (port 465) or \"none\"";

/// Returns the failure for a setting whose address the server cannot carry.
pub(super) fn international_sender(key: &str) -> Failure {
    let reason = format!(
        "the address in `{key}` is not ASCII before its at sign, and the server does not offer SMTPUTF8 and 8BITMIME: \
         set one in ASCII"
    );
    Failure::lacking(Stage::MailFrom, &reason)
}

/// Returns the failure of setting up TLS, in words of this program where the library's are known.
pub(super) fn tls_failure(stage: Stage, settings: &SmtpRelay, error: &ChannelError) -> Failure {
    let ChannelError::Tls(error) = error else { return Failure::channel(stage, error) };
    Failure::broken(stage, &explained(stage, settings, &error.to_string()))
}

/// Explains an error of OpenSSL, whose text ends in the reason for which a certificate was not accepted.
fn explained(stage: Stage, settings: &SmtpRelay, text: &str) -> String {
    let has = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
    let (host, port) = (&settings.host, settings.port);
    let why = text.rsplit_once(" (").map_or("not accepted", |(_, why)| why.trim_end_matches(')'));
    if has(&["ostname mismatch", "address mismatch"]) {
        return format!("the server's certificate is not for {host}: set `mail.smtp.host` to the name that it is for");
    }
    if has(&["self-signed", "self signed", "issuer certificate", "first certificate"]) {
        return format!("the server's certificate is not trusted ({why}): name its root in `mail.smtp.ca_file`");
    }
    if has(&["certificate verify failed"]) {
        return format!("the server's certificate is not valid ({why}): renew it, and see this machine's clock");
    }
    if has(&["unsupported protocol", "protocol version", "version too low"]) {
        return "the server knows no TLS from 1.2 on: update it, or use another".to_owned();
    }
    if has(&["wrong version number", "packet length too long", "record layer failure", "http request"]) {
        return match stage {
            Stage::StartTls => format!("after STARTTLS the server on port {port} sent no TLS: see its log"),
            _ => format!(
                "the server on port {port} does not begin with TLS: set `mail.smtp.tls` to \"starttls\", or \
                 `mail.smtp.port` to 465"
            ),
        };
    }
    if has(&["unexpected EOF", "unexpected eof", "closed", "reset"]) {
        return "the server ended the connection while TLS began: see `mail.smtp.port`, and its log".to_owned();
    }
    format!("{text}; see `mail.smtp.tls`, `mail.smtp.port` and `mail.smtp.ca_file`")
}
