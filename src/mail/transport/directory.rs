//! Mails as files: one `.eml` per mail, for development, for tests, and for programs that fetch them there.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::clock::Timestamp;
use crate::files;
use crate::mail::delivery::DeliveryError;
use crate::mail::message::OutgoingMail;

#[derive(Debug)]
pub(super) struct Directory {
    path: PathBuf,
}

impl Directory {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(super) async fn write_mail(&self, mail: &OutgoingMail) -> Result<(), DeliveryError> {
        let (path, name, bytes) = (self.path.clone(), file_name(mail.date(), mail.id()), mail.bytes().to_vec());
        blocking(move || write(&path, &name, &bytes)).await
    }

    pub(super) async fn try_writing(&self) -> Result<(), DeliveryError> {
        let path = self.path.clone();
        blocking(move || files::must_be_usable_directory(&path)).await
    }
}

/// Sorts by time: `20231114T221320Z-<id>.eml`.
fn file_name(date: Timestamp, id: &str) -> String {
    let time: String = date.to_string().chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{time}-{id}.eml")
}

async fn blocking(work: impl FnOnce() -> io::Result<()> + Send + 'static) -> Result<(), DeliveryError> {
    let outcome = tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)));
    outcome.map_err(|error| DeliveryError::delayed(None, &format!("the mail directory: {error}")))
}

/// Writes a mail under a temporary name and renames it, so that readers never see half a mail. It is synced to the disk
/// before success is reported.
fn write(directory: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    files::make_directory(directory)?;
    let unfinished = directory.join(format!("{name}.tmp"));
    let mut file = create_file(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&unfinished, directory.join(name))?;
    File::open(directory)?.sync_all()
}

fn create_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::mail::message::{Sender, build};
    use crate::mail::templates::Rendered;

    fn mail() -> OutgoingMail {
        let sender = Sender::parse("no-reply@app.example", None).expect("it is an address");
        let rendered = Rendered { subject: "Hello".into(), text: "there".into(), html: None };
        build(&sender, "ann@mail.example", &rendered, "row-1", Timestamp::from_unix_seconds(1_700_000_000))
            .expect("it can be written")
    }

    #[tokio::test]
    async fn a_mail_becomes_one_file_for_its_owner_only() {
        let temporary = tempfile::tempdir().expect("a temporary directory");
        let path = temporary.path().join("var/mails");
        let directory = Directory::new(path.clone());
        directory.write_mail(&mail()).await.expect("it is written");
        directory.write_mail(&mail()).await.expect("a second try writes the same file");
        let names: Vec<_> =
            fs::read_dir(&path).expect("it is there").map(|entry| entry.expect("it is").file_name()).collect();
        assert_eq!(names, ["20231114T221320Z-row-1.eml"]);
        assert_eq!(fs::read(path.join(&names[0])).expect("it can be read"), mail().bytes());
        assert_eq!(fs::metadata(&path).expect("it is there").permissions().mode() & 0o777, 0o700);
        assert_eq!(fs::metadata(path.join(&names[0])).expect("it is there").permissions().mode() & 0o777, 0o600);
    }

    #[tokio::test]
    async fn a_directory_that_cannot_be_written_delays_the_mail() {
        let temporary = tempfile::tempdir().expect("a temporary directory");
        let file = temporary.path().join("file");
        fs::write(&file, "in the way").expect("it can be written");
        let directory = Directory::new(file);
        let error = directory.write_mail(&mail()).await.expect_err("a file is in the way");
        assert_eq!(error.fault(), crate::mail::DeliveryFault::Delayed);
        assert!(directory.try_writing().await.is_err());
    }

    #[tokio::test]
    async fn checking_makes_nothing() {
        let temporary = tempfile::tempdir().expect("a temporary directory");
        for path in [temporary.path().into(), temporary.path().join("var/mails")] {
            Directory::new(path).try_writing().await.expect("it can be written");
        }
        assert_eq!(fs::read_dir(temporary.path()).expect("it is there").count(), 0);
    }
}
