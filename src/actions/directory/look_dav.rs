//! Looking at a CardDAV address book: at what changed since the last time, or at everything.

use super::super::photos::Shelf;
use super::look::{Looked, of_connection, unkept};
use crate::directory::Trouble;
use crate::directory::vcard::{Card, card};
use crate::domain::digest::Digest;
use crate::domain::directory::{Said, SourceEntry};
use crate::domain::directory_sync::{Hitch, SyncTrouble, Why};
use crate::domain::people_set::SourceList;
use crate::transport::carddav::{DavAccount, DavBook, DavChanges, DavError, DavMark};

pub(super) async fn look(
    account: &DavAccount,
    position: &str,
    shelf: &mut Shelf,
) -> Result<Looked, SyncTrouble> {
    let book = DavBook::open(account).await.map_err(|error| trouble(&error))?;
    let place = fingerprint(account);
    let known = read(position, &place);
    let changes = match book.changes(known.as_ref()).await {
        // The server has forgotten what was then: all of it again.
        Err(DavError::TokenRefused) => book.changes(None).await,
        other => other,
    };
    let changes = changes.map_err(|error| trouble(&error))?;
    let DavChanges { full, deleted, mark, changed } = changes;
    let position = mark.map(|mark| written(&mark, &place)).unwrap_or_default();
    let mut looked = Looked { full, gone: deleted, position, ..Looked::default() };
    // Answer by answer: with their pictures, all cards together would fill the memory.
    let mut reader = book.read(&changed);
    let mut elsewhere = Elsewhere::default();
    while let Some(cards) = reader.next().await.map_err(|error| trouble(&error))? {
        for one in cards {
            let Some(photo) = take(&mut looked, (one.path, one.text.as_deref()), &mut elsewhere) else {
                continue;
            };
            let kept = shelf.put(photo).await.map_err(|error| unkept(&error))?;
            let Some(entry) = looked.entries.last_mut().map(|one| &mut one.said.entry) else { continue };
            entry.photo = kept;
            if kept.is_none() {
                let name = entry.full_name.clone();
                looked.refuse(&name, Why::BadPhoto);
            }
        }
    }
    if elsewhere.count > 0 {
        looked.refuse(&elsewhere.first, Why::PhotosElsewhere { value: elsewhere.count.to_string() });
    }
    Ok(looked)
}

/// An index of PostgreSQL takes 2,700 bytes.
const LONGEST_PATH: usize = 2_000;

/// Cards whose picture lies at an address.
#[derive(Default)]
struct Elsewhere {
    first: String,
    count: usize,
}

impl Elsewhere {
    fn add(&mut self, who: &str) {
        if self.count == 0 {
            who.clone_into(&mut self.first);
        }
        self.count += 1;
    }
}

/// The picture of whoever is the last of the entries then, if the card gives one.
fn take(
    looked: &mut Looked,
    (path, text): (String, Option<&str>),
    elsewhere: &mut Elsewhere,
) -> Option<Vec<u8>> {
    if path.len() > LONGEST_PATH {
        looked.refuse(&path[..path.floor_char_boundary(80)], Why::TooLarge);
        return None;
    }
    let Some(text) = text else {
        looked.refuse(&path, Why::TooLarge);
        looked.kept.push(path);
        return None;
    };
    let Card { name, entry, photo, troubles, uid, list } = card(text);
    let locator = if uid.is_empty() { path.clone() } else { uid };
    if let Some(list) = list {
        take_list(looked, SourceList { uid: path, locator, ..list }, troubles);
        return None;
    }
    let name = if name.is_empty() { path.clone() } else { name };
    let is_broken = troubles.iter().any(|trouble| matches!(trouble, Trouble::BadCard | Trouble::CutOff));
    for trouble in troubles {
        match trouble {
            Trouble::PhotosElsewhere { .. } => elsewhere.add(&name),
            other => looked.refuse(&name, why(other)),
        }
    }
    match entry {
        Some(entry) => {
            let said = Said { entry, manager: String::new() };
            looked.entries.push(SourceEntry { uid: path, locator, said });
            return photo;
        }
        // Somebody is there, whoever it is: a card that was readable before does not make its person depart.
        None if is_broken => looked.kept.push(path),
        None => looked.gone.push(path),
    }
    None
}

