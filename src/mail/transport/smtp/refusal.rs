//! Whether a final refusal is about the recipient, or about the sender and this machine.

use super::stage::Stage;

/// Parts of the texts with which servers refuse a client or a sender at RCPT TO. A blank begins a word.
const ABOUT_US: &[&str] = &[
    "relay",
    "authent",
    " auth ",
    " log in",
    " login",
    " rcpthosts",
    " gateway",
    " cannot deliver mail for",
    " delivery is not allowed",
    " sender",
    " spf",
    " dkim",
    " dmarc",
    " helo",
    " ehlo",
    " ptr",
    " rdns",
    " reverse",
    " client",
    " your ip",
    " this ip",
    " your host",
    " reputation",
    " spam",
    " dnsbl",
    " rbl",
    " black list",
    " blacklist",
    " block list",
    " blocklist",
    " blocked",
    " policy",
    " prohibit",
    " denied",
    " tls",
    " encrypt",
    " per hour",
    " hourly",
    " daily",
    " too many",
];

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
/// Without one, RCPT TO's own codes of RFC 5321 count, unless the text speaks of this machine or the sender: many servers
/// refuse a client without a login with 550 and a few words. 550 after the text is mostly about its content.
pub(super) fn is_about_the_recipient(stage: Stage, code: u16, text: &str) -> bool {
    if !matches!(stage, Stage::RcptTo | Stage::Data | Stage::EndOfData) {
        return false;
    }
    match enhanced_status(text) {
        Some((1, 7 | 8)) => false,
        Some((1 | 2, _)) => true,
        Some((6, 7)) => stage == Stage::RcptTo,
        Some(_) => false,
        None => stage == Stage::RcptTo && matches!(code, 550..=553 | 556) && !speaks_of_us(text),
    }
}

/// Returns whether a refusal without a status code names a reason that lies with this machine or the sender.
fn speaks_of_us(text: &str) -> bool {
    let words = plain_words(text);
    ABOUT_US.iter().any(|phrase| words.contains(phrase))
}

/// The words of a text in small letters, each after a blank. Addresses and the names of hosts are left out: they may
/// hold any word.
fn plain_words(text: &str) -> String {
    let mut words = String::new();
    for token in text.split_whitespace() {
        let token = token.trim_matches(|letter: char| !letter.is_alphanumeric());
        if token.contains(['@', '.', '/']) {
            continue;
        }
        for word in token.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
            words.push(' ');
            words.push_str(&word.to_lowercase());
        }
    }
    words
}

/// Returns subject and detail of an enhanced status code of class 5: the first word of a text, or, as qmail has it, in
/// brackets as in `(#5.7.1)`.
fn enhanced_status(text: &str) -> Option<(u16, u16)> {
    let in_brackets = || text.rsplit_once("(#").and_then(|(_, rest)| rest.split_once(')')).map(|(status, _)| status);
    text.split_whitespace().next().and_then(status).or_else(|| in_brackets().and_then(status))
}

fn status(word: &str) -> Option<(u16, u16)> {
    let mut parts = word.split('.');
    let (class, subject, detail) = (parts.next()?, parts.next()?, parts.next()?);
    let detail = detail.trim_end_matches(|letter: char| !letter.is_ascii_digit());
    (class == "5" && parts.next().is_none_or(str::is_empty)).then_some(())?;
    Some((subject.parse().ok()?, detail.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::super::channel::Reply;
    use super::super::failure::Failure;
    use super::*;
    use crate::mail::delivery::{DeliveryError, DeliveryFault};

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
    fn texts_of_real_servers_without_a_status_code_are_told_apart() {
        for (server, line) in [
            ("Exim", "550 relay not permitted"),
            ("Exim", "550 Administrative prohibition"),
            ("Exim", "550 Sender verify failed"),
            ("Exim", "550 authentication required"),
            ("Exim", "550 rejected because 192.0.2.1 is in a black list at zen.spamhaus.org"),
            ("qmail", "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"),
            ("qmail", "553 sorry, your envelope sender is in my badmailfrom list (#5.7.1)"),
            ("qmail", "553 sorry, that domain isn't in my list of allowed rcpthosts"),
            ("SendGrid", "550 Unauthenticated senders not allowed"),
            (
                "cPanel",
                "550 Please turn on SMTP Authentication in your mail client. app.example (192.0.2.1) is not permitted",
            ),
            ("cPanel", "550 Domain app.example has exceeded the max emails per hour (30/25 (120%)) allowed."),
            ("Sendmail", "550 ann@mail.example... Relaying denied"),
            ("Sendmail", "551 we do not relay"),
            ("hMailServer", "550 Delivery is not allowed to this address."),
            ("hMailServer", "550 A valid login is required."),
            ("Haraka", "550 I cannot deliver mail for <ann@mail.example>"),
            ("IMail", "550 not local host mail.example, not a gateway"),
            ("Mercury", "553 We do not relay non-local mail, sorry."),
            ("XMail", "550 Relay denied"),
            ("Kerio", "550 Relaying to ann@mail.example denied (authentication required)"),
            ("SmarterMail", "550 Authentication is required for relay"),
            ("rspamd", "550 Blocked: your IP has a bad reputation"),
        ] {
            let error = judged(Stage::RcptTo, line);
            assert!(error.is_about_the_sender(), "{server}: {line}");
        }
        for (server, line) in [
            ("Exim", "550 Unrouteable address"),
            ("Exim", "550 Unknown user"),
            ("qmail", "550 sorry, no mailbox here by that name. (#5.1.1)"),
            ("qmail", "553 sorry, that address is not in my virtual table (#5.1.1)"),
            ("Domino", "550 ann@mail.example... User unknown; not listed in Domino Directory"),
            ("Sendmail", "550 <relay-team@relay.example>... User unknown"),
            ("a host that is called so", "550 relay.sender.example: no such user here"),
            ("hMailServer", "550 Unknown user"),
            ("Exchange", "550 Requested action not taken: mailbox unavailable"),
            ("a mailbox that is full", "552 Mailbox size limit exceeded"),
        ] {
            assert_eq!(judged(Stage::RcptTo, line).fault(), DeliveryFault::Refused, "{server}: {line}");
        }
    }

    #[test]
    fn enhanced_status_codes_are_read_where_servers_write_them() {
        for (text, status) in [
            ("5.1.1 no", Some((1, 1))),
            ("5.1.10", Some((1, 10))),
            ("5.7.1: no", Some((7, 1))),
            ("sorry, no mailbox here by that name. (#5.1.1)", Some((1, 1))),
            ("sorry (#4.1.1)", None),
            ("5.7.1 no (#5.1.1)", Some((7, 1))),
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
