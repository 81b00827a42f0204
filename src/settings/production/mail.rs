//! `[mail]` and `[mail.smtp]`.

use super::super::Settings;
use super::super::{MailTransport, Mailbox, SmtpTls};
use super::copied::copied_secret;
use super::files::{direct_secret, secret_file, trusted_file};
use super::local::{is_local_name, is_this_machine};
use super::row::{Findings, Row, harmless, judged};
use crate::clock::Seconds;

pub(super) const ROWS: &[Row] = &[
    judged("mail.transport", |settings, findings| {
        let message = "mails stay on this machine, with their links, and reach nobody; set \"smtp\", and your mail server \
                       in `mail.smtp.host`";
        let stays_here = matches!(settings.mail.transport, MailTransport::Directory | MailTransport::Console);
        findings.error(stays_here, message);
    }),
    judged("mail.from", |settings, findings| mailbox(&settings.mail.from, findings)),
    judged("mail.reply_to", |settings, findings| {
        settings.mail.reply_to.iter().for_each(|reply_to| mailbox(reply_to, findings));
    }),
    judged("mail.app_name", |settings, findings| {
        let is_default = settings.is_left_at_default("mail.app_name") && settings.mail.app_name == "Countersign";
        findings.error(is_default, "your users do not know Countersign; set the name they know your application by");
    }),
    judged("mail.app_url", |settings, findings| {
        let Some(url) = settings.mail.app_url.as_ref().map(|url| url.as_url()) else { return };
        let is_local = is_this_machine(url);
        findings.error(is_local, "users are sent to their own machine; name your application's public host");
        findings.risk(url.scheme() == "http" && !is_local, "users are sent to a page in clear text; use https://");
    }),
    judged("mail.support_address", |settings, findings| {
        let domain = settings.mail.support_address.as_deref().and_then(|address| address.rsplit_once('@'));
        let is_local = domain.is_some_and(|(_, domain)| is_local_name(domain));
        findings.error(is_local, "users cannot write to this address; name one of your own domain");
    }),
    judged("mail.logo_url", |settings, findings| {
        let Some(url) = settings.mail.logo_url.as_ref().map(|url| url.as_url()) else { return };
        let is_local = is_this_machine(url);
        findings.error(is_local, "mail programs look for the picture on the user's own machine; name a public host");
        let message = "many mail programs show no picture over clear text, and others on the way see who reads the mail; \
                       use https://";
        findings.risk(url.scheme() == "http" && !is_local, message);
    }),
    harmless("mail.accent_color", "colours of text follow from it, so that text can be read on each"),
    harmless("mail.directory", "not used by transport \"smtp\""),
    judged("mail.templates_directory", |settings, findings| {
        trusted_file(settings.mail.templates_directory.as_deref(), "the mails, with their links", findings);
    }),
    harmless("mail.concurrency", "at most 64 mails at a time, and seven times as many slow ones"),
    judged("mail.send_timeout_seconds", |settings, findings| {
        let message = "a mail server that checks mails for a while before it answers is cut off each time, and no mail \
                       leaves; use 60 or more";
        findings.risk(settings.mail.send_timeout < Seconds::new(10), message);
    }),
    harmless("mail.lease_seconds", "renewed for as long as an attempt takes"),
    harmless("mail.first_retry_after_seconds", "it doubles with each further attempt"),
    harmless("mail.longest_retry_after_seconds", "a day at most"),
    judged("mail.give_up_after_seconds", |settings, findings| {
        let message = "mails are parked, and reach nobody until an operator sends them again, when the mail server is away \
                       for less than an hour; 259200 are 3 days";
        findings.risk(settings.mail.give_up_after < Seconds::new(3600), message);
    }),
    harmless("mail.smtp.host", "the name of your own mail server"),
    judged("mail.smtp.port", |settings, findings| {
        let smtp = &settings.mail.smtp;
        let is_used = settings.mail.transport == MailTransport::Smtp;
        let message = "on port 465 TLS begins with the first byte, and the server waits for it in silence; set \
                       `mail.smtp.tls` to \"implicit\", or use port 587";
        findings.risk_of_any_mode(is_used && smtp.port == 465 && smtp.tls != SmtpTls::Implicit, message);
        let message = "on this port servers begin in clear text; set `mail.smtp.tls` to \"starttls\", or use port 465";
        let begins_in_clear = matches!(smtp.port, 25 | 587);
        findings.risk_of_any_mode(is_used && begins_in_clear && smtp.tls == SmtpTls::Implicit, message);
    }),
    judged("mail.smtp.tls", tls),
    harmless("mail.smtp.username", "no secret"),
    judged("mail.smtp.password", |settings, findings| {
        direct_secret(settings, findings);
        if settings.mail.smtp.password_file.is_none() {
            copied_password(settings, findings);
        }
    }),
    judged("mail.smtp.password_file", |settings, findings| {
        secret_file(settings.mail.smtp.password_file.as_deref(), findings);
        if settings.mail.smtp.password_file.is_some() {
            copied_password(settings, findings);
        }
    }),
    harmless("mail.smtp.connect_timeout_seconds", "the next address or attempt follows"),
    judged("mail.smtp.command_timeout_seconds", |settings, findings| {
        let message = "a mail server that takes its time over a command is given up each time, and no mail leaves; use 20 \
                       or more";
        findings.risk(settings.mail.smtp.command_timeout < Seconds::new(5), message);
    }),
    harmless("mail.smtp.data_timeout_seconds", "nothing has been sent yet, and another attempt follows"),
    harmless("mail.smtp.block_timeout_seconds", "the mail is not complete, and another attempt follows"),
    judged("mail.smtp.end_of_data_timeout_seconds", |settings, findings| {
        let message = "a mail server that scans mails before it answers has taken the mail when it is cut off: people get \
                       it again and again; use 600, as RFC 5321 (4.5.3.2.6) asks";
        findings.risk(settings.mail.smtp.end_of_data_timeout < Seconds::new(600), message);
    }),
    harmless("mail.smtp.pool_size", "at most 64 connections"),
    harmless("mail.smtp.hello_name", "a name that the mail server does not like is refused, which is told"),
    judged("mail.smtp.ca_file", |settings, findings| {
        let what = "whose certificates are believed";
        trusted_file(settings.mail.smtp.ca_file.as_deref(), what, findings);
    }),
];

