//! Django's `dumpdata`: records of several models, of which those of one user lie far apart.
//!
//! The file is looked through once, and what belongs to whom is remembered by the places of the records: 24 bytes for
//! each, so that a million users need no gigabyte. [`DumpLines`] then reads each user with its records.

mod conversion;
mod fields;
mod lines;
mod part;
mod record;

use std::collections::BTreeMap;
use std::fs::File;
use std::hash::{BuildHasher, RandomState};

use super::choices::Choices;
use super::entries::{Entries, Place};
use super::error::ImportError;
use super::json;
use super::models::{ACCOUNT, BLACKLISTED, EMAIL, OUTSTANDING, TOKEN};
use super::report::MOST_TOLD;
use fields::text_of_key;
use record::Record;

pub(super) use lines::DumpLines;
pub(super) use record::names_a_model;

/// The most models of which records are counted that are of no use here.
const MOST_MODELS: usize = 1_000;
/// The most bytes of a model's name. Django allows 100 for the app and 100 for the model.
const LONGEST_MODEL: usize = 201;

/// A record that belongs to another: by a hash of the other's key.
#[derive(Clone, Copy, Debug)]
struct Related {
    owner: u64,
    place: Place,
}

/// An entry of a dump, as [`DumpLines`] returns it.
enum DumpEntry<'a> {
    Damaged(Place, &'a str),
    /// It belongs to a user who is not in the dump.
    Stray(Place),
    User(Place),
    Blacklisted(Related),
}

/// Where the records of a dump are.
#[derive(Default)]
pub(super) struct Dump {
    hasher: RandomState,
    users: Vec<Place>,
    /// The hashes of the users' keys, sorted.
    user_keys: Vec<u64>,
    tokens: Vec<Related>,
    emails: Vec<Related>,
    accounts: Vec<Related>,
    /// Refresh tokens, by their own keys.
    outstanding: Vec<Related>,
    /// The users of refresh tokens.
    token_users: Vec<u64>,
    /// Revoked refresh tokens, by the keys of those in `outstanding`, in the order of the file.
    blacklisted: Vec<Related>,
    /// Records that belong to a user who is not in the dump.
    strays: Vec<Place>,
    /// Records that cannot be read, with the reason; an empty one where no reason is told any more.
    damaged: Vec<(Place, String)>,
    /// Records that are of no use here, by their model.
    pub(super) passed_over: BTreeMap<String, u64>,
}

impl Dump {
    /// Looks through a dump.
    pub(super) fn index(file: File, choices: &Choices) -> Result<Self, ImportError> {
        let mut dump = Self::default();
        let mut entries = Entries::open(file)?;
        while let Some(place) = entries.next()? {
            let added = if place.is_too_long() {
                Err("the record is longer than 4 MiB".to_owned())
            } else {
                dump.add(place, entries.text(), &choices.user_model)
            };
            if let Err(reason) = added {
                dump.damaged.push((place, if dump.damaged.len() < MOST_TOLD { reason } else { String::new() }));
            }
        }
        if dump.users.is_empty() && dump.damaged.is_empty() {
            return Err(ImportError::NoUsers { model: choices.user_model.clone(), models: dump.models() });
        }
        dump.sort();
        Ok(dump)
    }

    /// The entries that [`DumpLines`] returns.
    pub(super) fn entries(&self) -> u64 {
        (self.damaged.len() + self.strays.len() + self.users.len() + self.blacklisted.len()) as u64
    }

    /// Returns where the entry of this number is.
    pub(super) fn place_of(&self, number: usize) -> Option<Place> {
        self.entry(number).map(|entry| match entry {
            DumpEntry::Damaged(place, _) | DumpEntry::Stray(place) | DumpEntry::User(place) => place,
            DumpEntry::Blacklisted(related) => related.place,
        })
    }

