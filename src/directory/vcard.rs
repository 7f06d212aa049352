//! Address books as vCards 2.1, 3 (RFC 2426) and 4 (RFC 6350).

use std::borrow::Cow;

use calcard::vcard::{
    VCard, VCardEntry, VCardKind, VCardParameterName, VCardParameterValue, VCardProperty, VCardType,
    VCardValue,
};
use calcard::{Entry as Parsed, Parser};

use super::{Book, Trouble, field, photo};
use crate::domain::people_set::{Listed, SourceList, place_key};
use crate::domain::person::Entry;

/// One card's lines in a file.
struct Lines<'a> {
    line: u64,
    text: &'a str,
    /// Whether its END stands there.
    whole: bool,
}

/// Whether a line of the beginning opens a card.
pub(super) fn is_vcard(text: &str) -> bool {
    text.lines().take(50).any(|line| is_mark(line, "BEGIN"))
}

/// Reads everybody.
pub(super) fn read(text: &str) -> Book {
    let mut book = Book::default();
    for card in Cards::of(text) {
        if !card.whole {
            book.tell(card.line, &value_of(card.text, "FN"), Trouble::CutOff);
            continue;
        }
        let (text, quoted) = repaired(card.text);
        let Parsed::VCard(parsed) = Parser::new(&text).entry() else {
            book.tell(card.line, &value_of(text.as_ref(), "FN"), Trouble::BadCard);
            continue;
        };
        if is_list(&parsed) {
            book.tell(card.line, &value_of(text.as_ref(), "FN"), Trouble::List);
            continue;
        }
        let entry = entry(&parsed, quoted, card.line, &mut book);
        let photo = by_preference(&parsed, &VCardProperty::Photo).first().map(|p| photo::of_property(p));
        if !book.take_with(card.line, entry, photo.unwrap_or_default()) {
            break;
        }
    }
    book
}

/// One card of an address book that hands out cards one by one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    /// What to call it, whatever else is wrong with it; empty if it does not say.
    pub name: String,
    pub entry: Option<Entry>,
    /// A picture of them, as it is given.
    pub photo: Option<Vec<u8>>,
    pub troubles: Vec<Trouble>,
    /// By what lists name it (RFC 6350 6.7.6); empty if it does not say.
    pub uid: String,
    /// It is a list of people; its place and its id are where it was found.
    pub list: Option<SourceList>,
}

/// Reads one card.
pub fn card(text: &str) -> Card {
    let uid = bare_uid(&value_of(text, "UID"));
    if let Some((list, troubles)) = list(text) {
        return Card { name: list.name.clone(), troubles, uid, list: Some(list), ..Card::default() };
    }
    let Book { mut entries, mut photos, problems, .. } = read(text);
    let photo = photos.pop().map(|photo| photo.bytes);
    let mut troubles: Vec<Trouble> = problems.into_iter().map(|problem| problem.trouble).collect();
    if entries.is_empty() && troubles.is_empty() {
        troubles.push(Trouble::BadCard);
    }
    let entry = (!entries.is_empty()).then(|| entries.remove(0));
    let name =
        entry.as_ref().map_or_else(|| field::clean(&value_of(text, "FN")), |entry| entry.full_name.clone());
    Card { name, entry, photo, troubles, uid, list: None }
}

/// The first value of that name as it is written: to call a card by, whatever else is wrong with it.
fn value_of(card: &str, name: &str) -> String {
    let lines = card.lines().filter_map(|line| line.split_once(':'));
    let mut named = lines
        .filter(|(before, _)| before.split(';').next().is_some_and(|found| found.eq_ignore_ascii_case(name)));
    named.next().map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
}

/// The longest id that is kept, in characters.
const LONGEST_UID: usize = 600;

/// Ids of cards are written with and without `urn:uuid:` (RFC 9562 4), in the card itself and where a list names it.
fn bare_uid(text: &str) -> String {
    let text = field::clipped(text, LONGEST_UID);
    let bare = text.get(..URN.len()).filter(|start| start.eq_ignore_ascii_case(URN));
    bare.map_or(text.clone(), |_| text[URN.len()..].to_owned())
}

const URN: &str = "urn:uuid:";
/// What Apple's programs write into vCard 3 for KIND and MEMBER.
const OWN_KIND: &str = "X-ADDRESSBOOKSERVER-KIND";
const OWN_MEMBER: &str = "X-ADDRESSBOOKSERVER-MEMBER";

