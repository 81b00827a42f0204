//! Users as files: what `users import` reads and `users export` writes.
//!
//! A file is read twice. The first pass judges every entry, the second stores those that were found good. Both see the
//! same entries in the same order, which is what makes an import resumable. `cli` calls this.

mod choices;
mod dump;
mod entries;
mod error;
mod export;
mod findings;
mod importing;
mod json;
mod judging;
mod line;
mod mapping;
mod models;
mod packing;
mod report;
mod seen;
mod source;
mod subject;
mod values;

pub(crate) use choices::{Choices, Faulty, Inactive, Unverifiable};
pub(crate) use error::ImportError;
pub(crate) use export::{ExportError, export};
pub(crate) use importing::{Work, import};
pub(crate) use mapping::Mapping;
pub(crate) use report::{Faults, Imported, Report, Stage, Step};