    /// Returns the entry of this number: damaged records and those without a user first, then the users, then revoked
    /// tokens.
    fn entry(&self, mut number: usize) -> Option<DumpEntry<'_>> {
        if let Some((place, reason)) = self.damaged.get(number) {
            return Some(DumpEntry::Damaged(*place, reason));
        }
        number -= self.damaged.len();
        if let Some(place) = self.strays.get(number) {
            return Some(DumpEntry::Stray(*place));
        }
        number -= self.strays.len();
        if let Some(place) = self.users.get(number) {
            return Some(DumpEntry::User(*place));
        }
        number -= self.users.len();
        self.blacklisted.get(number).copied().map(DumpEntry::Blacklisted)
    }

    /// Returns the models of which there are records.
    fn models(self) -> Vec<String> {
        let known = [
            (TOKEN, &self.tokens),
            (EMAIL, &self.emails),
            (ACCOUNT, &self.accounts),
            (OUTSTANDING, &self.outstanding),
            (BLACKLISTED, &self.blacklisted),
        ];
        let present = known.into_iter().filter(|(_, records)| !records.is_empty()).map(|(model, _)| model.to_owned());
        let mut models: Vec<_> = present.chain(self.passed_over.into_keys()).collect();
        if models.is_empty() {
            models.push("none at all".to_owned());
        }
        models
    }

    fn add(&mut self, place: Place, text: &[u8], user_model: &str) -> Result<(), String> {
        let record: Record<'_> = json::parse(text)?;
        let model = record.model.to_ascii_lowercase();
        if model.len() > LONGEST_MODEL {
            return Err(format!("the name of its model is longer than {LONGEST_MODEL} bytes"));
        }
        let pk = || text_of_key(&record.pk).ok_or("the record has no `pk`; dump without --natural-primary".to_owned());
        match model.as_str() {
            model if model == user_model => {
                let key = self.hash(&pk()?);
                self.users.push(place);
                self.user_keys.push(key);
            }
            TOKEN => {
                let owner = self.owner(&record, "user")?;
                self.tokens.push(Related { owner, place });
            }
            EMAIL => {
                let owner = self.owner(&record, "user")?;
                self.emails.push(Related { owner, place });
            }
            ACCOUNT => {
                let owner = self.owner(&record, "user")?;
                self.accounts.push(Related { owner, place });
            }
            OUTSTANDING => {
                let owner = self.hash(&pk()?);
                self.outstanding.push(Related { owner, place });
                // The user of a token may have been deleted.
                self.token_users.extend(self.owner(&record, "user").ok());
            }
            BLACKLISTED => {
                let owner = self.owner(&record, "token")?;
                self.blacklisted.push(Related { owner, place });
            }
            _ if self.passed_over.len() < MOST_MODELS || self.passed_over.contains_key(&model) => {
                *self.passed_over.entry(model).or_default() += 1;
            }
            _ => {}
        }
        Ok(())
    }

    fn owner(&self, record: &Record<'_>, member: &str) -> Result<u64, String> {
        Ok(self.hash(&record.fields()?.key(member)?))
    }

    fn hash(&self, key: &str) -> u64 {
        self.hasher.hash_one(key)
    }

    fn sort(&mut self) {
        self.user_keys.sort_unstable();
        self.token_users.sort_unstable();
        self.token_users.dedup();
        self.outstanding.sort_unstable_by_key(|related| (related.owner, related.place.offset));
        let is_user = |related: &Related| self.user_keys.binary_search(&related.owner).is_ok();
        for related in [&mut self.tokens, &mut self.emails, &mut self.accounts] {
            self.strays.extend(related.iter().filter(|related| !is_user(related)).map(|related| related.place));
            related.retain(is_user);
            related.sort_unstable_by_key(|related| (related.owner, related.place.offset));
        }
        self.strays.sort_unstable_by_key(|place| place.offset);
    }
}

/// Returns the places of the records that belong to `owner`.
fn of_owner(all: &[Related], owner: u64) -> impl Iterator<Item = Place> {
    let first = all.partition_point(|related| related.owner < owner);
    all[first..].iter().take_while(move |related| related.owner == owner).map(|related| related.place)
}
