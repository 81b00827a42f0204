//! One connection to a mail server: greeting, TLS, login, then one mail after another.

use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_native_tls::TlsConnector;

use super::advice;
use super::channel::{Channel, ChannelError, Reply};
use super::failure::Failure;
use super::offers::Offers;
use super::stage::Stage;
use crate::mail::delivery::DeliveryError;
use crate::mail::message::OutgoingMail;
use crate::mail::settings::{SmtpCredentials, SmtpRelay};

/// The size of the blocks in which a mail is written. Each block has a time limit of its own.
const BLOCK_BYTES: usize = 16_384;

/// A greeted connection.
pub(super) struct Connection<'a> {
    settings: &'a SmtpRelay,
    address: SocketAddr,
    /// How long each step may take before mails are sent, if that is less than the settings allow.
    early_limit: Duration,
    channel: Channel,
}

/// The parts of a session that are kept for the next mail.
pub(super) struct Parts {
    address: SocketAddr,
    channel: Channel,
    offers: Offers,
}

/// A connection over which mails can be sent.
pub(super) struct Session<'a> {
    connection: Connection<'a>,
    offers: Offers,
}

impl<'a> Connection<'a> {
    /// Connects to one address and waits for the greeting. With `tls` the connection is encrypted before that.
    ///
    /// `early_limit` is how long the greeting may take, TLS included, and later EHLO and STARTTLS.
    pub(super) async fn open(
        settings: &'a SmtpRelay,
        address: SocketAddr,
        tls: Option<&TlsConnector>,
        early_limit: Duration,
    ) -> Result<Self, Failure> {
        let limit = Stage::Connect.limit(settings);
        let broken = |error: &dyn std::fmt::Display| Failure::broken(Stage::Connect, &format!("{address}: {error}"));
        let stream = match timeout(limit, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Err(broken(&error)),
            Err(_) => return Err(broken(&format!("no answer within {} ms", limit.as_millis()))),
        };
        // Disables Nagle's algorithm: the end of a mail would wait for an acknowledgement, which takes Linux 40 ms.
        stream.set_nodelay(true).map_err(|error| broken(&error))?;
        let mut channel = Channel::new(stream);
        let limit = early_limit.min(Stage::Greeting.limit(settings));
        let deadline = Instant::now() + limit;
        if let Some(tls) = tls {
            channel = match timeout_at(deadline, channel.encrypted(tls, &settings.host)).await {
                Ok(Ok(channel)) => channel,
                Ok(Err(error)) => return Err(advice::tls_failure(Stage::Tls, settings, &error)),
                Err(_) => return Err(Failure::silence(Stage::Tls, limit).with_advice(advice::OF_TLS_PORT)),
            };
        }
        let greeting = match timeout_at(deadline, channel.reply()).await {
            Ok(Ok(greeting)) => greeting,
            Ok(Err(error)) => return Err(Failure::channel(Stage::Greeting, &error)),
            Err(_) => {
                let silence = Failure::silence(Stage::Greeting, limit);
                // A server that waits for TLS says nothing.
                return Err(if tls.is_none() { silence.with_advice(advice::OF_SILENCE) } else { silence });
            }
        };
        expect(Stage::Greeting, greeting, 200..=299)?;
        Ok(Self { settings, address, early_limit, channel })
    }

