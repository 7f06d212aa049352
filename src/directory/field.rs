//! One value of an address book: cleaned, or split into its addresses.

use super::Trouble;
use crate::domain::address::EmailAddress;

/// The longest name, department or position that is kept, in characters.
const LONGEST: usize = 200;
/// The longest phone number with its remarks.
const LONGEST_PHONE: usize = 60;

/// White space made single, control characters and direction marks (which can turn a name round) left out.
pub(super) fn clean(text: &str) -> String {
    clipped(text, LONGEST)
}

/// As [`clean`], cut after `longest` characters.
pub(super) fn clipped(text: &str, longest: usize) -> String {
    let odd = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffd}')
    };
    let spaced: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(odd).collect();
    let words: Vec<&str> = spaced.split(' ').filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(longest).collect::<String>().trim_end().to_owned()
}

/// A phone number as it is written, without the `tel:` of a URI (RFC 3966).
pub(super) fn phone(text: &str) -> Option<String> {
    let text = text.trim();
    let bare = match text.get(..4) {
        Some(scheme) if scheme.eq_ignore_ascii_case("tel:") => &text[4..],
        _ => text,
    };
    let phone = clipped(bare, LONGEST_PHONE);
    phone.contains(|c: char| c.is_numeric()).then_some(phone)
}

/// The addresses in a value and what stands there but is none. A value may hold several, with names
/// (`Anna <a@x>; b@y`), Google's ` ::: ` between them, or Exchange's `SMTP:` before them.
pub(super) fn addresses(text: &str) -> (Vec<EmailAddress>, Vec<Trouble>) {
    let (mut found, mut troubles) = (Vec::new(), Vec::new());
    if text.trim().is_empty() {
        return (found, troubles);
    }
    let named = text.contains('<');
    for part in text.split([';', ',', '\n', '\r', '\t', '|']).flat_map(|part| part.split(":::")) {
        let part = bare(part);
        if part.is_empty() {
            continue;
        }
        match part.parse() {
            // A letter of it could not be read: it would be somebody else's.
            Ok(_) if part.contains(char::REPLACEMENT_CHARACTER) => troubles.push(Trouble::bad_address(part)),
            Ok(address) if found.len() < super::MOST_ADDRESSES => found.push(address),
            Ok(_) => {}
            // Half of a name such as `Berg, Anna <a@x>`.
            Err(_) if named && !part.contains('@') => {}
            Err(_) => troubles.push(Trouble::bad_address(part)),
        }
    }
    if found.is_empty() && troubles.is_empty() {
        troubles.push(Trouble::bad_address(text));
    }
    (found, troubles)
}

/// Without display name, angle brackets, quotes and scheme.
fn bare(text: &str) -> &str {
    let text = text.trim();
    let inner =
        text.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or(text, |(inner, _)| inner);
    let inner = inner.trim().trim_matches('\'');
    for scheme in ["mailto:", "smtp:"] {
        if let Some(start) = inner.get(..scheme.len())
            && start.eq_ignore_ascii_case(scheme)
        {
            return &inner[scheme.len()..];
        }
    }
    inner
}

/// A name from its parts. Names in Han characters, kana or Hangul are written family name first and without a space.
pub(super) fn name_of(family: &str, given: &str, middle: &str) -> String {
    let (family, given, middle) = (clean(family), clean(given), clean(middle));
    let eastern = |text: &str| !text.is_empty() && text.chars().all(is_eastern);
    if eastern(&family) && eastern(&given) {
        return format!("{family}{given}");
    }
    let parts = [given, middle, family];
    clean(&parts.join(" "))
}

fn is_eastern(c: char) -> bool {
    matches!(c,
        '\u{3005}' | '\u{3007}' | '\u{30fb}' | '\u{b7}'
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}
