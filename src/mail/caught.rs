//! The mails that transport "directory" has written, read back for people who develop and for their tests.

use std::borrow::Cow;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

use mail_parser::{Addr, HeaderValue, Message, MessageParser, PartType};
use serde::Serialize;

use crate::clock::Timestamp;
use crate::mail::message;
use crate::secret::debug_as_name;
use crate::settings::{MailSettings, MailTransport};

const ENDING: &str = ".eml";

/// The directory of caught mails. All methods block.
#[derive(Clone, Debug)]
pub(crate) struct CaughtMails {
    directory: PathBuf,
}

/// A mail as a mail program shows it. Its `Debug` shows none of it.
#[derive(Serialize)]
pub(crate) struct CaughtMail {
    /// The name of its file without the ending. Ids of later mails are greater.
    pub(crate) id: String,
    pub(crate) to: String,
    pub(crate) from: String,
    pub(crate) subject: String,
    /// RFC 3339 in UTC.
    pub(crate) date: Option<String>,
    pub(crate) text: String,
    pub(crate) html: Option<String>,
    /// The URLs in the text, in their order.
    pub(crate) links: Vec<String>,
}

debug_as_name!(CaughtMail);

impl CaughtMails {
    /// Returns the mails that a server with these settings catches.
    ///
    /// # Errors
    ///
    /// If it catches none: where they go instead, and how to catch them.
    pub(crate) fn of(settings: &MailSettings) -> Result<Self, String> {
        let elsewhere = match settings.transport {
            MailTransport::Directory => return Ok(Self { directory: settings.directory.clone() }),
            MailTransport::Console => "are printed in the terminal of the server".to_owned(),
            MailTransport::Custom => "are sent by the program's own transport".to_owned(),
            MailTransport::Smtp => {
                let host = settings.smtp.host.as_deref().unwrap_or("");
                format!("are sent through the mail server {host}:{}", settings.smtp.port)
            }
        };
        Err(format!("Mails {elsewhere}, so none are here. Set mail.transport to \"directory\" to catch them."))
    }

    /// Returns the ids of all mails, newest first.
    ///
    /// # Errors
    ///
    /// The operating system's error. A directory that does not exist has no mails.
    pub(crate) fn ids(&self) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(&self.directory) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut ids = Vec::new();
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            if let Some(id) = name.to_str().and_then(|name| name.strip_suffix(ENDING)).filter(|id| is_id(id))
                && entry.file_type()?.is_file()
            {
                ids.push(id.to_owned());
            }
        }
        ids.sort_unstable_by(|one, other| other.cmp(one));
        Ok(ids)
    }

    /// Returns at most `limit` mails, newest first; with `to`, only those to this address in any letter case.
    ///
    /// # Errors
    ///
    /// The operating system's error.
    pub(crate) fn newest(&self, to: Option<&str>, limit: usize) -> io::Result<Vec<CaughtMail>> {
        let mut found = Vec::new();
        for id in self.ids()? {
            if found.len() == limit {
                break;
            }
            // Another process may have deleted it meanwhile.
            found.extend(self.mail(&id)?.filter(|mail| to.is_none_or(|to| is_address(&mail.to, to))));
        }
        Ok(found)
    }

    /// Returns the mail of this id, if there is one.
    ///
    /// # Errors
    ///
    /// The operating system's error.
    pub(crate) fn mail(&self, id: &str) -> io::Result<Option<CaughtMail>> {
        let source = self.source(id)?;
        Ok(source.and_then(|source| MessageParser::default().parse(&source).map(|parsed| CaughtMail::of(id, &parsed))))
    }

    /// Returns the mail of this id as it was sent, if there is one.
    ///
    /// # Errors
    ///
    /// The operating system's error.
    pub(crate) fn source(&self, id: &str) -> io::Result<Option<Vec<u8>>> {
        if !is_id(id) {
            return Ok(None);
        }
        let file = self.file(id);
        let read = fs::symlink_metadata(&file)
            .and_then(|found| if found.is_file() { fs::read(&file).map(Some) } else { Ok(None) });
        match read {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            read => read,
        }
    }

    /// Deletes all mails; with `to`, only those to this address in any letter case.
    ///
    /// # Errors
    ///
    /// The operating system's error.
    pub(crate) fn delete(&self, to: Option<&str>) -> io::Result<()> {
        for id in self.ids()? {
            let is_meant = match to {
                None => true,
                Some(to) => self.mail(&id)?.is_some_and(|mail| is_address(&mail.to, to)),
            };
            if is_meant {
                match fs::remove_file(self.file(&id)) {
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    removed => removed?,
                }
            }
        }
        Ok(())
    }

    fn file(&self, id: &str) -> PathBuf {
        self.directory.join(format!("{id}{ENDING}"))
    }
}

