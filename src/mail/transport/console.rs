//! Mails as text on standard output, for development.

use std::io::{self, Write};
use std::thread;

use tokio::sync::oneshot;

use crate::identity::printable_lines;
use crate::mail::delivery::DeliveryError;
use crate::mail::message::OutgoingMail;

/// Prints a mail in a thread of its own, since standard output may be a pipe that is not read or a paused terminal. So
/// no other mail, request or signal waits for it. At its end the process does not wait for this thread, as it would for
/// a blocking task of tokio.
pub(super) async fn print(mail: &OutgoingMail) -> Result<(), DeliveryError> {
    let failed = |error: io::Error| DeliveryError::delayed(None, &format!("standard output: {error}"));
    let text = printable_lines(&mail.text_for_people());
    let (done, is_done) = oneshot::channel();
    let printing = thread::Builder::new().name("console".to_owned()).spawn(move || {
        // The worker may have given up the mail meanwhile.
        let _ = done.send(write(&text));
    });
    printing.map_err(failed)?;
    is_done.await.unwrap_or_else(|_| Err(io::Error::other("the thread that prints has ended"))).map_err(failed)
}

fn write(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}
