//! The content, the queueing and the delivery of mails.

use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use url::Host;

use super::color::Color;
use super::mailbox::Mailbox;
use super::reader::Reader;
use super::secret_file;
use crate::clock::Seconds;
use crate::links::PageUrl;
use crate::secret::Secret;

/// `[mail]`: the sender of mails, and the processing of the outbox.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// How a mail is delivered.
    pub transport: MailTransport,
    /// Who the mails are from.
    pub from: Mailbox,
    /// Where answers go; to `from` when not set.
    pub reply_to: Option<Mailbox>,
    /// What the mails call the application: one line, not empty.
    pub app_name: String,
    /// The application's home page, which the mails name.
    pub app_url: Option<PageUrl>,
    /// Where users get help, which the mails name: an address without a name.
    pub support_address: Option<String>,
    /// The picture at the top of the mails, in place of the application's name.
    pub logo_url: Option<PageUrl>,
    /// The colour of buttons, from which that of links follows.
    pub accent_color: Color,
    /// Where [`MailTransport::Directory`] puts the mails.
    pub directory: PathBuf,
    /// The operator's own templates; the built-in ones when not set.
    pub templates_directory: Option<PathBuf>,
    /// Mails sent at the same time: 1 to 64.
    pub concurrency: NonZeroUsize,
    /// How long one attempt may take up to the end of the mail: 1 s to 50 min.
    pub send_timeout: Seconds,
    /// The lease of a claimed mail, unless its process renews it: 5 s to 1 h.
    pub lease: Seconds,
    /// The pause after a first failed attempt; doubles with each further one. 1 s to 1 h.
    pub first_retry_after: Seconds,
    /// The longest pause between attempts: 1 s to 1 day.
    pub longest_retry_after: Seconds,
    /// When a mail that could not be sent is parked: 1 min to 30 days.
    pub give_up_after: Seconds,
    /// The mail server.
    pub smtp: SmtpSettings,
}

/// How a mail is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailTransport {
    /// It becomes a file on this machine.
    Directory,
    /// It is printed.
    Console,
    /// It is sent.
    Smtp,
    /// The program that embeds this library sends it.
    Custom,
}

impl MailSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let transports = [
            ("directory", MailTransport::Directory),
            ("console", MailTransport::Console),
            ("smtp", MailTransport::Smtp),
            ("custom", MailTransport::Custom),
        ];
        Self {
            transport: reader.choice("mail.transport", &transports),
            from: reader.parsed("mail.from", Mailbox::parse),
            reply_to: reader.optional("mail.reply_to", Mailbox::parse),
            app_name: reader.text("mail.app_name"),
            app_url: reader.optional("mail.app_url", |text| PageUrl::parse(text).map_err(|error| error.to_string())),
            support_address: reader.optional("mail.support_address", parse_plain_address),
            logo_url: reader.optional("mail.logo_url", |text| PageUrl::parse(text).map_err(|error| error.to_string())),
            accent_color: reader.parsed("mail.accent_color", Color::parse),
            directory: reader.path("mail.directory"),
            templates_directory: reader.optional_path("mail.templates_directory"),
            concurrency: reader.count("mail.concurrency", 1..=64),
            send_timeout: reader.seconds("mail.send_timeout_seconds", 1..=3000),
            lease: reader.seconds("mail.lease_seconds", 5..=3600),
            first_retry_after: reader.seconds("mail.first_retry_after_seconds", 1..=3600),
            longest_retry_after: reader.seconds("mail.longest_retry_after_seconds", 1..=86_400),
            give_up_after: reader.seconds("mail.give_up_after_seconds", 60..=2_592_000),
            smtp: SmtpSettings::read(reader),
        }
    }

    /// Returns the key of an address that every mail has and whose local part is not ASCII.
    pub(crate) fn international_sender(&self) -> Option<&'static str> {
        let addresses = [("mail.from", Some(&self.from)), ("mail.reply_to", self.reply_to.as_ref())];
        let is_international = |mailbox: &Mailbox| !mailbox.local_part().is_ascii();
        addresses.into_iter().find(|(_, mailbox)| mailbox.is_some_and(is_international)).map(|(key, _)| key)
    }

    /// Reads the file that holds the password, and checks that the other needed files and directories exist.
    pub(super) fn complete(&mut self, reader: &mut Reader) {
        self.smtp.complete(reader);
        if self.templates_directory.as_deref().is_some_and(|path| !path.is_dir()) {
            reader
                .refuse("mail.templates_directory", "there is no such directory; correct the path, or set it to \"\"");
        }
    }
}