    /// Sends EHLO, encrypts with `tls` if it is given, and logs in if the settings have a login.
    pub(super) async fn introduce(mut self, hello: &str, tls: Option<&TlsConnector>) -> Result<Session<'a>, Failure> {
        let mut offers = self.hello(hello).await?;
        if let Some(tls) = tls {
            if !offers.starttls {
                return Err(Failure::lacking(Stage::StartTls, advice::OF_NO_STARTTLS));
            }
            self.ask(Stage::StartTls, "STARTTLS", 220..=220).await?;
            let limit = self.limit(Stage::StartTls);
            self.channel = match timeout(limit, self.channel.encrypted(tls, &self.settings.host)).await {
                Ok(Ok(channel)) => channel,
                Ok(Err(error)) => return Err(advice::tls_failure(Stage::StartTls, self.settings, &error)),
                Err(_) => return Err(Failure::silence(Stage::StartTls, limit)),
            };
            offers = self.hello(hello).await?;
        }
        if let Some(credentials) = &self.settings.credentials {
            self.log_in(credentials, &offers).await?;
        }
        Ok(Session { connection: self, offers })
    }

    async fn hello(&mut self, name: &str) -> Result<Offers, Failure> {
        let reply = self.ask(Stage::Hello, &format!("EHLO {name}"), 200..=299).await?;
        Ok(Offers::of(&reply))
    }

    async fn log_in(&mut self, credentials: &SmtpCredentials, offers: &Offers) -> Result<(), Failure> {
        let (name, password) = (credentials.username.as_str(), credentials.password.expose());
        let mut answers = if offers.plain {
            vec![BASE64.encode(format!("\0{name}\0{password}"))]
        } else if offers.login {
            vec![BASE64.encode(password), BASE64.encode(name)]
        } else {
            return Err(Failure::lacking(Stage::Login, "the server offers neither PLAIN nor LOGIN"));
        };
        let command = match answers.as_slice() {
            [only] if offers.plain => format!("AUTH PLAIN {only}"),
            _ => "AUTH LOGIN".to_owned(),
        };
        let mut reply = self.ask(Stage::Login, &command, 200..=399).await?;
        while reply.code == 334 {
            let answer = answers.pop().ok_or_else(|| Failure::out_of_step(Stage::Login, &reply))?;
            reply = self.ask(Stage::Login, &answer, 200..=399).await?;
        }
        if reply.code >= 300 { Err(Failure::out_of_step(Stage::Login, &reply)) } else { Ok(()) }
    }

    /// Returns how long the server may take for this step.
    fn limit(&self, stage: Stage) -> Duration {
        let limit = stage.limit(self.settings);
        if matches!(stage, Stage::Hello | Stage::StartTls) { limit.min(self.early_limit) } else { limit }
    }

    /// Sends `command` and reads the reply, whose code must be in `wanted`.
    async fn ask(
        &mut self,
        stage: Stage,
        command: &str,
        wanted: std::ops::RangeInclusive<u16>,
    ) -> Result<Reply, Failure> {
        let limit = self.limit(stage);
        let asked = async {
            self.channel.say(command).await?;
            self.channel.reply().await
        };
        expect(stage, answered(stage, limit, timeout(limit, asked).await)?, wanted)
    }
}

impl<'a> Session<'a> {
    /// Resumes a kept session, after checking that the server still answers.
    pub(super) async fn resume(settings: &'a SmtpRelay, parts: Parts) -> Result<Self, Failure> {
        let Parts { address, channel, offers } = parts;
        let mut connection = Connection { settings, address, early_limit: Duration::MAX, channel };
        // Checks that the server still answers, and ends the transaction that a refused mail left open.
        connection.ask(Stage::Courtesy, "RSET", 200..=299).await?;
        Ok(Self { connection, offers })
    }

    /// Returns the parts to keep for the next mail.
    pub(super) fn into_parts(self) -> Parts {
        Parts { address: self.connection.address, channel: self.connection.channel, offers: self.offers }
    }

    /// Returns the address that it is connected to.
    pub(super) fn address(&self) -> SocketAddr {
        self.connection.address
    }

    /// Sends a mail, including the line that ends it. [`Self::taken`] reads the reply.
    pub(super) async fn offer(&mut self, mail: &OutgoingMail) -> Result<(), Failure> {
        let parameters = if mail.is_international() { self.international(mail)? } else { "" };
        let connection = &mut self.connection;
        connection.ask(Stage::MailFrom, &format!("MAIL FROM:<{}>{parameters}", mail.from()), 200..=299).await?;
        connection.ask(Stage::RcptTo, &format!("RCPT TO:<{}>", mail.to()), 200..=299).await?;
        connection.ask(Stage::Data, "DATA", 354..=354).await?;
        connection.channel.expect_silence().await.map_err(|error| Failure::channel(Stage::Data, &error))?;
        let limit = Stage::Block.limit(connection.settings);
        for block in dotted(mail.bytes()).chunks(BLOCK_BYTES) {
            match timeout(limit, connection.channel.write(block)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => return Err(Failure::broken(Stage::Block, &error.to_string())),
                Err(_) => return Err(Failure::silence(Stage::Block, limit)),
            }
        }
        Ok(())
    }

