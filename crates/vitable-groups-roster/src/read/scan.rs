//! Parses CSV strictly by RFC 4180: a lenient parser silently joins rows of a damaged file.

/// A record of the file. Its memory is reused for the next one.
#[derive(Debug, Default)]
pub(super) struct Record {
    text: String,
    /// The end of each cell in the text.
    ends: Vec<usize>,
    /// Line breaks within cells.
    pub(super) breaks: u64,
    pub(super) end: LineEnd,
}

impl Record {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn cells(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(from, &to)| self.text.get(from..to).unwrap_or_default())
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// How a record ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum LineEnd {
    /// The end of the file.
    #[default]
    Nothing,
    Cr,
    Lf,
    CrLf,
}

/// Why a record is malformed, with byte offsets from its start.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// A quotation mark in a cell that does not start with one.
    Stray {
        at: usize,
    },
    /// Text after the closing quotation mark of a cell.
    AfterQuote {
        opened: usize,
        at: usize,
    },
    /// The file ends inside a quoted cell.
    Unclosed {
        opened: usize,
    },
    NotUtf8,
}

/// Parses the record at the start of the bytes and returns its length with the line break; none if
/// more bytes are needed.
pub(super) fn record(
    bytes: &[u8],
    ended: bool,
    delimiter: u8,
    record: &mut Record,
) -> Result<Option<usize>, Flaw> {
    let mut text = std::mem::take(&mut record.text).into_bytes();
    text.clear();
    record.ends.clear();
    record.breaks = 0;
    let mut scan = Scan { bytes, ended, delimiter, text: &mut text, breaks: 0 };
    let mut at = 0;
    let used = loop {
        let Some(stop) = scan.cell(at)? else { break None };
        record.ends.push(scan.text.len());
        match (bytes.get(stop), bytes.get(stop + 1)) {
            (Some(b'\n'), _) => break Some((stop + 1, LineEnd::Lf)),
            (Some(b'\r'), Some(b'\n')) => break Some((stop + 2, LineEnd::CrLf)),
            (Some(b'\r'), None) if !ended => break None,
            (Some(b'\r'), _) => break Some((stop + 1, LineEnd::Cr)),
            (Some(_), _) => at = stop + 1,
            (None, _) if ended => break Some((stop, LineEnd::Nothing)),
            (None, _) => break None,
        }
    };
    record.breaks = scan.breaks;
    let Some((used, end)) = used else { return Ok(None) };
    record.end = end;
    record.text = String::from_utf8(text).map_err(|_| Flaw::NotUtf8)?;
    Ok(Some(used))
}

struct Scan<'a> {
    bytes: &'a [u8],
    ended: bool,
    delimiter: u8,
    text: &'a mut Vec<u8>,
    breaks: u64,
}

impl Scan<'_> {
    /// The end of the cell: a delimiter, a line break or the end of the bytes. None if a quoted
    /// cell continues beyond the bytes.
    fn cell(&mut self, at: usize) -> Result<Option<usize>, Flaw> {
        if self.bytes.get(at) == Some(&b'"') {
            return self.quoted(at);
        }
        let rest = self.bytes.get(at..).unwrap_or_default();
        let delimiter = self.delimiter;
        let length = rest
            .iter()
            .position(|&byte| {
                byte == delimiter || (byte <= b'"' && matches!(byte, b'"' | b'\n' | b'\r'))
            })
            .unwrap_or(rest.len());
        if rest.get(length) == Some(&b'"') {
            return Err(Flaw::Stray { at: at + length });
        }
        self.text.extend_from_slice(rest.get(..length).unwrap_or_default());
        Ok(Some(at + length))
    }

    fn quoted(&mut self, opened: usize) -> Result<Option<usize>, Flaw> {
        let mut at = opened + 1;
        loop {
            let rest = self.bytes.get(at..).unwrap_or_default();
            let Some(length) = rest.iter().position(|&byte| byte == b'"') else {
                return if self.ended { Err(Flaw::Unclosed { opened }) } else { Ok(None) };
            };
            let part = rest.get(..length).unwrap_or_default();
            self.text.extend_from_slice(part);
            self.breaks += line_ends(part);
            at += length + 1;
            match self.bytes.get(at) {
                Some(b'"') => {
                    self.text.push(b'"');
                    at += 1;
                }
                None if !self.ended => return Ok(None),
                Some(&byte) if byte != self.delimiter && !matches!(byte, b'\r' | b'\n') => {
                    return Err(Flaw::AfterQuote { opened, at });
                }
                _ => return Ok(Some(at)),
            }
        }
    }
}

/// The number of line breaks in a text: `\n`, `\r\n` or a lone `\r`.
fn line_ends(text: &[u8]) -> u64 {
    let mut before = 0;
    let mut ends = 0;
    for &byte in text {
        ends += u64::from(byte == b'\r' || (byte == b'\n' && before != b'\r'));
        before = byte;
    }
    ends
}

