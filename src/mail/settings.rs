//! How mails leave the house: what a transport needs of the settings, put so that it cannot be contradictory.

use std::fmt;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use crate::secret::Secret;
use crate::settings::{MailSettings, MailTransport, SmtpTls};

/// Where mails go.
#[derive(Clone, Debug)]
pub enum TransportSettings {
    /// To a mail server.
    Smtp(SmtpSettings),
    /// Into a directory, one file per mail.
    Directory {
        /// Created, for its owner only, if it is not there.
        path: PathBuf,
    },
    /// To standard output. For development only: the mails hold links.
    Console,
}

/// How to reach a mail server.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    /// Name or IP address; with TLS the name its certificate must carry.
    pub host: String,
    /// TCP port: 465 is usual for [`SmtpTls::Implicit`], 587 for [`SmtpTls::StartTls`], 25 for neither.
    pub port: u16,
    /// Whether and when the connection is encrypted.
    pub tls: SmtpTls,
    /// A PEM file of certificates to trust beside the system's, for servers with a private root.
    pub tls_ca_file: Option<PathBuf>,
    /// Whom to log in as; nobody if absent.
    pub credentials: Option<SmtpCredentials>,
    /// The name this machine gives itself in EHLO; its host name if absent.
    pub hello_name: Option<String>,
    /// How many connections may be open at once.
    pub pool_size: NonZeroUsize,
    /// How long connecting, and each command after it, may take.
    pub command_timeout: Duration,
    /// How long sending one mail may take altogether, waiting for a connection included.
    pub send_timeout: Duration,
}

/// A login at a mail server. Its `Debug` shows nothing: user names are addresses often.
#[derive(Clone)]
pub struct SmtpCredentials {
    /// The login name.
    pub username: String,
    /// Its password.
    pub password: Secret,
}

impl fmt::Debug for SmtpCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SmtpCredentials(…)")
    }
}

impl From<&MailSettings> for TransportSettings {
    /// Takes what concerns the transport. A server without a name, which the settings do not let through, is taken for
    /// one on this machine.
    fn from(settings: &MailSettings) -> Self {
        match settings.transport {
            MailTransport::Directory => Self::Directory { path: settings.directory.clone() },
            MailTransport::Console => Self::Console,
            MailTransport::Smtp => {
                let smtp = &settings.smtp;
                let credentials = smtp.username.clone().zip(smtp.password.clone());
                Self::Smtp(SmtpSettings {
                    host: smtp.host.clone().unwrap_or_else(|| "localhost".to_owned()),
                    port: smtp.port,
                    tls: smtp.tls,
                    tls_ca_file: smtp.ca_file.clone(),
                    credentials: credentials.map(|(username, password)| SmtpCredentials { username, password }),
                    hello_name: smtp.hello_name.clone(),
                    pool_size: smtp.pool_size,
                    command_timeout: smtp.command_timeout.duration(),
                    send_timeout: settings.send_timeout.duration(),
                })
            }
        }
    }
}

impl SmtpSettings {
    /// A server without TLS and login: 4 connections, 20 s for a command, 60 s for a mail.
    pub fn new(host: impl Into<String>, port: u16) -> Self {
        Self {
            host: host.into(),
            port,
            tls: SmtpTls::None,
            tls_ca_file: None,
            credentials: None,
            hello_name: None,
            pool_size: NonZeroUsize::new(4).expect("4 is not zero"),
            command_timeout: Duration::from_secs(20),
            send_timeout: Duration::from_secs(60),
        }
    }
}
