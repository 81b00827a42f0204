//! The users of a dump as lines, each with what belongs to the user.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use super::conversion::Converter;
use super::fields::text_of_key;
use super::record::Record;
use super::{Dump, Related, of_owner};
use crate::user_files::choices::Choices;
use crate::user_files::entries::{Place, SplitError};
use crate::user_files::json;
use crate::user_files::judging::Rules;
use crate::user_files::line::{Line, Numbered};

/// The lines of a dump: damaged records and those without a user first, then the users, then revoked tokens.
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
        let mut position = self.next;
        self.next += 1;
        if let Some((place, reason)) = dump.damaged.get(position) {
            return Ok(Some(faulty(*place, reason.clone())));
        }
        position -= dump.damaged.len();
        if let Some(place) = dump.strays.get(position) {
            return Ok(Some(faulty(*place, "the dump has no user to whom the record belongs".to_owned())));
        }
        position -= dump.strays.len();
        if let Some(place) = dump.users.get(position) {
            return Ok(Some(numbered(*place, self.user(*place)?)));
        }
        position -= dump.users.len();
        match dump.blacklisted.get(position) {
            Some(revoked) => Ok(Some(numbered(revoked.place, self.revoked_token(*revoked)?))),
            None => {
                self.next -= 1;
                Ok(None)
            }
        }
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
        for (all, found) in [(&dump.tokens, &mut tokens), (&dump.emails, &mut emails), (&dump.accounts, &mut accounts)]
        {
            for place in of_owner(all, owner) {
                let read = self.read(place, |record| {
                    let fields = record.fields()?;
                    let is_of_user = fields.key("user")? == key;
                    Ok((is_of_user, text_of_key(&record.pk).unwrap_or_default(), fields))
                })?;
                match read {
                    // Two keys may have one hash.
                    Ok((false, ..)) => {}
                    Ok((true, pk, fields)) => found.push((pk, fields)),
                    Err(fault) => faults.push(format!("line {}: {fault}", place.line)),
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
        let Some(place) = of_owner(&dump.outstanding, revoked.owner).next() else {
            let fault = "the dump has no `token_blacklist.outstandingtoken` to which the record belongs";
            return Ok(Err(vec![fault.to_owned()]));
        };
        let converted = self.read(place, |record| Converter::revoked_token(&record.fields()?))?;
        Ok(converted.map_err(|fault| vec![format!("line {}: {fault}", place.line)]))
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
    Numbered { line: place.line, parsed: parsed.map(Box::new) }
}

fn faulty(place: Place, reason: String) -> Numbered {
    numbered(place, Err(vec![reason]))
}