/// Judges an address that people answer to.
fn mailbox(mailbox: &Mailbox, findings: &mut Findings) {
    let domain = mailbox.domain();
    findings.error(
        is_local_name(domain),
        "nobody can answer to this address, and mail servers refuse it; name one of your own domain",
    );
    let is_private = |name: &&str| domain.eq_ignore_ascii_case(name) || domain.ends_with(&format!(".{name}"));
    findings.risk(
        !is_local_name(domain) && (!domain.contains('.') || ["test", "invalid", "local"].iter().any(is_private)),
        "the domain is not one of the public Internet, and mail servers refuse it; name one of your own",
    );
}

fn tls(settings: &Settings, findings: &mut Findings) {
    let smtp = &settings.mail.smtp;
    let is_in_clear = settings.mail.transport == MailTransport::Smtp && smtp.tls == SmtpTls::None;
    let is_relay_near = smtp.host.as_deref().is_some_and(is_local_name);
    findings.error(
        smtp.tls == SmtpTls::None && smtp.username.is_some(),
        "the password of `mail.smtp.username` must not travel in clear text; use \"starttls\" or \"implicit\"",
    );
    findings.risk(
        is_in_clear && !is_relay_near && smtp.username.is_none(),
        "links travel to the mail server in clear text; use \"starttls\" or \"implicit\"",
    );
}

fn copied_password(settings: &Settings, findings: &mut Findings) {
    let password = settings.mail.smtp.password.as_ref();
    copied_secret("the password", password, "the mail server refuses it", findings);
}
