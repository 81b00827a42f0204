//! The output of the log: a bounded queue, and one thread that writes its lines.
//!
//! Standard error may be a pipe whose reader is slow or gone, or a file on a full disk. None of that may delay a
//! request, so no other thread ever writes. A line that does not fit into the queue or cannot be written is dropped,
//! and the number of dropped lines precedes the next written line. `tracing-appender` has such a queue, but when its
//! shutdown fails it prints to standard output, where it may block or panic.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use tracing_subscriber::fmt::MakeWriter;

use super::lines::lost_line;
use crate::settings::LogFormat;

/// Lines that wait to be written, at most.
const QUEUE: usize = 4_096;
/// Bytes that are written at once, unless a single line has more.
const WRITTEN_AT_ONCE: usize = 64 * 1_024;
/// How long the end of the process waits for lines that are not written yet.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long the thread lets lines gather before it writes them: while it sleeps, a line costs its sender no wake-up,
/// and one write serves many. A process that is killed loses the lines of this time.
const GATHERED_FOR: Duration = Duration::from_millis(5);
/// How long to wait for an output that takes nothing at the moment.
const PAUSE: Duration = Duration::from_millis(10);

/// The sending end of the queue. Clones share it.
#[derive(Clone)]
pub(super) struct Sink {
    queue: Sender<Entry>,
    lost: Arc<AtomicU64>,
}

enum Entry {
    Text(Vec<u8>),
    /// A request to flush, answered once all earlier lines are written.
    Flush(Sender<()>),
}

impl Sink {
    /// Starts the thread that writes to standard error.
    pub(super) fn to_standard_error(format: LogFormat) -> Self {
        Self::to(io::stderr(), format)
    }

    fn to(output: impl Write + Send + 'static, format: LogFormat) -> Self {
        let (queue, entries) = bounded(QUEUE);
        let lost = Arc::new(AtomicU64::new(0));
        let scribe = Scribe { output, format, lost: Arc::clone(&lost), is_amid_a_line: false };
        // Without the thread nothing is logged; the server still works.
        let _ = thread::Builder::new().name("log".to_owned()).spawn(move || scribe.write(&entries));
        Self { queue, lost }
    }

    /// Queues a line of text and adds a line break.
    pub(super) fn print(&self, text: &str) {
        self.take(format!("{text}\n").into_bytes());
    }

    /// Waits until all queued lines are written, up to a limit.
    pub(super) fn finish(&self) {
        let deadline = Instant::now() + PATIENCE;
        let (done, is_done) = bounded(1);
        if self.queue.send_deadline(Entry::Flush(done), deadline).is_ok() {
            let _ = is_done.recv_deadline(deadline);
        }
    }

