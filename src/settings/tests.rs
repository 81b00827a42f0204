//! Settings as an operator meets them: layers, faults, secrets, findings.

mod cookie_names;
mod copied;
mod dj_rest_auth;
mod djoser;
mod documentation;
mod faults;
mod findings;
mod jwt;
mod jwt_keys;
mod layering;
mod permissions;
mod production;
mod profile_fields;
mod providers;
mod secrets;
mod shown_in_development;
mod spelling;

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;

/// A directory with files that is gone after the test.
struct Disk(TempDir);

impl Disk {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn with(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// Returns a file that its owner alone may read.
    fn private(&self, name: &str, content: &str) -> PathBuf {
        let path = self.with(name, content);
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        path
    }
}

fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn load_text(text: &str) -> Result<Settings, SettingsErrors> {
    Settings::load(Some(&Disk::new().with("settings.toml", text)), [])
}

fn load_environment(pairs: &[(&str, &str)]) -> Result<Settings, SettingsErrors> {
    Settings::load(None, variables(pairs))
}

fn faults_of(text: &str) -> Vec<String> {
    load_text(text).map(drop).unwrap_err().iter().map(ToString::to_string).collect()
}

fn entry(settings: &Settings, key: &str) -> Entry {
    settings.entries().iter().find(|entry| entry.key == key).unwrap().clone()
}
