//! The users of a dump as lines, each with what belongs to the user.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use super::conversion::Converter;
use super::fields::text_of_key;
use super::part::{Part, named};
use super::record::Record;
use super::{Dump, DumpEntry, Related, of_owner};
use crate::user_files::choices::Choices;
use crate::user_files::entries::{Place, SplitError};
use crate::user_files::json;
use crate::user_files::judging::Rules;
use crate::user_files::line::{Line, Numbered};
use crate::user_files::models::{ACCOUNT, EMAIL, OUTSTANDING, TOKEN};

const STRAY: &str = "the dump has no user, or none that can be read, to whom the record belongs";

/// The lines of a dump, in the order of its entries.
pub(in crate::user_files) struct DumpLines {
    dump: Arc<Dump>,
    file: File,
    converter: Converter,
    next: usize,
    buffer: Vec<u8>,
}

impl DumpLines {
    pub(in crate::user_files) fn new(dump: Arc<Dump>, file: File, choices: Choices, rules: &Rules) -> Self {
        let has_emails = !dump.emails.is_empty();
        let Rules { began_at, links_awaited_for, .. } = *rules;
        let converter = Converter { choices, began_at, links_awaited_for, has_emails };
        Self { dump, file, converter, next: 0, buffer: Vec::new() }
    }

    pub(in crate::user_files) fn next(&mut self) -> Result<Option<Numbered>, SplitError> {
        let dump = Arc::clone(&self.dump);
        let Some(entry) = dump.entry(self.next) else { return Ok(None) };
        self.next += 1;
        Ok(Some(match entry {
            DumpEntry::Damaged(place, reason) => faulty(place, reason.to_owned()),
            DumpEntry::Stray(place) => faulty(place, STRAY.to_owned()),
            DumpEntry::User(place) => numbered(place, self.user(place)?),
            DumpEntry::Blacklisted(revoked) => numbered(revoked.place, self.revoked_token(revoked)?),
        }))
    }

    fn user(&mut self, place: Place) -> Result<Result<Line, Vec<String>>, SplitError> {
        let dump = Arc::clone(&self.dump);
        let (key, fields) = match self.read(place, |record| Ok((text_of_key(&record.pk), record.fields()?)))? {
            Ok(read) => read,
            Err(fault) => return Ok(Err(vec![fault])),
        };
        let key = key.unwrap_or_default();
        let owner = dump.hash(&key);
        let (mut tokens, mut emails, mut accounts) = (Vec::new(), Vec::new(), Vec::new());
        let mut faults = Vec::new();
        for (model, all, found) in [
            (TOKEN, &dump.tokens, &mut tokens),
            (EMAIL, &dump.emails, &mut emails),
            (ACCOUNT, &dump.accounts, &mut accounts),
        ] {
            for place in of_owner(all, owner) {
                let read = self.read(place, |record| {
                    let fields = record.fields()?;
                    let is_of_user = fields.key("user")? == key;
                    Ok((is_of_user, text_of_key(&record.pk).unwrap_or_default(), fields))
                })?;
                match read {
                    // Two keys may have one hash.
                    Ok((false, ..)) => {}
                    Ok((true, key, fields)) => found.push(Part { model, line: place.line, key, fields }),
                    Err(fault) => faults.push(named(model, place.line, &fault)),
                }
            }
        }
        let has_token = !tokens.is_empty() || dump.token_users.binary_search(&owner).is_ok();
        let converted = self.converter.user(key, &fields, has_token, &tokens, &emails, &accounts);
        Ok(match converted {
            Ok(line) if faults.is_empty() => Ok(line),
            Ok(_) => Err(faults),
            Err(more) => {
                faults.extend(more);
                Err(faults)
            }
        })
    }

    fn revoked_token(&mut self, revoked: Related) -> Result<Result<Line, Vec<String>>, SplitError> {
        let dump = Arc::clone(&self.dump);
        let mut tokens = of_owner(&dump.outstanding, revoked.owner);
        let place = match (tokens.next(), tokens.next()) {
            (Some(place), None) => place,
            (found, _) => {
                let number = if found.is_some() { "more than one" } else { "no" };
                return Ok(Err(vec![format!("the dump has {number} `{OUTSTANDING}` to which the record belongs")]));
            }
        };
        let converted = self.read(place, |record| Converter::revoked_token(&record.fields()?))?;
        Ok(converted.map_err(|fault| vec![named(OUTSTANDING, place.line, &fault)]))
    }

    /// Reads a record once more.
    fn read<T>(
        &mut self,
        place: Place,
        read: impl FnOnce(Record<'_>) -> Result<T, String>,
    ) -> Result<Result<T, String>, SplitError> {
        self.buffer.resize(place.length as usize, 0);
        self.file.read_exact_at(&mut self.buffer, place.offset)?;
        Ok(json::parse(&self.buffer).and_then(read))
    }
}

fn numbered(place: Place, parsed: Result<Line, Vec<String>>) -> Numbered {
    Numbered { place, parsed: parsed.map(Box::new) }
}

fn faulty(place: Place, reason: String) -> Numbered {
    numbered(place, Err(vec![reason]))
}
