//! People from entries of an LDAP server.

use std::fmt::Write;

use super::{MOST_ADDRESSES, Trouble, field};
use crate::domain::directory::{Said, SourceEntry};
use crate::domain::ldap::{AttributeNames, IDS, LdapEntry, NAME_PARTS};
use crate::domain::people_set::{Listed, SourceList, place_key};
use crate::domain::person::Entry;

/// One entry as a person; what is odd about it is told beside it. `None` for whoever has no address.
pub fn person(entry: &LdapEntry, names: &AttributeNames) -> (Option<SourceEntry>, Vec<Trouble>) {
    let mut person = Entry {
        full_name: name(entry, names),
        department: first(entry, &names.department),
        position: first(entry, &names.position),
        ..Entry::default()
    };
    let mut troubles = Vec::new();
    for text in names.addresses.iter().flat_map(|name| ordered(entry, name)) {
        let (found, mut odd) = field::addresses(text);
        troubles.append(&mut odd);
        for address in found {
            if person.addresses.len() < MOST_ADDRESSES && !person.addresses.contains(&address) {
                person.addresses.push(address);
            }
        }
    }
    for text in names.phones.iter().flat_map(|name| entry.texts(name)) {
        let phone = field::phone(text).filter(|phone| !person.phones.contains(phone));
        person.phones.extend(phone.filter(|_| person.phones.len() < MOST_ADDRESSES));
    }
    let Some(main) = person.addresses.first() else {
        troubles.push(Trouble::NoAddress);
        return (None, troubles);
    };
    if person.full_name.is_empty() {
        person.full_name = main.local_part().to_owned();
    }
    let manager = names.manager.iter().flat_map(|name| entry.texts(name)).next();
    let manager = manager.map(|dn| field::clipped(dn, LONGEST_DN)).unwrap_or_default();
    let said = Said { entry: person, manager };
    (Some(SourceEntry { uid: uid(entry), locator: field::clipped(&entry.dn, LONGEST_DN), said }), troubles)
}

/// The picture of an entry, as it is given (RFC 2798 2.6; Active Directory's `thumbnailPhoto`).
pub fn photo<'a>(entry: &'a LdapEntry, names: &AttributeNames) -> Option<&'a [u8]> {
    let values = names.photos.iter().filter_map(|name| entry.values.get(&name.to_ascii_lowercase()));
    values.flatten().map(Vec::as_slice).find(|value| !value.is_empty())
}

/// One entry as a distribution list; what is odd about it is told beside it. `None` for one without a name.
pub fn list(entry: &LdapEntry, names: &AttributeNames) -> (Option<SourceList>, Vec<Trouble>) {
    let mut troubles = Vec::new();
    let mut list = SourceList {
        uid: uid(entry),
        locator: field::clipped(&entry.dn, LONGEST_DN),
        name: first(entry, &names.name),
        ..SourceList::default()
    };
    for text in names.addresses.iter().flat_map(|name| ordered(entry, name)) {
        let (found, mut odd) = field::addresses(text);
        troubles.append(&mut odd);
        list.addresses.extend(found.into_iter().take(MOST_ADDRESSES));
    }
    list.addresses.truncate(MOST_ADDRESSES);
    for text in names.members.iter().flat_map(|name| entry.texts(name)) {
        match text.parse() {
            Ok(address) if !text.contains('=') => list.put(Listed::Address(address)),
            _ => list.put(Listed::At(place_key(&field::clipped(text, LONGEST_DN)))),
        }
    }
    ((!list.name.is_empty()).then_some(list), troubles)
}

/// The longest distinguished name that is kept, in characters: an index of PostgreSQL takes 2,700 bytes.
const LONGEST_DN: usize = 600;

/// What to call an entry that is no person for us.
pub fn label(entry: &LdapEntry, names: &AttributeNames) -> String {
    match name(entry, names) {
        name if name.is_empty() => field::clean(&entry.dn),
        name => name,
    }
}

