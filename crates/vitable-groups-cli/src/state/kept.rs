//! Rosters as the state directory keeps them: a header with counts and a checksum, then a member
//! per line. A file that lost a byte is not taken for a smaller roster.

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
    /// What the rosters after the first are: the baseline that the first was planned with.
    baseline: Option<String>,
    /// Of each roster.
    rows: Vec<usize>,
    /// Of everything after the header.
    sha256: String,
}

/// A roster, and what it was compared with before it was sent.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) roster: Roster,
    pub(crate) baseline: Baseline,
}

/// A roster as lines of JSON.
pub(crate) fn lines(roster: &Roster) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    roster
        .to_jsonl(&mut bytes)
        .map_err(|error| Failure::local(format!("cannot write the roster as JSON: {error}")))?;
    Ok(bytes)
}

/// The rosters that a group may hold by a baseline, the likeliest first.
pub(crate) fn candidates(baseline: &Baseline) -> Vec<Arc<Roster>> {
    match baseline {
        Baseline::FirstSync | Baseline::Empty => vec![Arc::default()],
        Baseline::Previous(roster) | Baseline::Remembered(roster) => vec![Arc::clone(roster)],
        Baseline::Either(rosters) => rosters.clone(),
        _ => Vec::new(),
    }
}

/// The content of a file that keeps a roster, and its baseline if there is one.
pub(super) fn seal(roster: &Roster, baseline: &Baseline) -> Result<Vec<u8>, Failure> {
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

/// Reads such a file.
///
/// # Errors
/// What is wrong with it.
pub(super) fn open(content: &[u8]) -> Result<Kept, &'static str> {
    if content.is_empty() {
        return Err("is empty");
    }
    let end = content.iter().position(|byte| *byte == b'\n').ok_or("is cut short")?;
    let (header, body) = content.split_at(end);
    let body = body.get(1..).unwrap_or_default();
    let header: Header = serde_json::from_slice(header).map_err(|_| "has no header")?;
    if header.vitable_groups_roster != VERSION {
        return Err("was written by another version of vitable-groups");
    }
    if header.sha256 != checksum(body) {
        return Err("is damaged: its content does not fit its checksum");
    }
    let members = serde_json::Deserializer::from_slice(body).into_iter::<Member>();
    let mut members = members
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| "is damaged: a row of it cannot be read")?
        .into_iter();
    if header.rows.iter().try_fold(0_usize, |sum, rows| sum.checked_add(*rows))
        != Some(members.len())
    {
        return Err("is damaged: it does not have the rows that its header names");
    }
    let mut rosters =
        header.rows.iter().map(|rows| members.by_ref().take(*rows).collect::<Roster>());
    let roster = rosters.next().ok_or("names no roster")?;
    let others: Vec<_> = rosters.map(Arc::new).collect();
    let baseline = match (header.baseline.as_deref(), &others[..]) {
        (None, []) => Baseline::Unknown,
        (Some("first_sync" | "empty"), [_]) => Baseline::FirstSync,
        (Some("previous"), [one]) => Baseline::Previous(Arc::clone(one)),
        (Some("remembered"), [one]) => Baseline::Remembered(Arc::clone(one)),
        (Some("either"), [_, ..]) => Baseline::Either(others),
        _ => return Err("is damaged: its header contradicts itself"),
    };
    Ok(Kept { roster, baseline })
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
    fn what_is_sealed_opens_as_it_was() {
        let before = [Arc::new(roster(&["a"])), Arc::new(roster(&[]))];
        for baseline in [
            Baseline::Unknown,
            Baseline::FirstSync,
            Baseline::Previous(before[0].clone()),
            Baseline::Remembered(before[1].clone()),
            Baseline::Either(before.to_vec()),
        ] {
            for sent in [roster(&["a", "b"]), roster(&[])] {
                let kept = open(&seal(&sent, &baseline).unwrap()).unwrap();
                assert_eq!((named(&kept.roster), kept.baseline), (named(&sent), baseline.clone()));
            }
        }
    }

    #[test]
    fn no_part_of_a_file_opens() {
        let whole = seal(&roster(&["a", "b"]), &Baseline::FirstSync).unwrap();
        for end in 0..whole.len() {
            assert!(open(&whole[..end]).is_err(), "{end} bytes");
        }
        for place in 0..whole.len() {
            let mut changed = whole.clone();
            changed[place] ^= 1;
            if let Ok(kept) = open(&changed) {
                // A key of the header that is not needed is all that may change.
                assert_eq!(named(&kept.roster), ["a", "b"], "byte {place}");
            }
        }
        assert!(open(&lines(&roster(&["a"])).unwrap()).is_err());
    }
}
