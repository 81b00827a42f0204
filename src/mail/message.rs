//! A mail as it is sent: RFC 5322 text and its SMTP envelope.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lettre::address::{Address, Envelope};
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, Message, MultiPart, SinglePart};

use crate::clock::Timestamp;
use crate::identity::EmailAddress;
use crate::mail::delivery::DeliveryError;
use crate::mail::templates::Rendered;
use crate::secret::debug_as_name;

/// The last second that a `Date` header can express: the end of the year 9999.
const LAST_DATE: u64 = 253_402_300_799;
/// The longest line that mail servers must take, without its CR LF (RFC 5322, 2.1.1).
const LONGEST_LINE: usize = 998;
/// What a boundary between two parts begins with, before the mail's id. No line of an encoded body begins with `--` and
/// this.
const BOUNDARY: &str = "=_";

/// The sender's address, and the address for replies. Its `Debug` shows neither.
#[derive(Clone)]
pub struct Sender {
    from: Mailbox,
    reply_to: Option<Mailbox>,
}

/// An address that mails can be neither sent from nor sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no e-mail address")]
pub struct InvalidAddress;

impl Sender {
    /// Parses `no-reply@app.example` or `My App <no-reply@app.example>`. Replies go to `reply_to` if it is given, else
    /// to `from`.
    ///
    /// # Errors
    ///
    /// [`InvalidAddress`] if one of them is not a valid address.
    pub fn parse(from: &str, reply_to: Option<&str>) -> Result<Self, InvalidAddress> {
        Ok(Self { from: readable(mailbox(from)?)?, reply_to: reply_to.map(mailbox).transpose()? })
    }
}

debug_as_name!(Sender);

/// A mail ready to be sent. Its `Debug` shows its id only.
#[derive(Clone)]
pub struct OutgoingMail {
    id: String,
    date: Timestamp,
    from: Address,
    to: Address,
    subject: String,
    text: String,
    bytes: Vec<u8>,
}

impl OutgoingMail {
    /// Returns the id of the outbox row, which is also the left side of the `Message-ID`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns when the mail was written.
    pub const fn date(&self) -> Timestamp {
        self.date
    }

    /// Returns the whole mail, headers first; lines end in CR LF.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns whether the headers hold an address that only servers with SMTPUTF8 (RFC 6531) can carry. Bodies, names
    /// and subjects are always encoded in ASCII.
    pub(super) fn is_international(&self) -> bool {
        !self.bytes.is_ascii()
    }

    /// Returns whether the recipient's address needs such a server, and not only the sender's.
    pub(super) fn recipient_is_international(&self) -> bool {
        !self.to.user().is_ascii()
    }

    /// Returns whether the sender's own address needs such a server, and not only the one for replies.
    pub(super) fn sender_is_international(&self) -> bool {
        !self.from.user().is_ascii()
    }

    /// Returns the mail for a person without a mail program: recipient, subject and text, links included.
    pub(super) fn text_for_people(&self) -> String {
        format!("To: {}\nSubject: {}\n\n{}\n\n", self.to, self.subject, self.text)
    }

    pub(super) const fn from(&self) -> &Address {
        &self.from
    }

    pub(super) const fn to(&self) -> &Address {
        &self.to
    }
}

impl fmt::Debug for OutgoingMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OutgoingMail({})", self.id)
    }
}

/// Builds the mail that delivers `rendered` to the address `to`.
///
/// The same outbox row always gives the same `Message-ID`, so that a mail sent twice can be recognised. Only the ASCII
/// letters, digits and hyphens of `outbox_id` are used. International domains are written in their ASCII form.
///
/// # Errors
///
/// [`DeliveryFault::Refused`](crate::mail::DeliveryFault::Refused) if `to` is an address that no mail can be sent to.
pub fn build(
    sender: &Sender,
    to: &str,
    rendered: &Rendered,
    outbox_id: &str,
    date: Timestamp,
) -> Result<OutgoingMail, DeliveryError> {
    let to = address(to).map_err(|error| DeliveryError::refused(None, &format!("the recipient: {error}")))?;
    let id: String = outbox_id.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect();
    let from = sender.from.email.clone();
    let envelope = Envelope::new(Some(from.clone()), vec![to.clone()])
        .map_err(|error| DeliveryError::refused(None, &format!("the envelope: {error}")))?;
    let (subject, text) = (plain_line(&rendered.subject), plain_lines(&rendered.text));
    let headers = Message::builder()
        .message_id(Some(format!("<{id}@{}>", from.domain())))
        .date(calendar(date))
        .from(sender.from.clone())
        .reply_to(sender.reply_to.clone().unwrap_or_else(|| sender.from.clone()))
        // Written unchanged: lettre would parse it again, accepts fewer addresses, and would fold the line.
        .raw_header(HeaderValue::dangerous_new_pre_encoded(
            HeaderName::new_from_ascii_str("To"),
            to.to_string(),
            to.to_string(),
        ))
        .envelope(envelope)
        .subject(subject.clone())
        // RFC 3834: stops automatic replies such as holiday notices.
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".into()));
    let text_part = part(ContentType::TEXT_PLAIN, &text);
    let message = match &rendered.html {
        None => headers.singlepart(text_part),
        Some(html) => headers.multipart(
            MultiPart::alternative()
                .boundary(format!("{BOUNDARY}{id}"))
                .singlepart(text_part)
                .singlepart(part(ContentType::TEXT_HTML, &plain_lines(html))),
        ),
    };
    let message = message.map_err(|error| DeliveryError::refused(None, &format!("cannot be written: {error}")))?;
    Ok(OutgoingMail { id, date, from, to, subject, text, bytes: message.formatted() })
}

