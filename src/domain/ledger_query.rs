//! What somebody looks for in the ledger, and how far they have read it.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use super::ids::GroupId;
use super::time::Timestamp;

/// What is to be found; all of it together. Everything by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerQuery {
    /// A part of the sender's address of a mail in, or of the receiver's of a mail out; in any case. Empty for any.
    pub address: String,
    pub group: Option<GroupId>,
    /// Came in, or was made, at this time or later.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub before: Option<Timestamp>,
    /// The name of an outcome, or of a delivery's state.
    pub outcome: Option<&'static str>,
}

/// A line of the ledger: those that follow are older.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedgerPlace {
    pub at: Timestamp,
    pub id: Uuid,
}

/// The text names no line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("This is no line of the ledger")]
pub struct NoPlace;

impl fmt::Display for LedgerPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at.millis(), self.id)
    }
}

impl FromStr for LedgerPlace {
    type Err = NoPlace;
    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let (at, id) = text.split_once('.').ok_or(NoPlace)?;
        let at = Timestamp::from_millis(at.parse().map_err(|_| NoPlace)?);
        Ok(Self { at, id: Uuid::parse_str(id).map_err(|_| NoPlace)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written() {
        let place = LedgerPlace { at: Timestamp::from_millis(-5), id: Uuid::from_u128(7) };
        assert_eq!(place.to_string().parse(), Ok(place));
        for text in ["", "1", "1.", ".x", "x.00000000-0000-0000-0000-000000000007"] {
            assert_eq!(text.parse::<LedgerPlace>(), Err(NoPlace), "{text}");
        }
    }
}