    /// Waits until the server has accepted the mail.
    pub(super) async fn taken(&mut self) -> Result<(), Failure> {
        let connection = &mut self.connection;
        let limit = Stage::EndOfData.limit(connection.settings);
        let reply = timeout(limit, connection.channel.reply()).await;
        expect(Stage::EndOfData, answered(Stage::EndOfData, limit, reply)?, 200..=299).map(drop)
    }

    fn carries_all_letters(&self) -> bool {
        self.offers.smtputf8 && self.offers.eight_bit
    }

    /// Checks that the server answers, and that it can carry the addresses that every mail has.
    pub(super) async fn check(&mut self) -> Result<(), Failure> {
        if let Some(key) = self.connection.settings.international_sender
            && !self.carries_all_letters()
        {
            return Err(advice::international_sender(key));
        }
        self.connection.ask(Stage::Courtesy, "NOOP", 200..=299).await.map(drop)
    }

    /// Sends QUIT. This is optional: dropping the connection closes it.
    pub(super) async fn quit(mut self) {
        let _ = self.connection.ask(Stage::Courtesy, "QUIT", 200..=299).await;
    }

    /// Returns the parameter of MAIL FROM for a mail with an address that is not ASCII (RFC 6531).
    fn international(&self, mail: &OutgoingMail) -> Result<&'static str, Failure> {
        if self.carries_all_letters() {
            return Ok(" SMTPUTF8 BODY=8BITMIME");
        }
        if mail.recipient_is_international() {
            let reason = "the recipient's address is not ASCII and the server does not offer SMTPUTF8";
            let failure = Failure::lacking(Stage::MailFrom, reason);
            return Err(Failure { error: DeliveryError::refused(None, reason), ..failure });
        }
        // Every mail has this sender, so parking all of them would not help.
        let key = if mail.sender_is_international() { "mail.from" } else { "mail.reply_to" };
        Err(advice::international_sender(key))
    }
}

/// Returns the reply, or the failure if none came in time.
fn answered(
    stage: Stage,
    limit: Duration,
    waited: Result<Result<Reply, ChannelError>, tokio::time::error::Elapsed>,
) -> Result<Reply, Failure> {
    match waited {
        Ok(Ok(reply)) => Ok(reply),
        Ok(Err(error)) => Err(Failure::channel(stage, &error)),
        Err(_) => Err(Failure::silence(stage, limit)),
    }
}

fn expect(stage: Stage, reply: Reply, wanted: std::ops::RangeInclusive<u16>) -> Result<Reply, Failure> {
    match reply.code {
        code if wanted.contains(&code) => Ok(reply),
        400.. => Err(Failure::refused(stage, &reply)),
        _ => Err(Failure::out_of_step(stage, &reply)),
    }
}

/// Returns the mail for DATA: a dot at the beginning of a line is doubled, and the line that ends the mail is added.
fn dotted(mail: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(mail.len() + 64);
    for line in mail.strip_suffix(b"\r\n").unwrap_or(mail).split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            text.push(b'.');
        }
        text.extend_from_slice(line);
    }
    text.extend_from_slice(b"\r\n.\r\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_doubled_and_the_mail_ends_once() {
        assert_eq!(dotted(b".a\r\nb.\r\n..\r\n"), b"..a\r\nb.\r\n...\r\n.\r\n");
        assert_eq!(dotted(b"a"), b"a\r\n.\r\n");
        assert_eq!(dotted(b""), b"\r\n.\r\n");
    }
}
