//! Writes panics to the log. The standard library's message may block on standard error and is not JSON.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic;
use std::thread;

/// Installs a panic hook that logs each panic as one line, with the request in which it happened.
pub(super) fn log_them() {
    panic::set_hook(Box::new(|panic| {
        let message = panic.payload_as_str().unwrap_or("no message");
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let thread = thread::current();
        let thread = thread.name().unwrap_or_default();
        let backtrace = Backtrace::capture();
        let backtrace = (backtrace.status() == BacktraceStatus::Captured).then(|| backtrace.to_string());
        tracing::error!(target: "countersign::panic", place, thread, backtrace, "panic: {message}");
    }));
}
