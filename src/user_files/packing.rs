//! Recognizes files that are no JSON as a whole, so that they are refused once and not line by line.

/// How the files begin, and what they are with what to do about them.
const BEGINNINGS: [(&[u8], &str); 12] = [
    (b"\x1f\x8b", "compressed by gzip; unpack it first"),
    (b"BZh", "compressed by bzip2; unpack it first"),
    (b"\xfd7zXZ\0", "compressed by xz; unpack it first"),
    (b"\x5d\0\0", "compressed by lzma; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd; unpack it first"),
    (b"PK\x03\x04", "a zip archive; unpack it first"),
    (b"\xff\xfe", "UTF-16; write it as UTF-8"),
    (b"\xfe\xff", "UTF-16; write it as UTF-8"),
    (b"[\0", "UTF-16; write it as UTF-8"),
    (b"{\0", "UTF-16; write it as UTF-8"),
    (b"<", "XML; dump the users with --format json"),
    (b"- model:", "YAML; dump the users with --format json"),
];

/// The most bytes that [`what_it_is`] looks at.
pub(super) const LOOKED_AT: u64 = 16;

/// Returns what a file is that begins so, with the remedy; none if it may be JSON.
pub(super) fn what_it_is(start: &[u8]) -> Option<&'static str> {
    let found = BEGINNINGS.iter().find(|(beginning, _)| start.starts_with(beginning));
    found.map(|(_, what)| *what)
}