fn named<'a>(card: &'a VCard, name: VCardProperty, own: &'a str) -> impl Iterator<Item = String> + 'a {
    let has = move |p: &&VCardEntry| p.name == name || p.name.as_str().eq_ignore_ascii_case(own);
    card.entries.iter().filter(has).map(|p| {
        let one = |value: &VCardValue| match value {
            VCardValue::Kind(VCardKind::Group) => "group".to_owned(),
            _ => texts(p, false).join(";"),
        };
        p.values.first().map(one).unwrap_or_default()
    })
}

fn is_list(card: &VCard) -> bool {
    named(card, VCardProperty::Kind, OWN_KIND).any(|kind| kind.trim().eq_ignore_ascii_case("group"))
}

/// A card that is a list of people (RFC 6350 6.1.4), and what is odd about it.
fn list(text: &str) -> Option<(SourceList, Vec<Trouble>)> {
    let card = Cards::of(text).next().filter(|card| card.whole)?;
    let Parsed::VCard(parsed) = Parser::new(card.text).entry() else { return None };
    if !is_list(&parsed) {
        return None;
    }
    let mut book = Book::default();
    let Entry { full_name, addresses, .. } = entry(&parsed, false, card.line, &mut book);
    let mut list = SourceList { name: full_name, addresses, ..SourceList::default() };
    for member in named(&parsed, VCardProperty::Member, OWN_MEMBER) {
        let member = member.trim();
        let written = member.get(..7).filter(|start| start.eq_ignore_ascii_case("mailto:"));
        match written.and_then(|_| member[7..].parse().ok()) {
            Some(address) => list.put(Listed::Address(address)),
            None => list.put(Listed::At(place_key(&bare_uid(member)))),
        }
    }
    if list.name.is_empty() {
        list.name = list.addresses.first().map(|address| address.local_part().to_owned()).unwrap_or_default();
    }
    Some((list, book.problems.into_iter().map(|problem| problem.trouble).collect()))
}

/// Splits a file into its cards, so that a broken one spoils no other and each has its line.
struct Cards<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl<'a> Cards<'a> {
    fn of(text: &'a str) -> Self {
        Self { text, at: 0, line: 0 }
    }

    /// The next line with its end, and where it begins.
    fn next_line(&mut self) -> Option<(usize, &'a str)> {
        let rest = &self.text[self.at..];
        if rest.is_empty() {
            return None;
        }
        let start = self.at;
        // Old programs end lines by a carriage return alone.
        let end = rest
            .find(['\n', '\r'])
            .map_or(rest.len(), |at| at + if rest[at..].starts_with("\r\n") { 2 } else { 1 });
        self.at += end;
        self.line += 1;
        Some((start, &rest[..end]))
    }
}

impl<'a> Iterator for Cards<'a> {
    type Item = Lines<'a>;

    fn next(&mut self) -> Option<Lines<'a>> {
        let (start, line) = loop {
            let (start, line) = self.next_line()?;
            if is_mark(line, "BEGIN") {
                break (start, self.line);
            }
        };
        // A card may hold another one, its AGENT (vCard 2.1).
        let mut agent = false;
        let mut depth = 1;
        loop {
            let before = (self.at, self.line);
            let Some((_, text)) = self.next_line() else {
                return Some(Lines { line, text: &self.text[start..], whole: false });
            };
            if is_mark(text, "END") {
                depth -= 1;
                if depth == 0 {
                    return Some(Lines { line, text: &self.text[start..self.at], whole: true });
                }
            } else if is_mark(text, "BEGIN") {
                if !agent {
                    (self.at, self.line) = before;
                    return Some(Lines { line, text: &self.text[start..self.at], whole: false });
                }
                depth += 1;
            }
            if !text.trim().is_empty() {
                agent = text.trim().to_ascii_uppercase().starts_with("AGENT");
            }
        }
    }
}

fn is_mark(line: &str, word: &str) -> bool {
    let line = line.trim().trim_start_matches('\u{feff}');
    line.split_once(':').is_some_and(|(name, value)| {
        name.trim().eq_ignore_ascii_case(word) && value.trim().eq_ignore_ascii_case("VCARD")
    })
}

/// vCard 2.1 allows the encoding without `ENCODING=`; and whether there is quoted-printable in it.
fn repaired(card: &str) -> (Cow<'_, str>, bool) {
    if !card.to_ascii_uppercase().contains("QUOTED-PRINTABLE") {
        return (Cow::Borrowed(card), false);
    }
    (Cow::Owned(card.replace(";QUOTED-PRINTABLE", ";ENCODING=QUOTED-PRINTABLE")), true)
}

