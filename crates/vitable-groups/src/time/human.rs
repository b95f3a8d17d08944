//! Human-readable durations.

use std::fmt;
use std::time::Duration;

const MICROS_PER_SECOND: u128 = 1_000_000;
const MILLIS_PER_MINUTE: u128 = 60_000;

/// A duration that displays in its two largest units.
///
/// ```
/// use std::time::Duration;
/// use vitable_groups::HumanDuration;
///
/// let text = |seconds| HumanDuration(Duration::from_secs_f64(seconds)).to_string();
/// assert_eq!(text(0.2), "200 ms");
/// assert_eq!(text(2.5), "2.5 s");
/// assert_eq!(text(600.0), "10 min");
/// assert_eq!(text(5400.0), "1 h 30 min");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HumanDuration(pub Duration);

impl fmt::Display for HumanDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.0.as_micros();
        // Rounds before choosing the unit: 999.9 ms is 1 s, 59.9999 s is 1 min.
        let millis = (micros + 500) / 1_000;
        if millis == 0 && micros > 0 {
            return write!(f, "0.{micros:03} ms");
        }
        if millis > 0 && millis < 1_000 {
            return write!(f, "{millis} ms");
        }
        if millis < MILLIS_PER_MINUTE {
            let fraction = format!("{:03}", millis % 1_000);
            let fraction = fraction.trim_end_matches('0');
            let point = if fraction.is_empty() { "" } else { "." };
            return write!(f, "{}{point}{fraction} s", millis / 1_000);
        }
        let seconds = (micros + MICROS_PER_SECOND / 2) / MICROS_PER_SECOND;
        if seconds < 3_600 {
            return two_units(f, (seconds / 60, "min"), (seconds % 60, "s"));
        }
        let minutes = (seconds + 30) / 60;
        two_units(f, (minutes / 60, "h"), (minutes % 60, "min"))
    }
}

fn two_units(f: &mut fmt::Formatter<'_>, large: (u128, &str), small: (u128, &str)) -> fmt::Result {
    write!(f, "{} {}", large.0, large.1)?;
    if small.0 > 0 {
        write!(f, " {} {}", small.0, small.1)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_display_in_their_two_largest_units() {
        let cases = [
            (0, "0 s"),
            (1, "0.001 ms"),
            (499, "0.499 ms"),
            (500, "1 ms"),
            (59_999, "60 ms"),
            (200_000, "200 ms"),
            (999_600, "1 s"),
            (1_000_000, "1 s"),
            (1_500_000, "1.5 s"),
            (2_049_000, "2.049 s"),
            (30_000_000, "30 s"),
            (59_999_700, "1 min"),
            (61_400_000, "1 min 1 s"),
            (600_000_000, "10 min"),
            (3_599_600_000, "1 h"),
            (5_400_000_000, "1 h 30 min"),
            (172_800_000_000, "48 h"),
        ];
        for (micros, text) in cases {
            assert_eq!(HumanDuration(Duration::from_micros(micros)).to_string(), text);
        }
        assert!(HumanDuration(Duration::MAX).to_string().contains(" h"));
    }
}
