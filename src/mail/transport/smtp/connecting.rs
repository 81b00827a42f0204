//! Connects to the mail server, to one of its addresses after the other until one accepts.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use super::Smtp;
use super::connection::{Connection, Session};
use super::failure::Failure;
use super::stage::Stage;
use crate::settings::SmtpTls;

impl Smtp {
    /// Returns a session with the first address where one succeeds, and the addresses after it.
    pub(super) async fn connect(&self) -> Result<(Session<'_>, Vec<SocketAddr>), Failure> {
        self.connect_to(self.addresses.in_order(&self.settings).await?).await
    }

    /// Does the same with these addresses. If more addresses follow, the greeting and EHLO have the time limit of
    /// connecting; at the last address they have the whole time that RFC 5321 allows.
    pub(super) async fn connect_to(
        &self,
        addresses: Vec<SocketAddr>,
    ) -> Result<(Session<'_>, Vec<SocketAddr>), Failure> {
        let patience = Stage::Greeting.limit(&self.settings);
        let impatience = patience.min(Stage::Connect.limit(&self.settings));
        let mut addresses = VecDeque::from(addresses);
        let mut before: Option<Failure> = None;
        loop {
            let address = addresses.pop_front().expect("there is one, and the last one ends the loop");
            let early_limit = if addresses.is_empty() { patience } else { impatience };
            let failure = match self.introduced(address, early_limit).await {
                Ok(session) => return Ok((session, addresses.into())),
                Err(failure) => failure,
            };
            if !failure.may_be_of_one_address() {
                return Err(failure);
            }
            self.addresses.demote(address);
            let failure = match before {
                Some(before) => failure.or_later(before),
                None => failure,
            };
            if addresses.is_empty() {
                return Err(failure);
            }
            before = Some(failure);
        }
    }

    async fn introduced(&self, address: SocketAddr, early_limit: Duration) -> Result<Session<'_>, Failure> {
        let (implicit, starttls) = match self.settings.tls {
            SmtpTls::None => (None, None),
            SmtpTls::Implicit => (self.tls.as_ref(), None),
            SmtpTls::StartTls => (None, self.tls.as_ref()),
        };
        let connection = Connection::open(&self.settings, address, implicit, early_limit).await?;
        connection.introduce(&self.hello, starttls).await
    }
}
