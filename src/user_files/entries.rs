//! Splits a file into its entries: the lines of JSON lines, or the elements of one JSON array.
//!
//! Nothing is parsed here beyond the ends of an entry, so one entry that is damaged hides no other, and no more than one
//! entry is in memory.

use std::io::{self, BufRead, BufReader, Read};

/// The most bytes of an entry. A user with the largest profile and a thousand sessions has half a megabyte.
pub(super) const MOST_BYTES: usize = 4 << 20;

/// Why the rest of a file cannot be split into entries.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SplitError {
    /// It cannot be read.
    #[error("the file cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It is not what it looked like.
    #[error("line {line}: {fact}")]
    Malformed {
        /// The line, counted from 1.
        line: u64,
        /// What is wrong.
        fact: &'static str,
    },
}

/// How the entries are separated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Lines,
    Array,
}

/// Where an entry is in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) offset: u64,
    /// The bytes; [`u32::MAX`] if there are too many.
    pub(super) length: u32,
    /// The line it begins in, counted from 1.
    pub(super) line: u32,
}

impl Place {
    pub(super) fn is_too_long(self) -> bool {
        self.length == u32::MAX
    }
}

/// The entries of a file, one after the other.
pub(super) struct Entries<R> {
    input: BufReader<R>,
    shape: Shape,
    offset: u64,
    line: u64,
    buffer: Vec<u8>,
    has_begun: bool,
}

impl<R: Read> Entries<R> {
    /// Looks at the beginning of a file. A byte order mark is skipped.
    pub(super) fn open(file: R) -> Result<Self, SplitError> {
        let mut input = BufReader::with_capacity(1 << 16, file);
        let start = input.fill_buf()?;
        let mark = if start.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let first = start[mark..].iter().find(|byte| !byte.is_ascii_whitespace());
        let shape = if first == Some(&b'[') { Shape::Array } else { Shape::Lines };
        input.consume(mark);
        Ok(Self { input, shape, offset: mark as u64, line: 1, buffer: Vec::new(), has_begun: false })
    }

    pub(super) fn shape(&self) -> Shape {
        self.shape
    }

    /// Returns the text of the entry that was found last; a part of it if it is too long.
    pub(super) fn text(&self) -> &[u8] {
        &self.buffer
    }

    /// Finds the next entry.
    pub(super) fn next(&mut self) -> Result<Option<Place>, SplitError> {
        match self.shape {
            Shape::Lines => self.next_line(),
            Shape::Array => self.next_element(),
        }
    }

    fn next_line(&mut self) -> Result<Option<Place>, SplitError> {
        loop {
            let (offset, line) = (self.offset, self.line);
            let (length, _) = self.take_until(|byte| byte == b'\n')?;
            if length == 0 {
                return Ok(None);
            }
            if !self.buffer.trim_ascii().is_empty() || length > MOST_BYTES {
                return Ok(Some(place(offset, length, line)));
            }
        }
    }

    fn next_element(&mut self) -> Result<Option<Place>, SplitError> {
        if !self.seek_element()? {
            return Ok(None);
        }
        let (offset, line, mut scan) = (self.offset, self.line, Scan::default());
        match self.take_until(|byte| scan.ends_with(byte))? {
            (length, true) => Ok(Some(place(offset, length, line))),
            (_, false) => Err(self.malformed("the file ends within an entry; it was cut off")),
        }
    }

    /// Reads into the buffer through the byte for which `is_end` holds, or to the end of the file. Returns how many bytes
    /// these are, of which the buffer may hold the first only, and whether the byte came.
    fn take_until(&mut self, mut is_end: impl FnMut(u8) -> bool) -> io::Result<(usize, bool)> {
        self.buffer.clear();
        let mut length = 0;
        loop {
            let available = self.input.fill_buf()?;
            if available.is_empty() {
                return Ok((length, false));
            }
            let end = available.iter().position(|byte| {
                self.line += u64::from(*byte == b'\n');
                is_end(*byte)
            });
            let taken = end.map_or(available.len(), |end| end + 1);
            let room = (MOST_BYTES + 1).saturating_sub(self.buffer.len());
            self.buffer.extend_from_slice(&available[..taken.min(room)]);
            self.input.consume(taken);
            length += taken;
            self.offset += taken as u64;
            if end.is_some() {
                return Ok((length, true));
            }
        }
    }

