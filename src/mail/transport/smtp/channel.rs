//! The bytes of an SMTP conversation: commands out, replies in, one reply for each command.
//!
//! Bytes that arrive before a command is sent are never used as its reply. So replies that an attacker on the network
//! sends before TLS (RFC 3207, section 6) cannot answer a command that is sent inside TLS.

use std::io;

use futures_util::FutureExt;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio_native_tls::TlsConnector;

/// RFC 5321 (4.5.3.1.5) allows 512 bytes; servers are known to send more.
const LONGEST_LINE: usize = 4_096;
/// More lines than any EHLO has.
const MOST_LINES: usize = 200;

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// A connection to a mail server, encrypted or not.
pub(super) struct Channel {
    wire: Box<dyn Wire>,
    /// Received, and not parsed yet.
    ahead: Vec<u8>,
}

/// A server's reply to one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    /// 200 to 599.
    pub code: u16,
    /// The text after the code, line by line.
    pub lines: Vec<String>,
}

/// Why there is no reply.
#[derive(Debug, thiserror::Error)]
pub(super) enum ChannelError {
    /// The connection broke.
    #[error("{0}")]
    Broken(#[from] io::Error),
    /// The server closed the connection.
    #[error("the server closed the connection")]
    Closed,
    /// The server sent something that is not an SMTP reply.
    #[error("the server does not speak SMTP: {0}")]
    Strange(&'static str),
    /// The server sent a reply before a command, and not the one that announces the end of the connection.
    #[error("the server answered before it was asked")]
    Unasked,
    /// TLS could not be set up.
    #[error("TLS: {0}")]
    Tls(#[from] native_tls::Error),
}

impl Reply {
    /// Returns the text after the code, as one line.
    pub(super) fn text(&self) -> String {
        self.lines.join(" ")
    }
}

impl Channel {
    pub(super) fn new(wire: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Self {
        Self { wire: Box::new(wire), ahead: Vec::new() }
    }

    /// Encrypts the connection.
    ///
    /// # Errors
    ///
    /// [`ChannelError::Unasked`] if unread clear text has arrived: it could be used as a reply inside TLS. Clear text
    /// that arrives later is read as the beginning of TLS, which then fails.
    pub(super) async fn encrypted(self, connector: &TlsConnector, host: &str) -> Result<Self, ChannelError> {
        if !self.ahead.is_empty() {
            return Err(ChannelError::Unasked);
        }
        Ok(Self::new(connector.connect(host, self.wire).await?))
    }

    /// Sends a command.
    ///
    /// # Errors
    ///
    /// [`ChannelError::Unasked`] if the server has already sent a reply, which cannot be the reply to this command.
    pub(super) async fn say(&mut self, command: &str) -> Result<(), ChannelError> {
        self.expect_silence().await?;
        Ok(self.write(format!("{command}\r\n").as_bytes()).await?)
    }

    /// Sends a part of a mail.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.wire.write_all(bytes).await?;
        self.wire.flush().await
    }

    /// Reads the reply to the command that was sent last.
    pub(super) async fn reply(&mut self) -> Result<Reply, ChannelError> {
        let mut lines = Vec::new();
        let mut first_code = None;
        loop {
            let line = self.line().await?;
            let Some((code, is_last, text)) = parse_line(&line) else {
                return Err(ChannelError::Strange("a line does not begin with a code"));
            };
            if *first_code.get_or_insert(code) != code {
                return Err(ChannelError::Strange("the lines of a reply have different codes"));
            }
            lines.push(text.to_owned());
            if is_last {
                return Ok(Reply { code, lines });
            }
            if lines.len() == MOST_LINES {
                return Err(ChannelError::Strange("a reply does not end"));
            }
        }
    }

    /// Checks whether the server has sent something without a command.
    ///
    /// # Errors
    ///
    /// [`ChannelError::Closed`] if the server has closed the connection or announces it (421), else
    /// [`ChannelError::Unasked`].
    pub(super) async fn expect_silence(&mut self) -> Result<(), ChannelError> {
        if self.ahead.is_empty() {
            match self.wire.read_buf(&mut self.ahead).now_or_never() {
                None => return Ok(()),
                Some(Ok(0)) => return Err(ChannelError::Closed),
                Some(Err(error)) => return Err(error.into()),
                Some(Ok(_)) => {}
            }
        }
        Err(if self.ahead.starts_with(b"421") { ChannelError::Closed } else { ChannelError::Unasked })
    }

    async fn line(&mut self) -> Result<String, ChannelError> {
        loop {
            if let Some(end) = self.ahead.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.ahead.drain(..=end).collect();
                return Ok(String::from_utf8_lossy(&line).trim_end().to_owned());
            }
            if self.ahead.len() > LONGEST_LINE {
                return Err(ChannelError::Strange("a line does not end"));
            }
            if self.wire.read_buf(&mut self.ahead).await? == 0 {
                return Err(ChannelError::Closed);
            }
        }
    }
}

/// Returns the code, whether the line is the reply's last, and the text.
fn parse_line(line: &str) -> Option<(u16, bool, &str)> {
    let (code, rest) = line.split_at_checked(3)?;
    let code = code.bytes().all(|byte| byte.is_ascii_digit()).then(|| code.parse::<u16>().ok())??;
    let is_last = !rest.starts_with('-');
    let text = match rest.chars().next() {
        None => "",
        Some(' ' | '-') => &rest[1..],
        Some(_) => return None,
    };
    (200..=599).contains(&code).then_some((code, is_last, text))
}

#[cfg(test)]
mod tests {
    use tokio::io::DuplexStream;

    use super::*;

    fn channel(said: &[u8]) -> (Channel, DuplexStream) {
        let (ours, mut theirs) = tokio::io::duplex(65_536);
        theirs.write_all(said).now_or_never().expect("there is room").expect("it is open");
        (Channel::new(ours), theirs)
    }

    #[tokio::test]
    async fn a_reply_has_one_code_and_as_many_lines_as_the_server_likes() {
        let (mut channel, _theirs) = channel(b"250-test\r\n250-SIZE 1\n250 8BITMIME\r\n220\r\n");
        let reply = channel.reply().await.expect("a reply");
        assert_eq!((reply.code, reply.text().as_str()), (250, "test SIZE 1 8BITMIME"));
        assert_eq!(channel.reply().await.expect("a reply").code, 220);
    }

    #[tokio::test]
    async fn what_is_no_reply_is_an_error() {
        for said in
            [&b"hello\r\n"[..], b"\r\n", b"25 x\r\n", b"250x\r\n", b"199 x\r\n", b"600 x\r\n", b"250-x\r\n354 y\r\n"]
        {
            let (mut channel, _theirs) = channel(said);
            assert!(matches!(channel.reply().await, Err(ChannelError::Strange(_))), "{said:?}");
        }
        let (mut endless, _theirs) = channel(&[b'2'; 10_000]);
        assert!(matches!(endless.reply().await, Err(ChannelError::Strange(_))));
        let (mut endless, _theirs) = channel(&b"250-x\r\n".repeat(300));
        assert!(matches!(endless.reply().await, Err(ChannelError::Strange(_))));
        let (mut cut_off, theirs) = channel(b"250-x\r\n250");
        drop(theirs);
        assert!(matches!(cut_off.reply().await, Err(ChannelError::Closed)));
    }

    #[tokio::test]
    async fn a_reply_that_comes_before_its_command_answers_nothing() {
        let (mut early, _theirs) = channel(b"250 ok\r\n250 one too many\r\n");
        early.reply().await.expect("a reply");
        assert!(matches!(early.say("NOOP").await, Err(ChannelError::Unasked)));
        let (mut leaving, _theirs) = channel(b"421 4.4.2 timeout\r\n");
        assert!(matches!(leaving.say("NOOP").await, Err(ChannelError::Closed)));
        let (mut silent, _theirs) = channel(b"");
        silent.say("NOOP").await.expect("nothing was said yet");
    }

    #[tokio::test]
    async fn what_was_said_in_clear_text_does_not_get_into_tls() {
        let (mut channel, _theirs) = channel(b"220 go\r\n250 ok\r\n");
        channel.reply().await.expect("a reply");
        let connector = TlsConnector::from(native_tls::TlsConnector::new().expect("TLS works"));
        assert!(matches!(channel.encrypted(&connector, "localhost").await, Err(ChannelError::Unasked)));
    }
}
