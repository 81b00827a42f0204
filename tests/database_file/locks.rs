//! The locks of files, as Linux tells them in `/proc/locks`.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// The bytes on which SQLite takes its shared lock: sqlite.org/fileformat.html, "The Lock-Byte Page".
const SHARED_FIRST: u64 = 0x4000_0002;

/// Tells whether a process has the lock by which other programs know that the database is in use.
pub fn has_shared_lock(process: u32, file: &Path) -> bool {
    let inode = fs::metadata(file).expect("it is there").ino();
    let locks = fs::read_to_string("/proc/locks").expect("Linux tells of locks");
    // `1: POSIX  ADVISORY  READ 1234 fd:01:5678 1073741826 1073742335`
    locks.lines().any(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [_, "POSIX", _, "READ", holder, place, first, _] = fields[..] else { return false };
        holder.parse() == Ok(process)
            && place.rsplit(':').next().and_then(|inode| inode.parse().ok()) == Some(inode)
            && first.parse() == Ok(SHARED_FIRST)
    })
}

/// Who may do what with a file.
pub fn mode(file: &Metadata) -> u32 {
    file.mode() & 0o777
}
