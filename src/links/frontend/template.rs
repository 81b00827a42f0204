//! URL templates: the URL of a page with placeholders for the parts of a link.
//!
//! A template is checked once, when the settings are read: it must contain all placeholders of exactly one spelling,
//! each once. Filling it cannot fail.

use std::fmt;
use std::mem;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Position;

use super::error::FrontendUrlError;
use crate::links::page::{PageUrl, authority};
use crate::links::placeholder::{Parts, Placeholder};
use crate::links::spelling::Spelling;

/// The characters that are percent-encoded: all but the unreserved characters of RFC 3986 and the colon of a key, which
/// needs no encoding in path, query and fragment. The set is the same for every part of the URL, also for form
/// decoders, which read a `+` as a blank.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':');

/// How many characters of an invalid placeholder an error shows.
const SHOWN_MAX_CHARACTERS: usize = 32;

/// The URL of a page with placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template {
    spelling: Spelling,
    pieces: Vec<Piece>,
    last: String,
    /// The URL with marks in the place of the placeholders.
    page: PageUrl,
}

/// A placeholder and the text before it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    before: String,
    placeholder: Placeholder,
}

impl Template {
    /// Parses a URL with braces, for a link of these parts.
    pub(super) fn parse(text: &str, parts: Parts) -> Result<Self, FrontendUrlError> {
        let host_begins_at = text.len() - text.split_once("://").map_or(0, |(_, rest)| rest.len());
        let path_begins_at = host_begins_at + authority(text)?.len();
        let (pieces, last) = split(text)?;
        let mut end = 0;
        for piece in &pieces {
            end += piece.before.len();
            if end < path_begins_at {
                return Err(FrontendUrlError::BeforePath(piece.placeholder));
            }
            end += piece.placeholder.to_string().len();
        }
        let spelling = one_whole_spelling(&pieces, parts)?;
        refuse_what_cannot_be_read(&pieces)?;
        normalized(text, spelling, &pieces, last)
    }

    pub(super) fn spelling(&self) -> Spelling {
        self.spelling
    }

    pub(super) fn page(&self) -> &PageUrl {
        &self.page
    }

    /// Returns the URL with each placeholder's value in its place, percent-encoded.
    pub(super) fn fill(&self, value: impl Fn(Placeholder) -> String) -> String {
        self.joined(|placeholder| utf8_percent_encode(&value(placeholder), ENCODED).to_string())
    }

    fn joined(&self, written: impl Fn(Placeholder) -> String) -> String {
        let pieces = self.pieces.iter().map(|piece| piece.before.clone() + &written(piece.placeholder));
        pieces.collect::<String>() + &self.last
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.joined(|placeholder| placeholder.to_string()))
    }
}

/// Returns the placeholders of a text, each with the text before it, and the text after the last one.
fn split(text: &str) -> Result<(Vec<Piece>, &str), FrontendUrlError> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(brace) = rest.find(['{', '}']) {
        let (before, braced) = rest.split_at(brace);
        let ends_at = braced.find('}').map_or(braced.len(), |end| end + 1);
        let (braced, behind) = braced.split_at(ends_at);
        let placeholder = Placeholder::ALL.into_iter().find(|placeholder| placeholder.to_string() == braced);
        let Some(placeholder) = placeholder else {
            return Err(FrontendUrlError::Unknown(braced.chars().take(SHOWN_MAX_CHARACTERS).collect()));
        };
        pieces.push(Piece { before: before.to_owned(), placeholder });
        rest = behind;
    }
    Ok((pieces, rest))
}

