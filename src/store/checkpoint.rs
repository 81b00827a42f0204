//! Copies SQLite's log into the database file beside the thread that writes, so that no commit waits for it.
//!
//! By itself SQLite does this within the commit that fills the log, and whoever waits for that commit waits for
//! thousands of pages as well. The writer's own limit stays, for a log that grows faster than it is copied.

use std::io;
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded};
use diesel::connection::SimpleConnection;

use super::connection::AnyConnection;

/// Pieces of work between two copies. Each changes one to four pages, so this is well within the writer's own limit.
const EVERY: usize = 1_000;

/// The thread that copies; it ends when this is dropped.
pub struct Checkpointer {
    bell: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
    written: usize,
}

impl Checkpointer {
    /// Starts the thread on a connection of its own.
    pub fn start(connection: AnyConnection) -> io::Result<Self> {
        let (bell, rung) = bounded(1);
        let thread = thread::Builder::new().name("store-copier".to_owned()).spawn(move || copy(connection, &rung))?;
        Ok(Self { bell: Some(bell), thread: Some(thread), written: 0 })
    }

    /// Takes note of pieces of work that were committed.
    pub fn count(&mut self, written: usize) {
        self.written += written;
        if self.written >= EVERY {
            self.written = 0;
            if let Some(bell) = &self.bell {
                // It rings already: then the next copy takes these with it.
                let _ = bell.try_send(());
            }
        }
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        drop(self.bell.take());
        if let Some(thread) = self.thread.take() {
            // A panic was reported by the panic hook already.
            let _ = thread.join();
        }
    }
}

fn copy(mut connection: AnyConnection, rung: &Receiver<()>) {
    for () in rung {
        // As much as can be copied without holding anybody up.
        if let Err(error) = connection.batch_execute("PRAGMA wal_checkpoint(PASSIVE)") {
            tracing::warn!(%error, "the log could not be copied into the database; the next commits try themselves");
        }
    }
}
