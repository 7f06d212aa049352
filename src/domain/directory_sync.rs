//! What came of reading a directory.

use serde::{Deserialize, Serialize};

use super::counted::Counted;
use super::time::Timestamp;

/// Names of people.
pub type Names = Counted<String>;

/// An entry, or a part of it, that could not be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    pub who: String,
    pub why: Why,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Why {
    /// Nobody can be reached or recognised without one.
    NoAddress,
    BadAddress {
        value: String,
    },
    /// It stays with whoever has it.
    AddressTaken {
        value: String,
    },
    /// mailmoot's own address is nobody's.
    OwnAddress {
        value: String,
    },
    BadCard,
    /// A card with more than is read.
    TooLarge,
    /// Somebody who was erased here. They are not named.
    Erased,
    /// A distribution list with more entries than are kept.
    LongList {
        value: String,
    },
    /// The distribution lists can't be read; the people were.
    ListsUnread {
        value: String,
    },
    /// A picture that is none, or is too large. The person is taken without it.
    BadPhoto,
    /// So many pictures lie at an address, from which nothing is fetched.
    PhotosElsewhere {
        value: String,
    },
    /// The pictures can't be read; the people were, and have those they had.
    PhotosUnread {
        value: String,
    },
}

impl Why {
    pub fn text_key(&self) -> &'static str {
        match self {
            Self::NoAddress => "directory-no-address",
            Self::BadAddress { .. } => "directory-bad-address",
            Self::AddressTaken { .. } => "directory-address-taken",
            Self::OwnAddress { .. } => "directory-own-address",
            Self::BadCard => "directory-bad-card",
            Self::TooLarge => "directory-card-too-large",
            Self::Erased => "directory-erased",
            Self::LongList { .. } => "directory-long-list",
            Self::ListsUnread { .. } => "directory-lists-unread",
            Self::BadPhoto => "directory-bad-photo",
            Self::PhotosElsewhere { .. } => "directory-photos-elsewhere",
            Self::PhotosUnread { .. } => "directory-photos-unread",
        }
    }

    /// What goes into the text.
    pub fn value(&self) -> &str {
        match self {
            Self::BadAddress { value }
            | Self::AddressTaken { value }
            | Self::OwnAddress { value }
            | Self::LongList { value }
            | Self::ListsUnread { value }
            | Self::PhotosElsewhere { value }
            | Self::PhotosUnread { value } => value,
            Self::NoAddress | Self::BadCard | Self::TooLarge | Self::Erased | Self::BadPhoto => "",
        }
    }
}

/// What a sync did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncReport {
    /// All of the source was read, not only what had changed.
    pub full: bool,
    /// How many people the source gave.
    pub found: usize,
    pub added: Names,
    pub changed: Names,
    pub departed: Names,
    /// Who had departed and is back.
    pub returned: Names,
    /// How many distribution lists are new or say something new, or are gone.
    #[serde(default)]
    pub lists: usize,
    pub refused: Vec<Refused>,
    /// Refused ones beyond those in `refused`.
    pub more_refused: usize,
}

impl SyncReport {
    const MOST_REFUSED: usize = 100;

    pub fn refuse(&mut self, who: &str, why: Why) {
        if self.refused.len() < Self::MOST_REFUSED {
            self.refused.push(Refused { who: who.to_owned(), why });
        } else {
            self.more_refused += 1;
        }
    }

    pub fn refused_count(&self) -> usize {
        self.refused.len() + self.more_refused
    }
}

/// Why a source could not be read, or was not believed. Nothing of the address book has changed then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hitch {
    UnknownHost,
    Unreachable,
    Timeout,
    Certificate,
    Handshake,
    NoStartTls,
    PlainAbroad,
    CaFile,
    Lost,
    BindRefused,
    LoginRefused,
    NeedsProtection,
    BaseMissing,
    BadFilter,
    Limit,
    Referral,
    Refused,
    TooMany,
    NotADirectory,
    /// Suddenly far fewer people than before.
    Fewer,
    /// Something of ours went wrong.
    Internal,
}

/// A [`Hitch`] with the server's own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncTrouble {
    pub hitch: Hitch,
    pub words: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SyncOutcome {
    Done(SyncReport),
    Stopped(SyncTrouble),
}

/// One time that a source was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sync {
    pub begun_at: Timestamp,
    pub took_ms: i64,
    pub outcome: SyncOutcome,
}

/// Whether a source that had `known` people, of whom `gone` would depart now, is not believed: a broken filter or an empty
/// base is more likely than that half of the house has left.
pub fn is_doubtful(known: usize, gone: usize) -> bool {
    const FEW: usize = 10;
    gone > 0 && (gone == known || (known >= FEW && gone * 2 > known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_loses_half_of_its_people_is_not_believed() {
        assert!(is_doubtful(50_000, 50_000));
        assert!(is_doubtful(100, 51));
        assert!(is_doubtful(2, 2), "an empty base");
        assert!(is_doubtful(1, 1));
        assert!(!is_doubtful(100, 50));
        assert!(!is_doubtful(5, 3), "of few people many may go");
        assert!(!is_doubtful(0, 0));
    }
}
