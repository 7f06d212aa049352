//! Directories: where an organisation keeps its people, and what each of them says of somebody.

use serde::{Deserialize, Serialize};

use super::address::EmailAddress;
use super::digest::Digest;
use super::person::Entry;

/// What one source says of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub entry: Entry,
    /// Where the source keeps their manager, such as a distinguished name; empty if it says nothing.
    #[serde(default)]
    pub manager: String,
}

/// Somebody as a source has them now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceEntry {
    /// Names them in this source for ever, also when they move or are renamed.
    pub uid: String,
    /// Where they are in it now: a distinguished name, or a path.
    pub locator: String,
    pub said: Said,
}

impl SourceEntry {
    /// The same for the same words: what did not change need not be written again.
    pub fn digest(&self) -> Digest {
        let (said, entry) = (&self.said, &self.said.entry);
        let parts = [&self.locator, &entry.full_name, &entry.department, &entry.position, &said.manager];
        let addresses = entry.addresses.iter().map(EmailAddress::as_str);
        let phones = entry.phones.iter().map(String::as_str);
        let all = parts.into_iter().map(String::as_str).chain(["\u{1}"]).chain(addresses);
        // Whoever has no photo has the digest they always had.
        let photo = entry.photo.map(|photo| format!("\u{1}{}", photo.hex()));
        let all: Vec<&str> = all.chain(["\u{1}"]).chain(phones).chain(photo.as_deref()).collect();
        Digest::of(all.join("\0").as_bytes())
    }
}

/// Where something that is known of a person comes from. The first one in this order that says something is believed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// A configured source, by its place in the configuration.
    Source(usize),
    /// A source that is configured no longer.
    Former,
    /// A file that was imported.
    Import,
    /// The headers of mails.
    Mail,
}

/// The name under which what an imported file said is kept. No configured source has a name with a colon.
pub const IMPORT: &str = ":import";
/// The same of what mails said.
pub const MAIL: &str = ":mail";

impl Rank {
    /// The place of a source among those that are configured, in their order.
    pub fn of(source: &str, configured: &[String]) -> Self {
        match source {
            IMPORT => Self::Import,
            MAIL => Self::Mail,
            name => configured.iter().position(|one| one == name).map_or(Self::Former, Self::Source),
        }
    }

    /// Whether it is a directory, which also says who is there no longer.
    pub fn is_directory(source: &str) -> bool {
        !source.starts_with(':')
    }
}

/// What one source says of somebody, and whether they are gone from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub source: String,
    pub said: Said,
    pub departed: bool,
}

/// What all sources say together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    pub entry: Entry,
    /// Gone from every directory that ever knew them.
    pub departed: bool,
    /// Whose name, department and position they are: places in the words that were given.
    pub name_of: Option<usize>,
    pub department_of: Option<usize>,
    pub position_of: Option<usize>,
}

/// Merges what sources say of one person. For name, department, position and photo the first source counts that says one;
/// addresses and phones are those of all, without repetition. A source from which somebody is gone counts only where no
/// other directory has them.
pub fn merge(words: &[Word], configured: &[String]) -> Merged {
    let directories = || words.iter().filter(|word| Rank::is_directory(&word.source));
    let known = directories().count() > 0;
    let present = directories().any(|word| !word.departed);
    let mut order: Vec<usize> = (0..words.len())
        .filter(|at| {
            let word = &words[*at];
            !present || !word.departed || !Rank::is_directory(&word.source)
        })
        .collect();
    order.sort_by_key(|at| (Rank::of(&words[*at].source, configured), words[*at].source.clone(), *at));
    let entry = |at: usize| &words[at].said.entry;
    let first = |says: fn(&Entry) -> &str| order.iter().copied().find(|at| !says(entry(*at)).is_empty());
    // A name that is only the beginning of an address is none.
    let named = order.iter().copied().find(|at| has_name(entry(*at)));
    let name_of = named.or_else(|| first(|entry| &entry.full_name));
    let (department_of, position_of) = (first(|entry| &entry.department), first(|entry| &entry.position));
    let text = |of: Option<usize>, says: fn(&Entry) -> &str| of.map_or("", |at| says(entry(at))).to_owned();
    let mut merged = Entry {
        full_name: text(name_of, |entry| &entry.full_name),
        department: text(department_of, |entry| &entry.department),
        position: text(position_of, |entry| &entry.position),
        photo: order.iter().find_map(|at| entry(*at).photo),
        ..Entry::default()
    };
    for at in &order {
        add_new(&mut merged.addresses, &entry(*at).addresses);
        add_new(&mut merged.phones, &entry(*at).phones);
    }
    Merged { entry: merged, departed: known && !present, name_of, department_of, position_of }
}

