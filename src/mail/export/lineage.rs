//! Which message answers which: what In-Reply-To and References are made of. A few bytes for each message.

use crate::domain::ids::MessageId;

/// As many ancestors as a mail names; it always names the first mail of all.
const MOST: usize = 50;

/// The messages that were met, from the first number on without gaps.
#[derive(Debug, Default)]
pub struct Lineage {
    ids: Vec<MessageId>,
    /// For each the place of the one it answers; the first one stands for all that answer none.
    parents: Vec<u32>,
}

impl Lineage {
    /// Adds the next message, which answers the one at a place. Its ancestors, the oldest first: the first message of
    /// all, and those that were answered on the way.
    pub fn add(&mut self, id: MessageId, answers: Option<usize>) -> Vec<MessageId> {
        let place = self.ids.len();
        let parent = answers.filter(|at| *at < place).unwrap_or(0);
        self.ids.push(id);
        self.parents.push(u32::try_from(parent).unwrap_or(0));
        if place == 0 {
            return Vec::new();
        }
        let mut ancestors = Vec::new();
        let mut at = parent;
        while at > 0 && ancestors.len() < MOST {
            ancestors.push(self.ids[at]);
            at = self.parents[at] as usize;
        }
        ancestors.push(self.ids[0]);
        ancestors.reverse();
        ancestors
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[test]
    fn a_message_names_the_first_one_and_all_between() {
        let clock = Clock::system();
        let ids: Vec<MessageId> = (0..5).map(|_| clock.new_id()).collect();
        let mut lineage = Lineage::default();
        assert_eq!(lineage.add(ids[0], None), []);
        assert_eq!(lineage.add(ids[1], None), [ids[0]]);
        assert_eq!(lineage.add(ids[2], Some(1)), [ids[0], ids[1]]);
        assert_eq!(lineage.add(ids[3], Some(2)), [ids[0], ids[1], ids[2]]);
        // Nothing can answer what comes later.
        assert_eq!(lineage.add(ids[4], Some(9)), [ids[0]]);
    }

    #[test]
    fn of_a_long_chain_the_ends_are_named() {
        let clock = Clock::system();
        let mut lineage = Lineage::default();
        let ids: Vec<MessageId> = (0..200).map(|_| clock.new_id()).collect();
        let mut last = Vec::new();
        for (at, id) in ids.iter().enumerate() {
            last = lineage.add(*id, at.checked_sub(1));
        }
        assert_eq!((last.len(), last[0], last[MOST]), (MOST + 1, ids[0], ids[198]));
    }
}
