//! What a program asked the disk for, as `strace` wrote it down: its lines become changes and syncs of files.
//!
//! strace writes a call's line before it lets the program go on. So whatever the program told anybody, its syncs before
//! that stand in the part of the recording that was there when it was told.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::disk::{Change, File};

/// All calls by which files change or are made to last. A write of another kind would be missed; the end of a recording
/// is compared with the real files for that.
const CALLS: &str = "trace=pwrite64,pwritev,pwritev2,ftruncate,fallocate,fsync,fdatasync";

/// Finds `strace` and tries it.
///
/// # Errors
///
/// If it is missing, or may not trace.
pub fn strace() -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|place| place.join("strace")).find(|strace| strace.exists());
    let strace = found.ok_or("strace is not installed")?;
    let tried = Command::new(&strace).args(["-f", "-o", "/dev/null", "true"]).status();
    if tried.is_ok_and(|status| status.success()) { Ok(strace) } else { Err("strace may not trace here".to_owned()) }
}

/// `command`, so that what it asks the disk for is recorded in `file`. Its process stays the caller's child.
pub fn recorded(strace: &Path, command: &Command, file: &Path) -> Command {
    let mut recorded = Command::new(strace);
    recorded.args(["-D", "-f", "--seccomp-bpf", "-qq", "-y", "-xx", "-s", "1048576", "-e", "signal=none", "-e", CALLS]);
    recorded.arg("-o").arg(file).arg("--").arg(command.get_program()).args(command.get_args()).env_clear();
    recorded.current_dir(command.get_current_dir().expect("the program has a home"));
    recorded
}

/// Files as a recording says they are, from its beginning to where it was read.
pub struct Replay {
    files: HashMap<PathBuf, File>,
    /// By thread, a call that it is in, and what a sync will have kept when it is done.
    begun: HashMap<String, Begun>,
    pub syncs: usize,
}

struct Begun {
    text: String,
    sync: Option<u64>,
}

impl Replay {
    /// Of these files, as they are before the recording begins.
    pub fn new(files: impl IntoIterator<Item = (PathBuf, File)>) -> Self {
        Self { files: files.into_iter().collect(), begun: HashMap::new(), syncs: 0 }
    }

    pub fn file(&self, path: &Path) -> &File {
        &self.files[path]
    }

    /// Takes in a line: `17 fsync(9</file>) = 0`, or one of two parts, as other threads do things meanwhile:
    /// `17 fsync(9</file> <unfinished ...>` and `17 <... fsync resumed>) = 0`.
    pub fn take(&mut self, line: &str) {
        let (thread, text) = line.split_once(' ').unwrap_or_else(|| panic!("not a line of strace: {line}"));
        let text = text.trim();
        if let Some(text) = text.strip_suffix("<unfinished ...>") {
            let call = Call::parse(text);
            let sync = call.filter(Call::is_sync).and_then(|call| Some(self.files.get(&call.path)?.begin_sync()));
            self.begun.insert(thread.to_owned(), Begun { text: text.to_owned(), sync });
        } else if let Some((_, rest)) = text.split_once(" resumed>").filter(|_| text.starts_with("<... ")) {
            let Begun { text, sync } = self.begun.remove(thread).expect("what is resumed was begun");
            self.finish(&format!("{text}{rest}"), sync);
        } else {
            self.finish(text, None);
        }
    }

    /// A call that is done. A sync without `begun_with` began only now.
    fn finish(&mut self, text: &str, begun_with: Option<u64>) {
        let Some(call) = Call::parse(text) else { return };
        let Some(file) = self.files.get_mut(&call.path) else { return };
        let result = text.rsplit_once("= ").map_or("", |(_, result)| result);
        let size = result.parse();
        assert!(size.is_ok(), "the disk refused: {} of {}: {result}", call.name, call.path.display());
        match call.name {
            "fsync" | "fdatasync" => {
                let made = begun_with.unwrap_or_else(|| file.begin_sync());
                file.end_sync(made);
                self.syncs += 1;
            }
            "pwrite64" => file.change(call.written(size.unwrap_or_default())),
            "ftruncate" => file.change(Change::Truncated { to: number(call.arguments) }),
            other => panic!("{other} is not understood yet"),
        }
    }
}

/// A call to a file.
struct Call<'a> {
    name: &'a str,
    path: PathBuf,
    /// What follows the file.
    arguments: &'a str,
}

impl<'a> Call<'a> {
    /// Reads `name(9<path in hex>, arguments`; nothing else is about a file.
    fn parse(text: &'a str) -> Option<Self> {
        let (name, rest) = text.split_once('(')?;
        let (path, arguments) = rest.split_once('<')?.1.split_once('>')?;
        let path = String::from_utf8(bytes(path)).ok()?;
        Some(Self { name, path: PathBuf::from(path), arguments: arguments.trim_start_matches(", ") })
    }

    fn is_sync(&self) -> bool {
        matches!(self.name, "fsync" | "fdatasync")
    }

    /// Reads `"bytes in hex", size, offset) = result`.
    fn written(&self, size: usize) -> Change {
        let mut parts = self.arguments.splitn(3, '"').skip(1);
        let (Some(text), Some(rest)) = (parts.next(), parts.next()) else { panic!("bytes in quotes") };
        let mut bytes = bytes(text);
        assert!(bytes.len() >= size, "strace has left bytes out");
        bytes.truncate(size);
        Change::Written { at: number(rest.rsplit_once(',').map_or("", |(_, at)| at)), bytes }
    }
}

/// Bytes as strace writes them: `\x63\x73`.
fn bytes(text: &str) -> Vec<u8> {
    let digit = |digit: u8| char::from(digit).to_digit(16).expect("a hexadecimal digit") as u8;
    let (codes, rest) = text.as_bytes().as_chunks::<4>();
    assert!(rest.is_empty(), "four letters for each byte");
    codes.iter().map(|[_, _, high, low]| digit(*high) << 4 | digit(*low)).collect()
}

/// The number that a text begins with.
fn number(text: &str) -> usize {
    let digits: String = text.trim_start().chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_else(|_| panic!("a number: {text}"))
}
