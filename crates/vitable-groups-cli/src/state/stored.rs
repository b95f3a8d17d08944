//! Roster files of the state directory: a header with row counts and a checksum, then a member per
//! line. A truncated file is an error, never a smaller roster.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use vitable_groups::model::Member;
use vitable_groups::roster::{Baseline, Roster};

use crate::exit::Failure;
use crate::output::value;

const VERSION: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
struct Header {
    vitable_groups_roster: u32,
    /// The kind of baseline that the first roster was planned with; the other rosters belong to it.
    baseline: Option<String>,
    /// The number of rows of each roster.
    rows: Vec<usize>,
    /// The checksum of everything after the header.
    sha256: String,
}

/// A stored roster, and the baseline of its plan.
#[derive(Debug)]
pub(crate) struct StoredRoster {
    pub(crate) roster: Roster,
    pub(crate) baseline: Baseline,
}

/// A roster as JSON Lines.
pub(crate) fn lines(roster: &Roster) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    roster
        .to_jsonl(&mut bytes)
        .map_err(|error| Failure::local(format!("cannot write the roster as JSON: {error}")))?;
    Ok(bytes)
}

/// The rosters that a group with this baseline may hold, the most likely first.
pub(crate) fn candidates(baseline: &Baseline) -> Vec<Arc<Roster>> {
    match baseline {
        Baseline::FirstSync | Baseline::Empty => vec![Arc::default()],
        Baseline::Previous(roster) | Baseline::Remembered(roster) => vec![Arc::clone(roster)],
        Baseline::Either(rosters) => rosters.clone(),
        _ => Vec::new(),
    }
}

/// Encodes a roster, and its baseline if there is one.
pub(super) fn encode(roster: &Roster, baseline: &Baseline) -> Result<Vec<u8>, Failure> {
    let mut body = lines(roster)?;
    let mut rows = vec![roster.len()];
    for candidate in candidates(baseline) {
        body.extend(lines(&candidate)?);
        rows.push(candidate.len());
    }
    let baseline = (rows.len() > 1).then(|| baseline.kind().to_owned());
    let sha256 = checksum(&body);
    let header = Header { vitable_groups_roster: VERSION, baseline, rows, sha256 };
    let mut content = format!("{}\n", value(&header)).into_bytes();
    content.extend(body);
    Ok(content)
}

/// Decodes the content of a roster file.
///
/// # Errors
/// A description of the damage, as a predicate of the file.
pub(super) fn decode(content: &[u8]) -> Result<StoredRoster, &'static str> {
    if content.is_empty() {
        return Err("is empty");
    }
    let end = content.iter().position(|byte| *byte == b'\n').ok_or("is truncated")?;
    let (header, body) = content.split_at(end);
    let body = body.get(1..).unwrap_or_default();
    let header: Header = serde_json::from_slice(header).map_err(|_| "has no header")?;
    if header.vitable_groups_roster != VERSION {
        return Err("was written by another version of vitable-groups");
    }
    if header.sha256 != checksum(body) {
        return Err("is damaged: its content does not match its checksum");
    }
    let members = serde_json::Deserializer::from_slice(body).into_iter::<Member>();
    let mut members = members
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| "is damaged: it has an invalid row")?
        .into_iter();
    if header.rows.iter().try_fold(0_usize, |sum, rows| sum.checked_add(*rows))
        != Some(members.len())
    {
        return Err("is damaged: its rows do not match the count in its header");
    }
    let mut rosters =
        header.rows.iter().map(|rows| members.by_ref().take(*rows).collect::<Roster>());
    let roster = rosters.next().ok_or("is damaged: its header lists no roster")?;
    let others: Vec<_> = rosters.map(Arc::new).collect();
    let baseline = match (header.baseline.as_deref(), &others[..]) {
        (None, []) => Baseline::Unknown,
        (Some("first_sync" | "empty"), [_]) => Baseline::FirstSync,
        (Some("previous"), [one]) => Baseline::Previous(Arc::clone(one)),
        (Some("remembered"), [one]) => Baseline::Remembered(Arc::clone(one)),
        (Some("either"), [_, ..]) => Baseline::Either(others),
        _ => return Err("is damaged: its header contradicts itself"),
    };
    Ok(StoredRoster { roster, baseline })
}

fn checksum(body: &[u8]) -> String {
    super::hex(&Sha256::digest(body), 32)
}

#[cfg(test)]
mod tests {
    use vitable_groups::model::Address;

    use super::*;

    fn roster(names: &[&str]) -> Roster {
        let address = || Address::new("1 Main Street", "Springfield", "IL", "62701");
        let member = |name: &&str| Member::new(*name, "A", "B", "1990-01-01", "p1", address());
        names.iter().map(member).collect()
    }

    fn named(roster: &Roster) -> Vec<&str> {
        roster.members().map(|member| member.reference_id.as_str()).collect()
    }

    #[test]
    fn encoding_round_trips() {
        let before = [Arc::new(roster(&["a"])), Arc::new(roster(&[]))];
        for baseline in [
            Baseline::Unknown,
            Baseline::FirstSync,
            Baseline::Previous(before[0].clone()),
            Baseline::Remembered(before[1].clone()),
            Baseline::Either(before.to_vec()),
        ] {
            for sent in [roster(&["a", "b"]), roster(&[])] {
                let stored = decode(&encode(&sent, &baseline).unwrap()).unwrap();
                assert_eq!(
                    (named(&stored.roster), stored.baseline),
                    (named(&sent), baseline.clone())
                );
            }
        }
    }

    #[test]
    fn truncated_and_altered_files_are_rejected() {
        let whole = encode(&roster(&["a", "b"]), &Baseline::FirstSync).unwrap();
        for end in 0..whole.len() {
            assert!(decode(&whole[..end]).is_err(), "{end} bytes");
        }
        for index in 0..whole.len() {
            let mut changed = whole.clone();
            changed[index] ^= 1;
            if let Ok(stored) = decode(&changed) {
                // Only a header key that decoding does not need can change unnoticed.
                assert_eq!(named(&stored.roster), ["a", "b"], "byte {index}");
            }
        }
        assert!(decode(&lines(&roster(&["a"])).unwrap()).is_err());
    }
}
