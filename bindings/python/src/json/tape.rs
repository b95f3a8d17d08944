//! A scanned JSON text: the span and kind of every value. Nothing is copied; Python objects are
//! created from the spans that a program accesses.

use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;

use super::scan;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    True,
    False,
    Int,
    Float,
    /// A string without escapes.
    Plain,
    /// A string with escapes.
    Escaped,
    Array,
    Object,
}

/// A value. The children of an array follow it; those of an object are key, value, key, value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(super) start: u32,
    pub(super) end: u32,
    /// The index of the first node after this value and its descendants.
    pub(crate) next: u32,
    pub(crate) kind: Kind,
    /// An object of distinct plain keys whose values are not arrays or objects.
    pub(super) is_simple: bool,
}

/// A scanned text.
#[derive(Debug)]
pub(crate) struct Tape {
    text: Bytes,
    nodes: Vec<Node>,
}

/// The position at which a text is not valid JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotJson {
    pub(crate) at: usize,
}

impl Tape {
    pub(crate) fn scan(text: Bytes) -> Result<Self, NotJson> {
        if u32::try_from(text.len()).is_err() {
            return Err(NotJson { at: text.len() });
        }
        let nodes = scan::nodes(&text)?;
        Ok(Self { text, nodes })
    }

    pub(crate) fn node(&self, index: u32) -> Option<Node> {
        self.nodes.get(index as usize).copied()
    }

    pub(crate) fn bytes(&self, node: Node) -> &[u8] {
        self.text.get(node.start as usize..node.end as usize).unwrap_or_default()
    }

    /// The text of a number, literal or plain string.
    pub(crate) fn text(&self, node: Node) -> &str {
        std::str::from_utf8(self.bytes(node)).unwrap_or_default()
    }

    /// The characters of a string, with escapes resolved.
    pub(crate) fn string(&self, node: Node) -> std::borrow::Cow<'_, str> {
        let text = self.text(node);
        match node.kind {
            Kind::Escaped => unescape(text).into(),
            _ => text.into(),
        }
    }

    /// The value of a key; the last one if the key is repeated.
    pub(crate) fn find(&self, object: u32, key: &str) -> Option<u32> {
        let end = self.nodes.get(object as usize)?.next;
        let (mut at, mut found) = (object + 1, None);
        while at < end
            && let Some(name) = self.nodes.get(at as usize)
        {
            if self.is_key(*name, key) {
                found = Some(at + 1);
            }
            at = self.nodes.get(at as usize + 1)?.next;
        }
        found
    }

    /// Like [`find`](Self::find); `hint` stores the key's distance from its object, as the objects of
    /// a list are alike.
    pub(crate) fn find_by(&self, hint: &AtomicU32, object: u32, key: &str) -> Option<u32> {
        let Node { next, is_simple, .. } = *self.nodes.get(object as usize)?;
        if !is_simple {
            return self.find(object, key);
        }
        let at = object + hint.load(Ordering::Relaxed);
        if at < next && self.node(at).is_some_and(|name| self.is_key(name, key)) {
            return Some(at + 1);
        }
        let found = self.find(object, key)?;
        hint.store(found - 1 - object, Ordering::Relaxed);
        Some(found)
    }

    fn is_key(&self, name: Node, key: &str) -> bool {
        match name.kind {
            // Compare the lengths first: they are already known.
            Kind::Plain => {
                (name.end - name.start) as usize == key.len() && self.bytes(name) == key.as_bytes()
            }
            Kind::Escaped => self.string(name) == key,
            _ => false,
        }
    }

    /// Keys and values of an object.
    pub(crate) fn entries(&self, object: u32) -> impl Iterator<Item = (u32, u32)> + '_ {
        let end = self.node(object).map_or(0, |node| node.next);
        let mut at = object + 1;
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let (key, value) = (at, at + 1);
            at = self.node(value)?.next;
            Some((key, value))
        })
    }

    /// Values of an array.
    pub(crate) fn items(&self, array: u32) -> impl Iterator<Item = u32> + '_ {
        let end = self.node(array).map_or(0, |node| node.next);
        let mut at = array + 1;
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let item = at;
            at = self.node(item)?.next;
            Some(item)
        })
    }
}

/// Resolves escapes, which the scan has validated; an unpaired surrogate becomes U+FFFD.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, escaped)) = rest.split_once('\\') {
        out.push_str(plain);
        let mut tail = escaped.chars();
        match tail.next() {
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('u') => {
                let (first, after) = hex(tail.as_str());
                let low = after.strip_prefix("\\u").map(hex);
                let pair = low.and_then(|(second, after)| {
                    char::decode_utf16([first, second]).next()?.ok().map(|c| (c, after))
                });
                let (found, after) = if (0xd800..0xe000).contains(&first) {
                    pair.unwrap_or((char::REPLACEMENT_CHARACTER, after))
                } else {
                    (char::from_u32(first.into()).unwrap_or_default(), after)
                };
                out.push(found);
                rest = after;
                continue;
            }
            Some(other) => out.push(other),
            None => {}
        }
        rest = tail.as_str();
    }
    out.push_str(rest);
    out
}

fn hex(text: &str) -> (u16, &str) {
    let (digits, rest) = text.split_at_checked(4).unwrap_or((text, ""));
    (u16::from_str_radix(digits, 16).unwrap_or_default(), rest)
}
