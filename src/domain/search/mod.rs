//! Searching messages: which words a text has, what a query asks for, and where a result has it.
//!
//! Both databases keep the words that are made here, and none of their own making: the same query finds the same
//! messages in both. What is known of a message besides its text (its group, its author, that it has a file) stands
//! among its words with a sign before it that no text's word can have.

pub mod days;
pub mod entry;
pub mod excerpt;
mod letters;
mod phrase;
pub mod query;
mod words;

pub use super::zone::Zone;
pub use days::Days;
pub use entry::Entry;
pub use letters::fold;
pub use phrase::Phrase;
pub use query::{Note, Query, Thing, Who};
pub use words::{Word, words};

use super::ids::{GroupId, PersonId};

/// Before words that are not of the text.
pub const SIGN: char = '§';

/// What a message must have to be found: of each line one phrase at least.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted(Vec<Vec<Phrase>>);

impl Wanted {
    /// Also one of these.
    pub fn and_one_of(&mut self, phrases: Vec<Phrase>) {
        self.0.push(phrases);
    }

    /// Also this.
    pub fn and(&mut self, phrase: Phrase) {
        self.0.push(vec![phrase]);
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether no message can have it.
    pub fn is_hopeless(&self) -> bool {
        self.0.iter().any(Vec::is_empty)
    }

    /// The lines; one that every message has if nothing was asked for.
    pub fn lines(&self) -> Vec<Vec<Phrase>> {
        if self.0.is_empty() { vec![vec![every()]] } else { self.0.clone() }
    }
}

/// Every message has it.
fn every() -> Phrase {
    Phrase::exact(SIGN.into())
}

/// Messages of a group.
pub fn in_group(group: GroupId) -> Phrase {
    Phrase::exact(format!("{SIGN}g{}", group.uuid().simple()))
}

/// Messages of an author.
pub fn by_author(person: PersonId) -> Phrase {
    Phrase::exact(format!("{SIGN}a{}", person.uuid().simple()))
}

/// Messages of somebody with such a name.
pub fn by_name(name: Phrase) -> Phrase {
    name.signed(NAME)
}

/// Messages with a file of such a name.
pub fn with_file(name: Phrase) -> Phrase {
    name.signed(FILE)
}

/// Messages with a file, a picture or a link.
pub fn having(thing: Thing) -> Phrase {
    let name = match thing {
        Thing::File => "file",
        Thing::Picture => "picture",
        Thing::Link => "link",
    };
    Phrase::exact(format!("{SIGN}h{name}"))
}

const NAME: &str = "§n";
const FILE: &str = "§f";
