//! Decides whether a list has more pages, and which items of a page are new.

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};

use foldhash::quality::RandomState;

use vitable_groups_model::Pagination;

/// The position of a page in its list.
///
/// ```
/// use vitable_groups::binding::PageSummary;
///
/// let summary = PageSummary { requested: 1, items: 20, total_pages: Some(3), ..PageSummary::default() };
/// assert_eq!(summary.next(), Some(2));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageSummary {
    /// The requested page number.
    pub requested: i64,
    /// The page number reported by the server.
    pub page: Option<i64>,
    /// The number of pages reported by the server.
    pub total_pages: Option<i64>,
    /// The number of items on this page.
    pub items: usize,
    /// The ID of the first item.
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

    /// The page number: as reported by the server, else as requested.
    pub fn current(&self) -> i64 {
        self.page.unwrap_or(self.requested)
    }

    /// The number of the next page, if there are more.
    ///
    /// A list ends after an empty page and after the last of `total_pages`. Without that number, it
    /// continues until a page is empty or [repeated](Self::repeats).
    pub fn next(&self) -> Option<i64> {
        let current = self.current();
        let ended = self.items == 0 || self.total_pages.is_some_and(|total| current >= total);
        if ended { None } else { current.checked_add(1) }
    }

    /// Whether the server sent the previous page again: it has the same number or the same first
    /// item.
    pub fn repeats(&self, previous: &Self) -> bool {
        let same_number = self.page.is_some_and(|page| page <= previous.current());
        let same_item = self.first_id.is_some() && self.first_id == previous.first_id;
        same_number || same_item
    }
}

/// The IDs of a list's items so far. Pages are not a snapshot: an item can move to the next page
/// between requests.
///
/// ```
/// let mut seen = vitable_groups::binding::SeenIds::new();
/// assert!(seen.insert("grp_1"));
/// assert!(!seen.insert("grp_1"));
/// assert!(seen.insert("") && seen.insert(""));
/// ```
#[derive(Clone, Debug, Default)]
pub struct SeenIds {
    // Two keyed hashes instead of the ID: 2 MB instead of 8 MB for 100,000 items.
    keys: (RandomState, RandomState),
    seen: HashSet<u128, BuildHasherDefault<PassThroughHasher>>,
}

/// Limits the capacity reserved for a total reported by the server: 100,000 items, 2 MB.
const MAX_RESERVED: usize = 7 << 14;

/// Uses the lower half of a number that is already a keyed hash.
#[derive(Clone, Debug, Default)]
struct PassThroughHasher(u64);

impl Hasher for PassThroughHasher {
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
    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reserves capacity for a list of `total` items, up to a limit.
    pub fn reserve(&mut self, total: i64) {
        let total = usize::try_from(total).unwrap_or_default().min(MAX_RESERVED);
        self.seen.reserve(total.saturating_sub(self.seen.len()));
    }

    /// Adds an ID and returns whether it is new. An empty ID is always new.
    pub fn insert(&mut self, id: &str) -> bool {
        self.key(id).is_none_or(|key| self.seen.insert(key))
    }

    /// Like [`insert`](Self::insert) for each item of a page, but faster.
    ///
    /// ```
    /// let mut seen = vitable_groups::binding::SeenIds::new();
    /// assert_eq!(seen.insert_all(["grp_1", "grp_2", "grp_1"]), [true, true, false]);
    /// ```
    pub fn insert_all<'a>(&mut self, ids: impl IntoIterator<Item = &'a str>) -> Vec<bool> {
        // Hashing first lets the processor overlap the cache misses of a large table.
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

    fn summary(requested: i64, page: Option<i64>, total: Option<i64>, items: usize) -> PageSummary {
        PageSummary { requested, page, total_pages: total, items, first_id: None }
    }

    #[test]
    fn end_rules() {
        let cases = [
            (summary(1, Some(1), Some(3), 2), Some(2)),
            (summary(2, Some(2), Some(3), 2), Some(3)),
            (summary(3, Some(3), Some(3), 2), None),
            (summary(1, Some(1), Some(1), 2), None),
            (summary(2, Some(2), Some(3), 0), None),
            (summary(1, Some(1), Some(0), 0), None),
            // The total shrank below the page.
            (summary(4, Some(4), Some(2), 2), None),
            // Without metadata, the requested number counts.
            (summary(1, None, None, 2), Some(2)),
            (summary(3, None, None, 2), Some(4)),
            (summary(3, None, None, 0), None),
            (summary(3, None, Some(3), 2), None),
            (summary(i64::MAX, None, None, 2), None),
        ];
        for (summary, next) in cases {
            assert_eq!(summary.next(), next, "{summary:?}");
        }
    }

    #[test]
    fn repeated_pages_are_detected() {
        let first = PageSummary { first_id: Some("a".into()), ..summary(1, Some(1), None, 2) };
        let again = PageSummary { requested: 2, ..first.clone() };
        assert!(again.repeats(&first));
        let unnumbered = PageSummary { page: None, ..again };
        assert!(unnumbered.repeats(&first));
        let second = PageSummary { first_id: Some("b".into()), ..summary(2, Some(2), None, 2) };
        assert!(!second.repeats(&first));
        let no_ids = summary(2, None, None, 2);
        assert!(!no_ids.repeats(&summary(1, None, None, 2)));
    }

    proptest! {
        #[test]
        fn insert_all_equals_single_inserts(
            ids in proptest::collection::vec("[ab]{0,3}", 0..40), total in proptest::num::i64::ANY,
        ) {
            let (mut one_by_one, mut at_once) = (SeenIds::new(), SeenIds::new());
            at_once.reserve(total);
            for page in ids.chunks(7) {
                let expected: Vec<_> = page.iter().map(|id| one_by_one.insert(id)).collect();
                prop_assert_eq!(at_once.insert_all(page.iter().map(String::as_str)), expected);
            }
        }

        #[test]
        fn page_numbers_always_increase(
            requested in 1_i64..1000, page in proptest::option::of(-5_i64..1000),
            total in proptest::option::of(-5_i64..1000), items in 0_usize..3,
        ) {
            let summary = summary(requested, page, total, items);
            if let Some(next) = summary.next() {
                prop_assert!(next > summary.current());
            }
        }
    }
}
