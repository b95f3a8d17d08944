//! The scan of a JSON text: one pass, no copies.

use super::tape::{Kind, Node, NotJson};

/// No node.
const NONE: usize = usize::MAX - 1;

/// Objects with more keys are not checked for distinct keys, as the check is quadratic.
const MAX_COMPARED_KEYS: usize = 16;

/// Deeper nesting is rejected, as it would exhaust the stack of a recursive reader.
const MAX_DEPTH: u32 = 128;
/// Longer integers are rejected: Python converts integers of up to 640 digits, whatever limit a
/// program sets.
const MAX_DIGITS: usize = 640;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Scans a text into nodes; a text that is accepted is valid UTF-8.
pub(super) fn nodes(text: &[u8]) -> Result<Vec<Node>, NotJson> {
    // A group has 13 nodes in about 230 bytes.
    let nodes = Vec::with_capacity(text.len() / 16 + 4);
    let mut scan = Scan { text, at: 0, nodes, high: 0 };
    let scanned = scan.all();
    // Most texts are ASCII, which the scan has noticed.
    if (scanned.is_err() || scan.high & HIGHS != 0)
        && let Err(error) = std::str::from_utf8(text)
    {
        return Err(NotJson { at: error.valid_up_to() });
    }
    scanned.map(|()| scan.nodes)
}

struct Scan<'a> {
    text: &'a [u8],
    at: usize,
    nodes: Vec<Node>,
    /// The bitwise or of all string bytes: beyond ASCII if a highest bit is set.
    high: u64,
}

impl Scan<'_> {
    fn all(&mut self) -> Result<(), NotJson> {
        self.skip_space();
        self.value(0, NONE)?;
        self.skip_space();
        if self.at < self.text.len() { self.fail() } else { Ok(()) }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        // Compact texts have no whitespace, so one comparison is enough.
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek().filter(|byte| *byte <= b' ') {
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

    #[expect(clippy::cast_possible_truncation, reason = "the text's length fits, see `Tape::scan`")]
    fn push(&mut self, start: usize, kind: Kind) -> usize {
        let index = self.nodes.len();
        let next = index as u32 + 1;
        self.nodes.push(Node {
            start: start as u32,
            end: self.at as u32,
            next,
            kind,
            is_simple: false,
        });
        index
    }

    #[expect(clippy::cast_possible_truncation, reason = "the text's length fits, see `Tape::scan`")]
    fn close(&mut self, index: usize) {
        let (end, next) = (self.at as u32, self.nodes.len() as u32);
        if let Some(node) = self.nodes.get_mut(index) {
            node.end = end;
            node.next = next;
        }
    }

    fn value(&mut self, depth: u32, before: usize) -> Result<(), NotJson> {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'{') => self.object(depth, before),
            Some(b'[') => self.array(depth),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal(b"true", Kind::True),
            Some(b'f') => self.literal(b"false", Kind::False),
            Some(b'n') => self.literal(b"null", Kind::Null),
            _ => self.fail(),
        }
    }

    /// An object; `before` is the preceding object of its list, which likely has the same keys in the
    /// same order.
    fn object(&mut self, depth: u32, before: usize) -> Result<(), NotJson> {
        let index = self.open(Kind::Object, depth)?;
        let mut like = before.wrapping_add(1);
        let mut same = self.nodes.get(before).is_some_and(|node| node.is_simple);
        let mut keys = 0;
        if self.peek() != Some(b'}') {
            loop {
                keys += 1;
                if !self.same_key(like) {
                    same = false;
                    self.string()?;
                    self.skip_space();
                    self.take(b':')?;
                }
                self.skip_space();
                self.value(depth + 1, NONE)?;
                like = self.nodes.get(like.wrapping_add(1)).map_or(NONE, |node| node.next as usize);
                self.skip_space();
                if self.peek() != Some(b',') {
                    break;
                }
                self.at += 1;
                self.skip_space();
            }
        }
        self.take(b'}')?;
        let is_flat = self.nodes.len() - index == 1 + 2 * keys;
        let is_simple = is_flat && (same || self.are_distinct(index));
        self.close(index);
        if let Some(node) = self.nodes.get_mut(index) {
            node.is_simple = is_simple;
        }
        Ok(())
    }

    /// Whether the keys of a flat object are plain, few and distinct.
    fn are_distinct(&self, index: usize) -> bool {
        let keys = || self.nodes.get(index + 1..).unwrap_or_default().iter().step_by(2);
        let text = |node: &Node| self.text.get(node.start as usize..node.end as usize);
        keys().len() <= MAX_COMPARED_KEYS
            && keys().enumerate().all(|(number, key)| {
                key.kind == Kind::Plain && keys().take(number).all(|other| text(other) != text(key))
            })
    }

    /// Takes a key and its colon, if both are written like those of another node.
    fn same_key(&mut self, like: usize) -> bool {
        let Some(node) = self.nodes.get(like).filter(|node| node.kind == Kind::Plain) else {
            return false;
        };
        let (start, end) = (node.start as usize, node.end as usize);
        let known = self.text.get(start - 1..end + 2).unwrap_or_default();
        let here = self.text.get(self.at..self.at + known.len());
        if known.last() != Some(&b':') || here != Some(known) {
            return false;
        }
        self.at += 1 + end - start;
        self.push(self.at + start - end, Kind::Plain);
        self.at += 2;
        true
    }

    fn array(&mut self, depth: u32) -> Result<(), NotJson> {
        let index = self.open(Kind::Array, depth)?;
        let mut before = NONE;
        if self.peek() != Some(b']') {
            loop {
                let next = self.nodes.len();
                self.value(depth + 1, before)?;
                before = next;
                self.skip_space();
                if self.peek() != Some(b',') {
                    break;
                }
                self.at += 1;
                self.skip_space();
            }
        }
        self.take(b']')?;
        self.close(index);
        Ok(())
    }

    fn open(&mut self, kind: Kind, depth: u32) -> Result<usize, NotJson> {
        if depth >= MAX_DEPTH {
            return self.fail();
        }
        let index = self.push(self.at, kind);
        self.at += 1;
        self.skip_space();
        Ok(index)
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
        if kind == Kind::Int && self.at - start > MAX_DIGITS {
            return self.fail();
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
        self.skip_plain();
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.push(start, kind);
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    kind = Kind::Escaped;
                    self.escape()?;
                    self.skip_plain();
                }
                Some(byte) if byte >= 0x20 => {
                    self.high |= u64::from(byte);
                    self.at += 1;
                }
                _ => return self.fail(),
            }
        }
    }

    /// Skips to the next quote, backslash or control character, eight bytes at a time.
    #[expect(clippy::inline_always, reason = "one call per string measurably slows pages")]
    #[inline(always)]
    fn skip_plain(&mut self) {
        let (text, mut at, mut high) = (self.text, self.at, 0);
        while let Some(word) = text.get(at..).and_then(<[u8]>::first_chunk::<8>) {
            let word = u64::from_le_bytes(*word);
            high |= word;
            let quotes = (word ^ (ONES * 0x22)).wrapping_sub(ONES);
            let backslashes = (word ^ (ONES * 0x5c)).wrapping_sub(ONES);
            let controls = word.wrapping_sub(ONES * 0x20);
            let found = (quotes | backslashes | controls) & !word & HIGHS;
            if found != 0 {
                // Borrows cause false positives only above the first match.
                at += (found.trailing_zeros() / 8) as usize;
                break;
            }
            at += 8;
        }
        self.at = at;
        self.high |= high;
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
