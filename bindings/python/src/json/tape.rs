//! One scan over a JSON text: where every value starts, ends and what it is. Nothing is copied;
//! Python objects are made from the spans that a program touches.

use bytes::Bytes;

/// Deeper nesting is refused, as it would exhaust the stack of a recursive reader.
const MAX_DEPTH: u32 = 128;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    True,
    False,
    Int,
    Float,
    /// A string whose bytes are its characters.
    Plain,
    /// A string with escapes.
    Escaped,
    Array,
    Object,
}

/// A value. The children of an array follow it; those of an object are key, value, key, value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    start: u32,
    end: u32,
    /// The index of the first node after this value and all that is in it.
    pub(crate) next: u32,
    pub(crate) kind: Kind,
}

/// A scanned text.
#[derive(Debug)]
pub(crate) struct Tape {
    text: Bytes,
    nodes: Vec<Node>,
}

/// Where a text stops being JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotJson {
    pub(crate) at: usize,
}

impl Tape {
    pub(crate) fn scan(text: Bytes) -> Result<Self, NotJson> {
        if u32::try_from(text.len()).is_err() {
            return Err(NotJson { at: text.len() });
        }
        if let Err(error) = std::str::from_utf8(&text) {
            return Err(NotJson { at: error.valid_up_to() });
        }
        // A group takes 13 nodes for some 230 bytes.
        let nodes = Vec::with_capacity(text.len() / 16 + 4);
        let mut scan = Scan { text: &text, at: 0, nodes };
        scan.space();
        scan.value(0)?;
        scan.space();
        if scan.at < text.len() {
            return Err(NotJson { at: scan.at });
        }
        let nodes = scan.nodes;
        Ok(Self { text, nodes })
    }

    pub(crate) fn node(&self, index: u32) -> Option<Node> {
        self.nodes.get(index as usize).copied()
    }

    pub(crate) fn bytes(&self, node: Node) -> &[u8] {
        self.text.get(node.start as usize..node.end as usize).unwrap_or_default()
    }

    /// A number's, literal's or plain string's text.
    pub(crate) fn text(&self, node: Node) -> &str {
        std::str::from_utf8(self.bytes(node)).unwrap_or_default()
    }

    /// A string's characters, escapes resolved.
    pub(crate) fn string(&self, node: Node) -> std::borrow::Cow<'_, str> {
        let text = self.text(node);
        match node.kind {
            Kind::Escaped => unescape(text).into(),
            _ => text.into(),
        }
    }

    /// The value of a key; the last one, if it is there more than once.
    pub(crate) fn find(&self, object: u32, key: &str) -> Option<u32> {
        self.entries(object)
            .filter(|(name, _)| {
                self.node(*name).is_some_and(|name| match name.kind {
                    Kind::Plain => self.bytes(name) == key.as_bytes(),
                    _ => self.string(name) == key,
                })
            })
            .map(|(_, value)| value)
            .last()
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

struct Scan<'a> {
    text: &'a [u8],
    at: usize,
    nodes: Vec<Node>,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn fail<T>(&self) -> Result<T, NotJson> {
        Err(NotJson { at: self.at })
    }

    fn take(&mut self, byte: u8) -> Result<(), NotJson> {
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        self.fail()
    }

    #[expect(clippy::cast_possible_truncation, reason = "the text's length fits, see `scan`")]
    fn push(&mut self, start: usize, kind: Kind) -> usize {
        let place = self.nodes.len();
        let next = place as u32 + 1;
        self.nodes.push(Node { start: start as u32, end: self.at as u32, next, kind });
        place
    }

    #[expect(clippy::cast_possible_truncation, reason = "the text's length fits, see `scan`")]
    fn close(&mut self, place: usize) {
        let (end, next) = (self.at as u32, self.nodes.len() as u32);
        if let Some(node) = self.nodes.get_mut(place) {
            node.end = end;
            node.next = next;
        }
    }

    fn value(&mut self, depth: u32) -> Result<(), NotJson> {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal(b"true", Kind::True),
            Some(b'f') => self.literal(b"false", Kind::False),
            Some(b'n') => self.literal(b"null", Kind::Null),
            _ => self.fail(),
        }
    }

    fn object(&mut self, depth: u32) -> Result<(), NotJson> {
        let place = self.open(Kind::Object, depth)?;
        if self.peek() != Some(b'}') {
            loop {
                self.string()?;
                self.space();
                self.take(b':')?;
                self.space();
                self.value(depth + 1)?;
                self.space();
                if self.peek() != Some(b',') {
                    break;
                }
                self.at += 1;
                self.space();
            }
        }
        self.take(b'}')?;
        self.close(place);
        Ok(())
    }

    fn array(&mut self, depth: u32) -> Result<(), NotJson> {
        let place = self.open(Kind::Array, depth)?;
        if self.peek() != Some(b']') {
            loop {
                self.value(depth + 1)?;
                self.space();
                if self.peek() != Some(b',') {
                    break;
                }
                self.at += 1;
                self.space();
            }
        }
        self.take(b']')?;
        self.close(place);
        Ok(())
    }

    fn open(&mut self, kind: Kind, depth: u32) -> Result<usize, NotJson> {
        if depth >= MAX_DEPTH {
            return self.fail();
        }
        let place = self.push(self.at, kind);
        self.at += 1;
        self.space();
        Ok(place)
    }

    fn literal(&mut self, word: &[u8], kind: Kind) -> Result<(), NotJson> {
        let start = self.at;
        if self.text.get(start..start + word.len()) != Some(word) {
            return self.fail();
        }
        self.at += word.len();
        self.push(start, kind);
        Ok(())
    }

    fn number(&mut self) -> Result<(), NotJson> {
        let start = self.at;
        let mut kind = Kind::Int;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.peek() == Some(b'.') {
            kind = Kind::Float;
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            kind = Kind::Float;
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        self.push(start, kind);
        Ok(())
    }

    fn digits(&mut self) -> Result<(), NotJson> {
        if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return self.fail();
        }
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        Ok(())
    }

    fn string(&mut self) -> Result<(), NotJson> {
        self.take(b'"')?;
        let start = self.at;
        let mut kind = Kind::Plain;
        loop {
            self.skip_plain();
            match self.peek() {
                Some(b'"') => {
                    self.push(start, kind);
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    kind = Kind::Escaped;
                    self.escape()?;
                }
                Some(byte) if byte >= 0x20 => self.at += 1,
                _ => return self.fail(),
            }
        }
    }

    /// Goes to the next quote, backslash or control character, eight bytes at a time.
    fn skip_plain(&mut self) {
        while let Some(word) = self.text.get(self.at..).and_then(|rest| rest.first_chunk::<8>()) {
            let word = u64::from_le_bytes(*word);
            let zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
            let control = word.wrapping_sub(ONES * 0x20) & !word & HIGHS;
            let found = zero(word ^ (ONES * 0x22)) | zero(word ^ (ONES * 0x5c)) | control;
            if found != 0 {
                // Borrows make false marks only above a true one.
                self.at += (found.trailing_zeros() / 8) as usize;
                return;
            }
            self.at += 8;
        }
    }

    fn escape(&mut self) -> Result<(), NotJson> {
        self.at += 1;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                let digits = self.text.get(self.at + 1..self.at + 5).unwrap_or_default();
                if digits.len() != 4 || !digits.iter().all(u8::is_ascii_hexdigit) {
                    return self.fail();
                }
                self.at += 5;
            }
            _ => return self.fail(),
        }
        Ok(())
    }
}

/// Resolves escapes that the scan has found to be well-formed; half a surrogate pair becomes U+FFFD.
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
