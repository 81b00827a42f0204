//! Mails to a mail server, over a few connections that are kept while there is something to send.
//!
//! lettre's own transport does not tell whether a 5xx answered the greeting or the recipient, and its timeout ends
//! with connecting. So the conversation is held here, command by command, over lettre's connection: what goes wrong
//! before MAIL FROM is the server's fault or ours and delays the mail; a 5xx from there on refuses it.

use std::fmt;
use std::fs;
use std::future::Future;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Noop, Quit, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::TransportError;
use crate::mail::delivery::DeliveryError;
use crate::mail::message::OutgoingMail;
use crate::mail::settings::SmtpSettings;
use crate::settings::SmtpTls;

/// Servers close connections that say nothing for some minutes (RFC 5321 asks for 5); one younger than this is worth
/// trying again.
const IDLE_LIMIT: Duration = Duration::from_secs(60);

/// "Service not available, closing transmission channel": the connection is of no more use.
const CLOSING: u16 = 421;

/// Answers that ask for another login or for encryption, whatever command they answer (RFC 4954): the fault is in our
/// settings and not in the mail.
const LOGIN_WANTED: [u16; 4] = [530, 534, 535, 538];

pub(super) struct Smtp {
    settings: SmtpSettings,
    hello: ClientId,
    tls: Option<TlsParameters>,
    places: Semaphore,
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.fmt(f)
    }
}

/// Where in the conversation something happened.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Connect,
    StartTls,
    Login,
    MailFrom,
    RcptTo,
    Data,
    EndOfData,
    Other,
}

impl Stage {
    const fn name(self) -> &'static str {
        match self {
            Self::Connect => "connecting",
            Self::StartTls => "STARTTLS",
            Self::Login => "AUTH",
            Self::MailFrom => "MAIL FROM",
            Self::RcptTo => "RCPT TO",
            Self::Data => "DATA",
            Self::EndOfData => "end of data",
            Self::Other => "waiting",
        }
    }

    const fn is_about_the_mail(self) -> bool {
        matches!(self, Self::MailFrom | Self::RcptTo | Self::Data | Self::EndOfData)
    }
}

impl Smtp {
    pub(super) fn new(settings: SmtpSettings) -> Result<Self, TransportError> {
        let tls = match settings.tls {
            SmtpTls::None => None,
            SmtpTls::StartTls | SmtpTls::Implicit => Some(tls_parameters(&settings)?),
        };
        Ok(Self {
            hello: settings.hello_name.clone().map_or_else(ClientId::default, ClientId::Domain),
            tls,
            places: Semaphore::new(settings.pool_size.get()),
            idle: Mutex::default(),
            settings,
        })
    }

    pub(super) async fn send(&self, mail: &OutgoingMail) -> Result<(), DeliveryError> {
        self.bounded(async {
            let _place = self.places.acquire().await.expect("the semaphore is never closed");
            let mut connection = self.connection().await?;
            let outcome = self.converse(&mut connection, mail).await;
            if leaves_the_connection_usable(&outcome) {
                self.idle().push((connection, Instant::now()));
            }
            outcome
        })
        .await
    }

    pub(super) async fn check(&self) -> Result<(), DeliveryError> {
        self.bounded(async {
            let mut connection = self.connect().await?;
            self.within(Stage::Other, connection.command(Noop)).await?;
            // The check is done; whether the server says good-bye is nobody's concern.
            let _ = self.within(Stage::Other, connection.command(Quit)).await;
            Ok(())
        })
        .await
    }

    pub(super) async fn rest(&self) {
        let connections = std::mem::take(&mut *self.idle());
        let farewells = connections.into_iter().map(|(mut connection, _)| async move {
            // QUIT is a courtesy; the connection closes when it is dropped.
            let _ = self.within(Stage::Other, connection.command(Quit)).await;
        });
        futures_util::future::join_all(farewells).await;
    }

    async fn bounded<T>(&self, work: impl Future<Output = Result<T, DeliveryError>>) -> Result<T, DeliveryError> {
        let limit = self.settings.send_timeout;
        timeout(limit, work).await.unwrap_or_else(|_| {
            Err(DeliveryError::delayed(None, &format!("sending took longer than {} ms", limit.as_millis())))
        })
    }