fn entry(card: &VCard, quoted: bool, line: u64, book: &mut Book) -> Entry {
    let best = |name: VCardProperty| by_preference(card, &name).into_iter().next();
    let words = |property: Option<&VCardEntry>| {
        property.map(|p| field::clean(&texts(p, quoted).join(" "))).unwrap_or_default()
    };
    let mut entry = Entry { full_name: words(best(VCardProperty::Fn)), ..Entry::default() };
    if entry.full_name.is_empty() {
        entry.full_name = best(VCardProperty::N).map(|n| name(&texts(n, quoted))).unwrap_or_default();
    }
    if entry.full_name.is_empty() {
        entry.full_name = words(best(VCardProperty::Nickname));
    }
    for property in by_preference(card, &VCardProperty::Email) {
        let (found, troubles) = field::addresses(&texts(property, quoted).join(","));
        for address in found {
            if !entry.addresses.contains(&address) {
                entry.addresses.push(address);
            }
        }
        troubles.into_iter().for_each(|trouble| book.tell(line, &entry.full_name, trouble));
    }
    for property in by_preference(card, &VCardProperty::Tel) {
        let phone = field::phone(&texts(property, quoted).join(";"));
        entry.phones.extend(phone.filter(|phone| !is_machine(property) && !entry.phones.contains(phone)));
    }
    // RFC 6350 6.6.4: the organisation, then its units from large to small.
    if let Some(org) = best(VCardProperty::Org) {
        let units = texts(org, quoted).into_iter().skip(1).map(|unit| field::clean(&unit));
        entry.department =
            field::clean(&units.filter(|unit| !unit.is_empty()).collect::<Vec<_>>().join(" / "));
    }
    entry.position = words(best(VCardProperty::Title).or(best(VCardProperty::Role)));
    entry
}

/// RFC 6350 6.2.2: family names; given names; additional names; prefixes; suffixes.
fn name(parts: &[String]) -> String {
    let part = |at: usize| parts.get(at).map_or("", String::as_str);
    field::name_of(part(0), part(1), part(2))
}

/// The properties of one name that have a value, the preferred ones first (PREF=1 in vCard 4, TYPE=pref before).
fn by_preference<'a>(card: &'a VCard, name: &VCardProperty) -> Vec<&'a VCardEntry> {
    let has_value =
        |p: &&VCardEntry| p.values.iter().any(|v| !matches!(v, VCardValue::Text(t) if t.trim().is_empty()));
    let mut found: Vec<&VCardEntry> = card
        .entries
        .iter()
        .filter(|p| p.name == *name)
        .filter(has_value)
        .take(super::MOST_ADDRESSES)
        .collect();
    found.sort_by_key(|p| preference(p));
    found
}

fn preference(property: &VCardEntry) -> u32 {
    let ranks = property.params.iter().filter_map(|p| match (&p.name, &p.value) {
        (VCardParameterName::Pref, VCardParameterValue::Integer(rank)) => Some(*rank),
        (VCardParameterName::Pref, _) => Some(1),
        (VCardParameterName::Type, VCardParameterValue::Text(kind)) if kind.eq_ignore_ascii_case("pref") => {
            Some(1)
        }
        _ => None,
    });
    ranks.min().unwrap_or(u32::MAX)
}

/// Fax machines and pagers answer nobody.
fn is_machine(property: &VCardEntry) -> bool {
    property
        .params
        .iter()
        .any(|p| matches!(p.value, VCardParameterValue::Type(VCardType::Fax | VCardType::Pager)))
}

/// The texts of a value, one for each part between semicolons.
fn texts(property: &VCardEntry, quoted: bool) -> Vec<String> {
    let one = |value: &VCardValue| match value {
        VCardValue::Text(text) => text.clone(),
        VCardValue::Component(parts) => parts.join(" "),
        VCardValue::Integer(number) => number.to_string(),
        VCardValue::Binary(data) => String::from_utf8_lossy(&data.data).into_owned(),
        _ => String::new(),
    };
    property.values.iter().map(one).map(|text| if quoted { unmixed(text) } else { text }).collect()
}

/// Quoted-printable without a charset is read as ISO 8859-1, as vCard 2.1 is silent about it; most programs mean UTF-8.
fn unmixed(text: String) -> String {
    if text.is_ascii() {
        return text;
    }
    let (bytes, _, unmapped) = encoding_rs::WINDOWS_1252.encode(&text);
    match String::from_utf8(bytes.into_owned()) {
        Ok(utf8) if !unmapped => utf8,
        _ => text,
    }
}
