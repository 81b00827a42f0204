//! Creates files and directories readable by their owner alone, and checks permissions without opening or changing
//! anything.
//!
//! The database file, the secret that signs links and the mail directory are made here.

mod draft;
mod kinds;

use std::fs::{self, DirBuilder, File};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, AtFlags, CWD, accessat};
use rustix::io::Errno;
use tempfile::Builder;

pub(crate) use draft::Draft;
pub(crate) use kinds::{is_sqlite_companion, kind_unless_file, must_be_file_or_missing, sqlite_companions};

/// The most symbolic links that are followed from a name to its file, as on Linux.
const MOST_LINKS: usize = 40;

/// Makes a directory, and those above it that are missing, for their owner alone, and syncs their names to the disk.
///
/// # Errors
///
/// The operating system's error.
pub(crate) fn make_directory(path: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = path.ancestors().take_while(|place| is_missing(place)).collect();
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    for made in missing {
        // Ignored: the directory is there, even where the one above it cannot be opened or synced.
        let _ = File::open(directory_of(made)).and_then(|above| sync_directory(&above));
    }
    Ok(())
}

/// Returns whether there is nothing of that name. The empty path is the present directory.
fn is_missing(path: &Path) -> bool {
    !path.as_os_str().is_empty() && !path.exists()
}

/// Makes a file with this content for its owner alone, and its directory, unless there is a file of that name.
///
/// The file gets its name when it is whole and closed: of two processes that start at once, one makes it and both use
/// it, and no descriptor of a file that others may have open is ever closed here.
///
/// # Errors
///
/// The operating system's error.
pub(crate) fn make_file(path: &Path, content: &[u8]) -> io::Result<()> {
    let path = &followed(path)?;
    if path.try_exists()? {
        return Ok(());
    }
    let directory = directory_of(path);
    make_directory(directory)?;
    let mut name = path.file_name().ok_or(ErrorKind::InvalidFilename)?.to_owned();
    name.push(".");
    let mut draft = Builder::new().prefix(&name).suffix(".new").tempfile_in(directory)?;
    draft.write_all(content)?;
    draft.as_file().sync_all()?;
    match draft.into_temp_path().persist_noclobber(path) {
        Ok(()) => {
            // Ignored: the file has its name, even where the directory cannot be opened or synced.
            let _ = File::open(directory).and_then(|directory| sync_directory(&directory));
            Ok(())
        }
        Err(refused) if refused.error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(refused) => Err(refused.error),
    }
}

/// Returns an error for a file that this process may not write.
///
/// # Errors
///
/// The operating system's error, as for opening the file.
#[cfg(feature = "sqlite")]
pub(crate) fn must_be_writable(path: &Path) -> io::Result<()> {
    Ok(accessat(CWD, path, Access::WRITE_OK, AtFlags::EACCESS)?)
}

/// Syncs a directory to the disk, so that the names in it survive a crash. Some network file systems refuse this and
/// keep the names anyway.
///
/// # Errors
///
/// The operating system's error.
pub(crate) fn sync_directory(directory: &File) -> io::Result<()> {
    match directory.sync_all() {
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        synced => synced,
    }
}

