//! Address lists (RFC 5322 3.4) as they are really written: groups, unquoted commas in names, semicolons,
//! missing brackets, encoded words in odd places.

use super::encoded_word::{decode_words, fold};
use crate::domain::address::{EmailAddress, NamedAddress};

/// Addresses taken from one header; more than that is no discussion.
pub const MOST: usize = 5_000;
/// A display name longer than this is cut.
const LONGEST_NAME: usize = 200;

/// The addresses of one header and what was odd about them.
#[derive(Debug, Default)]
pub struct AddressList {
    pub addresses: Vec<NamedAddress>,
    pub unreadable: usize,
    pub cut: bool,
}

/// What one comma-separated piece is made of.
#[derive(Default)]
struct Piece {
    /// Words outside brackets, comments and addresses.
    words: String,
    angle: Option<String>,
    comment: String,
    /// Something stood in quotes, so it is a name even if it looks like an address.
    quoted: bool,
}

/// Reads the value of From, To, Cc, Reply-To and the like.
pub fn parse_addresses(value: &str) -> AddressList {
    let mut list = AddressList::default();
    let mut piece = Piece::default();
    // "Last, First <a@b>" without quotes: the part before the comma waits for its address.
    let mut waiting = String::new();
    let mut rest = value;
    while let Some(c) = rest.chars().next() {
        if list.addresses.len() >= MOST {
            list.cut = true;
            return list;
        }
        match c {
            ',' | ';' | '，' | '；' => {
                rest = &rest[c.len_utf8()..];
                finish(&mut list, std::mem::take(&mut piece), &mut waiting);
                if c == ';' || c == '；' {
                    waiting.clear();
                }
            }
            // The name of a group says nothing about its members.
            ':' if piece.angle.is_none() && !piece.words.contains('@') && !piece.words.is_empty() => {
                rest = &rest[1..];
                (piece, waiting) = (Piece::default(), String::new());
            }
            _ => rest = take(&mut piece, rest, c),
        }
    }
    finish(&mut list, piece, &mut waiting);
    list
}

/// Takes one token into the piece; gives what follows it.
fn take<'t>(piece: &mut Piece, rest: &'t str, first: char) -> &'t str {
    match first {
        '"' => {
            let (text, after) = quoted(&rest[1..]);
            piece.words.push_str(&text);
            piece.quoted = true;
            after
        }
        '(' => {
            let (text, after) = comment(&rest[1..]);
            piece.comment = text;
            after
        }
        '<' if piece.angle.is_none() => {
            let inside = rest.trim_start_matches('<');
            let end =
                inside.find(['>', '\n']).unwrap_or_else(|| inside.find([',', ';']).unwrap_or(inside.len()));
            piece.angle = Some(inside[..end].to_owned());
            inside[end..].trim_start_matches('>')
        }
        '=' if rest.starts_with("=?") => {
            let end = encoded_end(rest);
            piece.words.push_str(&rest[..end]);
            &rest[end..]
        }
        _ => {
            piece.words.push(first);
            &rest[first.len_utf8()..]
        }
    }
}

/// Where an encoded word that begins here ends; commas inside are its own.
fn encoded_end(text: &str) -> usize {
    let marks: Vec<usize> = text.match_indices('?').take(4).map(|(at, _)| at).collect();
    match marks.as_slice() {
        [_, _, third, fourth] if text[fourth + 1..].starts_with('=') && *third - marks[1] == 2 => fourth + 2,
        _ => 2,
    }
}

/// Text up to the closing quote; one that is never closed ends at a bracket, so that the address is found.
fn quoted(text: &str) -> (String, &str) {
    let mut out = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (out, &text[at + 1..]),
            '\\' => out.extend(chars.next().map(|(_, escaped)| escaped)),
            _ => out.push(c),
        }
    }
    let end = text.find('<').unwrap_or(text.len());
    (text[..end].to_owned(), &text[end..])
}

/// A comment, nested ones inside; one that is never closed is text.
fn comment(text: &str) -> (String, &str) {
    let mut depth = 1;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return (text[..at].to_owned(), &text[at + 1..]);
        }
    }
    (String::new(), text)
}

fn finish(list: &mut AddressList, piece: Piece, waiting: &mut String) {
    let words = piece.words.trim();
    let Some((written, name)) = address_and_name(&piece, words) else {
        // No address: the first half of an unquoted "Last, First", or nothing.
        if words.is_empty() {
            return;
        }
        if !waiting.is_empty() {
            waiting.push_str(", ");
        }
        waiting.push_str(words);
        list.unreadable += usize::from(piece.angle.is_some_and(|a| !a.trim().is_empty()));
        return;
    };
    let before = std::mem::take(waiting);
    match cleaned(&written).parse::<EmailAddress>() {
        Ok(address) => {
            let joined = piece.angle.is_some() && !before.is_empty() && !name.is_empty();
            let name = if joined { format!("{before}, {name}") } else { name };
            list.addresses.push(NamedAddress { name: display_name(&name, &address), address });
        }
        Err(_) => list.unreadable += 1,
    }
}

/// The address as written and the name beside it.
fn address_and_name(piece: &Piece, words: &str) -> Option<(String, String)> {
    if let Some(angle) = piece.angle.as_ref().filter(|a| !a.trim().is_empty()) {
        let angle = if angle.contains('@') || !words.contains('@') { angle } else { words };
        let name = if words.is_empty() { piece.comment.clone() } else { words.to_owned() };
        return Some((angle.to_owned(), name));
    }
    let decoded = if words.contains("=?") { decode_words(words) } else { words.to_owned() };
    if !decoded.contains('@') || (piece.quoted && decoded.contains(' ')) {
        return None;
    }
    let tight = decoded.replace(" @", "@").replace("@ ", "@");
    let address = tight.split_whitespace().find(|word| word.contains('@'))?.to_owned();
    let name = tight.replacen(&address, "", 1);
    let name = if name.trim().is_empty() { piece.comment.clone() } else { name };
    Some((address, name))
}

/// Without `mailto:`, source routes (RFC 5322 4.4), stray quotes and brackets.
fn cleaned(written: &str) -> String {
    let text = if written.contains("=?") { decode_words(written) } else { written.to_owned() };
    let text = text.trim().trim_matches(['\'', '<', '>', ',', ';']);
    let text = text.get(..7).filter(|s| s.eq_ignore_ascii_case("mailto:")).map_or(text, |_| &text[7..]);
    let text = if text.starts_with('@') { text.rsplit(':').next().unwrap_or(text) } else { text };
    let text = if text.starts_with('"') { text.to_owned() } else { text.split_whitespace().collect() };
    text.trim_end_matches(['.', '"']).trim_start_matches('.').to_owned()
}

/// The decoded name, without quotes around it; `None` if it only repeats the address.
fn display_name(name: &str, address: &EmailAddress) -> Option<String> {
    let hidden = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let decoded: String =
        fold(&decode_words(name)).chars().filter(|c| !hidden(*c)).take(LONGEST_NAME).collect();
    let decoded = decoded.trim();
    let bare = ['"', '\'']
        .into_iter()
        .find_map(|q| decoded.strip_prefix(q)?.strip_suffix(q))
        .unwrap_or(decoded)
        .trim();
    (!bare.is_empty() && !bare.eq_ignore_ascii_case(address.as_str())).then(|| bare.to_owned())
}
