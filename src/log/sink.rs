//! The output of the log: a bounded buffer, and one thread that writes what is in it.
//!
//! Standard error may be a pipe whose reader is slow or gone, or a file on a full disk. None of that may delay a
//! request, so no other thread ever writes. A line that does not fit into the buffer or cannot be written is dropped,
//! and the number of dropped lines precedes the next written line. `tracing-appender` has a queue of lines, each with
//! memory of its own, which costs more than to copy them; and when its shutdown fails it prints to standard output,
//! where it may block or panic.

use std::io::{self, Write};
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tracing_subscriber::fmt::MakeWriter;

use super::lines::lost_line;
use crate::settings::LogFormat;

/// How many bytes may wait to be written before further lines are dropped: some thousand lines.
const ROOM_BYTES: usize = 1_024 * 1_024;
/// Memory that is kept for the next lines. What a burst of them took beyond that is freed.
const KEPT_BYTES: usize = 64 * 1_024;
/// How long the end of the process waits for lines that are not written yet.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long the thread lets lines gather before it writes them: while it sleeps, a line costs its sender no wake-up,
/// and one write serves many. A process that is killed loses the lines of this time.
const GATHERED_FOR: Duration = Duration::from_millis(5);
/// How long to wait for an output that takes nothing at the moment.
const PAUSE: Duration = Duration::from_millis(10);

/// The end that takes lines. Clones share it.
#[derive(Clone)]
pub(super) struct Sink(Arc<Buffer>);

/// What the threads share.
#[derive(Default)]
struct Buffer {
    waiting: Mutex<Waiting>,
    /// Notified when the writing thread has something to do, and when it has done it.
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    text: Vec<u8>,
    lost: u64,
    /// How many flushes were asked for, and how many of them are done.
    asked: u64,
    done: u64,
    /// No thread writes.
    is_closed: bool,
}

impl Buffer {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink {
    /// Starts the thread that writes to standard error.
    pub(super) fn to_standard_error(format: LogFormat) -> Self {
        Self::to(io::stderr(), format)
    }

    fn to(output: impl Write + Send + 'static, format: LogFormat) -> Self {
        let buffer = Arc::new(Buffer::default());
        let scribe = Scribe { output, format, buffer: Arc::clone(&buffer), is_amid_a_line: false };
        // Without the thread nothing is logged; the server still works.
        let _ = thread::Builder::new().name("log".to_owned()).spawn(move || scribe.write());
        Self(buffer)
    }

    /// Prints a text, with a line break after it.
    pub(super) fn print(&self, text: &str) {
        self.take(format!("{text}\n").as_bytes());
    }

    /// Waits until all lines that were taken are written, up to a limit.
    pub(super) fn finish(&self) {
        let (buffer, deadline) = (&self.0, Instant::now() + PATIENCE);
        let mut waiting = buffer.lock();
        waiting.asked += 1;
        let mine = waiting.asked;
        buffer.changed.notify_all();
        while waiting.done < mine && !waiting.is_closed {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            waiting = buffer.changed.wait_timeout(waiting, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Adds whole lines to those that wait.
    fn take(&self, lines: &[u8]) {
        let mut waiting = self.0.lock();
        if waiting.is_closed {
            return;
        }
        if waiting.text.len() >= ROOM_BYTES {
            waiting.lost += count_lines(lines);
            return;
        }
        let is_first = waiting.text.is_empty();
        waiting.text.extend_from_slice(lines);
        drop(waiting);
        // The thread waits for the first line only.
        if is_first {
            self.0.changed.notify_all();
        }
    }
}

impl Write for &Sink {
    /// Accepts all of `line`, since an event is written in one piece.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.take(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Sink {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> &'a Self {
        self
    }
}

/// The state of the writing thread.
struct Scribe<W> {
    output: W,
    format: LogFormat,
    buffer: Arc<Buffer>,
    /// The last line was cut off.
    is_amid_a_line: bool,
}

impl<W> Drop for Scribe<W> {
    /// Runs if the thread could not be started, or the output panicked.
    fn drop(&mut self) {
        self.buffer.lock().is_closed = true;
        self.buffer.changed.notify_all();
    }
}

impl<W: Write> Scribe<W> {
    fn write(mut self) {
        let mut text = Vec::new();
        loop {
            let mut waiting = self.buffer.lock();
            while waiting.text.is_empty() && waiting.asked == waiting.done {
                waiting = self.buffer.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
            }
            if !waiting.text.is_empty() {
                drop(waiting);
                thread::sleep(GATHERED_FOR);
                waiting = self.buffer.lock();
            }
            mem::swap(&mut text, &mut waiting.text);
            let (lost, asked) = (mem::take(&mut waiting.lost), waiting.asked);
            drop(waiting);

            let unwritten = self.write_lines(&text, lost);
            text.clear();
            text.shrink_to(KEPT_BYTES);
            let mut waiting = self.buffer.lock();
            waiting.lost += unwritten;
            waiting.done = asked;
            drop(waiting);
            self.buffer.changed.notify_all();
        }
    }

    /// Returns how many lines were lost, with those that were lost before if that could not be told.
    fn write_lines(&mut self, text: &[u8], lost: u64) -> u64 {
        let mut before = Vec::new();
        if self.is_amid_a_line {
            before.push(b'\n');
        }
        if lost > 0 {
            before.extend_from_slice(lost_line(self.format, lost).as_bytes());
        }
        if !self.write_whole(&before).is_empty() {
            return lost + count_lines(text);
        }
        count_lines(self.write_whole(text))
    }

    /// Returns what could not be written.
    fn write_whole<'t>(&mut self, mut rest: &'t [u8]) -> &'t [u8] {
        while !rest.is_empty() {
            match self.output.write(rest) {
                Ok(0) => break,
                Ok(written) => {
                    self.is_amid_a_line = rest[written - 1] != b'\n';
                    rest = &rest[written..];
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::sleep(PAUSE),
                Err(_) => break,
            }
        }
        rest
    }
}

fn count_lines(text: &[u8]) -> u64 {
    text.iter().filter(|byte| **byte == b'\n').count() as u64
}

#[cfg(test)]
mod tests;
