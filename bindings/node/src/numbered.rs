//! Things of one thread that JavaScript knows by a number.

/// Things by number; numbers are used again.
pub(crate) struct Numbered<T>(Vec<Option<T>>);

impl<T: Clone> Numbered<T> {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn add(&mut self, thing: T) -> u32 {
        let free = self.0.iter().position(Option::is_none);
        let place = free.unwrap_or(self.0.len());
        match self.0.get_mut(place) {
            Some(slot) => *slot = Some(thing),
            None => self.0.push(Some(thing)),
        }
        u32::try_from(place).unwrap_or(u32::MAX)
    }

    pub(crate) fn get(&self, number: u32) -> Option<T> {
        self.0.get(usize::try_from(number).ok()?)?.clone()
    }

    pub(crate) fn remove(&mut self, number: u32) {
        let place = usize::try_from(number).unwrap_or(usize::MAX);
        if let Some(slot) = self.0.get_mut(place) {
            *slot = None;
        }
    }
}
