//! Where persons come from: address books as files, and entries of LDAP servers.
//!
//! [`read`] tells a vCard file, an LDIF file and a CSV file apart by their content and gives what it says of people. One bad line never
//! stops the others: it is told as a [`Problem`] with its line, and whoever it speaks of is left out.

pub mod charset;
mod columns;
mod csv;
mod doubles;
mod field;
pub mod ldap;
mod ldif;
mod photo;
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
/// So much of a name stands in a problem, in characters.
const LONGEST_WHO: usize = 60;
/// What no person has more of.
const MOST_ADDRESSES: usize = 50;

/// What an address book says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    /// Everybody who has an address, in the file's order.
    pub entries: Vec<Entry>,
    /// Pictures of some of them, as they were given.
    pub photos: Vec<GivenPhoto>,
    pub problems: Vec<Problem>,
    /// Problems beyond those in `problems`.
    pub more_problems: usize,
    doubles: doubles::Doubles,
}

/// A picture of somebody as a file gives it: nobody has looked at whether it is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenPhoto {
    /// Whose it is: the place in [`Book::entries`].
    pub entry: usize,
    /// Where their card begins.
    pub line: u64,
    pub bytes: Vec<u8>,
}

/// What a card or an entry has for a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Photo {
    #[default]
    None,
    Bytes(Vec<u8>),
    /// An address, which is not fetched.
    Elsewhere,
    Broken,
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
    let mut book = if vcard::is_vcard(&text) {
        vcard::read(&text)
    } else if ldif::is_ldif(&text) {
        ldif::read(&text)
    } else {
        csv::read(&text)?
    };
    book.problems.splice(0..0, unreadable(&text));
    Ok(book)
}

/// Letters that could not be read, or not by the program that wrote the file; they are left out. Told once, where they begin.
fn unreadable(text: &str) -> Option<Problem> {
    let mut lines = (1..).zip(text.lines()).filter(|(_, line)| line.contains(char::REPLACEMENT_CHARACTER));
    let (line, _) = lines.next()?;
    let trouble = Trouble::BadLetters { lines: 1 + lines.count() };
    Some(Problem { line, who: String::new(), trouble })
}

impl Book {
    fn tell(&mut self, line: u64, who: &str, trouble: Trouble) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(Problem { line, who: field::clipped(who, LONGEST_WHO), trouble });
        } else {
            self.more_problems += 1;
        }
    }

    /// That a picture is none that can be shown.
    pub fn refuse_photo(&mut self, photo: &GivenPhoto) {
        let who = self.entries.get(photo.entry).map(|entry| entry.full_name.clone()).unwrap_or_default();
        self.tell(photo.line, &who, Trouble::BadPhoto);
    }

    /// Takes one person with a picture. `false` when the book is full.
    fn take_with(&mut self, line: u64, entry: Entry, photo: Photo) -> bool {
        let (place, who) = (self.entries.len(), entry.full_name.clone());
        let goes_on = self.take(line, entry);
        if self.entries.len() > place {
            match photo {
                Photo::None => {}
                Photo::Bytes(bytes) => self.photos.push(GivenPhoto { entry: place, line, bytes }),
                Photo::Elsewhere => self.photo_elsewhere(line),
                Photo::Broken => self.tell(line, &who, Trouble::BadPhoto),
            }
        }
        goes_on
    }

    /// Told once: some programs give each of thousands an address.
    fn photo_elsewhere(&mut self, line: u64) {
        let told = self.problems.iter_mut().find_map(|problem| match &mut problem.trouble {
            Trouble::PhotosElsewhere { count } => Some(count),
            _ => None,
        });
        match told {
            Some(count) => *count += 1,
            None => self.tell(line, "", Trouble::PhotosElsewhere { count: 1 }),
        }
    }

    /// Takes one person. `false` when the book is full.
    fn take(&mut self, line: u64, mut entry: Entry) -> bool {
        if entry.addresses.is_empty() {
            self.tell(line, &entry.full_name, Trouble::NoAddress);
            return true;
        }
        if self.entries.len() >= MOST_ENTRIES {
            self.tell(line, &entry.full_name, Trouble::TooMany { limit: MOST_ENTRIES });
            return false;
        }
        if entry.full_name.is_empty() {
            entry.full_name = entry.addresses[0].local_part().to_owned();
        }
        entry.addresses.truncate(MOST_ADDRESSES);
        entry.phones.truncate(MOST_ADDRESSES);
        for trouble in self.doubles.see(line, &entry) {
            self.tell(line, &entry.full_name, trouble);
        }
        self.entries.push(entry);
        true
    }
}
