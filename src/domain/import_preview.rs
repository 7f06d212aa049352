//! What taking a file of people would do, person by person.

use super::counted::Counted;
use super::directory_sync::Refused;
use super::person::{Entry, Person};

/// What taking a file would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportPreview {
    pub added: Counted<Entry>,
    pub changed: Counted<PersonChange>,
    /// Who stays as they are although the file says something else: what directories say counts first.
    pub overruled: Counted<PersonChange>,
    pub unchanged: usize,
    /// Who is left out, or an address of theirs.
    pub refused: Counted<Refused>,
}

/// Somebody and what would be different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonChange {
    pub name: String,
    pub address: String,
    pub changes: Vec<FieldChange>,
}

/// One thing that is known of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Name,
    Addresses,
    Phones,
    Department,
    Position,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldChange {
    /// All values before and afterwards, in their order; of some fields there is one at most.
    Values { field: Field, before: Vec<String>, after: Vec<String> },
    /// A picture comes, in the place of another one if there was one.
    Picture { had: bool },
    /// So far they were known by mails alone.
    Adopted,
    /// The file says something else than what is believed, and that stays.
    Overruled { field: Field, stays: String, said: String },
    /// No directory has them any more, and a file does not bring them back.
    Departed,
}

impl PersonChange {
    /// What becomes of somebody who would be `after`, by a file that said `said`.
    pub fn of(person: &Person, said: &Entry, after: &Entry, adopted: bool) -> Self {
        let mut changes = Vec::new();
        if adopted {
            changes.push(FieldChange::Adopted);
        }
        let before = values(&person.full_name, &person.department, &person.position);
        let now = values(&after.full_name, &after.department, &after.position);
        let given = values(&said.full_name, &said.department, &said.position);
        let lists = [
            (Field::Addresses, words(&person.addresses), words(&after.addresses)),
            (Field::Phones, person.phones.clone(), after.phones.clone()),
        ];
        for (((field, before), (_, after)), (_, said)) in before.into_iter().zip(now).zip(given) {
            if before != after {
                let one = |text: &str| (!text.is_empty()).then(|| text.to_owned()).into_iter().collect();
                changes.push(FieldChange::Values { field, before: one(before), after: one(after) });
            }
            if !said.is_empty() && said != after {
                let (stays, said) = (after.to_owned(), said.to_owned());
                changes.push(FieldChange::Overruled { field, stays, said });
            }
        }
        let differ = lists.into_iter().filter(|(_, before, after)| before != after);
        changes.extend(differ.map(|(field, before, after)| FieldChange::Values { field, before, after }));
        if person.photo != after.photo {
            changes.push(FieldChange::Picture { had: person.photo.is_some() });
        }
        if person.departed_at.is_some() {
            changes.push(FieldChange::Departed);
        }
        let address = person.main_address().map_or(String::new(), ToString::to_string);
        Self { name: person.full_name.clone(), address, changes }
    }
}

fn values<'a>(name: &'a str, department: &'a str, position: &'a str) -> [(Field, &'a str); 3] {
    [(Field::Name, name), (Field::Department, department), (Field::Position, position)]
}

fn words<T: ToString>(all: &[T]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::PersonId;
    use crate::domain::person::Origin;

    fn berg() -> Entry {
        Entry {
            full_name: "Anna Berg".to_owned(),
            addresses: vec!["anna@corp.example".parse().unwrap()],
            phones: vec!["1".to_owned()],
            department: "Finance".to_owned(),
            ..Entry::default()
        }
    }

    fn person(entry: Entry) -> Person {
        Person {
            id: PersonId::from(uuid::Uuid::nil()),
            full_name: entry.full_name,
            addresses: entry.addresses,
            phones: entry.phones,
            department: entry.department,
            position: entry.position,
            origin: Origin::Imported,
            departed_at: None,
            photo: entry.photo,
        }
    }

    #[test]
    fn only_what_differs_is_told_and_what_stays_stands_on_both_sides() {
        let mut after = berg();
        after.phones.push("2".to_owned());
        after.position = "Controller".to_owned();
        let change = PersonChange::of(&person(berg()), &after, &after, false);
        assert_eq!((change.name.as_str(), change.address.as_str()), ("Anna Berg", "anna@corp.example"));
        let one = |text: &str| vec![text.to_owned()];
        let position =
            FieldChange::Values { field: Field::Position, before: vec![], after: one("Controller") };
        let both = vec!["1".to_owned(), "2".to_owned()];
        let phones = FieldChange::Values { field: Field::Phones, before: one("1"), after: both };
        assert_eq!(change.changes, [position, phones]);
    }

    #[test]
    fn what_a_directory_overrules_is_told_apart_from_what_changes() {
        let said = Entry { full_name: "A. Berg".to_owned(), ..berg() };
        let change = PersonChange::of(&person(berg()), &said, &berg(), false);
        let (stays, said) = ("Anna Berg".to_owned(), "A. Berg".to_owned());
        assert_eq!(change.changes, [FieldChange::Overruled { field: Field::Name, stays, said }]);
    }
}
