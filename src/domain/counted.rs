//! Many things of a kind, of which the first ones are told.

use serde::{Deserialize, Serialize};

/// So many are kept of each kind; the others are counted.
pub const MOST_TOLD: usize = 50;

/// How many there are, and the first ones of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted<T> {
    pub count: usize,
    pub first: Vec<T>,
}

impl<T> Default for Counted<T> {
    fn default() -> Self {
        Self { count: 0, first: Vec::new() }
    }
}

impl<T> Counted<T> {
    /// `one` is asked for only if it is told.
    pub fn push(&mut self, one: impl FnOnce() -> T) {
        self.count += 1;
        if self.first.len() < MOST_TOLD {
            self.first.push(one());
        }
    }

    /// Those of another count come after these.
    pub fn append(&mut self, more: Self) {
        self.count += more.more();
        more.first.into_iter().for_each(|one| self.push(|| one));
    }

    /// How many are not told.
    pub fn more(&self) -> usize {
        self.count - self.first.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_are_counted_and_the_first_ones_told() {
        let mut counted = Counted::default();
        (0..MOST_TOLD + 3).for_each(|n| counted.push(|| n));
        assert_eq!((counted.count, counted.first.len(), counted.more()), (MOST_TOLD + 3, MOST_TOLD, 3));
        let mut two = Counted { count: 2, first: vec![7, 8] };
        two.append(counted);
        assert_eq!(
            (two.count, two.first.len(), two.first[1], two.first[2]),
            (MOST_TOLD + 5, MOST_TOLD, 8, 0)
        );
    }
}
