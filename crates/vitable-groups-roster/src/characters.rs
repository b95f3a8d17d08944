//! Invisible and confusable characters: two reference IDs that a person reads as one are two
//! members to the API.

/// Whether a character is invisible on its own, or changes how its neighbors are displayed.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// What a character in a reference ID can be mistaken for.
pub(crate) fn mistaken_for(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
            "a plain space"
        }
        '\u{58a}'
        | '\u{5be}'
        | '\u{2d7}'
        | '\u{2010}'..='\u{2015}'
        | '\u{2043}'
        | '\u{207b}'
        | '\u{208b}'
        | '\u{2212}'
        | '\u{2796}'
        | '\u{2e3a}'
        | '\u{2e3b}'
        | '\u{fe58}'
        | '\u{fe63}' => "the plain hyphen",
        '\u{b4}' | '\u{2b9}'..='\u{2bf}' | '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{2035}' => {
            "the plain apostrophe"
        }
        '\u{2044}' | '\u{2215}' | '\u{29f8}' => "the plain slash",
        '\u{2024}' | '\u{ff61}' => "the plain period",
        '\u{2236}' | '\u{2d0}' | '\u{a789}' => "the plain colon",
        // Combining marks: the composed form of the same text has a single letter.
        '\u{300}'..='\u{36f}'
        | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}' => "an accented letter",
        // Numerals, letterlike signs, ligatures, full width, mathematical alphabets.
        '\u{2100}'..='\u{214f}'
        | '\u{2160}'..='\u{2188}'
        | '\u{fb00}'..='\u{fb06}'
        | '\u{ff01}'..='\u{ff5e}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1d400}'..='\u{1d7ff}' => "plain letters, digits or signs",
        '\u{fffd}' => "the original character, lost in decoding",
        _ => return None,
    })
}

/// Alphabets whose letters can be mistaken for one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alphabet {
    Latin,
    Greek,
    Cyrillic,
    Other,
}

pub(crate) fn alphabet(c: char) -> Option<Alphabet> {
    Some(match c {
        'A'..='Z'
        | 'a'..='z'
        | 'À'..='Ö'
        | 'Ø'..='ö'
        | 'ø'..='\u{2af}'
        | '\u{1e00}'..='\u{1eff}'
        | '\u{2c60}'..='\u{2c7f}'
        | '\u{a720}'..='\u{a7ff}' => Alphabet::Latin,
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Alphabet::Greek,
        '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}' | '\u{a640}'..='\u{a69f}' => {
            Alphabet::Cyrillic
        }
        // Armenian, Cherokee, Coptic, Lisu.
        '\u{531}'..='\u{587}'
        | '\u{13a0}'..='\u{13fd}'
        | '\u{ab70}'..='\u{abbf}'
        | '\u{2c80}'..='\u{2cff}'
        | '\u{a4d0}'..='\u{a4ff}' => Alphabet::Other,
        _ => return None,
    })
}

/// The first letter outside the main alphabet of a text, with its position counted from 0.
pub(crate) fn mixed(text: &str) -> Option<(usize, char)> {
    let mut letters = text.chars().enumerate().filter_map(|(at, c)| Some((at, c, alphabet(c)?)));
    let (at, first, own) = letters.next()?;
    let (other_at, other, _) = letters.find(|(_, _, alphabet)| *alphabet != own)?;
    // Assume that the Latin letters are the intended ones.
    if own == Alphabet::Latin { Some((other_at, other)) } else { Some((at, first)) }
}

/// The first letter of a text, if all its letters are Greek or Cyrillic and resemble Latin letters.
pub(crate) fn resembles_latin(text: &str) -> Option<(usize, char)> {
    let mut letters = text.chars().enumerate().filter(|(_, c)| c.is_alphabetic());
    let first = letters.next()?;
    let twin = |c: char| "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαινορυχϲϳАВЕЅІЈКМНОРСТУХЅаеѕіјорсухһԁԛԝԚԜ".contains(c);
    (twin(first.1) && letters.all(|(_, c)| twin(c))).then_some(first)
}

