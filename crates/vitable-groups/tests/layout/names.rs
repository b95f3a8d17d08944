//! The paths of this crate that a Rust source refers to.

use std::collections::BTreeSet;

use crate::tokens::Token::{self, PathSign, Sign, Word};
use crate::tokens::tokens;

/// The absolute paths of this crate that a file refers to, and the test-only modules that it declares
/// in other files.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub(crate) paths: BTreeSet<Vec<String>>,
    pub(crate) test_modules: BTreeSet<String>,
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    names: Names,
}

pub(crate) fn names(source: &str, module: &[String]) -> Names {
    let tokens = tokens(source);
    let mut reader = Reader { tokens: &tokens, at: 0, names: Names::default() };
    reader.block(module);
    reader.names
}

impl<'a> Reader<'a> {
    fn peek(&self, ahead: usize) -> Option<&'a Token> {
        self.tokens.get(self.at + ahead)
    }

    fn word(&self, ahead: usize) -> Option<&'a str> {
        match self.peek(ahead) {
            Some(Word(word)) => Some(word),
            _ => None,
        }
    }

    fn is_sign(&self, ahead: usize, sign: char) -> bool {
        self.peek(ahead) == Some(&Sign(sign))
    }

    /// Reads to the end of a block of this module, including nested blocks.
    fn block(&mut self, module: &[String]) {
        while let Some(token) = self.peek(0) {
            match token {
                Sign('}') => {
                    self.at += 1;
                    return;
                }
                Sign('{') => {
                    self.at += 1;
                    self.block(module);
                }
                Sign('#') if self.is_sign(1, '[') => {
                    if self.attribute() {
                        self.skip_item();
                    }
                }
                Word(word) if word == "mod" && self.is_sign(2, '{') => {
                    let mut inner = module.to_vec();
                    inner.extend(self.word(1).map(str::to_owned));
                    self.at += 3;
                    self.block(&inner);
                }
                Word(word) if word == "use" => {
                    self.at += 1;
                    if self.peek(0) == Some(&PathSign) {
                        self.at += 1; // of the extern prelude
                    } else {
                        self.tree(&[], module);
                    }
                }
                Word(word)
                    if matches!(word.as_str(), "crate" | "super" | "self")
                        && self.peek(1) == Some(&PathSign) =>
                {
                    let path = self.path();
                    self.add(&path, module);
                }
                _ => self.at += 1,
            }
        }
    }

    /// Reads an attribute and returns whether the item that follows is test-only.
    fn attribute(&mut self) -> bool {
        let (mut depth, mut words) = (0, BTreeSet::new());
        let is_cfg = self.word(2) == Some("cfg");
        while let Some(token) = self.peek(0) {
            match token {
                Sign('[') => depth += 1,
                Sign(']') => depth -= 1,
                Word(word) => {
                    words.insert(word.clone());
                }
                _ => {}
            }
            self.at += 1;
            if depth == 0 && self.tokens[self.at - 1] == Sign(']') {
                break;
            }
        }
        is_cfg && words.contains("test") && !words.contains("not")
    }

    /// Skips an item, to its `;` or the end of its block.
    fn skip_item(&mut self) {
        let mut depth = 0;
        while let Some(token) = self.peek(0) {
            match token {
                Word(word) if depth == 0 && word == "mod" && self.is_sign(2, ';') => {
                    let name = self.word(1).map(str::to_owned);
                    self.names.test_modules.extend(name);
                }
                Sign('{' | '(' | '[') => depth += 1,
                Sign('}' | ')' | ']') => depth -= 1,
                _ => {}
            }
            let ends = matches!(token, Sign('}' | ';')) && depth == 0;
            self.at += 1;
            if ends {
                return;
            }
        }
    }

    /// Reads a path such as `crate::a::b`.
    fn path(&mut self) -> Vec<String> {
        let mut path = Vec::new();
        while let Some(word) = self.word(0) {
            path.push(word.to_owned());
            self.at += 1;
            if self.peek(0) != Some(&PathSign) || self.word(1).is_none() {
                break;
            }
            self.at += 1;
        }
        path
    }

    /// Reads the tree of a `use`: a path, with an optional list or glob.
    fn tree(&mut self, before: &[String], module: &[String]) {
        let mut path = before.to_vec();
        path.extend(self.path());
        if self.peek(0) == Some(&PathSign) {
            self.at += 1;
        }
        if self.is_sign(0, '{') {
            self.at += 1;
            while self.peek(0).is_some() && !self.is_sign(0, '}') {
                self.tree(&path, module);
                if self.is_sign(0, ',') {
                    self.at += 1;
                }
            }
            self.at += 1;
            return;
        }
        if self.is_sign(0, '*') {
            self.at += 1;
        }
        if self.word(0) == Some("as") {
            self.at += 2;
        }
        // `a::{self}` is `a`.
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        self.add(&path, module);
    }

    /// Adds a path of this crate by its segments from the root. Other paths start at another crate, or
    /// at an item that this module imports by a path of its own.
    fn add(&mut self, path: &[String], module: &[String]) {
        let mut absolute = match path.first().map(String::as_str) {
            Some("crate") => Vec::new(),
            Some("self" | "super") => module.to_vec(),
            _ => return,
        };
        for segment in path {
            match segment.as_str() {
                "crate" | "self" => {}
                "super" => {
                    absolute.pop();
                }
                name => absolute.push(name.to_owned()),
            }
        }
        self.names.paths.insert(absolute);
    }
}

