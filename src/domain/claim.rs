//! Whose an unknown address is, from which a mail with a member's reply address came.

use std::time::Duration;

use super::address::EmailAddress;
use super::ids::{ClaimId, PersonId};
use super::time::Timestamp;
use serde::{Deserialize, Serialize};

/// One question to one person about one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub id: ClaimId,
    /// Who is asked, at an address that is known to be theirs.
    pub person_id: PersonId,
    /// The address that may be theirs, too.
    pub address: EmailAddress,
    pub state: ClaimState,
    pub asked_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum ClaimState {
    Asked,
    /// It is theirs.
    Accepted,
    /// It is not, and they are not asked again.
    Denied,
}

impl Claim {
    /// How long a question can be answered.
    pub const LASTS: Duration = Duration::from_hours(30 * 24);
    /// Not asked again before, whatever comes.
    pub const PAUSE: Duration = Duration::from_hours(7 * 24);

    pub fn is_open(&self, now: Timestamp) -> bool {
        self.state == ClaimState::Asked && now < self.asked_at + Self::LASTS
    }
}

/// Whether a short answer to the question says yes or no; `None` for anything else. The first line counts.
pub fn answer_in(text: &str) -> Option<bool> {
    const YES: &[&str] =
        &["yes", "y", "ja", "oui", "si", "sí", "sim", "да", "是", "是的", "是我", "是我的", "对", "對"];
    const NO: &[&str] =
        &["no", "n", "nein", "non", "nej", "nee", "não", "нет", "不是", "不是我", "不是我的", "否", "不"];
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    let word = line.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    match word.as_str() {
        word if YES.contains(&word) => Some(true),
        word if NO.contains(&word) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_is_an_answer_and_a_sentence_is_none() {
        for (text, answer) in [
            ("Yes.", Some(true)),
            ("\n  是。\n\nAnna", Some(true)),
            ("NO!", Some(false)),
            ("不是", Some(false)),
            ("No idea what this is", None),
            ("yes and no", None),
            ("", None),
        ] {
            assert_eq!(answer_in(text), answer, "{text:?}");
        }
    }
}