    /// Waits for one step of the conversation, and judges what went wrong by where it did.
    async fn within<T, E>(&self, stage: Stage, step: E) -> Result<T, DeliveryError>
    where
        E: Future<Output = Result<T, lettre::transport::smtp::Error>>,
    {
        let limit = self.settings.command_timeout;
        match timeout(limit, step).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(judge(stage, &error)),
            Err(_) => {
                let reason = format!("{}: no answer within {} ms", stage.name(), limit.as_millis());
                Err(DeliveryError::delayed(None, &reason))
            }
        }
    }

    async fn converse(&self, connection: &mut AsyncSmtpConnection, mail: &OutgoingMail) -> Result<(), DeliveryError> {
        let content = std::str::from_utf8(mail.bytes())
            .map(Content)
            .map_err(|_| DeliveryError::refused(None, "the mail is not UTF-8 text"))?;
        let parameters = if mail.is_international() { international(connection, mail)? } else { Vec::new() };
        let sender = Mail::new(Some(mail.from().clone()), parameters);
        self.within(Stage::MailFrom, connection.command(sender)).await?;
        self.within(Stage::RcptTo, connection.command(Rcpt::new(mail.to().clone(), Vec::new()))).await?;
        self.within(Stage::Data, connection.command(Data)).await?;
        self.within(Stage::EndOfData, connection.command(content)).await?;
        Ok(())
    }

    /// One that is kept, or a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection, DeliveryError> {
        let kept = {
            let mut idle = self.idle();
            idle.retain(|(_, since)| since.elapsed() < IDLE_LIMIT);
            idle.pop()
        };
        if let Some((mut connection, _)) = kept {
            // RSET tells whether anybody is still there, and ends what a refused mail has left open.
            if self.within(Stage::Other, connection.command(Rset)).await.is_ok() {
                return Ok(connection);
            }
            // One server, one fate: the others would each cost a timeout.
            self.idle().clear();
        }
        self.connect().await
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, DeliveryError> {
        let server = (self.settings.host.as_str(), self.settings.port);
        let implicit = if self.settings.tls == SmtpTls::Implicit { self.tls.clone() } else { None };
        let opening = AsyncSmtpConnection::connect_tokio1(server, None, &self.hello, implicit, None);
        let mut connection = self.within(Stage::Connect, opening).await?;
        if let (SmtpTls::StartTls, Some(tls)) = (self.settings.tls, self.tls.clone()) {
            self.within(Stage::StartTls, connection.starttls(tls, &self.hello)).await?;
        }
        if let Some(login) = &self.settings.credentials {
            let credentials = Credentials::new(login.username.clone(), login.password.expose().to_owned());
            self.within(Stage::Login, connection.auth(DEFAULT_MECHANISMS, &credentials)).await?;
        }
        Ok(connection)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<(AsyncSmtpConnection, Instant)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A mail as it follows DATA: its dots doubled where a line begins with one, and the line that ends it.
///
/// lettre would write that last line apart from the rest. TCP then holds it back until the other side has acknowledged
/// the rest, which takes Linux 40 ms: with four connections, 75 mails a second instead of hundreds.
struct Content<'a>(&'a str);

impl fmt::Display for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.0.strip_suffix("\r\n").unwrap_or(self.0).split("\r\n") {
            let dot = if line.starts_with('.') { "." } else { "" };
            write!(f, "{dot}{line}\r\n")?;
        }
        f.write_str(".\r\n")
    }
}

/// What MAIL FROM must say of a mail with an address that is not ASCII (RFC 6531).
fn international(connection: &AsyncSmtpConnection, mail: &OutgoingMail) -> Result<Vec<MailParameter>, DeliveryError> {
    let offers = |extension| connection.server_info().supports_feature(extension);
    if offers(Extension::SmtpUtfEight) && offers(Extension::EightBitMime) {
        return Ok(vec![MailParameter::SmtpUtfEight, MailParameter::Body(MailBodyParameter::EightBitMime)]);
    }
    Err(if mail.recipient_is_international() {
        DeliveryError::refused(None, "the recipient's address is not ASCII and the server does not offer SMTPUTF8")
    } else {
        // Every mail has this sender: parking them all would not help.
        DeliveryError::delayed(None, "the sender's address is not ASCII and the server does not offer SMTPUTF8")
    })
}

/// After a complete answer the two sides agree on where they are; after anything else they may not.
fn leaves_the_connection_usable(outcome: &Result<(), DeliveryError>) -> bool {
    match outcome {
        Ok(()) => true,
        Err(error) => error.code().is_some_and(|code| code != CLOSING),
    }
}

fn judge(stage: Stage, error: &lettre::transport::smtp::Error) -> DeliveryError {
    let code = error.status().map(u16::from);
    let detail = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    let reason = match code {
        Some(code) => format!("{}: {code} {detail}", stage.name()),
        None => format!("{}: {detail}", stage.name()),
    };
    let is_final = code.is_some_and(|code| code >= 500 && !LOGIN_WANTED.contains(&code));
    if is_final && stage.is_about_the_mail() {
        DeliveryError::refused(code, &reason)
    } else {
        DeliveryError::delayed(code, &reason)
    }
}

fn tls_parameters(settings: &SmtpSettings) -> Result<TlsParameters, TransportError> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(path) = &settings.tls_ca_file {
        for certificate in certificates(path)? {
            builder = builder.add_root_certificate(certificate);
        }
    }
    builder.build().map_err(|error| TransportError::Tls(error.to_string()))
}

/// All certificates of a PEM file: the TLS library itself would take the first only.
fn certificates(path: &Path) -> Result<Vec<Certificate>, TransportError> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    let unusable = |reason: String| TransportError::Certificates { path: path.to_owned(), reason };
    let text = fs::read_to_string(path).map_err(|error| unusable(error.to_string()))?;
    let found: Vec<Certificate> = text
        .split(BEGIN)
        .skip(1)
        .map(|body| {
            Certificate::from_pem(format!("{BEGIN}{body}").as_bytes()).map_err(|error| unusable(error.to_string()))
        })
        .collect::<Result<_, _>>()?;
    if found.is_empty() { Err(unusable("it holds no certificate".into())) } else { Ok(found) }
}