    /// Goes on to the next element. Returns false at the end of the array.
    fn seek_element(&mut self) -> Result<bool, SplitError> {
        // Before the array, a `[`; between two elements, a comma.
        let (mut has_opened, mut has_comma) = (self.has_begun, !self.has_begun);
        let mut is_first = !self.has_begun;
        self.has_begun = true;
        loop {
            let Some(&byte) = self.input.fill_buf()?.first() else {
                return Err(self.malformed("the file ends within the array; it was cut off"));
            };
            match byte {
                b'{' if has_opened && has_comma => return Ok(true),
                b'[' if !has_opened => has_opened = true,
                b',' if has_opened && !has_comma => (has_comma, is_first) = (true, false),
                b']' if has_opened && (is_first || !has_comma) => {
                    self.step(byte);
                    return self.must_end().map(|()| false);
                }
                b' ' | b'\t' | b'\r' | b'\n' => {}
                _ => return Err(self.malformed("an array of objects is expected, with a comma between two")),
            }
            self.step(byte);
        }
    }

    fn must_end(&mut self) -> Result<(), SplitError> {
        while let Some(&byte) = self.input.fill_buf()?.first() {
            if !byte.is_ascii_whitespace() {
                return Err(self.malformed("something follows the array"));
            }
            self.step(byte);
        }
        // The next call finds the end again.
        self.shape = Shape::Lines;
        Ok(())
    }

    fn step(&mut self, byte: u8) {
        self.input.consume(1);
        self.offset += 1;
        self.line += u64::from(byte == b'\n');
    }

    fn malformed(&self, fact: &'static str) -> SplitError {
        SplitError::Malformed { line: self.line, fact }
    }
}

fn place(offset: u64, length: usize, line: u64) -> Place {
    let length = u32::try_from(length).ok().filter(|length| *length as usize <= MOST_BYTES).unwrap_or(u32::MAX);
    Place { offset, length, line: u32::try_from(line).unwrap_or(u32::MAX) }
}

/// Finds the end of an object by its brackets, outside of texts.
#[derive(Default)]
struct Scan {
    depth: u64,
    is_in_text: bool,
    is_escaped: bool,
}

impl Scan {
    fn ends_with(&mut self, byte: u8) -> bool {
        if self.is_in_text {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' => self.is_escaped = true,
                b'"' => self.is_in_text = false,
                _ => {}
            }
            return false;
        }
        match byte {
            b'"' => self.is_in_text = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.depth == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Result<Vec<(u32, String)>, SplitError> {
        let mut entries = Entries::open(text.as_bytes())?;
        let mut found = Vec::new();
        while let Some(place) = entries.next()? {
            let whole = &text.as_bytes()[place.offset as usize..][..place.length as usize];
            assert_eq!(whole, entries.text(), "{text}");
            found.push((place.line, String::from_utf8_lossy(whole).trim().to_owned()));
        }
        assert!(entries.next()?.is_none(), "the end stays the end");
        Ok(found)
    }

    fn of(entries: &[(u32, &str)]) -> Vec<(u32, String)> {
        entries.iter().map(|(line, text)| (*line, (*text).to_owned())).collect()
    }

    #[test]
    fn lines_are_entries_and_empty_ones_are_none() {
        for (text, entries) in [
            ("", &[][..]),
            ("\u{feff}{\"a\": 1}\r\n\r\n  \n{}", &[(1, "{\"a\": 1}"), (4, "{}")]),
            ("x\n[\n", &[(1, "x"), (2, "[")]),
        ] {
            assert_eq!(split(text).expect("it has lines"), of(entries), "{text:?}");
        }
    }

    #[test]
    fn objects_of_an_array_are_entries_however_they_are_written() {
        for (text, entries) in [
            ("[]", &[][..]),
            (" [ {\"a\": [1, {}]} , {} ]\n", &[(1, "{\"a\": [1, {}]}"), (1, "{}")]),
            ("\u{feff}[\n{\"a\":\n\"]}\\\"[{\"},{}]", &[(2, "{\"a\":\n\"]}\\\"[{\"}"), (3, "{}")]),
        ] {
            assert_eq!(split(text).expect("it is an array"), of(entries), "{text:?}");
        }
    }

    #[test]
    fn an_array_that_is_none_is_refused_with_its_line() {
        for text in ["[", "[\n1]", "[{}\n{}]", "[,{}]", "[{},]", "[{}]\n{}", "[{\"a\"", "[{}", "[[]]", "[{},,{}]"] {
            let error = split(text).expect_err("it is no array of objects").to_string();
            assert!(error.starts_with("line "), "{text}: {error}");
        }
    }

    #[test]
    fn an_entry_that_is_too_long_is_passed_over() {
        let long = "x".repeat(MOST_BYTES + 1);
        for text in [format!("{long}\n{{}}"), format!("[{{\"a\": \"{long}\"}}, {{}}]")] {
            let mut entries = Entries::open(text.as_bytes()).expect("it can be read");
            let first = entries.next().expect("it can be read").expect("there are two");
            assert!(first.is_too_long() && entries.text().len() <= MOST_BYTES + 1);
            assert!(!entries.next().expect("it can be read").expect("there are two").is_too_long());
        }
    }
}