/// Writes a text as it is where mail servers can carry it so: a link is found whole in the mail's source. lettre would
/// encode whatever has a line of more than 75 characters, as a mail with a link has.
fn part(content_type: ContentType, text: &str) -> SinglePart {
    let body = if can_travel_as_it_is(text) {
        let lines = text.replace('\n', "\r\n").into_bytes();
        Body::dangerous_pre_encoded(lines, ContentTransferEncoding::SevenBit)
    } else if text.is_ascii() {
        let encoded = Body::new_with_encoding(text.to_owned(), ContentTransferEncoding::QuotedPrintable);
        encoded.expect("any text can be encoded so")
    } else {
        Body::new(text.to_owned())
    };
    SinglePart::builder().header(content_type).body(body)
}

/// Returns whether the text, which has no control characters, needs no encoding: ASCII, no line too long, and none that
/// could be taken for the end of a part.
fn can_travel_as_it_is(text: &str) -> bool {
    let is_like_boundary = |line: &str| line.strip_prefix("--").is_some_and(|rest| rest.starts_with(BOUNDARY));
    text.is_ascii() && text.split('\n').all(|line| line.len() <= LONGEST_LINE && !is_like_boundary(line))
}

/// Parses `local@domain` or `Name <local@domain>`.
fn mailbox(text: &str) -> Result<Mailbox, InvalidAddress> {
    let text = text.trim();
    let Some((name, rest)) = text.rsplit_once('<') else { return Ok(Mailbox::new(None, address(text)?)) };
    let email = address(rest.strip_suffix('>').ok_or(InvalidAddress)?)?;
    let name = plain_line(name.trim().trim_matches('"'));
    Ok(Mailbox::new((!name.is_empty()).then_some(name), email))
}

/// Checks that lettre can parse the sender. It parses the header again for each mail, so every mail would fail
/// otherwise.
fn readable(mailbox: Mailbox) -> Result<Mailbox, InvalidAddress> {
    match mailbox.to_string().parse::<Mailbox>() {
        Ok(_) => Ok(mailbox),
        Err(_) => Err(InvalidAddress),
    }
}

/// Returns the address as mail servers expect it: an international domain in its ASCII form, an address literal tagged.
pub(super) fn address(text: &str) -> Result<Address, InvalidAddress> {
    // The grammar is that of `identity`: every address that can register can receive mail, also where lettre rejects
    // it.
    if let Ok(address) = EmailAddress::parse(text) {
        let domain = address.ascii_domain();
        let domain = match domain.strip_prefix('[').filter(|literal| literal.contains(':')) {
            // RFC 5321, 4.1.3.
            Some(literal) => format!("[IPv6:{literal}"),
            None => domain,
        };
        return Ok(Address::new_dangerous(address.local_part(), domain));
    }
    // Another program stored this address. A local part beyond ASCII may be valid; characters that break a line are
    // not.
    if text.chars().any(|letter| letter.is_control() || letter.is_whitespace() || "<>(),;\"\\".contains(letter)) {
        return Err(InvalidAddress);
    }
    let (local, domain) = text.rsplit_once('@').ok_or(InvalidAddress)?;
    let domain = if domain.is_ascii() {
        domain.to_owned()
    } else {
        idna::domain_to_ascii(domain).map_err(|_| InvalidAddress)?
    };
    Address::new(local, domain).map_err(|_| InvalidAddress)
}

fn calendar(date: Timestamp) -> SystemTime {
    let seconds = u64::try_from(date.unix_seconds()).unwrap_or(0).min(LAST_DATE);
    UNIX_EPOCH + Duration::from_secs(seconds)
}

/// One line without control characters: what may stand in a header.
fn plain_line(text: &str) -> String {
    let visible: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lines that end in `\n` and hold no control characters but tabs. Some servers treat a lone CR as a line end.
fn plain_lines(text: &str) -> String {
    // Nearly every text is plain, and to look is quicker than to write it anew. In UTF-8 the control characters beyond
    // ASCII begin with 0xC2.
    if text.bytes().all(|byte| matches!(byte, b'\n' | b'\t' | b' '..=b'~' | 0x80..=0xc1 | 0xc3..)) {
        return text.to_owned();
    }
    text.replace("\r\n", "\n")
        .chars()
        .map(|letter| if letter.is_control() && letter != '\n' && letter != '\t' { ' ' } else { letter })
        .collect()
}

#[cfg(test)]
mod tests;
