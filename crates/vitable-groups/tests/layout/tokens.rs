//! A tokenizer for Rust sources.

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    Word(String),
    /// `::`
    PathSign,
    Sign(char),
}

use Token::{PathSign, Sign, Word};

/// The words and signs of a source, without comments, literals and lifetimes.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let at = |index: usize| chars.get(index).copied().unwrap_or('\0');
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let c = at(i);
        if c == '/' && at(i + 1) == '/' {
            while i < chars.len() && at(i) != '\n' {
                i += 1;
            }
        } else if c == '/' && at(i + 1) == '*' {
            let mut depth = 0;
            while i < chars.len() {
                match (at(i), at(i + 1)) {
                    ('/', '*') => (depth, i) = (depth + 1, i + 2),
                    ('*', '/') => (depth, i) = (depth - 1, i + 2),
                    _ => i += 1,
                }
                if depth == 0 {
                    break;
                }
            }
        } else if c == '"' {
            i = after_string(&chars, i);
        } else if c == '\'' {
            i = after_quote(&chars, i);
        } else if is_word(c) {
            let start = i;
            while is_word(at(i)) {
                i += 1;
            }
            let word: String = chars[start..i].iter().collect();
            let hashes = (i..chars.len()).take_while(|index| at(*index) == '#').count();
            match word.as_str() {
                "r" | "br" | "cr" if at(i + hashes) == '"' => i = after_raw(&chars, i, hashes),
                // A raw identifier: `r#type`.
                "r" if hashes == 1 => i += 1,
                "b" if at(i) == '\'' => i = after_quote(&chars, i),
                _ => found.push(Word(word)),
            }
        } else if c == ':' && at(i + 1) == ':' {
            found.push(PathSign);
            i += 2;
        } else {
            if !c.is_whitespace() {
                found.push(Sign(c));
            }
            i += 1;
        }
    }
    found
}

fn after_string(chars: &[char], start: usize) -> usize {
    let mut i = start + 1;
    while i < chars.len() && chars[i] != '"' {
        i += if chars[i] == '\\' { 2 } else { 1 };
    }
    i + 1
}

fn after_raw(chars: &[char], start: usize, hashes: usize) -> usize {
    let mut i = start + hashes + 1;
    while i < chars.len() {
        let ends = chars[i] == '"'
            && chars[i + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes;
        i += 1;
        if ends {
            return i + hashes;
        }
    }
    i
}

/// The index after a character literal, or after the quote of a lifetime.
fn after_quote(chars: &[char], start: usize) -> usize {
    let escaped = chars.get(start + 1) == Some(&'\\');
    if !escaped && chars.get(start + 2) != Some(&'\'') {
        return start + 1;
    }
    let mut i = start + if escaped { 3 } else { 2 };
    while i < chars.len() && chars[i] != '\'' {
        i += 1;
    }
    i + 1
}
