//! Takes Rust text apart into words and signs; comments, texts, numbers and lifetimes are left out.

/// What a rule may look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A name or a keyword.
    Word(String),
    /// `::`
    Joint,
    /// Any other sign.
    Sign(char),
}

/// The tokens of `text`, each with its line, from 1.
pub fn tokens_of(text: &str) -> Vec<(usize, Token)> {
    let mut scanner = Scanner { rest: text, line: 1, tokens: Vec::new() };
    while let Some(first) = scanner.rest.chars().next() {
        scanner.step(first);
    }
    scanner.tokens
}

struct Scanner<'a> {
    rest: &'a str,
    line: usize,
    tokens: Vec<(usize, Token)>,
}

impl Scanner<'_> {
    fn step(&mut self, first: char) {
        let rest = self.rest;
        if rest.starts_with("//") {
            self.skip(rest.find('\n').unwrap_or(rest.len()));
        } else if rest.starts_with("/*") {
            self.skip(length_of_block_comment(rest));
        } else if let Some(length) = length_of_text(rest) {
            self.skip(length);
        } else if let Some(length) = length_of_character(rest) {
            self.skip(length);
        } else if first == '\'' {
            // A lifetime: its name is no path.
            self.skip(1 + length_of_word(&rest[1..]));
        } else if first.is_alphanumeric() || first == '_' {
            let word = &rest[..length_of_word(rest)];
            if !first.is_numeric() {
                self.tokens.push((self.line, Token::Word(word.to_owned())));
            }
            self.skip(word.len());
        } else if rest.starts_with("::") {
            self.tokens.push((self.line, Token::Joint));
            self.skip(2);
        } else {
            if !first.is_whitespace() {
                self.tokens.push((self.line, Token::Sign(first)));
            }
            self.skip(first.len_utf8());
        }
    }

    fn skip(&mut self, length: usize) {
        let (skipped, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.line += skipped.matches('\n').count();
        self.rest = rest;
    }
}

fn length_of_word(text: &str) -> usize {
    text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())
}

/// Block comments nest.
fn length_of_block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

/// The length of a string literal at the beginning of `text`: plain, raw, of bytes or for C.
fn length_of_text(text: &str) -> Option<usize> {
    let body = text.trim_start_matches(['b', 'c']);
    let prefix = text.len() - body.len();
    if prefix > 1 {
        return None;
    }
    if let Some(raw) = body.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        let content = raw[hashes..].strip_prefix('"')?;
        let end = format!("\"{}", "#".repeat(hashes));
        let length = content.find(&end).map_or(content.len(), |at| at + end.len());
        return Some(prefix + 1 + hashes + 1 + length);
    }
    let content = body.strip_prefix('"')?;
    let mut is_escaped = false;
    for (at, letter) in content.char_indices() {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return Some(prefix + 1 + at + 1),
            _ => {}
        }
    }
    Some(text.len())
}

/// The length of a character literal at the beginning of `text`; a lifetime is none.
fn length_of_character(text: &str) -> Option<usize> {
    let body = text.strip_prefix("b'").or_else(|| text.strip_prefix('\''))?;
    let prefix = text.len() - body.len();
    if let Some(escaped) = body.strip_prefix('\\') {
        let named = escaped.chars().next()?.len_utf8();
        return escaped[named..].find('\'').map(|at| prefix + 1 + named + at + 1);
    }
    let letter = body.chars().next()?.len_utf8();
    body[letter..].starts_with('\'').then_some(prefix + letter + 1)
}
