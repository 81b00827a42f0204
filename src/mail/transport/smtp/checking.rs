//! Checks the mail server for an operator who waits.

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;

use super::addresses::Addresses;
use super::{Busy, Smtp};
use crate::mail::delivery::DeliveryError;
use crate::mail::settings::SmtpRelay;
use crate::mail::turns::Turns;

/// How long an operator who checks the settings waits, altogether and for one step.
const CHECK_LIMIT: Duration = Duration::from_secs(30);
const CHECK_STEP_LIMIT: Duration = Duration::from_secs(15);

impl Smtp {
    /// Connects, encrypts, logs in, and sends no mail.
    pub(in crate::mail::transport) async fn try_login(&self) -> Result<(), DeliveryError> {
        let hurried = self.hurried();
        self.within(CHECK_LIMIT, async {
            let (mut session, _) = hurried.connect().await?;
            session.check().await?;
            session.quit().await;
            Ok(())
        })
        .await
    }

    /// Returns the same server with time limits for an operator who waits, so that a silent step is named.
    fn hurried(&self) -> Self {
        let relay = &self.settings;
        Self {
            settings: SmtpRelay {
                connect_timeout: relay.connect_timeout.min(CHECK_STEP_LIMIT),
                command_timeout: relay.command_timeout.min(CHECK_STEP_LIMIT),
                ..relay.clone()
            },
            hello: self.hello.clone(),
            tls: self.tls.clone(),
            addresses: Addresses::default(),
            turns: Turns::new(1),
            idle: Mutex::default(),
            busy: Arc::new(Busy { count: AtomicUsize::new(0), freed: watch::Sender::new(()) }),
        }
    }
}
