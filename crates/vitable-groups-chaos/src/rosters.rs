//! The rosters that one worker sends, and the roster that its caller believes to be in force.
//!
//! They are drawn before the run, so the caller is wrong if a submission failed. The verification
//! knows which roster is in force.

use serde_json::{Value, json};

use crate::apply::{Apply, GuardOptions};
use crate::guard::blocked_kind;

const PLAN: &str = "pln_Wgx_PobRSymT_ki30sYaBQ";
/// A plan that the server does not have: adding such a row fails.
const UNKNOWN_PLAN: &str = "pln_unknown";
const PEOPLE: usize = 30;
/// The person that cannot be removed from some workers' groups, by a setting of the server.
pub(crate) const NOT_REMOVABLE: usize = 5;

const FIRST: [&str; 6] = ["Ann", "Ben", "Cleo", "Dan", "Eve", "Finn"];
const LAST: [&str; 5] = ["Lee", "Moss", "Nash", "Orr", "Park"];

/// The initial reference ID of a worker's person.
pub(crate) fn reference(worker: usize, person: usize) -> String {
    format!("W{worker}-{person}")
}

/// What the caller of one worker knows.
pub(crate) struct Rosters {
    /// By person.
    references: Vec<String>,
    believed: Vec<Value>,
    earlier: Vec<Vec<Value>>,
}

impl Rosters {
    pub(crate) fn new(worker: usize) -> Self {
        let references = (0..PEOPLE).map(|person| reference(worker, person)).collect();
        Self { references, believed: Vec::new(), earlier: Vec::new() }
    }

    /// Draws an `apply` call for the group, of any kind that a job may make.
    pub(crate) fn apply(
        &mut self,
        group_id: String,
        deadline_ms: u64,
        random: &mut fastrand::Rng,
    ) -> Apply {
        let kind = random.u32(0..100);
        let members = match kind {
            62..72 => self.cut(random),
            72..80 => self.rekeyed(random),
            80..86 => Vec::new(),
            86..92 => self.believed.clone(),
            92..98 => self.any(random),
            _ => self.churned(random),
        };
        let mut guard = GuardOptions::default();
        if matches!(kind, 46..52 | 83..86 | 92..98) {
            guard.max_removals = Some("100%".to_owned());
        }
        guard.allow_empty = matches!(kind, 83..86);
        guard.allow_new_reference_ids = matches!(kind, 46..52 | 77..80 | 92..98);
        let known = (!self.believed.is_empty()).then(|| self.believed.clone());
        let (previous, first_sync) = match kind {
            // A roster older than the one that is believed to be in force.
            46..52 => (random.choice(&self.earlier).cloned().or(known), false),
            52..56 => (None, false),
            56..59 => (Some(Vec::new()), false),
            59..62 => (Some(self.believed.clone()), true),
            _ => (known.clone(), known.is_none()),
        };
        let first_sync = first_sync || (previous.is_none() && kind < 52);
        let apply =
            Apply { group_id, members, previous, first_sync, guard, poll_ms: 3, deadline_ms };
        if blocked_kind(&apply).is_none() {
            self.sent(&apply.members, random);
        }
        apply
    }

    /// Draws a roster for a call without a baseline.
    pub(crate) fn unguarded(&mut self, random: &mut fastrand::Rng) -> Vec<Value> {
        let members = self.churned(random);
        self.sent(&members, random);
        members
    }

    /// Records the roster as believed to be in force; most callers omit rows that failed from the
    /// next one.
    fn sent(&mut self, members: &[Value], random: &mut fastrand::Rng) {
        let keeps_failed = random.u32(0..4) == 0;
        let applied =
            members.iter().filter(|row| keeps_failed || row["plan_id"] != UNKNOWN_PLAN).cloned();
        let applied = applied.collect();
        let before = std::mem::replace(&mut self.believed, applied);
        if !before.is_empty() {
            self.earlier.push(before);
        }
    }

    /// Some people leave, some join; now and then one of them has an unknown plan.
    fn churned(&self, random: &mut fastrand::Rng) -> Vec<Value> {
        let mut members = self.believed.clone();
        for _ in 0..random.usize(0..3).min(members.len()) {
            members.remove(random.usize(0..members.len()));
        }
        let joining = if members.is_empty() { random.usize(10..18) } else { random.usize(0..4) };
        for person in random.choose_multiple(0..PEOPLE, joining) {
            let existing = |row: &Value| row["date_of_birth"] == birth(person);
            if !members.iter().any(existing) {
                members.push(self.row(person, PLAN));
            }
        }
        if let Some(last) = members.last_mut()
            && random.u32(0..6) == 0
            && !self.believed.contains(last)
        {
            last["plan_id"] = UNKNOWN_PLAN.into();
        }
        // Empty rosters are drawn separately.
        if members.is_empty() {
            members.push(self.row(0, PLAN));
        }
        members
    }

    /// Random people, regardless of the roster in force.
    fn any(&self, random: &mut fastrand::Rng) -> Vec<Value> {
        let count = random.usize(1..PEOPLE);
        let people = random.choose_multiple(0..PEOPLE, count);
        people.into_iter().map(|person| self.row(person, PLAN)).collect()
    }

    /// What is left of the believed roster after its file was truncated.
    fn cut(&self, random: &mut fastrand::Rng) -> Vec<Value> {
        let kept = random.usize(1..4);
        let mut members: Vec<Value> = self.believed.iter().take(kept).cloned().collect();
        if members.is_empty() {
            members.push(self.row(1, PLAN));
        }
        members
    }

    /// The believed roster, with new reference IDs for some people.
    fn rekeyed(&mut self, random: &mut fastrand::Rng) -> Vec<Value> {
        let serial = self.earlier.len();
        let mut members = self.believed.clone();
        for _ in 0..random.usize(1..3) {
            let person = random.usize(0..PEOPLE);
            self.references[person] = format!("{}n{serial}", self.references[person]);
            for row in &mut members {
                if row["date_of_birth"] == birth(person) {
                    row["reference_id"] = self.references[person].as_str().into();
                }
            }
        }
        if members.is_empty() {
            members.push(self.row(2, PLAN));
        }
        members
    }

    /// A valid row of test data.
    fn row(&self, person: usize, plan: &str) -> Value {
        json!({
            "reference_id": self.references[person],
            "first_name": FIRST[person % FIRST.len()],
            "last_name": LAST[person / FIRST.len() % LAST.len()],
            "date_of_birth": birth(person),
            "phone": "2175550123",
            "plan_id": plan,
            "address": {
                "address_line_1": "1 Main Street",
                "city": "Springfield",
                "state": "IL",
                "zipcode": "62701",
            },
        })
    }
}

/// A different date of birth for each person.
fn birth(person: usize) -> String {
    format!("19{}-05-15", 60 + person)
}
