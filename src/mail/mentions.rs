//! Mentions: `@` and the full name of a member. The text holds the name, as everybody reads it; who is meant is kept
//! apart, since two members may have one name.

use std::collections::{HashMap, HashSet};

use super::html_text::{Token, tokens};
use crate::domain::ids::PersonId;
use crate::domain::safe_html::SafeHtml;

/// Who can be mentioned.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// In lower case, the longest first: `@Anna Berg` is not Anna.
    names: Vec<(Vec<char>, Vec<PersonId>)>,
    /// Whom the writer chose, in the order of the text. Decides among people of one name.
    chosen: Vec<PersonId>,
}

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'t> {
    Text(&'t str),
    /// A name as it was typed, without the sign.
    Mention(PersonId, &'t str),
}

/// Reads the parts of one text, one after the other.
#[derive(Debug)]
pub struct Finder<'n> {
    names: &'n Names,
    /// How many of the chosen people of a name were met.
    met: HashMap<usize, usize>,
    found: Vec<PersonId>,
}

impl Names {
    pub fn of(members: Vec<(PersonId, String)>, chosen: Vec<PersonId>) -> Self {
        let mut by_name: HashMap<Vec<char>, Vec<PersonId>> = HashMap::new();
        for (person, name) in members {
            let name: Vec<char> = lower(name.trim()).collect();
            if !name.is_empty() {
                by_name.entry(name).or_default().push(person);
            }
        }
        let mut names: Vec<_> = by_name.into_iter().collect();
        names.sort_by(|a, b| (b.0.len(), &a.0).cmp(&(a.0.len(), &b.0)));
        Self { names, chosen }
    }

    /// Whether a text can hold a mention at all.
    pub fn may_be_in(text: &str) -> bool {
        text.contains(SIGNS)
    }

    pub fn finder(&self) -> Finder<'_> {
        Finder { names: self, met: HashMap::new(), found: Vec::new() }
    }
}

/// The second one is what Chinese and Japanese keyboards write.
const SIGNS: [char; 2] = ['@', '＠'];

/// Names that a message calls by the sign and that are nobody's, as their writer is to be told: at most three, a word
/// of each. Takes HTML that the sanitiser made; what stands in code and links calls nobody.
pub fn unmatched(html: &SafeHtml) -> Vec<String> {
    let mut inside = 0_usize;
    let mut found: Vec<String> = Vec::new();
    for token in tokens(html.as_str()) {
        match token {
            Token::Tag(tag) if matches!(tag.name.as_str(), "code" | "pre" | "a" | "span") => {
                inside = if tag.closes { inside.saturating_sub(1) } else { inside + 1 };
            }
            Token::Text(text) if inside == 0 => found.extend(called(text)),
            Token::Tag(_) | Token::Text(_) => {}
        }
    }
    let mut seen = HashSet::new();
    found.retain(|name| seen.insert(name.clone()));
    found.truncate(3);
    found
}

/// The words after the signs in a text.
fn called(text: &str) -> impl Iterator<Item = String> {
    text.match_indices(SIGNS).filter_map(|(at, sign)| {
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '\'');
        let word: String = text[at + sign.len()..].chars().take(40).take_while(|c| is_part(*c)).collect();
        let word = word.trim_end_matches(['.', '-', '\'']);
        (begins_mention(&text[..at]) && word.contains(char::is_alphabetic)).then(|| word.to_owned())
    })
}

impl Finder<'_> {
    /// What a text is made of.
    pub fn pieces<'t>(&mut self, text: &'t str) -> Vec<Piece<'t>> {
        let (mut pieces, mut rest, mut from) = (Vec::new(), text, 0);
        while let Some(at) = rest[from..].find(SIGNS).map(|at| from + at) {
            let after = &rest[at..];
            let sign = after.chars().next().map_or(1, char::len_utf8);
            let name = if begins_mention(&rest[..at]) { self.name_at(&after[sign..]) } else { None };
            from = at + sign;
            if let Some((person, name)) = name {
                pieces.push(Piece::Text(&rest[..at]));
                pieces.push(Piece::Mention(person, name));
                rest = &rest[from + name.len()..];
                from = 0;
            }
        }
        pieces.push(Piece::Text(rest));
        pieces.retain(|piece| *piece != Piece::Text(""));
        pieces
    }

    /// Who was mentioned, each once, in the order of the text.
    pub fn found(self) -> Vec<PersonId> {
        let mut found = Vec::new();
        for person in self.found {
            if !found.contains(&person) {
                found.push(person);
            }
        }
        found
    }

    /// The longest name that stands here, and whose it is.
    fn name_at<'t>(&mut self, text: &'t str) -> Option<(PersonId, &'t str)> {
        let names = self.names;
        names.names.iter().enumerate().find_map(|(number, (name, people))| {
            let length = length_of(name, text)?;
            let person = self.person_of(number, people)?;
            self.found.push(person);
            Some((person, &text[..length]))
        })
    }

    /// Of several people of a name the one that was chosen for this place; none is guessed.
    fn person_of(&mut self, number: usize, people: &[PersonId]) -> Option<PersonId> {
        if let [only] = people {
            return Some(*only);
        }
        let chosen: Vec<PersonId> =
            self.names.chosen.iter().copied().filter(|p| people.contains(p)).collect();
        let met = self.met.entry(number).or_default();
        let person = chosen.get(*met).or(chosen.last()).copied();
        *met += 1;
        person
    }
}

