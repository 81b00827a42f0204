//! `countersign openapi`: prints the description of the HTTP API.

use super::failure::Failure;
use super::json;
use crate::app;
use crate::settings::Settings;

pub(super) fn run(settings: Settings) -> Result<(), Failure> {
    json::print_text(&app::openapi(settings)?)
}
