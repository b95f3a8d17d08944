//! Whether a list goes on after a page, and which of its items are new: pure decisions.

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};

use foldhash::quality::RandomState;

use vitable_groups_model::Pagination;

/// What a page says about its place in the list.
///
/// ```
/// use vitable_groups::binding::PageSummary;
///
/// let facts = PageSummary { requested: 1, items: 20, total_pages: Some(3), ..PageSummary::default() };
/// assert_eq!(facts.next(), Some(2));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageSummary {
    /// The page that was asked for.
    pub requested: i64,
    /// The page that the server says it is.
    pub page: Option<i64>,
    /// How many pages the server says there are.
    pub total_pages: Option<i64>,
    /// Items in this page.
    pub items: usize,
    /// The id of the first item.
    pub first_id: Option<String>,
}

impl PageSummary {
    pub(crate) fn new(
        requested: i64,
        pagination: Option<&Pagination>,
        items: usize,
        first_id: Option<&str>,
    ) -> Self {
        Self {
            requested,
            page: pagination.and_then(|meta| meta.page.value().copied()),
            total_pages: pagination.and_then(|meta| meta.total_pages.value().copied()),
            items,
            first_id: first_id.filter(|id| !id.is_empty()).map(str::to_owned),
        }
    }

    /// The number of this page: what the server says, else what was asked for.
    pub fn current(&self) -> i64 {
        self.page.unwrap_or(self.requested)
    }

    /// The page to ask for next, if the list goes on.
    ///
    /// It ends on an empty page and on the last of `total_pages`; without that number it goes on
    /// until a page is empty or [repeated](Self::repeats).
    pub fn next(&self) -> Option<i64> {
        let current = self.current();
        let ended = self.items == 0 || self.total_pages.is_some_and(|total| current >= total);
        if ended { None } else { current.checked_add(1) }
    }

    /// Whether the server sent the page before once more instead of this one: the same number, or
    /// the same first item.
    pub fn repeats(&self, previous: &Self) -> bool {
        let same_number = self.page.is_some_and(|page| page <= previous.current());
        let same_item = self.first_id.is_some() && self.first_id == previous.first_id;
        same_number || same_item
    }
}

/// The items of a list that came already. Pages are no snapshot: an item can move to the next one
/// while we read.
///
/// ```
/// let mut seen = vitable_groups::binding::SeenIds::new();
/// assert!(seen.insert("grp_1"));
/// assert!(!seen.insert("grp_1"));
/// assert!(seen.insert("") && seen.insert(""));
/// ```
#[derive(Clone, Debug, Default)]
pub struct SeenIds {
    // Two keyed hashes of an id, and not the id: of 100,000 items this keeps 2 MB instead of 8.
    keys: (RandomState, RandomState),
    seen: HashSet<u128, BuildHasherDefault<Drawn>>,
}

/// Room for 100,000 items, 2 MB; more is made when so many came, whatever the server promises.
const MOST_ROOM: usize = 7 << 14;

/// Takes the lower half of a number that is a keyed hash already.
#[derive(Clone, Debug, Default)]
struct Drawn(u64);

impl Hasher for Drawn {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, number: u128) {
        self.0 = u64::try_from(number & u128::from(u64::MAX)).unwrap_or_default();
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl SeenIds {
    /// None came yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes room for a list of so many items, which saves moving them as the list grows.
    pub fn expect(&mut self, total: i64) {
        let total = usize::try_from(total).unwrap_or_default().min(MOST_ROOM);
        self.seen.reserve(total.saturating_sub(self.seen.len()));
    }

    /// Whether an item with this id comes for the first time; an empty id says nothing.
    pub fn insert(&mut self, id: &str) -> bool {
        self.key(id).is_none_or(|key| self.seen.insert(key))
    }

    /// [`insert`](Self::insert) of each item of a page, which is quicker than one by one.
    ///
    /// ```
    /// let mut seen = vitable_groups::binding::SeenIds::new();
    /// assert_eq!(seen.insert_all(["grp_1", "grp_2", "grp_1"]), [true, true, false]);
    /// ```
    pub fn insert_all<'a>(&mut self, ids: impl IntoIterator<Item = &'a str>) -> Vec<bool> {
        // Apart from the hashing, the processor looks at many places of a large table at once.
        let keys: Vec<_> = ids.into_iter().map(|id| self.key(id)).collect();
        keys.into_iter().map(|key| key.is_none_or(|key| self.seen.insert(key))).collect()
    }

    fn key(&self, id: &str) -> Option<u128> {
        if id.is_empty() {
            return None;
        }
        let halves = (self.keys.0.hash_one(id), self.keys.1.hash_one(id));
        Some(u128::from(halves.0) << 64 | u128::from(halves.1))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn facts(requested: i64, page: Option<i64>, total: Option<i64>, items: usize) -> PageSummary {
        PageSummary { requested, page, total_pages: total, items, first_id: None }
    }

    #[test]
    fn end_rules() {
        let cases = [
            (facts(1, Some(1), Some(3), 2), Some(2)),
            (facts(2, Some(2), Some(3), 2), Some(3)),
            (facts(3, Some(3), Some(3), 2), None),
            (facts(1, Some(1), Some(1), 2), None),
            (facts(2, Some(2), Some(3), 0), None),
            (facts(1, Some(1), Some(0), 0), None),
            // The total shrank below the page.
            (facts(4, Some(4), Some(2), 2), None),
            // Metadata is missing: the number that was asked for counts.
            (facts(1, None, None, 2), Some(2)),
            (facts(3, None, None, 2), Some(4)),
            (facts(3, None, None, 0), None),
            (facts(3, None, Some(3), 2), None),
            (facts(i64::MAX, None, None, 2), None),
        ];
        for (facts, next) in cases {
            assert_eq!(facts.next(), next, "{facts:?}");
        }
    }

    #[test]
    fn repeated_pages_are_seen() {
        let first = PageSummary { first_id: Some("a".into()), ..facts(1, Some(1), None, 2) };
        let again = PageSummary { requested: 2, ..first.clone() };
        assert!(again.repeats(&first));
        let silent = PageSummary { page: None, ..again };
        assert!(silent.repeats(&first));
        let second = PageSummary { first_id: Some("b".into()), ..facts(2, Some(2), None, 2) };
        assert!(!second.repeats(&first));
        let no_ids = facts(2, None, None, 2);
        assert!(!no_ids.repeats(&facts(1, None, None, 2)));
    }

    proptest! {
        #[test]
        fn a_page_at_once_is_the_items_one_by_one(
            ids in proptest::collection::vec("[ab]{0,3}", 0..40), total in proptest::num::i64::ANY,
        ) {
            let (mut one_by_one, mut at_once) = (SeenIds::new(), SeenIds::new());
            at_once.expect(total);
            for page in ids.chunks(7) {
                let expected: Vec<_> = page.iter().map(|id| one_by_one.insert(id)).collect();
                prop_assert_eq!(at_once.insert_all(page.iter().map(String::as_str)), expected);
            }
        }

        #[test]
        fn numbers_always_grow(
            requested in 1_i64..1000, page in proptest::option::of(-5_i64..1000),
            total in proptest::option::of(-5_i64..1000), items in 0_usize..3,
        ) {
            let facts = facts(requested, page, total, items);
            if let Some(next) = facts.next() {
                prop_assert!(next > facts.current());
            }
        }
    }
}
