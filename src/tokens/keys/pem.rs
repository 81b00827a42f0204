//! PEM (RFC 7468): blocks of Base64 between `-----BEGIN NAME-----` and `-----END NAME-----`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::error::KeyError;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// A block of PEM.
pub(super) struct Block<'a> {
    /// What it holds: `PRIVATE KEY`.
    pub(super) label: &'a str,
    content: &'a str,
}

impl Block<'_> {
    /// Decodes the content of the block.
    pub(super) fn to_der(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        // A variable of the environment may hold `\n` as two characters.
        let content = Zeroizing::new(self.content.replace("\\n", "\n").replace("\\r", ""));
        let letters = Zeroizing::new(content.split_ascii_whitespace().collect::<String>());
        STANDARD.decode(letters.as_str()).map(Zeroizing::new).map_err(|_| KeyError::Damaged)
    }
}

/// Returns the only block of a text.
pub(super) fn only_block(text: &str) -> Result<Block<'_>, KeyError> {
    let mut blocks = blocks(text)?;
    let only = blocks.pop().ok_or(KeyError::NoPem)?;
    if blocks.is_empty() { Ok(only) } else { Err(KeyError::Several) }
}

/// Returns all blocks of a text, of which there is at least one. Everything between them is a comment.
pub(super) fn blocks(text: &str) -> Result<Vec<Block<'_>>, KeyError> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((before, inner)) = rest.split_once(BEGIN) {
        // An end without a beginning: the block before it was cut.
        if before.contains(END) {
            return Err(KeyError::Damaged);
        }
        let (label, inner) = inner.split_once(DASHES).ok_or(KeyError::Damaged)?;
        let (content, after) = inner.split_once(END).ok_or(KeyError::Damaged)?;
        let after = after.strip_prefix(label).and_then(|after| after.strip_prefix(DASHES)).ok_or(KeyError::Damaged)?;
        rest = after;
        if !is_commented_out(before) {
            blocks.push(Block { label, content });
        }
    }
    if rest.contains(END) {
        return Err(KeyError::Damaged);
    }
    if blocks.is_empty() { Err(KeyError::NoPem) } else { Ok(blocks) }
}

/// Returns whether a `#` stands in the line that a block begins in.
fn is_commented_out(before: &str) -> bool {
    before.rsplit('\n').next().is_some_and(|line| line.trim_start().starts_with('#'))
}
