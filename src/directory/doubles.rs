//! Lines of one file that are about the same person, or name the same address: taken by a rule, and told.

use std::collections::HashMap;

use super::Trouble;
use crate::domain::address::EmailAddress;
use crate::domain::person::Entry;

/// Whom a file has named so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Doubles {
    /// Whose an address is: the place in `last`.
    owners: HashMap<EmailAddress, usize>,
    /// Of each person, the line that was about them last, and what it said.
    last: Vec<(u64, Entry)>,
}

impl Doubles {
    /// What there is to be told of one more entry. Who has the same main address is the same person; another address stays
    /// with whoever had it first.
    pub fn see(&mut self, line: u64, entry: &Entry) -> Vec<Trouble> {
        let Some(main) = entry.addresses.first() else { return Vec::new() };
        let at = self.owners.get(main).copied().unwrap_or(self.last.len());
        let mut troubles = Vec::new();
        // A card that stands there twice loses nothing.
        if let Some((before, said)) = self.last.get(at)
            && said != entry
        {
            troubles.push(Trouble::SamePerson { line: *before });
        }
        for address in &entry.addresses {
            let owner = *self.owners.entry(address.clone()).or_insert(at);
            if let Some((first, _)) = self.last.get(owner).filter(|_| owner != at) {
                troubles.push(Trouble::AddressOfOther { value: address.to_string(), line: *first });
            }
        }
        match self.last.get_mut(at) {
            Some(last) => *last = (line, entry.clone()),
            None => self.last.push((line, entry.clone())),
        }
        troubles
    }
}
