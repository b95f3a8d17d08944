//! Decodes any common encoding to UTF-8, in bounded memory.

use std::io::{self, Read};

use super::charset::{utf16, windows_1252};
use super::error::{ReadError, ReadErrorKind};
use super::options::Encoding;

const CHUNK: usize = 64 * 1024;

/// Reads text as UTF-8. A file without a byte order mark is UTF-8 up to its first invalid byte; if
/// everything before that byte is ASCII, the rest is Windows-1252, otherwise it is an error.
pub(crate) struct DecodingReader<R> {
    inner: R,
    state: State,
    raw: Vec<u8>,
    text: Vec<u8>,
    consumed: usize,
    line: u64,
    ended: bool,
}

enum State {
    Utf8 {
        may_fall_back: bool,
    },
    Windows1252,
    /// How two bytes form a code unit, and the name of that encoding.
    Utf16(fn([u8; 2]) -> u16, Encoding),
}

impl<R: Read> DecodingReader<R> {
    /// Determines the encoding from the first bytes.
    pub(crate) fn new(mut inner: R, encoding: Option<Encoding>) -> Result<Self, ReadError> {
        let mut raw = Vec::with_capacity(CHUNK);
        (&mut inner)
            .take(CHUNK as u64)
            .read_to_end(&mut raw)
            .map_err(|error| ReadError::from_io(&error))?;
        reject_binary(&raw)?;
        let (found, mark) = detect(&raw);
        let state = match encoding.or(found) {
            Some(Encoding::Utf8) => State::Utf8 { may_fall_back: false },
            None => State::Utf8 { may_fall_back: true },
            Some(Encoding::Windows1252) => State::Windows1252,
            Some(e @ Encoding::Utf16Le) => State::Utf16(u16::from_le_bytes, e),
            Some(e @ Encoding::Utf16Be) => State::Utf16(u16::from_be_bytes, e),
        };
        // Keep the mark of an encoding other than the requested one, so that it does not go unnoticed.
        let skip = if encoding.is_none() || encoding == found { mark } else { 0 };
        raw.drain(..skip);
        Ok(Self { inner, state, raw, text: Vec::new(), consumed: 0, line: 1, ended: false })
    }

    /// The encoding of the text read so far.
    pub(crate) fn encoding(&self) -> Encoding {
        match &self.state {
            State::Utf8 { .. } => Encoding::Utf8,
            State::Windows1252 => Encoding::Windows1252,
            State::Utf16(_, encoding) => *encoding,
        }
    }

    /// The first decoded text, without consuming it.
    pub(crate) fn peek(&mut self) -> Result<&str, ReadError> {
        if self.rest().is_empty() {
            self.fill().map_err(|error| ReadError::from_io(&error))?;
        }
        let rest = self.rest();
        Ok(match std::str::from_utf8(rest) {
            Ok(text) => text,
            Err(error) => rest
                .get(..error.valid_up_to())
                .and_then(|valid| std::str::from_utf8(valid).ok())
                .unwrap_or_default(),
        })
    }

    /// Consumes bytes that were peeked.
    pub(crate) fn skip(&mut self, count: usize) {
        self.consumed = (self.consumed + count).min(self.text.len());
    }

    fn rest(&self) -> &[u8] {
        self.text.get(self.consumed..).unwrap_or_default()
    }

    /// Decodes the next chunk; no text afterwards means the end of the file.
    fn fill(&mut self) -> io::Result<()> {
        self.line += line_ends(&self.text);
        self.text.clear();
        self.consumed = 0;
        while self.text.is_empty() && !(self.ended && self.raw.is_empty()) {
            if !self.ended && self.raw.len() < CHUNK {
                let wanted = (CHUNK - self.raw.len()) as u64;
                let got = (&mut self.inner).take(wanted).read_to_end(&mut self.raw)?;
                self.ended = (got as u64) < wanted;
            }
            self.decode()?;
        }
        Ok(())
    }

    fn decode(&mut self) -> io::Result<()> {
        if let State::Utf8 { may_fall_back } = &mut self.state {
            let valid = match std::str::from_utf8(&self.raw) {
                Ok(_) => self.raw.len(),
                Err(error) => {
                    let incomplete = error.error_len().is_none() && !self.ended;
                    let valid = error.valid_up_to();
                    let ascii = self.raw.get(..valid).is_some_and(<[u8]>::is_ascii);
                    if incomplete {
                        valid
                    } else if *may_fall_back && ascii {
                        self.state = State::Windows1252;
                        return self.decode();
                    } else {
                        let before = self.raw.get(..valid).unwrap_or_default();
                        let lines = line_ends(before);
                        return Err(invalid(Encoding::Utf8, self.line + lines).into_io());
                    }
                }
            };
            let rest = self.raw.split_off(valid);
            self.text = std::mem::replace(&mut self.raw, rest);
            *may_fall_back &= self.text.is_ascii();
            return Ok(());
        }
        match self.state {
            State::Windows1252 => {
                windows_1252(&self.raw, &mut self.text);
                self.raw.clear();
            }
            State::Utf16(unit, encoding) => {
                let read = utf16(&self.raw, unit, self.ended, &mut self.text)
                    .ok_or_else(|| invalid(encoding, self.line).into_io())?;
                self.raw.drain(..read);
            }
            State::Utf8 { .. } => {}
        }
        Ok(())
    }
}

