//! `countersign openapi`: prints the description of the HTTP API.

use super::failure::{Failure, say};
use crate::app;
use crate::settings::Settings;

pub(super) fn run(settings: Settings) -> Result<(), Failure> {
    say!("{}", app::openapi(settings)?);
    Ok(())
}
