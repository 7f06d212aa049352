//! People as somebody types or pastes them into one field.

use crate::actions::{ActionError, Problem};
use crate::domain::address::NamedAddress;
use crate::mail::parse::parse_addresses;

/// How much of what nobody can read is said back, in characters.
const SHOWN: usize = 100;

/// A list as it stands in a mail, or one address after the other however they are parted.
///
/// # Errors
/// [`ActionError::Invalid`] with the first part that is no address.
pub fn addresses_in(typed: &str) -> Result<Vec<NamedAddress>, ActionError> {
    let found = parse_addresses(typed);
    if found.unreadable == 0 && !found.addresses.is_empty() {
        return Ok(found.addresses);
    }
    let words =
        typed.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '，' | '；' | '、' | '<' | '>'));
    let words = words.filter(|word| !word.is_empty());
    let read = |word: &str| {
        let address = word.parse().map_err(|_| unreadable(word))?;
        Ok(NamedAddress { name: None, address })
    };
    words.map(read).collect()
}

/// What was typed is nobody.
pub fn unreadable(text: &str) -> ActionError {
    let text = text.chars().take(SHOWN).collect();
    ActionError::Invalid { field: "who", problem: Problem::Unreadable { text } }
}