/// Names the entry for ever; its distinguished name where the server has nothing better.
pub fn uid(entry: &LdapEntry) -> String {
    let found = IDS.iter().find_map(|id| entry.values.get(&id.to_ascii_lowercase())?.first());
    match found.map(|value| (value, std::str::from_utf8(value))) {
        Some((_, Ok(text))) if !text.contains(char::is_control) => text.to_ascii_lowercase(),
        Some((bytes, _)) => bytes.iter().fold(String::new(), |mut hex, byte| {
            // Writing to a text can't fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        }),
        None => field::clipped(&entry.dn.to_lowercase(), LONGEST_DN),
    }
}

fn name(entry: &LdapEntry, names: &AttributeNames) -> String {
    let whole = first(entry, &names.name);
    if !whole.is_empty() {
        return whole;
    }
    let [family, given] = NAME_PARTS.map(|part| entry.texts(part).next().unwrap_or_default());
    field::name_of(family, given, "")
}

fn first(entry: &LdapEntry, names: &[String]) -> String {
    let values = names.iter().flat_map(|name| entry.texts(name)).map(field::clean);
    values.into_iter().find(|value| !value.is_empty()).unwrap_or_default()
}

/// The values of an attribute of addresses. Exchange writes the main one of `proxyAddresses` with `SMTP:`, others with
/// `smtp:`, and those of other systems with their names.
fn ordered<'a>(entry: &'a LdapEntry, name: &str) -> Vec<&'a str> {
    let is_other = |text: &str| {
        let scheme = text.split_once(':').map(|(scheme, _)| scheme);
        scheme.is_some_and(|scheme| !["smtp", "mailto"].iter().any(|own| scheme.eq_ignore_ascii_case(own)))
    };
    let mut texts: Vec<&str> = entry.texts(name).filter(|text| !is_other(text)).collect();
    if name.eq_ignore_ascii_case("proxyAddresses") {
        texts.sort_by_key(|text| !text.starts_with("SMTP:"));
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(values: &[(&str, &[&str])]) -> LdapEntry {
        let values = values.iter().map(|(name, values)| {
            (name.to_ascii_lowercase(), values.iter().map(|value| value.as_bytes().to_vec()).collect())
        });
        LdapEntry {
            dn: "uid=anna,dc=corp,dc=example".to_owned(),
            values: values.collect(),
            ..LdapEntry::default()
        }
    }

    fn read(values: &[(&str, &[&str])]) -> (Option<SourceEntry>, Vec<Trouble>) {
        person(&entry(values), &AttributeNames::default())
    }

    #[test]
    fn exchange_names_the_main_address_in_capitals_and_keeps_other_systems_beside_it() {
        let (found, troubles) = read(&[
            ("displayName", &["Berg, Anna"]),
            (
                "proxyAddresses",
                &[
                    "smtp:aberg@corp.example",
                    "x500:/o=Corp/cn=anna",
                    "SMTP:anna.berg@corp.example",
                    "sip:anna@corp.example",
                ],
            ),
            ("title", &["Head  of\ncontrolling"]),
        ]);
        let said = found.unwrap().said;
        let addresses: Vec<&str> = said.entry.addresses.iter().map(|a| a.as_str()).collect();
        assert_eq!(addresses, ["anna.berg@corp.example", "aberg@corp.example"]);
        assert_eq!(said.entry.position, "Head of controlling");
        assert_eq!(troubles, []);
    }

    #[test]
    fn without_an_address_nobody_is_known_and_a_broken_one_is_told() {
        assert_eq!(read(&[("cn", &["Printer"])]), (None, vec![Trouble::NoAddress]));
        let (found, troubles) = read(&[("cn", &["Anna"]), ("mail", &["no address", "anna@corp.example"])]);
        assert_eq!(found.unwrap().said.entry.addresses.len(), 1);
        assert_eq!(troubles, [Trouble::BadAddress { value: "no address".to_owned() }]);
    }

    #[test]
    fn an_entry_is_known_by_its_id_whatever_its_form() {
        let mut one = entry(&[("entryUUID", &["597AE2F6-16A6-1027-98F4-ABCDEFABCDEF"])]);
        assert_eq!(uid(&one), "597ae2f6-16a6-1027-98f4-abcdefabcdef");
        one.values = [("objectguid".to_owned(), vec![vec![0xde, 0xad, 0x00]])].into();
        assert_eq!(uid(&one), "dead00");
        one.values.clear();
        assert_eq!(uid(&one), one.dn);
    }

    #[test]
    fn a_chinese_name_of_two_parts_is_written_without_a_space() {
        let (found, _) = read(&[("sn", &["王"]), ("givenName", &["小明"]), ("mail", &["wang@corp.example"])]);
        assert_eq!(found.unwrap().said.entry.full_name, "王小明");
    }
}
