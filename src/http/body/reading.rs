//! Waits for a body within the limits of time and size.

use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest};
use futures_util::Stream;
use tokio::time::{Sleep, sleep};

use super::content_type::{self, Language};
use super::{Body, BodyLimits};
use crate::http::faults::Fault;
use crate::http::options_of;

impl FromRequest for Body {
    type Error = Fault;
    type Future = ReadBody;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> ReadBody {
        ReadBody::start(request, payload.take(), options_of(request).body)
    }
}

/// A future that waits for the body. It resolves to the body or to the fault that ends the wait.
///
/// A hand-written future rather than an `async` block, so that the common body (one chunk, already there) costs neither
/// an allocation nor a copy nor a timer.
pub(crate) struct ReadBody {
    payload: Payload,
    received: Received,
    limits: BodyLimits,
    /// The format of the body, or why it is not read.
    language: Result<Language, Fault>,
    refused: Option<Fault>,
    /// Whether the body was incomplete at an earlier poll. At the first poll it always is: actix reads the body after
    /// that.
    has_waited: bool,
    deadline: Option<Pin<Box<Sleep>>>,
}

/// The bytes received so far. Most bodies come as one chunk, which is kept without a copy.
enum Received {
    Nothing,
    One(Bytes),
    Several(BytesMut),
}

impl Received {
    fn size_bytes(&self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::One(chunk) => chunk.len(),
            Self::Several(chunks) => chunks.len(),
        }
    }

    fn push(&mut self, chunk: Bytes) {
        *self = match mem::replace(self, Self::Nothing) {
            Self::Nothing => Self::One(chunk),
            Self::One(first) => {
                let mut chunks = BytesMut::with_capacity(2 * (first.len() + chunk.len()));
                chunks.extend_from_slice(&first);
                chunks.extend_from_slice(&chunk);
                Self::Several(chunks)
            }
            Self::Several(mut chunks) => {
                chunks.extend_from_slice(&chunk);
                Self::Several(chunks)
            }
        };
    }

    fn finish(self) -> Bytes {
        match self {
            Self::Nothing => Bytes::new(),
            Self::One(chunk) => chunk,
            Self::Several(chunks) => chunks.freeze(),
        }
    }
}

impl ReadBody {
    fn start(request: &HttpRequest, payload: Payload, limits: BodyLimits) -> Self {
        let announced =
            request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        let limit = u64::try_from(limits.size_bytes).unwrap_or(u64::MAX);
        let refused = announced.is_some_and(|size| size > limit).then(|| Fault::payload_too_large(limits.size_bytes));
        let content_type = content_type::sent(request.headers());
        let language = Language::of(content_type).ok_or_else(|| content_type::unsupported(content_type));
        Self { payload, received: Received::Nothing, limits, language, refused, has_waited: false, deadline: None }
    }

    /// Adds a chunk, or returns why it is refused. The content type is only checked once there is a body.
    fn accept(&mut self, chunk: Bytes) -> Result<(), Fault> {
        if chunk.is_empty() {
            return Ok(());
        }
        if self.language.is_err() {
            mem::replace(&mut self.language, Ok(Language::Nothing))?;
        }
        if chunk.len() > self.limits.size_bytes - self.received.size_bytes() {
            return Err(Fault::payload_too_large(self.limits.size_bytes));
        }
        self.received.push(chunk);
        Ok(())
    }

    fn finish(&mut self) -> Body {
        let language = match mem::replace(&mut self.language, Ok(Language::Nothing)) {
            Ok(language) if self.received.size_bytes() > 0 => language,
            _ => Language::Nothing,
        };
        Body { bytes: mem::replace(&mut self.received, Received::Nothing).finish(), language }
    }

    /// Returns whether the time limit has passed. The timer is only set at the second poll without a body: it is a
    /// large part of the cost of a refusal.
    fn time_is_up(&mut self, context: &mut Context<'_>) -> bool {
        if !mem::replace(&mut self.has_waited, true) {
            context.waker().wake_by_ref();
            return false;
        }
        let read_for = self.limits.read_for.duration();
        self.deadline.get_or_insert_with(|| Box::pin(sleep(read_for))).as_mut().poll(context).is_ready()
    }
}

impl Future for ReadBody {
    type Output = Result<Body, Fault>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if let Some(refused) = this.refused.take() {
            return Poll::Ready(Err(refused));
        }
        loop {
            let chunk = match Pin::new(&mut this.payload).poll_next(context) {
                Poll::Pending if this.time_is_up(context) => return Poll::Ready(Err(Fault::request_timeout())),
                chunk => ready!(chunk),
            };
            match chunk {
                Some(Ok(chunk)) => this.accept(chunk)?,
                // The connection or its framing broke; a client that still reads is told that the request was faulty.
                Some(Err(_)) => return Poll::Ready(Err(Fault::parse_error("Malformed request."))),
                None => return Poll::Ready(Ok(this.finish())),
            }
        }
    }
}
