//! The file of an import, whatever its form, as lines in one order.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::choices::Choices;
use super::dump::{self, Dump, DumpLines};
use super::entries::{Entries, Place, Shape, SplitError};
use super::error::ImportError;
use super::json;
use super::judging::Rules;
use super::line::{Line, Numbered};
use super::packing;
use super::report::{Stage, Step};
use super::seen::Position;
use super::subject;

/// A file that was looked through once.
pub(super) struct Source {
    file: File,
    form: Form,
    shape: Shape,
    user_model: String,
    /// The member of a record that has the username.
    username: String,
    /// SHA-256 of the file and of the choices that decide what is made of it, in hex.
    pub(super) digest: String,
    /// Entries, or lines where each may be one.
    pub(super) entries: u64,
}

enum Form {
    Lines,
    Dump(Arc<Dump>),
}

/// How many lines are looked at to find out what the file is.
const MOST_LOOKED_AT: usize = 100;

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
        let mut start_of_file = Vec::new();
        file.by_ref().take(packing::LOOKED_AT).read_to_end(&mut start_of_file).map_err(failed)?;
        if let Some(what) = packing::what_it_is(&start_of_file) {
            return Err(ImportError::NoJson(what));
        }
        file.rewind().map_err(failed)?;
        let (digest, newlines) = digest(&mut file, choices, tell).map_err(failed)?;
        let (shape, is_dump) = look_at(&mut file)?;
        let form = if is_dump { Form::Dump(Arc::new(Dump::index(start(&mut file)?, choices)?)) } else { Form::Lines };
        let entries = match &form {
            Form::Lines => newlines + 1,
            Form::Dump(dump) => dump.entries(),
        };
        let username = choices.mapping.user.username.as_deref().unwrap_or("username").to_owned();
        Ok(Self { file, form, shape, user_model: choices.user_model.clone(), username, digest, entries })
    }

    /// Returns what names an entry to an operator, beside its line.
    pub(super) fn subject(&self, place: Place) -> Option<String> {
        let named = self.read(place).and_then(|text| match &self.form {
            Form::Lines => subject::of_line(&text),
            Form::Dump(_) => subject::of_record(&text, &self.user_model, &self.username),
        });
        // Of a damaged record in an array, the line may be that of all others.
        named.or_else(|| (self.shape == Shape::Array).then(|| format!("the record at byte {}", place.offset + 1)))
    }

    /// Names an entry that was read before by its line and, where the line may be that of other entries, by its subject.
    pub(super) fn name_of(&self, position: Position) -> String {
        let line = format!("line {}", position.line);
        let place = self.dump().and_then(|dump| dump.place_of(position.entry as usize));
        match place.and_then(|place| self.subject(place)) {
            Some(subject) => format!("{subject} in {line}"),
            None => line,
        }
    }

    /// Reads an entry once more. `None` if it is too long, or cannot be read any more.
    fn read(&self, place: Place) -> Option<Vec<u8>> {
        if place.is_too_long() {
            return None;
        }
        let mut text = vec![0; place.length as usize];
        self.file.read_exact_at(&mut text, place.offset).ok()?;
        Some(text)
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
                Numbered { place, parsed: parsed.map_err(|fault| vec![fault]) }
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

/// Returns how the entries are separated, and whether the file is a dump of Django's: an array, or lines of which the
/// first that can be read names a model.
fn look_at(file: &mut File) -> Result<(Shape, bool), SplitError> {
    let mut entries = Entries::open(start(file)?)?;
    let shape = entries.shape();
    if shape == Shape::Array {
        return Ok((shape, true));
    }
    for _ in 0..MOST_LOOKED_AT {
        let Some(place) = entries.next()? else { break };
        if place.is_too_long() {
            continue;
        }
        if let Some(names_a_model) = dump::names_a_model(entries.text()) {
            return Ok((shape, names_a_model));
        }
    }
    Ok((shape, false))
}