/// An address is no mention.
fn begins_mention(before: &str) -> bool {
    let is_of_address =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-' | '/' | '@');
    !before.chars().next_back().is_some_and(is_of_address)
}

/// How many bytes of a text are this name, if it begins with it and the word ends there.
fn length_of(name: &[char], text: &str) -> Option<usize> {
    let mut wanted = name.iter();
    let mut next = wanted.next();
    for (at, c) in text.char_indices() {
        let Some(first) = next else {
            return (!goes_on(name.last().copied()?, c)).then_some(at);
        };
        let mut expected = Some(first);
        for small in c.to_lowercase() {
            if expected != Some(&small) {
                return None;
            }
            expected = wanted.next();
        }
        next = expected;
    }
    next.is_none().then_some(text.len())
}

/// Whether a letter makes another word of a name. Chinese and Japanese words are not parted.
fn goes_on(last: char, next: char) -> bool {
    let parted = |c: char| {
        c.is_alphanumeric()
            && !matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
    };
    parted(last) && parted(next)
}

fn lower(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::sanitize::render_message;

    fn person(n: u128) -> PersonId {
        PersonId::from(uuid::Uuid::from_u128(n))
    }

    /// The text with its mentions as `[number|name]`.
    fn marked(text: &str, chosen: &[u128]) -> String {
        let members = [
            (1, "Anna"),
            (2, "Anna Berg"),
            (3, "王小明"),
            (4, "王小"),
            (5, "Wei Li"),
            (6, "Wei Li"),
            (7, "İlker Öz"),
        ];
        let members = members.map(|(n, name)| (person(n), name.to_owned())).to_vec();
        let names = Names::of(members, chosen.iter().map(|n| person(*n)).collect());
        let pieces = names.finder().pieces(text).into_iter().map(|piece| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Mention(person, name) => format!("[{}|{name}]", person.uuid().as_u128()),
        });
        pieces.collect()
    }

    #[test]
    fn the_longest_name_of_a_member_is_mentioned() {
        for (text, chosen, expected) in [
            ("@Anna Berg, look", &[][..], "[2|Anna Berg], look"),
            ("@anna: look", &[], "[1|anna]: look"),
            ("@Annabel and @Anna", &[], "@Annabel and [1|Anna]"),
            ("请@王小明看一下，@王小 也看", &[], "请[3|王小明]看一下，[4|王小] 也看"),
            ("＠王小明", &[], "[3|王小明]"),
            ("write to anna@Anna Berg or @@Anna", &[], "write to anna@Anna Berg or @@Anna"),
            ("(@Anna)@Anna看", &[], "([1|Anna])[1|Anna]看"),
            ("@Wei Li", &[], "@Wei Li"),
            ("@Wei Li", &[6], "[6|Wei Li]"),
            ("@Wei Li, @Wei Li and @Wei Li", &[6, 5], "[6|Wei Li], [5|Wei Li] and [5|Wei Li]"),
            ("@İlker Öz", &[], "[7|İlker Öz]"),
            ("@", &[], "@"),
            ("@ Anna", &[9], "@ Anna"),
            ("", &[], ""),
        ] {
            assert_eq!(marked(text, chosen), expected);
        }
        assert_eq!(marked(&"@".repeat(5_000), &[]), "@".repeat(5_000));
    }

    #[test]
    fn names_of_nobody_are_told_but_not_those_in_code_links_and_addresses() {
        let names = Names::of(vec![(person(1), "Anna Berg".to_owned())], Vec::new());
        let told = |text| unmatched(&render_message(text, &names).html);
        assert_eq!(told("@Anna Berg, @Tom. and @Tom, ＠王小明看"), ["Tom", "王小明看"]);
        assert_eq!(
            told("`@Tom` [@Tom](https://x.example) tom@corp.example @ 5, @5, **@Kim-Lee**"),
            ["Kim-Lee"]
        );
        assert_eq!(told("```\n@Override\n```"), Vec::<String>::new());
        assert_eq!(told(&"@a1 @b1 @c1 @d1 ".repeat(100)), ["a1", "b1", "c1"]);
    }
}
