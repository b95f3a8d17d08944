//! Converts Windows-1252 and UTF-16 to UTF-8 in chunks.

/// The bytes from 0x80 to 0x9F. Five are undefined and decoded as the Latin-1 control characters,
/// as in browsers.
const UPPER: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Every byte is a character.
pub(super) fn windows_1252(raw: &[u8], text: &mut Vec<u8>) {
    text.reserve(raw.len());
    let mut rest = raw;
    while !rest.is_empty() {
        // Copy runs of ASCII, the common case.
        let plain = rest.iter().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
        let (ascii, others) = rest.split_at(plain);
        text.extend_from_slice(ascii);
        rest = others;
        if let Some((&byte, others)) = others.split_first() {
            let upper = UPPER.get(usize::from(byte).wrapping_sub(0x80));
            push(upper.copied().unwrap_or(char::from(byte)), text);
            rest = others;
        }
    }
}

/// Returns the number of bytes decoded; an incomplete character is left for the next chunk. None if
/// the text is not valid UTF-16.
pub(super) fn utf16(
    raw: &[u8],
    unit: fn([u8; 2]) -> u16,
    ended: bool,
    text: &mut Vec<u8>,
) -> Option<usize> {
    let (mut pairs, odd) = raw.as_chunks::<2>();
    if ended && !odd.is_empty() {
        return None;
    }
    if !ended
        && let Some((&last, before)) = pairs.split_last()
        && matches!(unit(last), 0xd800..=0xdbff)
    {
        pairs = before;
    }
    text.reserve(pairs.len());
    for letter in char::decode_utf16(pairs.iter().map(|&pair| unit(pair))) {
        push(letter.ok()?, text);
    }
    Some(pairs.len() * 2)
}

fn push(letter: char, text: &mut Vec<u8>) {
    text.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latin(raw: &[u8]) -> String {
        let mut text = Vec::new();
        windows_1252(raw, &mut text);
        String::from_utf8(text).unwrap()
    }

    fn wide(units: &[u16], ended: bool) -> Option<(String, usize)> {
        let raw: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        let mut text = Vec::new();
        let read = utf16(&raw, u16::from_be_bytes, ended, &mut text)?;
        Some((String::from_utf8(text).unwrap(), read))
    }

    #[test]
    fn every_windows_1252_byte_is_decoded() {
        assert_eq!(latin(b"plain, \x80 5 \x96 na\xefve \x9f"), "plain, € 5 – naïve Ÿ");
        let upper: Vec<u8> = (0x80..=0xff).collect();
        assert_eq!(latin(&upper).chars().count(), 128);
        for byte in (0..0x80).chain([0x81, 0x8d, 0x8f, 0x90, 0x9d]).chain(0xa0..=0xff) {
            assert_eq!(latin(&[byte]), char::from(byte).to_string());
        }
    }

    #[test]
    fn incomplete_characters_wait_for_the_rest() {
        assert_eq!(wide(&[0x61, 0xd83d], false), Some(("a".to_owned(), 2)));
        assert_eq!(wide(&[0xd83d, 0xde00], false), Some(("😀".to_owned(), 4)));
        let mut text = Vec::new();
        assert_eq!(utf16(b"a\0b", u16::from_le_bytes, false, &mut text), Some(2));
        assert_eq!(text, b"a");
    }

    #[test]
    fn lone_surrogates_are_rejected() {
        for units in [&[0xd83d][..], &[0xde00], &[0xd83d, 0x61], &[0xd83d, 0xd83d, 0xde00]] {
            assert_eq!(wide(units, true), None, "{units:x?}");
        }
        assert_eq!(wide(&[0xde00, 0x61], false), None);
        assert_eq!(utf16(b"a\0b", u16::from_le_bytes, true, &mut Vec::new()), None);
    }
}
