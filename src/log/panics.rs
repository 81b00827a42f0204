//! Panics as lines of the log: what the standard library prints may wait for standard error, and is no JSON.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic;
use std::thread;

/// From now on each panic of this process is one line, which names the request that ran into it.
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
