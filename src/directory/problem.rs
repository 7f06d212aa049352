//! What can be wrong with an address book, in words for the admin who imports it.

use crate::directory::field;
use crate::texts::Texts;

/// One thing that is wrong in a file; the rest of it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Counted from 1, as editors do. Of a vCard: where it begins.
    pub line: u64,
    /// Whose card or row it is; empty if it does not say.
    pub who: String,
    pub trouble: Trouble,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nobody can be reached or recognised without one.
    NoAddress,
    BadAddress {
        value: String,
    },
    /// A row of a CSV file with quotes that do not fit.
    BadRow,
    /// So many lines have letters that can't be read.
    BadLetters {
        lines: usize,
    },
    /// A row of a CSV file that holds so many lines in one cell, some of which look like rows.
    Swallowed {
        lines: usize,
    },
    /// A vCard that the next one, or the end of the file, cut off.
    CutOff,
    /// A vCard that can't be read.
    BadCard,
    /// A list of people: lists come from directories.
    List,
    TooMany {
        limit: usize,
    },
    /// An earlier line has the same main address: what this one says counts.
    SamePerson {
        line: u64,
    },
    /// An address that is somebody else's by an earlier line.
    AddressOfOther {
        value: String,
        line: u64,
    },
    /// A picture that is none, or is too large.
    BadPhoto,
    /// So many pictures lie at an address. Nothing is fetched from there.
    PhotosElsewhere {
        count: usize,
    },
}

/// Why nothing of a file can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BookError {
    #[error("The file is empty")]
    Empty,
    #[error("The file has more than {limit} bytes")]
    TooLarge { limit: usize },
    /// Neither a vCard nor a CSV file whose first line names a column of mail addresses.
    #[error("No column holds mail addresses: {columns:?}")]
    NoAddressColumn { columns: Vec<String> },
}

impl Trouble {
    pub(super) fn bad_address(value: &str) -> Self {
        Self::BadAddress { value: field::clipped(value, 80) }
    }
}

impl Problem {
    pub fn words(&self, texts: &Texts) -> String {
        let words = match &self.trouble {
            Trouble::NoAddress => texts.get("directory-no-address"),
            Trouble::BadAddress { value } => {
                texts.with("directory-bad-address", &[("value", value.as_str())])
            }
            Trouble::BadRow => texts.get("directory-bad-row"),
            Trouble::BadLetters { lines } => texts.with("directory-bad-letters", &[("n", *lines)]),
            Trouble::Swallowed { lines } => texts.with("directory-swallowed", &[("n", *lines)]),
            Trouble::CutOff => texts.get("directory-cut-off"),
            Trouble::BadCard => texts.get("directory-bad-card"),
            Trouble::List => texts.get("directory-list-card"),
            Trouble::BadPhoto => texts.get("directory-bad-photo"),
            Trouble::PhotosElsewhere { count } => {
                texts.with("directory-photos-elsewhere", &[("value", *count)])
            }
            Trouble::SamePerson { line } => {
                texts.with("directory-same-person", &[("line", line.to_string())])
            }
            Trouble::AddressOfOther { value, line } => {
                let values = [("value", value.clone()), ("line", line.to_string())];
                texts.with("directory-address-of-other", &values)
            }
            Trouble::TooMany { limit } => texts.with("directory-too-many", &[("limit", *limit)]),
        };
        let line = ("line", self.line.to_string());
        let words = ("words", words.into_owned());
        let text = match self.who.as_str() {
            "" => texts.with("directory-line", &[line, words]),
            who => texts.with("directory-line-of", &[line, ("who", who.to_owned()), words]),
        };
        text.into_owned()
    }
}

impl BookError {
    pub fn words(&self, texts: &Texts) -> String {
        let words = match self {
            Self::Empty => texts.get("directory-empty"),
            Self::TooLarge { limit } => texts.with("directory-too-large", &[("limit", limit / 1_000_000)]),
            Self::NoAddressColumn { columns } => {
                texts.with("directory-no-address-column", &[("columns", columns.join(", "))])
            }
        };
        words.into_owned()
    }
}