fn read(source: &str) -> Vec<String> {
    let module = ["a".to_owned(), "b".to_owned()];
    names(source, &module).paths.iter().map(|path| path.join("::")).collect()
}

#[test]
fn nested_lists_globs_and_renames_are_read() {
    assert_eq!(read("use crate::x::Y;"), ["x::Y"]);
    assert_eq!(read("pub(crate) use crate::x::Y as Z;"), ["x::Y"]);
    assert_eq!(
        read("use crate::{x::{self, Y, z::{W, V as U}}, q};"),
        ["q", "x", "x::Y", "x::z::V", "x::z::W"]
    );
    assert_eq!(read("use crate::*;"), [""]);
    assert_eq!(read("use crate::x::*;"), ["x"]);
    assert_eq!(read("use std::fmt; use ::http::Method; use serde::{de, ser};"), [""; 0]);
}

#[test]
fn relative_paths_are_resolved() {
    assert_eq!(read("use super::c::D; use self::e::F;"), ["a::b::e::F", "a::c::D"]);
    assert_eq!(read("use super::super::x::Y;"), ["x::Y"]);
    assert_eq!(read("use super::{self, super::Y};"), ["Y", "a"]);
    assert_eq!(
        read("mod inner { use super::super::c::D; fn f() { super::g() } }"),
        ["a::b::g", "a::c::D"]
    );
    assert_eq!(read("mod inner { } fn f() { super::g() }"), ["a::g"]);
}

#[test]
fn paths_in_code_and_macros_are_read() {
    assert_eq!(
        read("fn f() -> crate::x::Y<super::z::W> { crate::q::r()? }"),
        ["a::z::W", "q::r", "x::Y"]
    );
    assert_eq!(read("macro_rules! m { () => { $crate::x::Y::new() } }"), ["x::Y::new"]);
    assert_eq!(read("pub(crate) fn f(&self) {} pub(super) struct S; self.x"), [""; 0]);
    assert_eq!(read("crate::x::f::<crate::y::Z>()"), ["x::f", "y::Z"]);
}

#[test]
fn comments_literals_and_tests_are_skipped() {
    assert_eq!(
        read("// crate::x::Y\n/* crate::x /* nested */ crate::y::Z */ /// [`crate::Z`]"),
        [""; 0]
    );
    assert_eq!(read(r##"f("crate::x::Y \" {", r#"crate::" }"#, b'"', '\'', '{', 'a')"##), [""; 0]);
    assert_eq!(read("fn f<'a>(x: &'a str) -> crate::x::Y<'a> {}"), ["x::Y"]);
    assert_eq!(
        read("#[cfg(test)] mod tests { use crate::x::Y; fn f() {} } use crate::z::W;"),
        ["z::W"]
    );
    assert_eq!(
        read("#[cfg(test)] pub(crate) fn f(a: [u8; 2]) { crate::x::y() } crate::z::w"),
        ["z::w"]
    );
    assert_eq!(read("#[cfg(not(test))] use crate::x::Y;"), ["x::Y"]);
    assert_eq!(read("#[derive(Debug)] struct S(crate::x::Y);"), ["x::Y"]);
    let found = names("#[cfg(test)]\nmod tests;\nmod other;", &[]);
    assert_eq!(found.test_modules.into_iter().collect::<Vec<_>>(), ["tests"]);
}