fn has_name(entry: &Entry) -> bool {
    let is_local_part = |address: &EmailAddress| address.local_part() == entry.full_name;
    !entry.full_name.is_empty() && !entry.addresses.iter().any(is_local_part)
}

fn add_new<T: PartialEq + Clone>(all: &mut Vec<T>, more: &[T]) {
    for one in more {
        if !all.contains(one) {
            all.push(one.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(source: &str, name: &str, address: &str, department: &str) -> Word {
        let entry = Entry {
            full_name: name.to_owned(),
            addresses: vec![address.parse().unwrap()],
            department: department.to_owned(),
            ..Entry::default()
        };
        Word { source: source.to_owned(), said: Said { entry, manager: String::new() }, departed: false }
    }

    fn gone(word: Word) -> Word {
        Word { departed: true, ..word }
    }

    const ORDER: fn() -> Vec<String> = || vec!["staff".to_owned(), "phones".to_owned()];

    #[test]
    fn the_first_source_that_says_something_is_believed() {
        let words = [
            word(MAIL, "annie", "annie@home.example", ""),
            word("phones", "A. Berg", "a.berg@corp.example", "Finance"),
            word("staff", "Anna Berg", "anna.berg@corp.example", ""),
        ];
        let merged = merge(&words, &ORDER());
        assert_eq!(
            (merged.entry.full_name.as_str(), merged.entry.department.as_str()),
            ("Anna Berg", "Finance")
        );
        assert_eq!((merged.name_of, merged.department_of, merged.position_of), (Some(2), Some(1), None));
        let addresses: Vec<&str> = merged.entry.addresses.iter().map(EmailAddress::as_str).collect();
        assert_eq!(addresses, ["anna.berg@corp.example", "a.berg@corp.example", "annie@home.example"]);
        assert!(!merged.departed);
    }

    #[test]
    fn the_photo_is_that_of_the_first_source_that_has_one() {
        let with_photo = |word: Word, photo: Option<&str>| {
            let photo = photo.map(|bytes| Digest::of(bytes.as_bytes()));
            let entry = Entry { photo, ..word.said.entry };
            Word { said: Said { entry, ..word.said }, ..word }
        };
        let staff = word("staff", "Anna Berg", "a@corp.example", "");
        let phones = word("phones", "Anna Berg", "a@corp.example", "");
        let both = [with_photo(phones.clone(), Some("small")), with_photo(staff.clone(), Some("large"))];
        assert_eq!(merge(&both, &ORDER()).entry.photo, Some(Digest::of(b"large")));
        let one = [with_photo(phones.clone(), Some("small")), staff.clone()];
        assert_eq!(merge(&one, &ORDER()).entry.photo, Some(Digest::of(b"small")));
        assert_eq!(merge(&[gone(with_photo(staff, Some("large"))), phones], &ORDER()).entry.photo, None);
    }

    #[test]
    fn whoever_is_gone_from_one_source_is_known_by_the_other() {
        let words = [
            gone(word("staff", "Anna Berg", "old@corp.example", "Sales")),
            word("phones", "A. Berg", "a@corp.example", ""),
        ];
        let merged = merge(&words, &ORDER());
        assert_eq!((merged.entry.full_name.as_str(), merged.departed), ("A. Berg", false));
        assert_eq!(merged.entry.department, "");
    }

    #[test]
    fn whoever_is_gone_from_all_is_departed_and_stays_as_they_were() {
        let words = [
            gone(word("staff", "Anna Berg", "anna@corp.example", "Sales")),
            word(MAIL, "anna", "anna@corp.example", ""),
        ];
        let merged = merge(&words, &ORDER());
        assert_eq!((merged.entry.full_name.as_str(), merged.departed), ("Anna Berg", true));
        let only_mail = [word(MAIL, "anna", "anna@corp.example", "")];
        assert!(!merge(&only_mail, &ORDER()).departed, "nobody ever said that they belong to the house");
    }

    #[test]
    fn a_name_that_is_only_part_of_an_address_is_believed_last() {
        let words =
            [word("staff", "aberg", "aberg@corp.example", ""), word(MAIL, "Anna Berg", "a@x.example", "")];
        assert_eq!(merge(&words, &ORDER()).entry.full_name, "Anna Berg");
    }
}
