//! Exact line numbers under a CSV parser that reads ahead.
//!
//! The parser tells at which byte a record begins, but before any line ends it skips. This tap
//! remembers the line ends that were read and not yet passed.

use std::collections::VecDeque;
use std::io::{self, Read};

use super::error::{ReadError, ReadErrorKind};

/// No row of a roster comes near this; an unclosed quote does.
const LONGEST_ROW: u64 = 1024 * 1024;

pub(crate) struct LineTap<R> {
    inner: R,
    offset: u64,
    /// Where the last `\r` is.
    carriage_return: Option<u64>,
    /// Where `\r` and `\n` are, and whether a line ends there.
    ends: VecDeque<(u64, bool)>,
    line: u64,
    row_at: u64,
    last: Option<u8>,
    ended: bool,
}

impl<R> LineTap<R> {
    pub(crate) fn new(inner: R, first_line: u64) -> Self {
        Self {
            inner,
            offset: 0,
            carriage_return: None,
            ends: VecDeque::new(),
            line: first_line,
            row_at: 0,
            last: None,
            ended: false,
        }
    }

    pub(crate) fn inner(&self) -> &R {
        &self.inner
    }

    /// The line of the record that the parser began to look for at a byte, and how many blank
    /// lines stood before it.
    pub(crate) fn record(&mut self, byte: u64) -> (u64, u64) {
        let mut at = byte;
        let mut blank = 0;
        // Of a `\r\n` the parser may leave the `\n` to the next record.
        let mut halved = false;
        while let Some(&(offset, counts)) = self.ends.front() {
            if offset > at {
                break;
            }
            self.ends.pop_front();
            self.line += u64::from(counts);
            if offset == at {
                at += 1;
                blank += u64::from(counts && !halved);
                halved = false;
            } else {
                halved = !counts && offset + 1 == byte;
            }
        }
        self.row_at = at;
        (self.line, blank)
    }

    /// The last byte that ends no line, once all was read.
    pub(crate) fn end(&self) -> Option<u8> {
        if self.ended { self.last } else { None }
    }
}

impl<R: Read> Read for LineTap<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.offset.saturating_sub(self.row_at) > LONGEST_ROW {
            return Err(ReadError::new(
                ReadErrorKind::TooLarge,
                None,
                "the row that begins here is longer than 1 MiB",
                "Look for a quotation mark that is not closed.",
            )
            .into_io());
        }
        let count = self.inner.read(out)?;
        self.ended = count == 0 && !out.is_empty();
        let read = out.get(..count).unwrap_or_default();
        for (at, byte) in (self.offset..).zip(read) {
            if !matches!(byte, b'\r' | b'\n') {
                continue;
            }
            // A lone `\r` ends a line too; with `\n` behind it, the `\n` does.
            if *byte == b'\n'
                && at.checked_sub(1).is_some_and(|before| self.carriage_return == Some(before))
                && let Some(end) = self.ends.back_mut()
            {
                end.1 = false;
            }
            if *byte == b'\r' {
                self.carriage_return = Some(at);
            }
            self.ends.push_back((at, true));
        }
        self.last = read.iter().rfind(|byte| !matches!(byte, b'\r' | b'\n')).copied().or(self.last);
        self.offset += count as u64;
        Ok(count)
    }
}
