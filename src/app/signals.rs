//! The signals that the program's own server handles. actix's own handling has no time to drain.
//!
//! | signal | effect |
//! |---|---|
//! | SIGTERM, SIGHUP | the server drains, and finishes requests in flight and the mail being sent |
//! | SIGINT, SIGQUIT | requests are cut off, and the mail being sent is finished |
//! | SIGINT, SIGQUIT while the server stops | all that is left is cut off |
//! | SIGUSR1, SIGUSR2, SIGALRM | a line in the log; unhandled, they would kill the process |
//!
//! SIGPIPE is ignored by every Rust program. A SIGHUP that is ignored when the program starts, as under nohup, stays
//! so.

use std::io;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::http::Connections;

/// The signals that end a server.
pub(super) struct Heeded {
    terminate: Signal,
    hang_up: Option<Signal>,
    interrupt: Signal,
    quit: Signal,
}

/// How a server ends.
enum End {
    InOrder,
    AtOnce,
}

impl Heeded {
    /// Begins to catch signals, also those that are only logged, for the rest of the process.
    ///
    /// # Errors
    ///
    /// When the operating system refuses it.
    pub(super) fn listen() -> io::Result<Self> {
        let meaningless = [
            ("SIGUSR1", SignalKind::user_defined1()),
            ("SIGUSR2", SignalKind::user_defined2()),
            ("SIGALRM", SignalKind::alarm()),
        ];
        for (name, kind) in meaningless {
            let mut caught = signal(kind)?;
            tokio::spawn(async move {
                while caught.recv().await.is_some() {
                    tracing::info!(signal = name, "{name} means nothing here: nothing is reopened or read again");
                }
            });
        }
        let hang_up = if is_hang_up_ignored() { None } else { Some(signal(SignalKind::hangup())?) };
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hang_up,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
        })
    }

    /// Waits for a signal and stops the server accordingly. Sets `cut_off` when another signal demands an immediate
    /// end.
    pub(super) async fn end(
        mut self,
        server: ServerHandle,
        connections: Connections,
        drain_for: Duration,
        cut_off: watch::Sender<bool>,
    ) {
        let how = self.drained(&connections, drain_for, &cut_off).await;
        // The stop takes effect even if its future is not polled.
        let stopped = server.stop(matches!(how, End::InOrder));
        let hurried = async {
            while !matches!(self.next().await, End::AtOnce) {}
            cut_off.send_replace(true);
        };
        tokio::join!(stopped, hurried);
    }

    /// Waits for a signal, and drains if the signal asks for it. Returns how the server ends then.
    async fn drained(&mut self, connections: &Connections, drain_for: Duration, cut_off: &watch::Sender<bool>) -> End {
        if let End::AtOnce = self.next().await {
            return End::AtOnce;
        }
        connections.drain();
        if !drain_for.is_zero() {
            tracing::info!(drain_s = drain_for.as_secs(), "the server drains: it is not ready any more, and serves on");
        }
        tokio::select! {
            () = tokio::time::sleep(drain_for) => End::InOrder,
            how = self.next() => {
                cut_off.send_replace(matches!(how, End::AtOnce));
                how
            }
        }
    }

    /// Waits for the next signal that ends a server.
    async fn next(&mut self) -> End {
        let Self { terminate, hang_up, interrupt, quit } = self;
        let hung_up = async {
            match hang_up {
                Some(hang_up) => hang_up.recv().await,
                None => std::future::pending().await,
            }
        };
        let (name, end) = tokio::select! {
            _ = terminate.recv() => ("SIGTERM", End::InOrder),
            _ = hung_up => ("SIGHUP", End::InOrder),
            _ = interrupt.recv() => ("SIGINT", End::AtOnce),
            _ = quit.recv() => ("SIGQUIT", End::AtOnce),
        };
        match end {
            End::InOrder => tracing::info!(signal = name, "{name}: the server stops and finishes what it is at"),
            End::AtOnce => tracing::info!(signal = name, "{name}: the server stops at once"),
        }
        end
    }
}

/// Returns whether the process was started with SIGHUP ignored.
fn is_hang_up_ignored() -> bool {
    // One bit for each signal, that of SIGHUP last. Elsewhere than on Linux, nohup is not noticed.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}
