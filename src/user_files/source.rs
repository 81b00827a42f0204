//! The file of an import, whatever its form, as lines in one order.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::choices::Choices;
use super::dump::{Dump, DumpLines, Record};
use super::entries::{Entries, Shape, SplitError};
use super::error::ImportError;
use super::json;
use super::judging::Rules;
use super::line::{Line, Numbered};
use super::report::{Stage, Step};

/// A file that was looked through once.
pub(super) struct Source {
    file: File,
    form: Form,
    /// SHA-256 of the file and of the choices that decide what is made of it, in hex.
    pub(super) digest: String,
    /// Entries, or lines where each may be one.
    pub(super) entries: u64,
}

enum Form {
    Lines,
    Dump(Arc<Dump>),
}

/// How many bytes are hashed at a time.
const BLOCK: usize = 1 << 18;

impl Source {
    /// Opens a file and looks through it once.
    pub(super) fn open(path: &Path, choices: &Choices, tell: &mut dyn FnMut(Step)) -> Result<Self, ImportError> {
        let failed = |cause| ImportError::File { path: path.to_owned(), cause };
        let mut file = File::open(path).map_err(failed)?;
        if !file.metadata().map_err(failed)?.is_file() {
            return Err(ImportError::NoFile(path.to_owned()));
        }
        let (digest, newlines) = digest(&mut file, choices, tell).map_err(failed)?;
        let is_dump = is_dump(&mut file)?;
        let form = if is_dump { Form::Dump(Arc::new(Dump::index(start(&mut file)?, choices)?)) } else { Form::Lines };
        let entries = match &form {
            Form::Lines => newlines + 1,
            Form::Dump(dump) => dump.entries(),
        };
        Ok(Self { file, form, digest, entries })
    }

    /// Returns the dump, if it is one of Django's.
    pub(super) fn dump(&self) -> Option<&Dump> {
        match &self.form {
            Form::Lines => None,
            Form::Dump(dump) => Some(dump),
        }
    }

    /// Begins to read the lines. What a Django dump leaves open is decided by the choices and the rules.
    pub(super) fn lines(&mut self, choices: &Choices, rules: &Rules) -> Result<Lines, SplitError> {
        let file = start(&mut self.file)?;
        Ok(match &self.form {
            Form::Lines => Lines::Entries(Entries::open(file)?),
            Form::Dump(dump) => Lines::Dump(Box::new(DumpLines::new(Arc::clone(dump), file, choices.clone(), rules))),
        })
    }
}

/// The lines of a file, one after the other.
pub(super) enum Lines {
    Entries(Entries<File>),
    Dump(Box<DumpLines>),
}

impl Lines {
    /// Returns the next line; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<Numbered>, SplitError> {
        match self {
            Self::Dump(lines) => lines.next(),
            Self::Entries(entries) => Ok(entries.next()?.map(|place| {
                let parsed = if place.is_too_long() {
                    Err("the line is longer than 4 MiB".to_owned())
                } else {
                    json::parse::<Line>(entries.text()).map(Box::new)
                };
                Numbered { line: place.line, parsed: parsed.map_err(|fault| vec![fault]) }
            })),
        }
    }
}

/// Returns another handle of the file that reads from its beginning. All handles share one position.
fn start(file: &mut File) -> io::Result<File> {
    file.seek(SeekFrom::Start(0))?;
    file.try_clone()
}

/// Hashes the file, and counts its lines.
fn digest(file: &mut File, choices: &Choices, tell: &mut dyn FnMut(Step)) -> io::Result<(String, u64)> {
    let of = file.metadata()?.len();
    let choices = choices.fingerprint();
    let mut sum = Sha256::new();
    sum.update((choices.len() as u64).to_be_bytes());
    sum.update(choices.as_bytes());
    let (mut block, mut done, mut newlines) = (vec![0; BLOCK], 0, 0);
    loop {
        match file.read(&mut block)? {
            0 => return Ok((hex::encode(sum.finalize()), newlines)),
            length => {
                sum.update(&block[..length]);
                newlines += block[..length].iter().filter(|byte| **byte == b'\n').count() as u64;
                done += length as u64;
                tell(Step { stage: Stage::Reading, done, of });
            }
        }
    }
}

/// Returns whether the file is a dump of Django's: an array, or lines of which the first names a model.
fn is_dump(file: &mut File) -> Result<bool, SplitError> {
    let mut entries = Entries::open(start(file)?)?;
    if entries.shape() == Shape::Array {
        return Ok(true);
    }
    let first = entries.next()?;
    Ok(first.is_some_and(|place| !place.is_too_long() && json::parse::<Record<'_>>(entries.text()).is_ok()))
}