/// Refuses a directory in which this process may not make files, or which it could not make where it is missing.
///
/// # Errors
///
/// The operating system's error, as for creating it.
pub(crate) fn must_be_usable_directory(path: &Path) -> io::Result<()> {
    for place in path.ancestors() {
        let place = if place.as_os_str().is_empty() { Path::new(".") } else { place };
        match fs::metadata(place) {
            Ok(found) if !found.is_dir() => return Err(ErrorKind::NotADirectory.into()),
            Ok(_) => return Ok(accessat(CWD, place, Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS)?),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Err(ErrorKind::NotFound.into())
}

/// Refuses a directory that [`must_be_usable_directory`] refuses, and one that this process may not read: it has to open
/// it to sync it.
///
/// # Errors
///
/// The operating system's error, as for making a file there and syncing the directory.
pub(crate) fn must_be_syncable_directory(path: &Path) -> io::Result<()> {
    must_be_usable_directory(path)?;
    match accessat(CWD, path, Access::READ_OK, AtFlags::EACCESS) {
        Err(Errno::NOENT) => Ok(()),
        allowed => Ok(allowed?),
    }
}

/// Returns the directory that a file is in.
pub(crate) fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Follows symbolic links to the name that the file itself has, or would have.
fn followed(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&path) {
            Ok(target) => path = directory_of(&path).join(target),
            // The path is no link, or does not exist yet.
            Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::NotFound) => return Ok(path),
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::thread;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("it was made").permissions().mode() & 0o777
    }

    fn names_in(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).expect("it is there").flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_file_and_its_directory_are_made_for_their_owner_alone() {
        let place = tempfile::tempdir().expect("a temporary directory");
        let file = place.path().join("deep/down/file");
        make_file(&file, b"content").expect("it can be made");
        assert_eq!((mode(&file), mode(&place.path().join("deep"))), (0o600, 0o700));
        assert_eq!(fs::read(&file).expect("it is there"), b"content");
        assert_eq!(names_in(file.parent().expect("it has one")), ["file"], "no draft is left");
    }

    #[test]
    fn a_file_that_is_there_is_left_as_it_is() {
        let place = tempfile::tempdir().expect("a temporary directory");
        let file = place.path().join("file");
        fs::write(&file, "precious").expect("it can be written");
        make_file(&file, b"other").expect("nothing is to be done");
        assert_eq!(fs::read(&file).expect("it is there"), b"precious");
    }

    #[test]
    fn of_many_who_make_one_file_one_does() {
        let place = tempfile::tempdir().expect("a temporary directory");
        let file = &place.path().join("new/file");
        thread::scope(|scope| {
            for number in 0..8_u8 {
                scope.spawn(move || make_file(file, &[number; 1_000]).expect("it can be made"));
            }
        });
        let content = fs::read(file).expect("it was made");
        assert!(content.len() == 1_000 && content.iter().all(|byte| *byte == content[0]));
        assert_eq!(names_in(&place.path().join("new")), ["file"]);
    }

    #[test]
    fn a_link_leads_to_the_file_that_is_made() {
        let place = tempfile::tempdir().expect("a temporary directory");
        fs::create_dir(place.path().join("disk")).expect("it can be made");
        symlink("disk/file", place.path().join("link")).expect("it can be made");
        symlink("link", place.path().join("other")).expect("it can be made");
        make_file(&place.path().join("other"), b"").expect("it can be made");
        assert_eq!(mode(&place.path().join("disk/file")), 0o600);
        symlink("round", place.path().join("round")).expect("it can be made");
        make_file(&place.path().join("round"), b"").expect_err("it leads nowhere");
    }

    #[test]
    fn a_directory_is_judged_without_being_made() {
        let place = tempfile::tempdir().expect("a temporary directory");
        must_be_usable_directory(&place.path().join("a/b")).expect("it could be made");
        must_be_syncable_directory(&place.path().join("a/b")).expect("it could be made");
        assert!(names_in(place.path()).is_empty());
        let file = place.path().join("file");
        fs::write(&file, "in the way").expect("it can be written");
        assert!(must_be_usable_directory(&file).is_err());
        assert!(must_be_usable_directory(&file.join("below")).is_err());
        fs::set_permissions(place.path(), fs::Permissions::from_mode(0o300)).expect("it is ours");
        must_be_usable_directory(place.path()).expect("files can be made there");
        let is_root = rustix::process::geteuid().is_root();
        assert_eq!(must_be_syncable_directory(place.path()).is_ok(), is_root, "only root may read it");
    }

    #[test]
    fn what_cannot_be_synced_keeps_its_names_all_the_same() {
        let (_reader, writer) = io::pipe().expect("a pipe is made");
        let pipe = File::from(std::os::fd::OwnedFd::from(writer));
        assert_eq!(pipe.sync_all().expect_err("a pipe has no disk").kind(), ErrorKind::InvalidInput);
        sync_directory(&pipe).expect("it is taken for a network file system");
    }

    #[cfg(feature = "sqlite")]
    #[test]
    fn a_file_is_judged_without_being_made() {
        let place = tempfile::tempdir().expect("a temporary directory");
        let file = place.path().join("file");
        fs::write(&file, "there").expect("it can be written");
        must_be_writable(&file).expect("it is ours");
        assert!(must_be_writable(&place.path().join("missing")).is_err());
    }
}