/// `[mail.smtp]`: the mail server.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    /// Its name or IP address. Set whenever the transport is [`MailTransport::Smtp`].
    pub host: Option<String>,
    /// Its port: 1 to 65535.
    pub port: u16,
    /// How the connection is protected.
    pub tls: SmtpTls,
    /// The name to log in with. Set if and only if `password` is.
    pub username: Option<String>,
    /// The password to log in with.
    pub password: Option<Secret>,
    /// The file the password was read from.
    pub password_file: Option<PathBuf>,
    /// How long connecting to one address may take: 1 s to 5 min.
    pub connect_timeout: Seconds,
    /// How long the greeting and the answer to one command may take: 1 s to 1 h.
    pub command_timeout: Seconds,
    /// How long the answer to DATA may take: 1 s to 1 h.
    pub data_timeout: Seconds,
    /// How long the server may take to accept a block of the mail: 1 s to 1 h.
    pub block_timeout: Seconds,
    /// How long the answer to the end of the mail may take: 1 s to 1 h.
    pub end_of_data_timeout: Seconds,
    /// Connections kept open for the next mail: 1 to 64.
    pub pool_size: NonZeroUsize,
    /// The name given in EHLO; the machine's host name when not set.
    pub hello_name: Option<String>,
    /// A PEM file with the mail server's certificate authority, beside those the system trusts.
    pub ca_file: Option<PathBuf>,
}

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpTls {
    /// Not at all.
    None,
    /// STARTTLS, required before login and mail.
    StartTls,
    /// It is TLS from the first byte (RFC 8314).
    Implicit,
}

impl SmtpSettings {
    fn read(reader: &mut Reader) -> Self {
        let protections = [("none", SmtpTls::None), ("starttls", SmtpTls::StartTls), ("implicit", SmtpTls::Implicit)];
        Self {
            host: reader.optional("mail.smtp.host", parse_host),
            port: reader.number("mail.smtp.port", 1..=65_535),
            tls: reader.choice("mail.smtp.tls", &protections),
            username: reader.optional_text("mail.smtp.username"),
            password: reader
                .secret("mail.smtp.password", |text| Ok(if text.is_empty() { None } else { Some(Secret::new(text)) })),
            password_file: reader.secret_path("mail.smtp.password_file"),
            connect_timeout: reader.seconds("mail.smtp.connect_timeout_seconds", 1..=300),
            command_timeout: reader.seconds("mail.smtp.command_timeout_seconds", 1..=3600),
            data_timeout: reader.seconds("mail.smtp.data_timeout_seconds", 1..=3600),
            block_timeout: reader.seconds("mail.smtp.block_timeout_seconds", 1..=3600),
            end_of_data_timeout: reader.seconds("mail.smtp.end_of_data_timeout_seconds", 1..=3600),
            pool_size: reader.count("mail.smtp.pool_size", 1..=64),
            hello_name: reader.optional("mail.smtp.hello_name", parse_hello_name),
            ca_file: reader.optional_path("mail.smtp.ca_file"),
        }
    }

    fn complete(&mut self, reader: &mut Reader) {
        const FILE: &str = "mail.smtp.password_file";
        if let Some(path) = secret_file::chosen(reader, "mail.smtp.password", FILE, &mut self.password_file) {
            match secret_file::read(path) {
                Ok(password) => self.password = Some(password),
                Err(requirement) => reader.refuse(FILE, requirement),
            }
        }
        if let Some(Err(error)) = self.ca_file.as_deref().map(is_readable) {
            reader.refuse("mail.smtp.ca_file", secret_file::unreadable(&error));
        }
    }
}

fn parse_plain_address(text: &str) -> Result<String, String> {
    match Mailbox::parse(text) {
        Ok(Mailbox { name: None, address }) => Ok(address),
        _ => Err("allowed is an address without a name, as in \"help@example.org\"".to_owned()),
    }
}

fn is_readable(path: &Path) -> std::io::Result<()> {
    std::fs::read(path).map(drop)
}

fn parse_host(text: &str) -> Result<String, String> {
    if text.parse::<IpAddr>().is_ok() || Host::parse(text).is_ok_and(|host| matches!(host, Host::Domain(_))) {
        return Ok(text.to_owned());
    }
    Err("allowed are a host name or an IP address; the port goes into `mail.smtp.port`".to_owned())
}

/// Returns a host name, or an address literal in brackets (RFC 5321, 4.1.3): printable ASCII without blanks.
fn parse_hello_name(text: &str) -> Result<String, String> {
    if text.chars().all(|c| c.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err("allowed is a host name".to_owned())
    }
}