/// The line of an offset, counted from 0 at the start of the bytes, and its column, counted from 1
/// in characters.
pub(super) fn position(bytes: &[u8], at: usize) -> (u64, u64) {
    let before = bytes.get(..at).unwrap_or(bytes);
    let line =
        before.iter().rposition(|byte| matches!(byte, b'\r' | b'\n')).map_or(0, |end| end + 1);
    let line = before.get(line..).unwrap_or_default();
    let characters = line.iter().filter(|&&byte| byte & 0xc0 != 0x80).count() as u64;
    (line_ends(before), characters + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Result<Vec<Vec<String>>, Flaw> {
        let mut rest = text.as_bytes();
        let mut record = Record::default();
        let mut rows = Vec::new();
        while !rest.is_empty() {
            let used = super::record(rest, true, b',', &mut record)?.unwrap();
            rows.push(record.cells().map(str::to_owned).collect());
            rest = &rest[used..];
        }
        Ok(rows)
    }

    #[test]
    fn cells_match_public_test_suites() {
        // The cases of csv-spectrum and similar suites.
        let cases: [(&str, &[&[&str]]); 16] = [
            (
                "first,address\nJohn,\"Main St, 120\"\n",
                &[&["first", "address"], &["John", "Main St, 120"]],
            ),
            ("a,b\n1,\"\"\n\"\",\"\"\n", &[&["a", "b"], &["1", ""], &["", ""]]),
            ("a,b\r\n1,\"\"\r\n", &[&["a", "b"], &["1", ""]]),
            ("a,b\n1,\"ha \"\"ha\"\" ha\"\n", &[&["a", "b"], &["1", "ha \"ha\" ha"]]),
            (
                "k,v\n1,\"{\"\"type\"\": \"\"Point\"\"}\"\n",
                &[&["k", "v"], &["1", "{\"type\": \"Point\"}"]],
            ),
            ("a,b\n\"Once upon \na time\",5\n", &[&["a", "b"], &["Once upon \na time", "5"]]),
            (
                "a,b\r\n\"Once upon \r\na time\",5\r\n",
                &[&["a", "b"], &["Once upon \r\na time", "5"]],
            ),
            ("a,b\n1,ʤ\n2,é\n", &[&["a", "b"], &["1", "ʤ"], &["2", "é"]]),
            ("a,b\r1,2\r", &[&["a", "b"], &["1", "2"]]),
            ("a,b", &[&["a", "b"]]),
            ("a,", &[&["a", ""]]),
            (",\n", &[&["", ""]]),
            ("\n\n", &[&[""], &[""]]),
            ("\"\"\"\"\n", &[&["\""]]),
            ("\"\"\"a\"\"\",' b '\n", &[&["\"a\"", "' b '"]]),
            ("\"a\",\"b\"\n", &[&["a", "b"]]),
        ];
        for (text, rows) in cases {
            assert_eq!(cells(text).unwrap(), rows, "{text:?}");
        }
    }

    #[test]
    fn malformed_quotes_are_rejected() {
        for (text, flaw) in [
            ("a,\"b\"c\n", Flaw::AfterQuote { opened: 2, at: 5 }),
            ("a,\"b\" \n", Flaw::AfterQuote { opened: 2, at: 5 }),
            ("\"a\"\"\"b\n", Flaw::AfterQuote { opened: 0, at: 5 }),
            ("a,b\"c\n", Flaw::Stray { at: 3 }),
            ("a, \"b\"\n", Flaw::Stray { at: 3 }),
            ("a\"\n", Flaw::Stray { at: 1 }),
            ("a,\"b\nc,d\n", Flaw::Unclosed { opened: 2 }),
            ("a,\"", Flaw::Unclosed { opened: 2 }),
            ("a,\"b\"\"", Flaw::Unclosed { opened: 2 }),
        ] {
            assert_eq!(cells(text), Err(flaw), "{text:?}");
        }
    }

    #[test]
    fn an_incomplete_record_needs_more_bytes() {
        let mut record = Record::default();
        let row = "a,\"é\"\"\r\n\rx\",\r\n";
        for length in 0..row.len() {
            let read = super::record(&row.as_bytes()[..length], false, b',', &mut record);
            assert_eq!(read, Ok(None), "{length}");
        }
        let whole = super::record(row.as_bytes(), false, b',', &mut record);
        assert_eq!(whole, Ok(Some(row.len())));
        assert_eq!(record.cells().collect::<Vec<_>>(), ["a", "é\"\r\n\rx", ""]);
        assert_eq!((record.len(), record.breaks, record.end), (3, 2, LineEnd::CrLf));
        assert!(!record.is_blank());
    }

    #[test]
    fn positions_count_characters() {
        assert_eq!(position(b"abc", 0), (0, 1));
        assert_eq!(position("zoë,\"".as_bytes(), 5), (0, 5));
        assert_eq!(position("a\r\nb\rc\n\né,\"".as_bytes(), 11), (4, 3));
    }
}
