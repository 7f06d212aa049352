//! Many people under one name, as somebody thinks of them who asks them into a group.

use super::address::EmailAddress;
use super::digest::Digest;
use super::ids::ListId;
use super::person::Person;
use serde::{Deserialize, Serialize};

/// A department, by the name that the address book gives it, or a distribution list of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeopleSet {
    Department(String),
    List(ListId),
}

/// A set as it is offered to be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetOffer {
    pub set: PeopleSet,
    pub name: String,
    /// Of a department its people; of a list what stands in it itself, people and other lists.
    pub count: i64,
}

/// Who belongs to a set now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetSeen {
    pub set: PeopleSet,
    pub name: String,
    /// By name; those who have left the organisation are not among them.
    pub people: Vec<Person>,
    /// Names of those who have left.
    pub departed: Vec<String>,
    /// Entries of a list that are nobody in the address book: most often they have no mail address.
    pub unknown: usize,
}

/// A distribution list as a directory has it now (RFC 4519 3.5; RFC 6350 6.1.4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceList {
    /// Names it in its source for ever.
    pub uid: String,
    /// By what other entries of the source name it.
    pub locator: String,
    pub name: String,
    /// Where mail to all of them goes; a list need not have one.
    pub addresses: Vec<EmailAddress>,
    /// The first [`MOST_LISTED`] of them.
    pub members: Vec<Listed>,
    /// How many there are.
    pub total: usize,
}

/// So many entries of one list are kept.
pub const MOST_LISTED: usize = 5_000;

/// What stands in a list: a person, or another list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listed {
    /// Where the source has it, as [`place_key`] writes it.
    At(String),
    Address(EmailAddress),
}

impl SourceList {
    /// Adds an entry, unless there are too many.
    pub fn put(&mut self, one: Listed) {
        self.total += 1;
        if self.members.len() < MOST_LISTED {
            self.members.push(one);
        }
    }

    /// The same for the same words.
    pub fn digest(&self) -> Digest {
        let addresses = self.addresses.iter().map(EmailAddress::as_str);
        let members = self.members.iter().map(|one| match one {
            Listed::At(place) => place.as_str(),
            Listed::Address(address) => address.as_str(),
        });
        let total = self.total.to_string();
        let first = [self.locator.as_str(), &self.name, &total, "\u{1}"].into_iter();
        let all: Vec<&str> = first.chain(addresses).chain(["\u{1}"]).chain(members).collect();
        Digest::of(all.join("\0").as_bytes())
    }
}

/// A place in a directory as it is compared: names of attributes and most values of distinguished names know no case (RFC
/// 4517), nor does a UUID (RFC 9562 4). ASCII only, so that a database can do the same.
pub fn place_key(locator: &str) -> String {
    locator.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_keeps_so_many_and_counts_all() {
        let mut list = SourceList::default();
        (0..MOST_LISTED + 3).for_each(|n| list.put(Listed::At(format!("uid={n}"))));
        assert_eq!((list.members.len(), list.total), (MOST_LISTED, MOST_LISTED + 3));
        let before = list.digest();
        list.members.pop();
        assert_ne!(list.digest(), before);
    }
}