/// Returns the spelling whose placeholders all occur, each once, and no others.
fn one_whole_spelling(pieces: &[Piece], parts: Parts) -> Result<Spelling, FrontendUrlError> {
    let found: Vec<Placeholder> = pieces.iter().map(|piece| piece.placeholder).collect();
    if let Some((_, twice)) = found.iter().enumerate().find(|(at, one)| found[..*at].contains(one)) {
        return Err(FrontendUrlError::Repeated(*twice));
    }
    let first = found.first().copied().expect("braces that are no placeholder were refused");
    let spelling = first.spelling();
    if let Some(other) = found.iter().find(|other| other.spelling() != spelling) {
        return Err(FrontendUrlError::Mixed(first, *other, parts));
    }
    let whole = match spelling {
        Spelling::Parts => parts,
        Spelling::UidToken => &[Placeholder::Uid, Placeholder::Token],
        Spelling::Key => &[Placeholder::Key],
    };
    if let Some(needless) = found.iter().find(|one| !whole.contains(one)) {
        return Err(FrontendUrlError::Needless(*needless));
    }
    let missing: Vec<Placeholder> = whole.iter().copied().filter(|one| !found.contains(one)).collect();
    if missing.is_empty() { Ok(spelling) } else { Err(FrontendUrlError::Incomplete(first, missing, parts)) }
}

/// Refuses placeholders that a page could not separate from the text beside them.
fn refuse_what_cannot_be_read(pieces: &[Piece]) -> Result<(), FrontendUrlError> {
    // A character that one of the two values cannot contain shows where it begins or ends.
    let is_inseparable = |pair: &[Piece]| {
        let may_be_of_both =
            |letter| may_contain(pair[0].placeholder, letter) && may_contain(pair[1].placeholder, letter);
        pair[1].before.chars().all(may_be_of_both)
    };
    if let Some(touching) = pieces.windows(2).find(|pair| is_inseparable(pair)) {
        return Err(FrontendUrlError::Touching(touching[0].placeholder, touching[1].placeholder));
    }
    let is_cut = |text: &str| text.ends_with('%') || text.chars().rev().nth(1) == Some('%');
    match pieces.iter().find(|piece| is_cut(&piece.before)) {
        Some(piece) => Err(FrontendUrlError::CutPercent(piece.placeholder)),
        None => Ok(()),
    }
}

/// Returns whether the value of a placeholder, percent-encoded, may contain the character.
fn may_contain(placeholder: Placeholder, letter: char) -> bool {
    match placeholder {
        Placeholder::UserId | Placeholder::Email => letter.is_ascii_alphanumeric() || "-._~:%".contains(letter),
        Placeholder::Timestamp => letter.is_ascii_digit() || letter == '-',
        Placeholder::Signature => matches!(letter, '0'..='9' | 'a'..='f'),
        Placeholder::Uid => letter.is_ascii_alphanumeric() || "-_".contains(letter),
        Placeholder::Token => matches!(letter, '0'..='9' | 'a'..='f' | '-'),
        Placeholder::Key => letter.is_ascii_alphanumeric() || "-_:".contains(letter),
    }
}

/// Normalizes the URL with the `url` crate. Marks replace the placeholders meanwhile: the crate does not change them,
/// and they occur nowhere else in the text.
fn normalized(text: &str, spelling: Spelling, pieces: &[Piece], last: &str) -> Result<Template, FrontendUrlError> {
    let stem = (0..).map(|number| format!("p{number}x")).find(|stem| !text.contains(stem.as_str()));
    let stem = stem.expect("a text holds a finite number of stems");
    let mark = |at: usize| format!("{stem}{at}q");
    let marked: String = pieces.iter().enumerate().map(|(at, piece)| piece.before.clone() + &mark(at)).collect();
    let page = PageUrl::parse(&(marked + last))?;
    // Hosts have normalization rules of their own, and cannot contain a placeholder.
    let mut before = page.as_url()[..Position::BeforePath].to_owned();
    let mut rest = &page.as_url()[Position::BeforePath..];
    let mut spelled = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let placeholder = piece.placeholder;
        let (text, behind) = rest.split_once(&mark(at)).ok_or(FrontendUrlError::TakenAway(placeholder))?;
        spelled.push(Piece { before: mem::take(&mut before) + text, placeholder });
        rest = behind;
    }
    let last = rest.to_owned();
    Ok(Template { spelling, pieces: spelled, last, page })
}