/// A card that was a person before and is a list now is nobody any more.
fn take_list(looked: &mut Looked, list: SourceList, troubles: Vec<Trouble>) {
    for trouble in troubles {
        looked.refuse(&list.name, why(trouble));
    }
    if list.total > list.members.len() {
        looked.refuse(&list.name, Why::LongList { value: list.total.to_string() });
    }
    match list.name.is_empty() {
        true => looked.refuse(&list.uid, Why::BadCard),
        false => looked.lists.push(list),
    }
}

fn why(trouble: Trouble) -> Why {
    match trouble {
        Trouble::BadAddress { value } => Why::BadAddress { value },
        Trouble::BadCard | Trouble::CutOff => Why::BadCard,
        Trouble::BadPhoto => Why::BadPhoto,
        _ => Why::NoAddress,
    }
}

fn fingerprint(account: &DavAccount) -> String {
    // What was read before pictures were kept is read once more.
    let words = format!("{}\n{}\n{}\nphotos", account.server.host, account.server.port, account.path);
    Digest::of(words.as_bytes()).hex().chars().take(16).collect()
}

fn written(mark: &DavMark, place: &str) -> String {
    match mark {
        DavMark::Token(token) => format!("{place} token {token}"),
        DavMark::Ctag(ctag) => format!("{place} ctag {ctag}"),
    }
}

fn read(position: &str, place: &str) -> Option<DavMark> {
    let rest = position.strip_prefix(place)?.strip_prefix(' ')?;
    match rest.split_once(' ')? {
        ("token", token) => Some(DavMark::Token(token.to_owned())),
        ("ctag", ctag) => Some(DavMark::Ctag(ctag.to_owned())),
        _ => None,
    }
}

pub(super) fn trouble(error: &DavError) -> SyncTrouble {
    let (hitch, words) = match error {
        DavError::Connect(error) => return of_connection(error),
        DavError::LoginRefused { reply } => (Hitch::LoginRefused, reply.clone()),
        DavError::NoAddressBook { reply } => (Hitch::NotADirectory, reply.clone()),
        DavError::TooMany { limit } => (Hitch::TooMany, limit.to_string()),
        DavError::Refused { reply } => (Hitch::Refused, reply.clone()),
        DavError::TokenRefused | DavError::TooLarge => (Hitch::Refused, error.to_string()),
        DavError::Timeout => (Hitch::Timeout, String::new()),
        DavError::Lost { why } => (Hitch::Lost, why.clone()),
    };
    SyncTrouble { hitch, words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_holds_only_for_the_address_book_it_was_made_with() {
        for mark in
            [DavMark::Token("http://radicale.org/ns/sync/a b".to_owned()), DavMark::Ctag("7".to_owned())]
        {
            assert_eq!(read(&written(&mark, "abc"), "abc"), Some(mark.clone()));
            assert_eq!(read(&written(&mark, "abc"), "abd"), None);
        }
        assert_eq!(read("", "abc"), None);
    }

    #[test]
    fn a_broken_card_is_told_by_its_name_and_makes_nobody_depart() {
        let (mut looked, mut elsewhere) = (Looked::default(), Elsewhere::default());
        take(
            &mut looked,
            ("/b/1.vcf".to_owned(), Some("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Bo Broken\r\nEMAIL:bo@x")),
            &mut elsewhere,
        );
        assert_eq!((looked.kept.as_slice(), looked.gone.len()), (["/b/1.vcf".to_owned()].as_slice(), 0));
        let refused = &looked.refused.refused[0];
        assert_eq!((refused.who.as_str(), &refused.why), ("Bo Broken", &Why::BadCard));
        take(
            &mut looked,
            ("/b/2.vcf".to_owned(), Some("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:No Mail\r\nEND:VCARD\r\n")),
            &mut elsewhere,
        );
        assert_eq!(looked.gone, ["/b/2.vcf"]);
        let list = "BEGIN:VCARD\r\nVERSION:4.0\r\nKIND:group\r\nFN:Everybody\r\nEMAIL:all@x.example\r\nEND:VCARD\r\n";
        take(&mut looked, ("/b/3.vcf".to_owned(), Some(list)), &mut elsewhere);
        assert_eq!(looked.entries, [], "a list is nobody");
        assert_eq!((looked.lists[0].name.as_str(), looked.lists[0].total), ("Everybody", 0));
    }
}
