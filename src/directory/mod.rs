//! Where persons come from: address books as files, and entries of LDAP servers.
//!
//! [`read`] tells a vCard file, an LDIF file and a CSV file apart by their content and gives what it says of people. One bad line never
//! stops the others: it is told as a [`Problem`] with its line, and whoever it speaks of is left out.

pub mod charset;
mod columns;
mod csv;
mod field;
pub mod ldap;
mod ldif;
mod problem;
#[cfg(test)]
mod tests;
pub mod vcard;

use crate::domain::person::Entry;

pub use problem::{BookError, Problem, Trouble};

/// The largest file that is read, in bytes.
pub const LARGEST: usize = 64_000_000;
/// So many people are taken from one file.
pub const MOST_ENTRIES: usize = 200_000;
/// So many problems are kept with their line; the others are counted.
const MOST_PROBLEMS: usize = 1_000;
/// What no person has more of.
const MOST_ADDRESSES: usize = 50;

/// What an address book says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    /// Everybody who has an address, in the file's order.
    pub entries: Vec<Entry>,
    pub problems: Vec<Problem>,
    /// Problems beyond those in `problems`.
    pub more_problems: usize,
}

/// Reads an address book: vCard 2.1, 3 or 4, LDIF, or CSV with a header.
///
/// # Errors
/// [`BookError`] when nothing of it can be used.
pub fn read(bytes: &[u8]) -> Result<Book, BookError> {
    if bytes.len() > LARGEST {
        return Err(BookError::TooLarge { limit: LARGEST });
    }
    let text = charset::decode(bytes);
    if text.trim().is_empty() {
        return Err(BookError::Empty);
    }
    if vcard::is_vcard(&text) {
        Ok(vcard::read(&text))
    } else if ldif::is_ldif(&text) {
        Ok(ldif::read(&text))
    } else {
        csv::read(&text)
    }
}

impl Book {
    fn tell(&mut self, line: u64, trouble: Trouble) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(Problem { line, trouble });
        } else {
            self.more_problems += 1;
        }
    }

    /// Takes one person. `false` when the book is full.
    fn take(&mut self, line: u64, mut entry: Entry) -> bool {
        if entry.addresses.is_empty() {
            self.tell(line, Trouble::NoAddress);
            return true;
        }
        if self.entries.len() >= MOST_ENTRIES {
            self.tell(line, Trouble::TooMany { limit: MOST_ENTRIES });
            return false;
        }
        if entry.full_name.is_empty() {
            entry.full_name = entry.addresses[0].local_part().to_owned();
        }
        entry.addresses.truncate(MOST_ADDRESSES);
        entry.phones.truncate(MOST_ADDRESSES);
        self.entries.push(entry);
        true
    }
}
