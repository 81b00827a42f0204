//! Reads Rust text for the paths it names: those of `use` lines, and those written out in full (`diesel::insert_into`).
//!
//! A scanner, not a parser: it knows comments, texts, `use` trees and modules, which is all the rules need. Code under
//! `#[cfg(test)]` does not count.

use super::scanner::{Token, tokens_of};

/// A path that a file names, from its root: `crate::store::User`, `std::env`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The line, from 1.
    pub line: usize,
    /// The segments. A glob is `*`.
    pub path: Vec<String>,
}

/// The module of a file below `src/`: `http/face.rs` is `["http", "face"]`. The crate's root is empty, except that
/// `main.rs` counts as a room of its own.
pub fn module_of(file: &str) -> Vec<String> {
    match file.strip_suffix(".rs").unwrap_or(file) {
        "lib" => Vec::new(),
        module => module.split('/').map(str::to_owned).collect(),
    }
}

/// Every path that `text`, the content of `file` below `src/`, names.
pub fn mentions_in(file: &str, text: &str) -> Vec<Mention> {
    let tokens = without_tests(&tokens_of(text));
    let mut reading = Reading { module: module_of(file), open_modules: Vec::new(), depth: 0, mentions: Vec::new() };
    let mut at = 0;
    while at < tokens.len() {
        at = reading.step(&tokens, at);
    }
    reading.mentions
}

struct Reading {
    module: Vec<String>,
    /// The depths of braces at which modules were opened within the file.
    open_modules: Vec<usize>,
    depth: usize,
    mentions: Vec<Mention>,
}

impl Reading {
    /// Takes in what begins at `at`, and tells where the next begins.
    fn step(&mut self, tokens: &[(usize, Token)], at: usize) -> usize {
        let token = |at: usize| tokens.get(at).map(|(_, token)| token);
        match (&tokens[at].1, token(at + 1), token(at + 2)) {
            (Token::Word(word), Some(Token::Word(name)), Some(Token::Sign('{'))) if word == "mod" => {
                self.depth += 1;
                self.open_modules.push(self.depth);
                self.module.push(name.clone());
                at + 3
            }
            (Token::Sign('{'), _, _) => {
                self.depth += 1;
                at + 1
            }
            (Token::Sign('}'), _, _) => {
                if self.open_modules.last() == Some(&self.depth) {
                    self.open_modules.pop();
                    self.module.pop();
                }
                self.depth = self.depth.saturating_sub(1);
                at + 1
            }
            // `use<'a>` in a signature captures lifetimes and imports nothing.
            (Token::Word(word), next, _) if word == "use" && next != Some(&Token::Sign('<')) => {
                self.tree(tokens, at + 1, &[])
            }
            (Token::Word(_), Some(Token::Joint), _) => self.written_out(tokens, at),
            (Token::Joint, _, _) if !follows_a_type(tokens, at) => at + 1,
            // The rest of a path whose beginning is a type: `<T as Trait>::Item`, `Vec::<u8>::new`.
            (Token::Joint, Some(Token::Word(_)), _) => at + 2,
            _ => at + 1,
        }
    }

    fn written_out(&mut self, tokens: &[(usize, Token)], begin: usize) -> usize {
        let mut path = Vec::new();
        let mut at = begin;
        while let Some((_, Token::Word(word))) = tokens.get(at) {
            path.push(word.clone());
            at += 1;
            match (tokens.get(at), tokens.get(at + 1)) {
                (Some((_, Token::Joint)), Some((_, Token::Word(_)))) => at += 1,
                _ => break,
            }
        }
        self.note(tokens[begin].0, &path);
        at
    }

    /// Takes in one branch of a `use` tree.
    fn tree(&mut self, tokens: &[(usize, Token)], mut at: usize, prefix: &[String]) -> usize {
        let mut path = prefix.to_vec();
        while let Some((line, token)) = tokens.get(at) {
            at += 1;
            match token {
                Token::Word(word) if word == "as" => at += 1,
                Token::Word(word) if word == "self" && !path.is_empty() => self.note(*line, &path),
                Token::Word(word) => {
                    path.push(word.clone());
                    if tokens.get(at).is_none_or(|(_, next)| *next != Token::Joint) {
                        self.note(*line, &path);
                    }
                }
                Token::Sign('*') => {
                    path.push("*".to_owned());
                    self.note(*line, &path);
                }
                Token::Sign('{') => {
                    while tokens.get(at).is_some_and(|(_, next)| *next != Token::Sign('}')) {
                        at = self.tree(tokens, at, &path);
                        at += usize::from(tokens.get(at).is_some_and(|(_, next)| *next == Token::Sign(',')));
                    }
                    return at + 1;
                }
                Token::Joint => {}
                Token::Sign(_) => return at - 1,
            }
        }
        at
    }

    fn note(&mut self, line: usize, path: &[String]) {
        let mut rest = path;
        let mut absolute = vec!["crate".to_owned()];
        match path.first().map(String::as_str) {
            Some("crate") => rest = &rest[1..],
            // The program sees the library by its name.
            Some("countersign") if self.module == ["main"] => rest = &rest[1..],
            Some("self" | "super") => {
                let mut module = self.module.clone();
                while let [first, others @ ..] = rest {
                    match first.as_str() {
                        "self" => {}
                        "super" => drop(module.pop()),
                        _ => break,
                    }
                    rest = others;
                }
                absolute.extend(module);
            }
            _ => absolute.clear(),
        }
        absolute.extend(rest.iter().cloned());
        self.mentions.push(Mention { line, path: absolute });
    }
}

fn follows_a_type(tokens: &[(usize, Token)], at: usize) -> bool {
    at > 0 && matches!(tokens[at - 1].1, Token::Sign('>' | ']' | ')') | Token::Word(_))
}

/// Leaves out each item under `#[cfg(test)]`.
fn without_tests(tokens: &[(usize, Token)]) -> Vec<(usize, Token)> {
    let attribute: Vec<Token> = tokens_of("#[cfg(test)]").into_iter().map(|(_, token)| token).collect();
    let begins = |at: usize| {
        let these = tokens[at..].iter().map(|(_, token)| token);
        these.take(attribute.len()).eq(attribute.iter())
    };
    let mut kept = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        if begins(at) {
            at = end_of_item(tokens, at + attribute.len());
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// An item ends with its first semicolon outside braces, or with the braces it opened first.
fn end_of_item(tokens: &[(usize, Token)], begin: usize) -> usize {
    let mut depth = 0_usize;
    for (offset, (_, token)) in tokens[begin..].iter().enumerate() {
        match token {
            Token::Sign('{') => depth += 1,
            Token::Sign('}') if depth <= 1 => return begin + offset + 1,
            Token::Sign('}') => depth -= 1,
            Token::Sign(';') if depth == 0 => return begin + offset + 1,
            _ => {}
        }
    }
    tokens.len()
}
