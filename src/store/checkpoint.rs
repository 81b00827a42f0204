//! Copies SQLite's log into the database file in a separate thread, so that no commit waits for the copy.
//!
//! By default SQLite copies within the commit that fills the log, and the clients of that commit wait for thousands of
//! pages. The writer's own limit still applies if the log grows faster than this thread copies it.
//!
//! At shutdown the writer copies the whole log: SQLite does that by itself only if no other program has the database
//! open.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Integer;

use super::connection::AnyConnection;

/// Pieces of work between two copies. Each changes one to four pages, so this is well within the writer's own limit.
const EVERY: usize = 1_000;

/// The copying thread. It ends when this value is dropped.
pub(super) struct Checkpointer {
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    written: usize,
}

impl Checkpointer {
    /// Starts the thread on a connection of its own.
    pub(super) fn start(connection: AnyConnection) -> io::Result<Self> {
        let (wake, woken) = sync_channel(1);
        let thread = thread::Builder::new().name("store-copier".to_owned()).spawn(move || copy(connection, &woken))?;
        Ok(Self { wake: Some(wake), thread: Some(thread), written: 0 })
    }

    /// Counts committed pieces of work, and wakes the thread when a copy is due.
    pub(super) fn count(&mut self, written: usize) {
        self.written += written;
        if self.written >= EVERY {
            self.written = 0;
            if let Some(wake) = &self.wake {
                // A copy is requested already; it includes these writes.
                let _ = wake.try_send(());
            }
        }
    }
}

/// How often the last copy is tried while other programs read or copy, and the pause between attempts. No lock is held
/// meanwhile: another process may be serving.
const LAST_COPIES: u32 = 6;
const PAUSE: Duration = Duration::from_millis(25);

/// Copies the whole log into the database and empties it, as far as other programs' readers allow.
pub(super) fn empty_log(connection: &mut AnyConnection) -> QueryResult<()> {
    #[derive(QueryableByName)]
    struct Checkpoint {
        #[diesel(sql_type = Integer)]
        busy: i32,
        /// The number of pages in the log, and of those already copied.
        #[diesel(sql_type = Integer)]
        log: i32,
        #[diesel(sql_type = Integer)]
        checkpointed: i32,
    }

    connection.batch_execute("PRAGMA busy_timeout = 0")?;
    let mut tried = 1;
    loop {
        // TRUNCATE copies what it can, even if readers keep it from emptying the log.
        let copy: Checkpoint = diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result(connection)?;
        if copy.busy == 0 {
            return Ok(());
        }
        if tried == LAST_COPIES {
            tracing::info!(
                pages = copy.log,
                copied = copy.checkpointed,
                "another program uses the database; its log stays"
            );
            return Ok(());
        }
        tried += 1;
        thread::sleep(PAUSE);
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        drop(self.wake.take());
        if let Some(thread) = self.thread.take() {
            // A panic was reported by the panic hook already.
            let _ = thread.join();
        }
    }
}

fn copy(mut connection: AnyConnection, woken: &Receiver<()>) {
    for () in woken {
        // PASSIVE copies as much as it can without blocking readers or writers.
        if let Err(error) = connection.batch_execute("PRAGMA wal_checkpoint(PASSIVE)") {
            tracing::warn!(%error, "the log could not be copied into the database; the next commits try themselves");
        }
    }
}
