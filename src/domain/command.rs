//! What a member asks of mailmoot by a mail of one word, or of a word and addresses.

use serde::{Deserialize, Serialize};

use super::cadence::Cadence;
use super::notices::QuietHours;
use super::quoted::Quoted;

/// A word that is meant for mailmoot and not for the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Another choice of how often the group writes.
    Cadence(Cadence),
    /// As often as groups begin with.
    Resume,
    /// How many earlier messages mails quote.
    Quote(Quoted),
    /// When no mails of groups come; `None`: they come at any time.
    Quiet(Option<QuietHours>),
    Leave,
    /// Others into the group.
    Add,
    /// Others out of it.
    Remove,
    /// A page to be handed on, of what a mail of the group carried.
    Share,
    Help,
}