impl<R: Read> Read for DecodingReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.rest().is_empty() {
            self.fill()?;
        }
        let count = self.rest().len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..count), self.rest().get(..count)) {
            to.copy_from_slice(from);
        }
        self.consumed += count;
        Ok(count)
    }
}

fn line_ends(text: &[u8]) -> u64 {
    text.split(|&byte| byte == b'\n').skip(1).count() as u64
}

fn invalid(encoding: Encoding, line: u64) -> ReadError {
    ReadError::new(
        ReadErrorKind::Encoding,
        Some(line),
        format!("the file is not valid {encoding}: a byte on or after this line is invalid"),
        "Save the file as UTF-8, or set its encoding in the read options.",
    )
}

/// The encoding that a file declares or appears to have, and the length of its byte order mark.
fn detect(raw: &[u8]) -> (Option<Encoding>, usize) {
    let marks: [(&[u8], Encoding); 3] = [
        (b"\xef\xbb\xbf", Encoding::Utf8),
        (b"\xff\xfe", Encoding::Utf16Le),
        (b"\xfe\xff", Encoding::Utf16Be),
    ];
    if let Some((mark, encoding)) = marks.into_iter().find(|(mark, _)| raw.starts_with(mark)) {
        return (Some(encoding), mark.len());
    }
    // Mostly ASCII text in UTF-16 has a zero in every other byte.
    let sample: Vec<&[u8]> = raw.chunks_exact(2).take(512).collect();
    let zeros = |at: usize| sample.iter().filter(|pair| pair.get(at) == Some(&0)).count();
    let (high, low) = (zeros(0), zeros(1));
    if low * 10 > sample.len() * 7 && high * 10 < sample.len() {
        (Some(Encoding::Utf16Le), 0)
    } else if high * 10 > sample.len() * 7 && low * 10 < sample.len() {
        (Some(Encoding::Utf16Be), 0)
    } else {
        (None, 0)
    }
}

fn reject_binary(raw: &[u8]) -> Result<(), ReadError> {
    let (what, fix) = if raw.starts_with(b"PK\x03\x04") || raw.starts_with(b"\xd0\xcf\x11\xe0") {
        ("an Excel workbook or a ZIP archive", "Save the sheet as CSV UTF-8 and read that.")
    } else if raw.starts_with(b"\x1f\x8b") {
        ("a gzip archive", "Unpack it first.")
    } else if raw.starts_with(b"%PDF") {
        ("a PDF", "Export the roster as CSV.")
    } else {
        return Ok(());
    };
    Err(ReadError::new(ReadErrorKind::NotText, None, format!("the file is {what}, not text"), fix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], encoding: Option<Encoding>) -> Result<(String, Encoding), ReadError> {
        let mut reader = DecodingReader::new(bytes, encoding)?;
        let mut text = String::new();
        reader.read_to_string(&mut text).map_err(|error| ReadError::from_io(&error))?;
        Ok((text, reader.encoding()))
    }

    fn utf16(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect()
    }

    #[test]
    fn encodings_are_detected() {
        let text = "name,city\nZoë,Saint-Étienne\n";
        let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        assert_eq!(read(text.as_bytes(), None).unwrap(), (text.to_owned(), Encoding::Utf8));
        let marked = format!("\u{feff}{text}");
        assert_eq!(read(marked.as_bytes(), None).unwrap(), (text.to_owned(), Encoding::Utf8));
        assert_eq!(read(&latin, None).unwrap(), (text.to_owned(), Encoding::Windows1252));
        for (little, encoding) in [(true, Encoding::Utf16Le), (false, Encoding::Utf16Be)] {
            assert_eq!(read(&utf16(text, little), None).unwrap(), (text.to_owned(), encoding));
            assert_eq!(read(&utf16(&marked, little), None).unwrap(), (text.to_owned(), encoding));
        }
    }

    #[test]
    fn characters_across_chunks_are_decoded() {
        for pad in 0..4 {
            let text = format!("{}{}", "a".repeat(CHUNK - 2 - pad), "é€😀".repeat(50_000));
            assert_eq!(read(text.as_bytes(), None).unwrap().0, text);
            assert_eq!(read(&utf16(&text, true), Some(Encoding::Utf16Le)).unwrap().0, text);
        }
    }

    #[test]
    fn windows_1252_is_detected_late_in_the_file() {
        let mut bytes = vec![b'a'; 3 * CHUNK];
        bytes.push(0xe9);
        let (text, encoding) = read(&bytes, None).unwrap();
        assert!(text.ends_with('é'));
        assert_eq!(encoding, Encoding::Windows1252);
    }

    #[test]
    fn mixed_and_binary_files_are_rejected() {
        let error = read("é\nx\n".bytes().chain([0xe9, b'a']).collect::<Vec<_>>().as_slice(), None);
        let error = error.unwrap_err();
        assert_eq!((error.kind, error.line), (ReadErrorKind::Encoding, Some(3)));
        assert_eq!(read(b"PK\x03\x04rest", None).unwrap_err().kind, ReadErrorKind::NotText);
        assert_eq!(read(b"\xe9", Some(Encoding::Utf8)).unwrap_err().kind, ReadErrorKind::Encoding);
    }
}
