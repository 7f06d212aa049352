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
    if let Some(found) = as_in_a_mail(typed) {
        return Ok(found);
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

/// What may be the name of a department or a list, or the address of a list, if nothing else was typed.
pub fn set_in(typed: &str) -> Option<String> {
    let typed = typed.trim();
    if !typed.contains('@') {
        return Some(typed.to_owned()).filter(|typed| !typed.is_empty());
    }
    match as_in_a_mail(typed)?.as_slice() {
        [one] => Some(one.address.to_string()),
        _ => None,
    }
}

/// A list as it stands in a mail. Two addresses with nothing but a space between them are no such list, though a reader of mails
/// may take one of them for the other's name.
pub fn as_in_a_mail(typed: &str) -> Option<Vec<NamedAddress>> {
    let found = parse_addresses(typed);
    let is_each_there = typed.contains('<') || typed.matches('@').count() == found.addresses.len();
    let is_read = found.unreadable == 0 && !found.addresses.is_empty();
    Some(found.addresses).filter(|_| is_read && is_each_there)
}

/// What was typed is nobody.
pub fn unreadable(text: &str) -> ActionError {
    let text = text.chars().take(SHOWN).collect();
    ActionError::Invalid { field: "who", problem: Problem::Unreadable { text } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_however_they_are_parted() {
        let read = |typed: &str| -> Vec<String> {
            addresses_in(typed).unwrap().into_iter().map(|one| one.address.to_string()).collect()
        };
        for typed in [
            "a@x.example b@y.example",
            "a@x.example, b@y.example",
            "A <a@x.example>; b@y.example",
            "a@x.example\nb@y.example",
        ] {
            assert_eq!(read(typed), ["a@x.example", "b@y.example"], "{typed}");
        }
        assert_eq!(addresses_in("Anna Berg <a@x.example>").unwrap()[0].name.as_deref(), Some("Anna Berg"));
        assert_eq!(set_in("Team <a@x.example>").as_deref(), Some("a@x.example"));
        assert_eq!(set_in(" Purchasing ").as_deref(), Some("Purchasing"));
        assert_eq!((set_in("a@x.example b@y.example"), set_in("")), (None, None));
    }
}
