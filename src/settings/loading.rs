//! Merges the layers, reads them, and checks the result.

use std::path::Path;

use super::contradictions;
use super::error::{SettingsError, SettingsErrors};
use super::layers::{self, Layers};
use super::mode::Mode;
use super::own_pages;
use super::production::{self, Finding, Severity};
use super::reader::Reader;
use super::sections::Settings;

impl Settings {
    /// Merges the `file` and the `environment` over the built-in defaults, and checks the result.
    ///
    /// Of the environment, only variables that begin with `COUNTERSIGN__` count. Secrets given as `…_file` are read. No
    /// file is written. Relative paths start at the working directory.
    ///
    /// # Errors
    ///
    /// Every fault, not only the first: unknown keys of any layer, values of a wrong type or outside their range,
    /// values that contradict each other, files that cannot be read, a database engine that this program was built
    /// without; and in production, each [`Finding`] that is an [`Severity::Error`].
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SettingsErrors> {
        Self::load_with(file, environment, Self::refuse_in_production)
    }

    /// Does the same as [`Settings::load`], without the faults that only production refuses: see
    /// [`Settings::findings`].
    ///
    /// For programs that explain settings instead of serving with them.
    ///
    /// # Errors
    ///
    /// Those of [`Settings::load`], but for what production refuses.
    pub fn load_for_review(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SettingsErrors> {
        Self::load_with(file, environment, |_, _| {})
    }

    fn load_with(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        judge: impl FnOnce(&Self, &mut Reader),
    ) -> Result<Self, SettingsErrors> {
        let mut layers = Layers::built_in();
        if let Some(path) = file {
            layers.lay_file(path);
        }
        layers.lay_environment(environment);
        own_pages::lead_to_this_server(&mut layers);
        let mut reader = Reader::new(layers);
        let mut settings = Self::read(&mut reader);
        settings.database.complete(&mut reader);
        settings.links.complete(settings.mode, &mut reader);
        if settings.contracts.serve_jwt() {
            settings.jwt.complete(settings.mode, &mut reader);
        }
        settings.passwords.complete(&mut reader);
        settings.mail.complete(&mut reader);
        settings.moving.complete(&mut reader);
        contradictions::find(&settings, &mut reader);
        settings.entries = reader.entries().to_vec();
        judge(&settings, &mut reader);
        let log_format = settings.log.format;
        reader.finish().map_err(|errors| errors.in_log_format(log_format))?;
        Ok(settings)
    }

    /// Returns the built-in defaults, without reading the environment or the disk. The links have no secret yet.
    ///
    /// For tests and for programs that embed the library and change fields. Values assigned to fields are not checked.
    pub fn defaults() -> Self {
        let mut reader = Reader::new(Layers::built_in());
        let mut settings = Self::read(&mut reader);
        settings.entries = reader.entries().to_vec();
        reader.finish().expect("the built-in defaults are valid");
        settings
    }

    /// Returns the built-in `settings.toml`: the documentation of every setting, and its default.
    pub const fn built_in_toml() -> &'static str {
        layers::BUILT_IN
    }

    /// Returns the settings that production refuses and those that are risky in it, whatever the mode. Looks at the
    /// permissions of the files that the settings name.
    pub fn findings(&self) -> Vec<Finding> {
        production::find(self)
    }

    /// Checks settings whose fields a program has changed, as [`Settings::load`] checks what it has read.
    ///
    /// # Errors
    ///
    /// In production, each [`Finding`] that is an [`Severity::Error`].
    pub fn refuse_what_production_lacks(&self) -> Result<(), SettingsErrors> {
        let findings = if self.mode == Mode::Production { self.findings() } else { Vec::new() };
        let errors = findings.into_iter().filter(|finding| finding.severity == Severity::Error);
        let faults: Vec<_> = errors
            .map(|finding| SettingsError::NotForProduction { key: finding.key, requirement: finding.message })
            .collect();
        if faults.is_empty() { Ok(()) } else { Err(SettingsErrors::new(faults)) }
    }

    /// Records in `reader` what production refuses. Skips keys that are at fault already: they hold a default.
    fn refuse_in_production(&self, reader: &mut Reader) {
        if self.mode == Mode::Development {
            return;
        }
        let errors = self.findings().into_iter().filter(|finding| finding.severity == Severity::Error);
        let refused: Vec<_> = errors.filter(|finding| !reader.is_faulty(finding.key)).collect();
        for finding in refused {
            reader.refuse(finding.key, finding.message);
        }
    }
}
