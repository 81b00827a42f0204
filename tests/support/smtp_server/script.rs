//! What the server can be told to do.

use std::time::Duration;

/// A point in the conversation at which the server can misbehave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    Greeting,
    Ehlo,
    StartTls,
    Auth,
    MailFrom,
    RcptTo,
    Data,
    EndOfData,
    Rset,
}

/// What the server does at a stage.
#[derive(Clone, Debug)]
pub enum Act {
    /// What a server in good health does.
    Accept,
    /// Answers this line, code first.
    Reply(String),
    /// Says nothing and leaves the connection open.
    Hang,
    /// Says nothing until [`SmtpServer::release`], then accepts.
    Hold,
    /// Closes the connection without an answer.
    Drop,
    /// Accepts, but only after this time.
    Late(Duration),
    /// Accepts, and says these lines too in the same breath. At [`Stage::StartTls`] they come before TLS.
    AcceptAnd(String),
    /// Says this, which need not be a reply, and goes on.
    Babble(String),
    /// At [`Stage::EndOfData`]: takes the mail, answers 250, and closes the connection.
    AcceptThenDrop,
}

impl Act {
    pub fn reply(line: &str) -> Self {
        Self::Reply(line.to_owned())
    }
}

/// What the server says about itself.
#[derive(Clone, Debug)]
pub struct Offer {
    pub smtputf8: bool,
    pub starttls: bool,
    /// Encrypts from the first byte.
    pub implicit_tls: bool,
    /// Offers AUTH and takes mail only from this user.
    pub login: Option<(String, String)>,
    /// Offers AUTH LOGIN in place of AUTH PLAIN.
    pub login_by_questions: bool,
    /// Takes so many mails over a connection, and says this to the next.
    pub mails_each: Option<(usize, String)>,
    /// Allows so many connections at once, and says this to one more and hangs up.
    pub connections_at_once: Option<(usize, String)>,
}

impl Default for Offer {
    fn default() -> Self {
        Self {
            smtputf8: true,
            starttls: false,
            implicit_tls: false,
            login: None,
            login_by_questions: false,
            mails_each: None,
            connections_at_once: None,
        }
    }
}
