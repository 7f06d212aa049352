//! Faces: the letters and the colour by which a person is known at a glance.

use crate::domain::digest::Digest;
use crate::domain::ids::PersonId;
use crate::domain::message::Author;
use crate::domain::person::Person;

/// Letters and colour (one of twelve hues) of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Face {
    pub name: String,
    pub letters: String,
    pub hue: u8,
    /// Where their picture is, if there is one.
    pub photo: Option<String>,
}

impl Face {
    /// The face of a person; of a stranger, by the name alone.
    pub fn of(person: Option<PersonId>, name: &str) -> Self {
        let seed: u32 = match person {
            Some(id) => id.uuid().as_bytes().iter().skip(8).map(|b| u32::from(*b)).sum(),
            None => name.chars().map(u32::from).fold(0, u32::wrapping_add),
        };
        Self {
            name: name.to_owned(),
            letters: letters(name),
            hue: u8::try_from(seed % 12).unwrap_or(0),
            photo: None,
        }
    }

    /// The same with their picture, if there is one.
    pub fn with(person: Option<PersonId>, name: &str, photo: Option<&Digest>) -> Self {
        let url = |(person, photo): (PersonId, &Digest)| format!("/people/{person}/photo/{}", version(photo));
        Self { photo: person.zip(photo).map(url), ..Self::of(person, name) }
    }

    pub fn of_person(person: &Person) -> Self {
        Self::with(Some(person.id), &person.full_name, person.photo.as_ref())
    }

    pub fn of_author(author: &Author) -> Self {
        Self::with(author.person_id, &author.name, author.photo.as_ref())
    }
}

/// Stands in the address of a picture, so that browsers may keep it: another picture has another address.
pub(super) fn version(photo: &Digest) -> String {
    photo.hex().chars().take(16).collect()
}

/// The last two characters of a Chinese, Japanese or Korean name; else the first letters of the first and last word.
fn letters(name: &str) -> String {
    let is_east_asian = |c: &char| matches!(*c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{20000}'..='\u{3ffff}');
    let east_asian: Vec<char> = name.chars().filter(is_east_asian).collect();
    if !east_asian.is_empty() {
        return east_asian[east_asian.len().saturating_sub(2)..].iter().collect();
    }
    let mut words = name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    let first = words.next().and_then(|w| w.chars().next());
    let last = words.next_back().and_then(|w| w.chars().next());
    let both: String = [first, last].into_iter().flatten().flat_map(char::to_uppercase).collect();
    if both.is_empty() { "?".to_owned() } else { both }
}

#[cfg(test)]
mod tests {
    use super::letters;

    #[test]
    fn a_face_has_one_or_two_letters() {
        for (name, expected) in [
            ("Anna Berg", "AB"),
            ("anna", "A"),
            ("王小明", "小明"),
            ("李雷", "李雷"),
            ("Jean-Luc de la Tour", "JT"),
            ("", "?"),
            ("<>", "?"),
        ] {
            assert_eq!(letters(name), expected, "{name}");
        }
    }
}
