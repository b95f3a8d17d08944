//! What a group holds after a sync: the baseline of the next plan.

use std::collections::{HashMap, HashSet};

use super::{Outcome, RowFailure};
use crate::baseline::Baseline;
use crate::roster::Roster;
use vitable_groups_model::{Address, Field, Member, SyncOperation};

impl Outcome {
    /// What the group holds after the sync: the roster sent, without the rows that could not be
    /// added, with the members who could not be removed, and with the plans that did not change.
    /// Keep it: it is the previous roster of the next sync. None if the results are missing.
    ///
    /// A member who may or may not be in the group is included, so that the next plan counts
    /// their removal.
    ///
    /// ```
    /// use vitable_groups::model::{Address, Member};
    /// use vitable_groups::roster::*;
    ///
    /// let member = |id: &str, plan: &str| {
    ///     Member::new(id, "A", id, "1990-01-01", plan, Address::new("1 Main", "Reno", "NV", "89501"))
    /// };
    /// let results = serde_json::from_str(
    ///     r#"{"added_group_member_ids": ["grpmbr_1"], "removed_group_member_ids": [],
    ///         "failures": [{"reference_id": "E2", "operation": "add", "reason": "Invalid plan_id"}]}"#,
    /// )?;
    /// let sent = Roster::from_members([member("E1", "pln_1"), member("E2", "pln_x")]);
    /// let outcome = Outcome::join(&sent, Some(&results), &Baseline::FirstSync, false);
    /// let held = outcome.group_after(&sent, &Baseline::FirstSync).unwrap();
    /// assert_eq!(held.len(), 1); // E2 could not be added
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn group_after(&self, submitted: &Roster, before: &Baseline) -> Option<Roster> {
        self.failed?;
        let mut known: HashMap<&str, &Member> = HashMap::new();
        for member in before.rosters().iter().flat_map(|roster| roster.members()) {
            known.entry(&*member.reference_id).or_insert(member);
        }
        let known = |reference: &str| known.get(reference).copied();
        let failures: HashMap<&str, &RowFailure> =
            self.failures.iter().map(|failure| (&*failure.reference_id, failure)).collect();
        let sent = submitted.members().filter_map(|member| {
            let before = known(&member.reference_id);
            match failures.get(&*member.reference_id) {
                None => Some(merged(member, before)),
                Some(failure) if failure.operation == SyncOperation::Add => before.cloned(),
                Some(_) => Some(before.unwrap_or(member).clone()),
            }
        });
        let mut seen = HashSet::new();
        let left = self.other_failures.iter().map(|failure| &*failure.reference_id);
        let left = left.filter(|reference| seen.insert(*reference));
        let left =
            left.map(|reference| known(reference).cloned().unwrap_or_else(|| stub(reference)));
        Some(sent.chain(left).collect())
    }
}

/// A member with nothing but a reference ID.
fn stub(reference: &str) -> Member {
    Member::new(reference, "", "", "", "", Address::new("", "", "", ""))
}

/// A member after an update: absent fields and the plan keep their values.
fn merged(member: &Member, before: Option<&Member>) -> Member {
    let mut member = member.clone();
    let Some(before) = before else { return member };
    // The plan of a stub is not known either.
    if !before.plan_id.is_empty() {
        member.plan_id.clone_from(&before.plan_id);
    }
    keep(&mut member.phone, &before.phone);
    keep(&mut member.email, &before.email);
    keep(&mut member.address.address_line_2, &before.address.address_line_2);
    member
}

fn keep<T: Clone>(field: &mut Field<T>, before: &Field<T>) {
    if field.is_absent() {
        field.clone_from(before);
    }
}