    fn take(&self, text: Vec<u8>) {
        if let Err(TrySendError::Full(_)) = self.queue.try_send(Entry::Text(text)) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Write for Sink {
    /// Queues the whole buffer, since an event is written in one piece.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.take(line.to_vec());
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Sink {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The state of the writing thread.
struct Scribe<W> {
    output: W,
    format: LogFormat,
    lost: Arc<AtomicU64>,
    /// The last line was cut off.
    is_amid_a_line: bool,
}

impl<W: Write> Scribe<W> {
    fn write(mut self, entries: &Receiver<Entry>) {
        while let Ok(first) = entries.recv() {
            if matches!(first, Entry::Text(_)) {
                thread::sleep(GATHERED_FOR);
            }
            let (mut text, mut lines, mut flushed) = (Vec::new(), 0, None);
            let mut next = Some(first);
            while let Some(entry) = next.take() {
                match entry {
                    Entry::Text(line) => {
                        text.extend_from_slice(&line);
                        lines += 1;
                    }
                    Entry::Flush(done) => flushed = Some(done),
                }
                if flushed.is_none() && text.len() < WRITTEN_AT_ONCE {
                    next = entries.try_recv().ok();
                }
            }
            self.write_lines(&text, lines);
            if let Some(done) = flushed {
                // The caller may have stopped waiting.
                let _ = done.try_send(());
            }
        }
    }

    fn write_lines(&mut self, text: &[u8], lines: u64) {
        let lost = self.lost.swap(0, Ordering::Relaxed);
        let mut whole = Vec::with_capacity(text.len() + 256);
        if self.is_amid_a_line {
            whole.push(b'\n');
        }
        if lost > 0 {
            whole.extend_from_slice(lost_line(self.format, lost).as_bytes());
        }
        whole.extend_from_slice(text);
        if !self.write_whole(&whole) {
            self.lost.fetch_add(lost + lines, Ordering::Relaxed);
        }
    }

    /// Returns whether all of it was written.
    fn write_whole(&mut self, mut rest: &[u8]) -> bool {
        while !rest.is_empty() {
            match self.output.write(rest) {
                Ok(0) => return false,
                Ok(written) => {
                    self.is_amid_a_line = rest[written - 1] != b'\n';
                    rest = &rest[written..];
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::sleep(PAUSE),
                Err(_) => return false,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Condvar, Mutex};

    use super::*;

    /// An output whose state a test changes.
    #[derive(Clone, Default)]
    struct Pipe(Arc<(Mutex<State>, Condvar)>);

    #[derive(Default)]
    struct State {
        written: Vec<u8>,
        is_blocked: bool,
        is_waited_for: bool,
        takes: Option<usize>,
    }

    impl Pipe {
        fn set(&self, change: impl FnOnce(&mut State)) {
            change(&mut self.0.0.lock().unwrap());
            self.0.1.notify_all();
        }

        fn written(&self) -> String {
            String::from_utf8(self.0.0.lock().unwrap().written.clone()).unwrap()
        }

        fn wait_until_blocked(&self) {
            drop(self.0.1.wait_while(self.0.0.lock().unwrap(), |state| !state.is_waited_for).unwrap());
        }
    }

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut state = self.0.0.lock().unwrap();
            if state.is_blocked {
                state.is_waited_for = true;
                self.0.1.notify_all();
                state = self.0.1.wait_while(state, |state| state.is_blocked).unwrap();
            }
            let takes = state.takes.unwrap_or(usize::MAX).min(bytes.len());
            if takes == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            state.takes = state.takes.map(|left| left - takes);
            state.written.extend_from_slice(&bytes[..takes]);
            Ok(takes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_output_that_takes_nothing_makes_nobody_wait_and_tells_later_what_was_lost() {
        let pipe = Pipe::default();
        pipe.set(|state| state.is_blocked = true);
        let sink = Sink::to(pipe.clone(), LogFormat::Text);
        sink.print("first");
        pipe.wait_until_blocked();
        for _ in 0..QUEUE + 7 {
            sink.print("more");
        }
        pipe.set(|state| state.is_blocked = false);
        sink.print("last, if it fits");
        sink.finish();
        sink.print("at the end");
        sink.finish();
        let written = pipe.written();
        let lost: usize =
            written.lines().filter_map(|line| line.split_once("lines_lost=")?.1.parse::<usize>().ok()).sum();
        let kept = written.lines().filter(|line| matches!(*line, "first" | "more" | "last, if it fits" | "at the end"));
        assert_eq!(kept.count() + lost, QUEUE + 7 + 3, "{written}");
        assert!(lost >= 7, "{lost}");
        assert!(written.ends_with("at the end\n"));
    }

    #[test]
    fn a_line_that_was_cut_off_does_not_spoil_the_next() {
        let pipe = Pipe::default();
        pipe.set(|state| state.takes = Some(4));
        let sink = Sink::to(pipe.clone(), LogFormat::Json);
        sink.print(r#"{"a":1}"#);
        sink.finish();
        assert_eq!(pipe.written(), r#"{"a""#);
        pipe.set(|state| state.takes = None);
        sink.print(r#"{"b":2}"#);
        sink.finish();
        let written = pipe.written();
        let lines: Vec<&str> = written.lines().skip(1).collect();
        let [lost, next] = lines[..] else { panic!("{written}") };
        let lost: serde_json::Value = serde_json::from_str(lost).unwrap();
        assert_eq!((&lost["fields"]["lines_lost"], next), (&serde_json::json!(1), r#"{"b":2}"#));
    }
}
