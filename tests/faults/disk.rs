//! A disk that loses power: what was synced is there, and of all that was written since, anything or nothing.

use std::collections::VecDeque;

use crate::support::dice::Dice;

/// A disk writes these whole or not at all, or else any program would be lost on it.
const SECTOR_BYTES: usize = 512;

/// A change to a file that has been asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Written { at: usize, bytes: Vec<u8> },
    Truncated { to: usize },
}

impl Change {
    fn make(&self, content: &mut Vec<u8>) {
        match self {
            Self::Written { at, bytes } => {
                if content.len() < at + bytes.len() {
                    content.resize(at + bytes.len(), 0);
                }
                content[*at..at + bytes.len()].copy_from_slice(bytes);
            }
            Self::Truncated { to } => content.resize(*to, 0),
        }
    }

    /// What power that fails lets through: all of it, nothing, or any of its sectors.
    fn make_by_chance(&self, content: &mut Vec<u8>, dice: &mut Dice) {
        match (dice.below(3), self) {
            (0, _) => {}
            (1, Self::Written { at, bytes }) => {
                let mut from = 0;
                while from < bytes.len() {
                    // Sectors are counted from the file's beginning.
                    let to = bytes.len().min(from + SECTOR_BYTES - (at + from) % SECTOR_BYTES);
                    if dice.below(2) == 0 {
                        Self::Written { at: at + from, bytes: bytes[from..to].to_vec() }.make(content);
                    }
                    from = to;
                }
            }
            _ => self.make(content),
        }
    }
}

/// A file, and how far its changes have got to the disk.
#[derive(Clone, Debug, Default)]
pub struct File {
    synced: Vec<u8>,
    changes: VecDeque<Change>,
    /// How many changes were ever made, and how many of them are synced.
    made: u64,
    kept: u64,
}

impl File {
    pub fn with_content(synced: Vec<u8>) -> Self {
        Self { synced, ..Self::default() }
    }

    pub fn change(&mut self, change: Change) {
        self.changes.push_back(change);
        self.made += 1;
    }

    /// What a sync that begins now will have kept when it is done.
    pub fn begin_sync(&self) -> u64 {
        self.made
    }

    /// The sync that began with `made` changes is done.
    pub fn end_sync(&mut self, made: u64) {
        while self.kept < made {
            let change = self.changes.pop_front().expect("changes that are not kept are remembered");
            change.make(&mut self.synced);
            self.kept += 1;
        }
    }

    /// How many changes may be lost.
    pub fn unsynced(&self) -> usize {
        self.changes.len()
    }

    /// The file as whoever reads it now sees it.
    pub fn now(&self) -> Vec<u8> {
        let mut content = self.synced.clone();
        self.changes.iter().for_each(|change| change.make(&mut content));
        content
    }

    /// The file as it may be found after power has failed now.
    pub fn after_power_loss(&self, dice: &mut Dice) -> Vec<u8> {
        let mut content = self.synced.clone();
        self.changes.iter().for_each(|change| change.make_by_chance(&mut content, dice));
        content
    }
}
