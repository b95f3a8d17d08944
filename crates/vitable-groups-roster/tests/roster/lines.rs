//! Finds lines of a CSV file that are missing from a roster. Shared with the fuzz target, so it uses
//! no test helpers.

use vitable_groups_roster::{Encoding, ReadReport, Row};

/// The text of a file in the encoding that the reader detected.
pub(crate) fn text(bytes: &[u8], encoding: Encoding) -> String {
    let wide = |unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    let text = match encoding {
        Encoding::Utf16Le => wide(u16::from_le_bytes),
        Encoding::Utf16Be => wide(u16::from_be_bytes),
        // Replace the bytes from 0x80 to 0x9f by letters, as Unicode considers some of them blank.
        Encoding::Windows1252 => bytes
            .iter()
            .map(|&byte| if (0x80..0xa0).contains(&byte) { 'x' } else { char::from(byte) })
            .collect(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned()
}

/// Non-blank lines that are not in a row, the header or the `sep=` line.
pub(crate) fn lost(text: &str, report: &ReadReport, rows: &[Row]) -> Vec<u64> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let delimiter = report.delimiter.unwrap_or(',');
    let blank = |line: &str| line.chars().all(|c| c.is_whitespace() || c == '"' || c == delimiter);
    let mut lines = (1u64..).zip(text.split('\n')).peekable();
    if lines.peek().is_some_and(|(_, line)| line.starts_with("sep=") && line.len() == 5) {
        lines.next();
    }
    // The header continues as long as it has an odd number of quotation marks.
    let (mut odd, mut seen) = (false, false);
    for (_, line) in lines.by_ref() {
        odd ^= line.matches('"').count() % 2 == 1;
        seen |= !blank(line);
        if seen && !odd {
            break;
        }
    }
    let mut rows =
        rows.iter().map(|row| (row.line().unwrap(), row.last_line().unwrap())).peekable();
    let mut lost = Vec::new();
    for (number, line) in lines {
        while rows.next_if(|&(_, last)| last < number).is_some() {}
        let in_row = rows.peek().is_some_and(|&(first, _)| first <= number);
        if !in_row && !blank(line) {
            lost.push(number);
        }
    }
    lost
}
