//! Values of one thread that JavaScript addresses by slot.

/// Values by slot; slots are reused.
pub(crate) struct Slab<T>(Vec<Option<T>>);

impl<T: Clone> Slab<T> {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Stores a value in the first free slot.
    pub(crate) fn insert(&mut self, value: T) -> u32 {
        let free = self.0.iter().position(Option::is_none);
        let index = free.unwrap_or(self.0.len());
        match self.0.get_mut(index) {
            Some(slot) => *slot = Some(value),
            None => self.0.push(Some(value)),
        }
        u32::try_from(index).unwrap_or(u32::MAX)
    }

    pub(crate) fn get(&self, slot: u32) -> Option<T> {
        self.0.get(usize::try_from(slot).ok()?)?.clone()
    }

    pub(crate) fn remove(&mut self, slot: u32) {
        let index = usize::try_from(slot).unwrap_or(usize::MAX);
        if let Some(value) = self.0.get_mut(index) {
            *value = None;
        }
    }
}