impl CaughtMail {
    fn of(id: &str, parsed: &Message<'_>) -> Self {
        let date = parsed.date().filter(|date| date.is_valid());
        let text = part(parsed, |body| match body {
            PartType::Text(text) => Some(text),
            _ => None,
        });
        let html = part(parsed, |body| match body {
            PartType::Html(html) => Some(html),
            _ => None,
        });
        let text = text.unwrap_or_default();
        Self {
            id: id.to_owned(),
            to: addresses(parsed, "To"),
            from: addresses(parsed, "From"),
            subject: parsed.subject().unwrap_or_default().to_owned(),
            date: date.map(|date| Timestamp::from_unix_seconds(date.to_timestamp()).to_string()),
            links: links(&text),
            text,
            html,
        }
    }
}

/// Returns the addresses of a header as people read them: `ann@mail.example`, `Ann <ann@mail.example>`.
fn addresses(mail: &Message<'_>, header: &str) -> String {
    // The parser takes the colons of `ann@[IPv6:::1]` for the ends of names of groups.
    if let Some(alone) = mail.header_raw(header).map(str::trim).filter(|text| message::address(text).is_ok()) {
        return alone.to_owned();
    }
    let written = |addr: &Addr<'_>| match (addr.name(), addr.address().unwrap_or_default()) {
        (Some(name), address) => format!("{name} <{address}>"),
        (None, address) => address.to_owned(),
    };
    let parsed = mail.header(header).and_then(HeaderValue::as_address);
    parsed.map(|parsed| parsed.iter().map(written).collect::<Vec<_>>().join(", ")).unwrap_or_default()
}

/// Returns the first part that `body` takes, without the lines' ends of mails.
fn part<'a>(mail: &'a Message<'_>, body: impl Fn(&'a PartType<'_>) -> Option<&'a Cow<'a, str>>) -> Option<String> {
    let found = mail.parts.iter().find_map(|part| body(&part.body));
    found.map(|text| text.replace("\r\n", "\n").trim_end().to_owned())
}

/// Returns the URLs in a text, wherever they stand in it. Marks that end a sentence or a quotation are no part of them.
fn links(text: &str) -> Vec<String> {
    let mut links = Vec::new();
    let mut rest = text;
    while let Some(start) = ["http://", "https://"].iter().filter_map(|scheme| rest.find(scheme)).min() {
        let from_here = &rest[start..];
        let is_outside = |letter: char| !letter.is_ascii_graphic() || "<>\"`".contains(letter);
        let (url, after) = from_here.split_at(from_here.find(is_outside).unwrap_or(from_here.len()));
        links.push(without_marks(url).to_owned());
        rest = after;
    }
    links
}

/// Cuts off what follows a URL in a sentence. A bracket at its end belongs to it if the URL has the opening one.
fn without_marks(url: &str) -> &str {
    url.trim_end_matches(|last| match last {
        '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' => true,
        ')' => !url.contains('('),
        ']' => !url.contains('['),
        '}' => !url.contains('{'),
        _ => false,
    })
}

/// Returns whether a text may be an id: it then names a file in the directory and no other.
fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Returns whether a mail to `sent` went to the address `wanted`, which may have an international domain.
fn is_address(sent: &str, wanted: &str) -> bool {
    let wanted = wanted.trim();
    let wanted = message::address(wanted).map_or_else(|_| wanted.to_owned(), |address| address.to_string());
    sent.to_lowercase() == wanted.to_lowercase()
}

#[cfg(test)]
mod tests;