/// The code point, with its name if it is a common character.
pub(crate) fn name(c: char) -> String {
    let code = u32::from(c);
    let name = match c {
        '\0' => "NULL",
        '\t' => "TAB",
        '\n' => "LINE FEED",
        '\r' => "CARRIAGE RETURN",
        '\u{1a}' => "SUBSTITUTE",
        '\u{1b}' => "ESCAPE",
        ' ' => "SPACE",
        '\u{7f}' => "DELETE",
        '\u{a0}' => "NO-BREAK SPACE",
        '\u{ad}' => "SOFT HYPHEN",
        '\u{200b}' => "ZERO WIDTH SPACE",
        '\u{200c}' => "ZERO WIDTH NON-JOINER",
        '\u{200d}' => "ZERO WIDTH JOINER",
        '\u{200e}' => "LEFT-TO-RIGHT MARK",
        '\u{200f}' => "RIGHT-TO-LEFT MARK",
        '\u{2010}' => "HYPHEN",
        '\u{2011}' => "NON-BREAKING HYPHEN",
        '\u{2012}' => "FIGURE DASH",
        '\u{2013}' => "EN DASH",
        '\u{2014}' => "EM DASH",
        '\u{2015}' => "HORIZONTAL BAR",
        '\u{2018}' => "LEFT SINGLE QUOTATION MARK",
        '\u{2019}' => "RIGHT SINGLE QUOTATION MARK",
        '\u{2028}' => "LINE SEPARATOR",
        '\u{2029}' => "PARAGRAPH SEPARATOR",
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => "DIRECTIONAL FORMATTING",
        '\u{202f}' => "NARROW NO-BREAK SPACE",
        '\u{2060}' => "WORD JOINER",
        '\u{2212}' => "MINUS SIGN",
        '\u{3000}' => "IDEOGRAPHIC SPACE",
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => "VARIATION SELECTOR",
        '\u{feff}' => "ZERO WIDTH NO-BREAK SPACE (BYTE ORDER MARK)",
        '\u{ff01}'..='\u{ff5e}' => "FULLWIDTH FORM",
        '\u{fffd}' => "REPLACEMENT CHARACTER",
        '\u{e0000}'..='\u{e007f}' => "TAG",
        '\u{300}'..='\u{36f}' => "COMBINING MARK",
        _ if c.is_control() => "CONTROL",
        _ => match alphabet(c) {
            Some(Alphabet::Cyrillic) => "CYRILLIC LETTER",
            Some(Alphabet::Greek) => "GREEK LETTER",
            _ => return format!("U+{code:04X}"),
        },
    };
    format!("U+{code:04X} {name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_text_is_neither_hidden_nor_confusable() {
        for text in
            ["EMP-0001", "o'neil_7/A.1:2 #x", "Zoë-Ünal-ß", "日本 社員", "カード", "Иван", "Ωμέγα"]
        {
            assert!(!text.chars().any(is_hidden), "{text}");
            assert!(!text.chars().any(|c| mistaken_for(c).is_some()), "{text}");
            assert_eq!(mixed(text), None, "{text}");
        }
    }

    #[test]
    fn mixed_alphabets_are_detected() {
        assert_eq!(mixed("EMР-1"), Some((2, 'Р')));
        assert_eq!(mixed("ЕMP-1"), Some((0, 'Е')));
        assert_eq!(mixed("1α2A"), Some((1, 'α')));
        assert_eq!(resembles_latin("7-Е01"), Some((2, 'Е')));
        assert_eq!(resembles_latin("ТОР"), Some((0, 'Т')));
        for text in ["Иван", "E01", "12-3", "日本", "ΑΩ"] {
            assert_eq!(resembles_latin(text), None, "{text}");
        }
    }

    #[test]
    fn common_characters_have_names() {
        assert_eq!(name('\u{200b}'), "U+200B ZERO WIDTH SPACE");
        assert_eq!(name('\u{7}'), "U+0007 CONTROL");
        assert_eq!(name('Р'), "U+0420 CYRILLIC LETTER");
        assert_eq!(name('\u{e0041}'), "U+E0041 TAG");
        assert_eq!(name('\u{2215}'), "U+2215");
    }
}
