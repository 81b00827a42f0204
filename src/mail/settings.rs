//! How mails are sent: the settings of a transport, as types that cannot be contradictory.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use crate::secret::{Secret, debug_as_name};
use crate::settings::{MailSettings, MailTransport, SmtpTls};

/// Where mails go.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "a process has one")]
pub enum TransportSettings {
    /// To a mail server.
    Smtp(SmtpRelay),
    /// Into a directory, one file per mail.
    Directory {
        /// Created, for its owner only, if it is not there.
        path: PathBuf,
    },
    /// To standard output. For development only: the mails hold links.
    Console,
    /// Through a transport of the embedding program.
    Custom,
}

/// The mail server that accepts our mails, and how to reach it.
#[derive(Clone, Debug)]
pub struct SmtpRelay {
    /// Name or IP address; with TLS the name its certificate must carry.
    pub host: String,
    /// TCP port: 465 is usual for [`SmtpTls::Implicit`], 587 for [`SmtpTls::StartTls`], 25 for neither.
    pub port: u16,
    /// Whether and when the connection is encrypted.
    pub tls: SmtpTls,
    /// A PEM file of certificates to trust beside the system's, for servers with a private root.
    pub tls_ca_file: Option<PathBuf>,
    /// The login; none if absent.
    pub credentials: Option<SmtpCredentials>,
    /// The setting of an address that every mail has and only a server with SMTPUTF8 can carry: `mail.from` or
    /// `mail.reply_to`. A check of the server reports it.
    pub international_sender: Option<&'static str>,
    /// The name this machine gives itself in EHLO; its host name if absent.
    pub hello_name: Option<String>,
    /// How many connections may be open at once. A connection whose mail takes longer than a few seconds does not
    /// count.
    pub pool_size: NonZeroUsize,
    /// How long connecting to one address may take, and its greeting where there is another address to try.
    pub connect_timeout: Duration,
    /// How long the greeting may take, and the answer to each command that has no other limit.
    pub command_timeout: Duration,
    /// How long the answer to DATA may take.
    pub data_timeout: Duration,
    /// How long the server may take to accept each block of the mail.
    pub block_timeout: Duration,
    /// How long the answer to the end of a mail may take. Too short a limit lets mails arrive several times.
    pub end_of_data_timeout: Duration,
    /// How long sending one mail may take altogether, up to its end: the answer to that has its own limit.
    pub send_timeout: Duration,
    /// Where the addresses of the host come from.
    pub resolution: Resolution,
}

/// How the addresses of a mail server are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// The system's resolver.
    System,
    /// These addresses, in this order.
    Fixed(Vec<SocketAddr>),
}

/// A login at a mail server. Its `Debug` shows nothing, since user names are often addresses.
#[derive(Clone)]
pub struct SmtpCredentials {
    /// The login name.
    pub username: String,
    /// Its password.
    pub password: Secret,
}

debug_as_name!(SmtpCredentials);

impl From<&MailSettings> for TransportSettings {
    /// Reads the settings of the transport. The settings never accept a server without a name; here it would mean a
    /// server on this machine.
    fn from(settings: &MailSettings) -> Self {
        match settings.transport {
            MailTransport::Directory => Self::Directory { path: settings.directory.clone() },
            MailTransport::Console => Self::Console,
            MailTransport::Custom => Self::Custom,
            MailTransport::Smtp => {
                let smtp = &settings.smtp;
                let credentials = smtp.username.clone().zip(smtp.password.clone());
                Self::Smtp(SmtpRelay {
                    host: smtp.host.clone().unwrap_or_else(|| "localhost".to_owned()),
                    port: smtp.port,
                    tls: smtp.tls,
                    tls_ca_file: smtp.ca_file.clone(),
                    credentials: credentials.map(|(username, password)| SmtpCredentials { username, password }),
                    international_sender: settings.international_sender(),
                    hello_name: smtp.hello_name.clone(),
                    pool_size: smtp.pool_size,
                    connect_timeout: smtp.connect_timeout.duration(),
                    command_timeout: smtp.command_timeout.duration(),
                    data_timeout: smtp.data_timeout.duration(),
                    block_timeout: smtp.block_timeout.duration(),
                    end_of_data_timeout: smtp.end_of_data_timeout.duration(),
                    send_timeout: settings.send_timeout.duration(),
                    resolution: Resolution::System,
                })
            }
        }
    }
}

impl SmtpRelay {
    /// Returns a server without TLS and login: 4 connections, the time limits of RFC 5321 (4.5.3.2), 30 s to connect.
    pub fn new(host: impl Into<String>, port: u16) -> Self {
        Self {
            host: host.into(),
            port,
            tls: SmtpTls::None,
            tls_ca_file: None,
            credentials: None,
            international_sender: None,
            hello_name: None,
            pool_size: NonZeroUsize::new(4).expect("4 is not zero"),
            connect_timeout: Duration::from_secs(30),
            command_timeout: Duration::from_secs(5 * 60),
            data_timeout: Duration::from_secs(2 * 60),
            block_timeout: Duration::from_secs(3 * 60),
            end_of_data_timeout: Duration::from_secs(10 * 60),
            send_timeout: Duration::from_secs(50 * 60),
            resolution: Resolution::System,
        }
    }
}
